# SPDX-License-Identifier: GPL-3.0-or-later
"""The window on Wayland: it shows, makes a case by its actions and ends. Started by run-ui.

There is no pointer and no keyboard; everything goes through accessibility."""

import glob
import os
import shutil
import subprocess
import sys
import traceback

from harness import App, criticals, until

OUTPUT = os.environ["CASEBRIDGE_UI_OUTPUT"]
WORK = os.environ["CASEBRIDGE_UI_WORK"]
DATA = os.path.join(WORK, "data")
LOG = os.path.join(OUTPUT, "app.log")
CTL = [os.environ["CASEBRIDGECTL"], "--data-dir", DATA]


class WaylandApp(App):
    HAS_KEYBOARD = False

    def shot(self, name):
        """Weston names the file itself."""
        subprocess.run(["weston-screenshooter"], cwd=WORK, check=True, timeout=20)
        shots = sorted(glob.glob(os.path.join(WORK, "wayland-screenshot-*.png")))
        target = os.path.join(OUTPUT, name + ".png")
        shutil.move(shots[-1], target)
        colours = subprocess.run(["identify", "-format", "%k", target], capture_output=True, text=True)
        return int(colours.stdout)


def check_all():
    yield "the display is Wayland alone", "DISPLAY" not in os.environ and "WAYLAND_DISPLAY" in os.environ
    app = WaylandApp([os.environ["CASEBRIDGE"], "--data-dir", DATA], LOG)
    try:
        app.says("Welcome to Casebridge")
        yield "the window shows", True
        app.press(app.button("New case"))
        dialog = app.dialog("New Case")
        app.write(app.entry("Title", dialog), "Made on Wayland")
        app.press(app.button("Create", dialog))
        app.no_dialog()
        app.find("label", "Made on Wayland")
        yield "a case is made by actions", True
        listed = subprocess.run([*CTL, "case", "list"], capture_output=True, text=True).stdout
        yield "and is in the database", "Made on Wayland" in listed
        yield "the screen shows a window with text and icons", app.shot("wayland") > 50
        app.press(app.button("Close", app.main()))
        until(lambda: app.process.poll() is not None, "the end of the program")
        yield "closing the window ends the program", app.process.returncode == 0
    finally:
        if app.process.poll() is None:
            app.close()
    noise = criticals(LOG)
    print("".join("# " + line for line in noise), end="")
    yield "nothing critical was logged", not noise


def main():
    open(LOG, "w").close()
    number = failed = 0
    try:
        for what, good in check_all():
            number += 1
            failed += not good
            print(f"{'ok' if good else 'not ok'} {number} - {what}", flush=True)
    except Exception:
        number += 1
        failed += 1
        print("# " + traceback.format_exc().rstrip().replace("\n", "\n# "))
        print(f"not ok {number} - the test came to its end")
    print(f"1..{number}")
    return 1 if failed else 0


sys.exit(main())
