# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes a picture of every window and state. Started by tools/screenshots through run-ui.

Knows no word of the window, so that it works in every language: it goes by keys and by actions."""

import json
import os
import subprocess
import sys
import time

from gi.repository import Gio, GLib

from harness import App, Simulator, WindowManager, states, until

OUTPUT = os.environ["CASEBRIDGE_UI_OUTPUT"]
WORK = os.environ["CASEBRIDGE_UI_WORK"]
ID = os.environ["CASEBRIDGE_APPLICATION_ID"]
HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "..", "..", "tools", "demo-cases.json")
NARROW = int(os.environ.get("CASEBRIDGE_UI_SCREEN", "1280x900x24").split("x")[0]) < 600


def ctl(*args, stdin=None, status=(0,), **env):
    argv = [os.environ["CASEBRIDGECTL"], *args]
    done = subprocess.run(argv, input=stdin, capture_output=True, text=True, env=dict(os.environ, **env))
    assert done.returncode in status, f"{args} ended with {done.returncode}: {done.stderr}"
    return done.stdout


def add_connector(kind, name, url, secret, *settings):
    words = [word for setting in settings for word in ("--set", setting)]
    ctl("connector", "add", "--type", kind, "--name", name, "--url", url, *words, "--secrets-stdin", stdin=secret)


def make_workspace(jira, desk, soar):
    """Cases in every state."""
    add_connector("servicenow", "ServiceNow production", desk.url, "password=correct horse", "username=analyst")
    add_connector("jira", "SOC Jira", jira.url, "apiToken=correct horse", "projectKey=SEC", "email=analyst@example.org")
    add_connector("resilient", "IBM SOAR", soar.url, "apiKeySecret=correct horse", "orgId=201", "apiKeyId=analyst")
    ctl("connector", "default", "SOC Jira")
    ctl("settings", "author", "Mara Lindqvist")
    ctl("case", "import", CASES)
    for name in ("ServiceNow production", "SOC Jira", "IBM SOAR"):
        ctl("connector", "test", name)
    ids = {case["title"]: case["id"] for case in json.loads(ctl("--json", "case", "list"))["cases"]}
    find = lambda words: next(id for title, id in ids.items() if words in title)
    ctl("case", "connector", find("Ransomware"), "ServiceNow production", "--field", "urgency=1")
    ctl("case", "connector", find("VPN"), "IBM SOAR", "--field", "severityCode=6")
    ctl("push", find("Ransomware"), find("VPN"), find("Suspicious login"), find("OAuth"))
    ctl("case", "comment", "add", find("Ransomware"), "Backup of 06:00 is intact, restore started.")
    ctl("push", find("Customer export"), "--queue", status=(3,))
    jira.fault(kind="status", method="POST", path="*/issue", status=400)
    ctl("push", find("Lost laptop"), status=(1,))
    jira.clear_faults()
    jira.call("POST", "options", {"index-lag": 600000})
    jira.fault(kind="lost", method="POST", path="*/issue")
    ctl("push", find("Lumma"), status=(6,), CASEBRIDGE_LOOKUP_PAUSES="0,0")
    jira.clear_faults()
    return find


def conflict(jira, find):
    """Someone changed the incident, we changed the case."""
    key = json.loads(ctl("--json", "case", "show", find("Suspicious")))["case"]["push"]["incident"]["title"]
    jira.call("PATCH", "incidents/" + key, {"summary": "Login from two countries (travel confirmed?)"})
    ctl("case", "edit", find("Suspicious"), "--title", "Suspicious login from two countries within an hour")
    ctl("case", "comment", "add", find("Suspicious"), "Traveller called back: **not** in Lisbon today.")


class Window:
    """The program, by its actions on the bus."""

    def __init__(self):
        self.app = App([os.environ["CASEBRIDGE"]], os.path.join(OUTPUT, "app.log"))
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.base = "/" + ID.replace(".", "/")

    def act(self, path, name, target=None):
        arguments = [] if target is None else [GLib.Variant("s", target)]
        self.bus.call_sync(ID, path, "org.gtk.Actions", "Activate",
                           GLib.Variant("(sava{sv})", (name, arguments, {})), None, Gio.DBusCallFlags.NONE, -1, None)

    def win(self, name, target=None):
        self.act(self.base + "/window/1", name, target)

    def state(self, name, value):
        self.bus.call_sync(ID, self.base + "/window/1", "org.gtk.Actions", "SetState",
                           GLib.Variant("(sva{sv})", (name, value, {})), None, Gio.DBusCallFlags.NONE, -1, None)

    def idle(self):
        """Waits until the picture stays as it is."""
        before = None
        for _ in range(40):
            time.sleep(0.25)
            now = subprocess.check_output("import -window root rgba:- | sha256sum", shell=True)
            if now == before:
                return
            before = now

    def shot(self, name):
        self.idle()
        subprocess.check_call(["import", "-window", "root", os.path.join(OUTPUT, name + ".png")])

    def dialog(self, name, open_it):
        """Opens a window over the main one, takes its picture, closes it again."""
        open_it()
        until(lambda: len(self.app.windows()) > 1, name)
        self.shot(name)
        for _ in range(3):
            if len(self.app.windows()) > 1:
                self.app.key("Escape")
                time.sleep(0.4)
        until(lambda: len(self.app.windows()) == 1, f"the end of {name}")

    def quit(self):
        self.act(self.base, "quit")
        until(lambda: self.app.process.poll() is not None, "the end of the program")


def first_run():
    window = Window()
    window.shot("first-run")
    window.dialog("connector-new", lambda: window.win("add-connector", "jira"))
    window.quit()


def pictures(jira, desk, soar):
    find = make_workspace(jira, desk, soar)
    window = Window()
    window.idle()
    window.shot("cases")
    show = lambda words: window.win("show-case", find(words))
    show("Credential phishing")
    window.shot("case")
    show("Ransomware")
    window.shot("case-sent")
    show("Customer export")
    window.shot("case-queued")
    show("Lost laptop")
    window.shot("case-failed")
    window.dialog("case-connector", lambda: window.win("case-connector"))
    show("Ransomware")
    window.dialog("case-connector-servicenow", lambda: window.win("case-connector"))
    window.dialog("preview-update", lambda: window.win("preview"))
    show("Credential phishing")
    window.dialog("preview-create", lambda: window.win("preview"))
    conflict(jira, find)
    show("Suspicious")
    window.dialog("preview-conflict", lambda: window.win("preview"))
    window.win("next-trouble")
    window.shot("trouble")
    show("Lumma")
    window.dialog("decision", lambda: window.win("decide"))
    window.dialog("connections", lambda: window.win("connections"))
    connectors = json.loads(ctl("--json", "connector", "list"))["connectors"]
    window.dialog("connector-update", lambda: window.win("edit-connector", connectors[0]["id"]))
    window.dialog("new-case", lambda: window.win("new-case"))
    window.dialog("shortcuts", lambda: window.act(window.base, "shortcuts"))
    window.dialog("about", lambda: window.act(window.base, "about"))
    window.win("search")
    window.app.type("zebra")
    window.shot("nothing-found")
    for _ in range(5):
        window.app.key("BackSpace")
    window.app.key("Escape")
    bulk(window)
    window.quit()


def bulk(window):
    window.state("select", GLib.Variant("b", True))
    window.app.key("Tab", "Tab", "Tab", "Down", "ctrl+a")
    window.shot("selected")
    window.dialog("bulk-preview", lambda: window.app.key("ctrl+shift+p"))


def main():
    open(os.path.join(OUTPUT, "app.log"), "w").close()
    manager = WindowManager()
    systems = [Simulator("jira-cloud"), Simulator("servicenow"), Simulator("resilient")]
    try:
        first_run()
        pictures(*systems)
    finally:
        for system in systems:
            system.close()
        manager.close()


sys.exit(main())
