# SPDX-License-Identifier: GPL-3.0-or-later
"""The list and what happens to it: order, views, memory, removal and files. Started by run-ui."""

import json
import os
import subprocess
import sys

from gi.repository import Atspi

from harness import BUTTONS, App, command, dump, run, states, text_of, until

OUTPUT = os.environ["CASEBRIDGE_UI_OUTPUT"]
WORK = os.environ["CASEBRIDGE_UI_WORK"]
LOG = os.path.join(OUTPUT, "window.log")
DATA = os.path.join(WORK, "data")
HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "..", "..", "tools", "demo-cases.json")


def start():
    return App([os.environ["CASEBRIDGE"], "--data-dir", DATA], LOG)


def rows(app):
    """The titles from top to bottom: assistive technology gets the rows as they were made."""
    if getattr(app, "cases", None) is None:
        app.cases = app.find("list", "Cases")
    found = app.find_all("list item", None, app.cases)
    found.sort(key=lambda node: Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW).y)
    return [node.get_name().split(", ")[0] for node in found]


def first_is(app, words):
    until(lambda: rows(app) and rows(app)[0].startswith(words), f"{words!r} as the first case")


def sort_by(app, item):
    app.press(app.button("Sort cases"))
    app.press(app.menu_item(item, ("Newest First", "Last Changed First", "Most Severe First", "By Title").index(item)))


def window_of(title):
    ids = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", f"^{title}$"], capture_output=True, text=True)
    return ids.stdout.split()[-1] if ids.stdout.strip() else None


def drop_file(path):
    """Drags a file from a window of another program, as a file manager would offer it."""
    source = subprocess.Popen(["/usr/bin/python3", os.path.join(HERE, "drag_source.py"), path])
    try:
        window = until(lambda: window_of("Drag source"), "the source of the drag", 30)
        subprocess.check_call(["xdotool", "windowmove", "--sync", window, "1000", "60"])
        subprocess.check_call(["xdotool", "mousemove", "--window", window, "80", "80", "mousedown", "1"])
        for x, y in ((1000, 250), (800, 350), (700, 400), (640, 420), (600, 430), (590, 440)):
            subprocess.check_call(["xdotool", "mousemove", str(x), str(y), "sleep", "0.15"])
        subprocess.check_call(["xdotool", "mouseup", "1"])
        yield
    finally:
        source.terminate()
        source.wait(10)


def first_run(app, check):
    app.says("Welcome to Casebridge")
    for _ in drop_file(CASES):
        app.find("label", "Credential phishing against finance", timeout=20)
    check.ok("a file that is dropped on the first page is imported, and its first case shown")


def order(app, check):
    first_is(app, "Credential phishing")
    sort_by(app, "By Title")
    first_is(app, "Brute force")
    sort_by(app, "Most Severe First")
    first_is(app, "Credential phishing")
    sort_by(app, "By Title")
    first_is(app, "Brute force")
    check.ok("the list is sorted by what the menu says", rows(app) == sorted(rows(app), key=str.lower))
    check.named(app.main(), "the window with its list")


def removal(app, check):
    app.press(app.find(BUTTONS, lambda name: name.startswith("All, ")))
    until(lambda: len(rows(app)) == 12, "all cases")
    before = json.loads(command(DATA, "--json", "case", "export"))
    row = next(node for node in app.find_all("list item") if node.get_name().startswith("Lumma"))
    app.click(row)
    app.find("label", "Lumma Stealer beacon on WS-0417")
    app.press(app.button("Case menu"))
    app.press(app.menu_item("Remove Case", 5))
    app.says("Lumma Stealer beacon on WS-0417” removed")
    until(lambda: len(rows(app)) == 11, "a case less")
    app.find("label", "Old admin account still enabled")
    app.shot("removed")
    check.ok("a case is removed without a question, and the next one shown")
    app.press(app.button("Undo"))
    app.find("label", "Lumma Stealer beacon on WS-0417")
    until(lambda: len(rows(app)) == 12, "the case again")
    after = json.loads(command(DATA, "--json", "case", "export"))
    key = lambda case: case["id"]
    check.ok("Undo brings it back with all that it had",
             sorted(after["cases"], key=key) == sorted(before["cases"], key=key))


def memory(app, check):
    app.key("ctrl+q")
    until(lambda: app.process.poll() is not None, "the end of the program")
    app = start()
    app.find("label", "Lumma Stealer beacon on WS-0417", timeout=20)
    first_is(app, "Brute force")
    until(lambda: len(rows(app)) == 12, "all cases")
    row = next(node for node in app.find_all("list item") if node.get_name().startswith("Lumma"))
    check.ok("after a restart view, order and case are as they were", "selected" in states(row))
    app.key("Down")
    app.find("label", "Old admin account still enabled")
    check.ok("and Down goes on from there")
    return app


def search(app, check):
    app.key("ctrl+f")
    app.type("ransom")
    until(lambda: len(rows(app)) == 1, "one case")
    check.ok("the list follows what is typed", rows(app)[0].startswith("Ransomware"))
    app.key("Escape")
    until(lambda: len(rows(app)) == 12, "all cases")
    app.type("n")
    check.ok("Escape leaves the search", text_of(app.entry("Search cases")) == "")


def help_page(app, check):
    app.key("F1")
    dialog = app.dialog("Help")
    app.says("The preview", dialog)
    check.named(dialog, "the help")
    app.shot("help")
    app.key("Escape")
    app.no_dialog()
    check.ok("F1 explains, Escape leads back")


def flows(check):
    app = start()
    try:
        first_run(app, check)
        order(app, check)
        removal(app, check)
        app = memory(app, check)
        search(app, check)
        help_page(app, check)
    except Exception:
        app.shot("window-broken-off")
        with open(os.path.join(OUTPUT, "window-tree.txt"), "w", encoding="utf-8") as file:
            file.write("\n".join(dump(app.root)))
        raise
    finally:
        app.close()


os.environ["GSETTINGS_BACKEND"] = "keyfile"
sys.exit(run(LOG, flows))
