# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives a GTK 4 program through AT-SPI, the keyboard and the mouse, and runs simulators.

GTK 4.8 has traps that this file keeps away from the tests: coordinates exist in the window only,
'showing' is set on windows alone, a text must be asked for with its length, dialogs hold each button
twice, and an object may vanish at any time. So everything is asked again until it is as expected."""

import json
import os
import subprocess
import tempfile
import time
import traceback
import urllib.request
import warnings

warnings.simplefilter("ignore")

import gi  # noqa: E402

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

WINDOW = Atspi.CoordType.WINDOW
POLL = 0.05
BUTTONS = ("push button", "button", "toggle button")
ITEMS = ("menu item", "radio menu item", "check menu item")
ENTRIES = ("text", "entry", "password text")


class Timeout(AssertionError):
    pass


def until(probe, what, timeout=10):
    """Asks until the answer is true; what it was asked for is in the error."""
    end = time.monotonic() + timeout
    last = None
    while time.monotonic() < end:
        try:
            last = probe()
            if last:
                return last
        except GLib.Error as error:
            last = error
        time.sleep(POLL)
    raise Timeout(f"waited {timeout} s for {what}; last answer: {last!r}")


def children(node):
    found = []
    for index in range(node.get_child_count()):
        child = node.get_child_at_index(index)
        if child is not None:
            found.append(child)
    return found


def walk(node):
    """All nodes below one, without those of pages that are not shown."""
    yield node
    try:
        below = children(node)
        # A stack's page is no widget, so it has no size; what is in it has.
        if node.get_name() == "GtkStackPage" and all(size(child) == (0, 0) for child in below):
            return
    except (GLib.Error, AttributeError):
        return
    for child in below:
        yield from walk(child)


def states(node):
    return {state.value_nick for state in node.get_state_set().get_states()}


def size(node):
    box = Atspi.Component.get_extents(node, WINDOW)
    return box.width, box.height


def is_seen(node):
    try:
        width, height = size(node)
        return "visible" in states(node) and width > 0 and height > 0
    except (GLib.Error, AttributeError):
        return False


def text_of(node):
    return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))


def holds(node, text):
    """GTK 4.18 shows what is in a password entry as bullets only, which bullets depends on the font."""
    found = text_of(node)
    return found == text or text != "" and found in [bullet * len(text) for bullet in "•●∙*"]


def matches(found, name):
    if name is None or callable(name):
        return name is None or name(found or "")
    # A mnemonic button of a dialog is named '_Remove Remove'.
    return found == name or found.endswith(" " + name)


def path_of(node):
    names = []
    while node is not None and node.get_role_name() != "desktop frame":
        names.append(f"{node.get_role_name()} “{node.get_name()}”")
        node = node.get_parent()
    return " in ".join(names)


class Simulator:
    """A simulated external system."""

    def __init__(self, kind, **options):
        argv = [os.environ["CASEBRIDGE_SIMULATOR"], kind]
        for name, value in options.items():
            argv += ["--option", f"{name.replace('_', '-')}={value}"]
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("READY "), f"the simulator said {line!r}"
        self.url = line.split(None, 1)[1].strip()

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_control/{path}", data, method=method)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def incidents(self):
        return self.call("GET", "state")["incidents"]

    def fault(self, **rule):
        self.call("POST", "faults", rule)

    def clear_faults(self):
        self.call("DELETE", "faults")

    def close(self):
        self.process.terminate()
        self.process.wait(10)


class WindowManager:
    """A window that is mapped before the manager is there would never be focused."""

    def __init__(self):
        ready = tempfile.mktemp(prefix="ready-", dir=os.environ["CASEBRIDGE_UI_WORK"])
        self.process = subprocess.Popen(["openbox", "--sm-disable", "--startup", f"touch {ready}"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: os.path.exists(ready), "the window manager", 60)

    def close(self):
        self.process.terminate()
        self.process.wait(10)


class App:
    """The running program."""

    # Without one no window is ever active.
    HAS_KEYBOARD = True

    def __init__(self, argv, log, env=None):
        # The accessibility bus is there before the program asks for it.
        until(lambda: Atspi.get_desktop(0).get_child_count() >= 0, "the accessibility bus", 60)
        self.log = open(log, "ab")
        self.process = subprocess.Popen(argv, stderr=self.log, env=env)
        self.root = until(self._find, "the program on the accessibility bus", 60)
        # Nothing is to be remembered: the events that would correct it are not waited for.
        self.root.set_cache_mask(Atspi.Cache.NONE)
        if self.HAS_KEYBOARD:
            until(lambda: any("active" in states(window) for window in self.windows()),
                  "an active window", 30)

    def _find(self):
        code = self.process.poll()
        if code is not None:
            raise AssertionError(f"the program ended with {code}")
        for program in children(Atspi.get_desktop(0)):
            if self._is_it(program) and program.get_child_count() > 0:
                return program
        return None

    def _is_it(self, program):
        return program.get_process_id() == self.process.pid

    # Looking

    def windows(self):
        # Which role a window of shortcuts has differs between versions.
        return [w for w in children(self.root) if w.get_role_name() != "tool tip"]

    def main(self):
        return self.windows()[0]

    def dialog(self, name=None, timeout=10):
        def probe():
            for window in reversed(self.windows()):
                if "modal" in states(window) and name in (None, window.get_name()):
                    return window
            return None

        return until(probe, f"the dialog {name!r}", timeout)

    def no_dialog(self, timeout=10):
        until(lambda: not any("modal" in states(w) for w in self.windows()), "no dialog", timeout)

    def find_all(self, role, name=None, inside=None):
        roles = (role,) if isinstance(role, str) else role
        found = []
        for node in walk(inside or self.root):
            try:
                if node.get_role_name() not in roles or not matches(node.get_name(), name):
                    continue
                if is_seen(node):
                    found.append(node)
            except GLib.Error:
                continue
        return found

    def find(self, role, name=None, inside=None, timeout=10):
        found = until(lambda: self.find_all(role, name, inside), f"{role} {name!r}", timeout)
        return found[0]

    def button(self, name, inside=None, timeout=10):
        """A button that can be pressed: a menu button's shell has its name, too, but no action."""

        def probe():
            found = self.find_all(BUTTONS, name, inside)
            return next((node for node in found if Atspi.Action.get_n_actions(node) > 0), None)

        return until(probe, f"the button {name!r}", timeout)

    def entry(self, name, inside=None, timeout=10):
        return self.find(ENTRIES, name, inside, timeout)

    def menu_item(self, name, position, timeout=10):
        """An item of the open menu; GTK 4.18 gives items of a menu model no name, so their order counts there."""

        def probe():
            items = self.find_all((*ITEMS, *BUTTONS, "radio button"), name) or self.find_all(ITEMS, "")
            return items and items[position if len(items) > 1 else 0]

        return until(probe, f"the menu item {name!r}", timeout)

    def labels(self, inside=None):
        names = []
        for node in self.find_all("label", None, inside):
            try:
                names.append(node.get_name())
            except GLib.Error:  # It has vanished since it was found.
                continue
        return names

    def says(self, text, inside=None, timeout=10):
        """Waits until a label contains a text, and returns all of the label."""

        def probe():
            return next((name for name in self.labels(inside) if text in name), None)

        return until(probe, f"a label with {text!r}", timeout)

    # Doing

    def press(self, node):
        until(lambda: "sensitive" in states(node), f"{path_of(node)} to be sensitive")
        assert Atspi.Action.do_action(node, 0), f"{path_of(node)} cannot be pressed"

    def write(self, node, text):
        assert Atspi.EditableText.set_text_contents(node, text), f"{path_of(node)} takes no text"
        until(lambda: holds(node, text), f"{path_of(node)} to hold {text!r}")

    def choose(self, name, item, inside=None, timeout=10):
        """Chooses an item of a combo row: goes to it by Tab, opens it, goes to the item and confirms with Enter."""
        row = self.find("combo box", name, inside, timeout)
        until(lambda: "sensitive" in states(row), f"{name} to be sensitive")

        def position():
            lists = [node for node in walk(row) if node.get_role_name() == "list"]
            for node in lists:
                for index, option in enumerate(children(node)):
                    names = [below.get_name() for below in walk(option)]
                    if item in names:
                        return node, index
            return None

        self.tab_to("combo box", name, inside or self._window_of(row))
        self.key("space")
        node, index = until(position, f"the choice {item!r} of {name!r}", timeout)
        Atspi.Selection.select_child(node, index)
        self.key("Return")

    def value_of(self, name, inside=None):
        """What a combo row shows as chosen."""
        row = self.find("combo box", name, inside)
        return [below.get_name() for below in walk(row) if below.get_role_name() == "label"]

    def key(self, *keys):
        subprocess.check_call(["xdotool", "key", *keys])

    def type(self, text):
        subprocess.check_call(["xdotool", "type", "--delay", "6", text])

    def tab_to(self, role, name, inside):
        """Goes to a control as the keyboard does."""
        for _ in range(60):
            if any("focused" in states(node) for node in self.find_all(role, name, inside)):
                return
            self.key("Tab")
            time.sleep(POLL)
        raise AssertionError(f"Tab does not lead to {role} {name!r}")

    def _window_of(self, node):
        while node.get_role_name() not in ("frame", "dialog", "window"):
            node = node.get_parent()
        return node

    def click(self, node):
        """Clicks with the mouse: a window's frame stands around its coordinates. GTK 4.18 leaves
        margins out of them, so within dialogs tab_to() is the safe way."""
        window = self._window_of(node)
        title = window.get_name()
        ids = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", f"^{title}$"],
                             capture_output=True, text=True).stdout.split()
        where = subprocess.check_output(["xdotool", "getwindowgeometry", "--shell", ids[-1]], text=True)
        frame = dict(line.split("=") for line in where.split())
        outer = Atspi.Component.get_extents(window, WINDOW)
        box = Atspi.Component.get_extents(node, WINDOW)
        x = box.x + box.width // 2 + (int(frame["WIDTH"]) - outer.width) // 2
        y = box.y + box.height // 2 + (int(frame["HEIGHT"]) - outer.height) // 2
        # Not --sync: it waits for a pointer that is there already.
        subprocess.check_call(["xdotool", "mousemove", "--window", ids[-1], str(x), str(y),
                               "click", "1"])

    def shot(self, name):
        time.sleep(0.35)
        target = os.path.join(os.environ["CASEBRIDGE_UI_OUTPUT"], name + ".png")
        subprocess.check_call(["import", "-window", "root", target])

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        finally:
            self.log.close()


def dump(node, depth=0):
    """The tree as text, for a failed test's log. Never of a window with a typed secret."""
    lines = []
    try:
        box = size(node) if node.get_component_iface() is not None else ""
        lines.append("  " * depth + f"{node.get_role_name()} “{node.get_name()}” {box}")
        for child in children(node):
            lines += dump(child, depth + 1)
    except (GLib.Error, AttributeError):
        pass
    return lines


def has_above(node, role):
    while node is not None and node.get_role_name() != "frame":
        node = node.get_parent()
        if node is not None and node.get_role_name() == role:
            return True
    return False


def unnamed(window):
    """Controls without a name of their own; GTK gives its type's name to those."""
    controls = BUTTONS + ENTRIES + ("combo box", "check box", "switch", "list item", "spin button")
    bad = []
    for node in walk(window):
        try:
            if node.get_role_name() not in controls or not is_seen(node):
                continue
            # The items inside a combo row are libadwaita's own; each has its label below.
            if node.get_role_name() == "list item" and has_above(node, "combo box"):
                continue
            # libadwaita 1.2 does not name the button that closes a toast.
            if "AdwToastWidget" in path_of(node):
                continue
            name = node.get_name() or ""
            if not name.strip() or name.startswith(("Gtk", "Adw", "Cb")):
                bad.append(path_of(node))
        except GLib.Error:
            continue
    return bad


class Check:
    """TAP on stdout."""

    def __init__(self):
        self.number = 0
        self.failed = 0
        self.start = time.monotonic()

    def ok(self, text, good=True):
        self.number += 1
        self.failed += not good
        seconds = time.monotonic() - self.start
        print(f"{'ok' if good else 'not ok'} {self.number} - {text} # {seconds:.1f} s", flush=True)

    def named(self, window, what):
        bad = unnamed(window)
        for line in bad:
            print(f"# no name: {line}")
        self.ok(f"every control of {what} has a name", not bad)


def is_known(line):
    """libadwaita 1.7 says this of the heading of each AdwMessageDialog, also of one in an empty program."""
    version = subprocess.run(["pkg-config", "--modversion", "libadwaita-1"], capture_output=True, text=True).stdout
    return version.startswith("1.7.") and "Trying to measure GtkLabel" in line


def criticals(path):
    """What a program logged that it should not have."""
    with open(path, encoding="utf-8", errors="replace") as log:
        lines = [line for line in log if "CRITICAL" in line or "WARNING" in line and "dbind" not in line]
    return [line for line in lines if not is_known(line)]


def command(data, *args, status=0, stdin=None):
    """Runs casebridgectl, and returns what it prints."""
    argv = [os.environ["CASEBRIDGECTL"], "--data-dir", data, *args]
    done = subprocess.run(argv, input=stdin, capture_output=True, text=True)
    assert done.returncode == status, f"{args} ended with {done.returncode}: {done.stderr}"
    return done.stdout


def run(log, part):
    """Runs the part of a test that needs a window manager and a log of the program, as TAP."""
    check = Check()
    os.environ["CASEBRIDGE_LOOKUP_PAUSES"] = "0.1,0.1"
    open(log, "w").close()
    manager = WindowManager()
    try:
        part(check)
        noise = criticals(log)
        for line in noise:
            print(f"# {line.strip()}")
        check.ok("nothing critical was logged", not noise)
    except Exception:
        for line in traceback.format_exc().splitlines():
            print(f"# {line}")
        check.ok("the test came to its end", False)
    finally:
        manager.close()
    print(f"1..{check.number}")
    return 1 if check.failed else 0
