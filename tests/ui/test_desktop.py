# SPDX-License-Identifier: GPL-3.0-or-later
"""Notifications, D-Bus activation, arguments and the shell's search. Started by run-ui."""

import json
import os
import subprocess
import sys
import traceback

from gi.repository import Gio, GLib

from desktop import ActivatedApp, Bus, NotificationServer
from harness import Check, Simulator, WindowManager, children, criticals, states, text_of, until

OUTPUT = os.environ["CASEBRIDGE_UI_OUTPUT"]
WORK = os.environ["CASEBRIDGE_UI_WORK"]
LOG = os.path.join(OUTPUT, "desktop.log")
NAME = "SOC Jira"
TITLE = "Beacon <b>to</b> & from"


def ctl(*args, status=0, stdin=None):
    done = subprocess.run([os.environ["CASEBRIDGECTL"], *args], input=stdin, capture_output=True, text=True)
    assert done.returncode == status, f"{args} ended with {done.returncode}: {done.stderr}"
    return done.stdout


def new_case(title):
    return json.loads(ctl("case", "new", "--title", title, "--severity", "high", "--json"))["id"]


def start_again(*args, cwd=WORK):
    """Starts the program while it runs: its arguments go there."""
    return subprocess.run([os.environ["CASEBRIDGE"], *args], capture_output=True, text=True, cwd=cwd,
                          timeout=20)


def ids_of(numbers):
    return [f"{number:08d}-0000-4000-8000-000000000000" for number in numbers]


def write_cases(name, count, first=0):
    cases = [{"id": id, "title": f"Ransom note {int(id[:8])}", "description": "Found on a share.",
              "tags": [], "severity": "low", "status": "open"}
             for id in ids_of(range(first, first + count))]
    path = os.path.join(WORK, name)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(cases, file)
    return path


def title_of(case):
    return json.loads(ctl("case", "show", case, "--json"))["case"]["title"]


def is_active(app):
    return any("active" in states(window) for window in app.windows())


def look_away(app):
    """The window is not closed, but nobody looks at it."""
    found = subprocess.check_output(["xdotool", "search", "--onlyvisible", "--name", "^Casebridge$"], text=True)
    subprocess.check_call(["xdotool", "windowminimize", found.split()[-1]])
    until(lambda: not is_active(app), "no active window")


def look_back(app):
    assert start_again().returncode == 0
    until(lambda: is_active(app), "the raised window")


def shows(app, title):
    app.find("label", title)
    return True


def rows(app):
    return [node.get_name().split(",")[0] for node in app.find_all("list item") if "pushed" in node.get_name()]


def beside_pages(node):
    """What is in the window but not in its pages: a toast is gone before all of those are read."""
    yield node
    for child in children(node):
        if child.get_name() != "GtkStackPage":
            yield from beside_pages(child)


def toast(app, text):
    until(lambda: any(text in (node.get_name() or "") for node in beside_pages(app.main())),
          f"a toast with {text!r}")


def searched(check, bus, case):
    assert not bus.is_running()
    ids = bus.search("GetInitialResultSet", "(as)", ["beac"])
    check.ok("a search starts the program and finds a case by the beginning of a word", ids == [case])
    check.ok("words that no case has find none", bus.search("GetInitialResultSet", "(as)", ["zebra"]) == [])
    check.ok("what is typed is no query language",
             bus.search("GetInitialResultSet", "(as)", ["beac", "OR", '"ransom']) == [])
    ids = bus.search("GetInitialResultSet", "(as)", ["ransom"])
    check.ok("at most 20 of 30 cases are found", len(ids) == 20)
    narrowed = bus.search("GetSubsearchResultSet", "(asas)", ids, ["ransom", "note", "3"])
    check.ok("more words narrow the search, also to what was cut off before",
             ids_of([3])[0] in narrowed and len(narrowed) < 20)
    metas = bus.search("GetResultMetas", "(as)", [case, "no such case"])
    check.ok("a case is described by severity and state, one that is gone by its id alone",
             metas == [{"id": case, "name": TITLE, "description": "High · Not pushed"},
                       {"id": "no such case", "name": "no such case"}])
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^Casebridge$"],
                           capture_output=True, text=True)
    check.ok("the search shows no window", found.stdout == "")


def activated(app, check, bus):
    check.ok("a case that is chosen in the search is shown", shows(app, TITLE))
    until(lambda: is_active(app), "an active window")
    bus.search("LaunchSearch", "(asu)", ["ransom", "7"], 0)
    until(lambda: text_of(app.entry("Search cases")) == "ransom 7", "the words in the search entry")
    until(lambda: rows(app) == ["Ransom note 7"], "one case in the list")
    check.ok("“more results” searches in the window")
    app.write(app.entry("Search cases"), "")


def started_again(app, check, bus, case):
    pid = bus.process()
    look_away(app)
    done = start_again()
    until(lambda: is_active(app), "the raised window")
    check.ok("a second start raises the window", done.returncode == 0 and bus.process() == pid)
    done = start_again("00000011")
    check.ok("an id's beginning shows the case", done.returncode == 0 and shows(app, "Ransom note 11"))
    done = start_again(case)
    check.ok("a whole id does, too", done.returncode == 0 and shows(app, TITLE))
    done = start_again("abcdef99")
    toast(app, "There is no case “abcdef99”")
    check.ok("an unknown id is told in the window and to who asked",
             done.returncode == 1 and "There is no case “abcdef99”" in done.stderr)
    done = start_again("0000")
    check.ok("so is an ambiguous one", done.returncode == 1 and "More than one case" in done.stderr)
    done = start_again("no/such/cases.json")
    toast(app, "There is no file “no/such/cases.json”")
    check.ok("so is a missing file", done.returncode == 1 and "There is no file" in done.stderr)
    app.shot("desktop-missing-file")


def imported(app, check, bus):
    path = write_cases("one.json", 1, 500)
    done = start_again("one.json")
    toast(app, "1 imported, 0 updated, 0 unchanged")
    check.ok("a file beside who starts the program is imported", done.returncode == 0)
    bus.application("Open", "(asa{sv})", [Gio.File.new_for_path(path).get_uri()], {})
    toast(app, "0 imported, 0 updated, 1 unchanged")
    check.ok("a file that the file manager opens is imported")
    write_cases("00000011", 1, 600)
    start_again("00000011")
    until(lambda: "Ransom note 600" in ctl("case", "list", "--search", "600"), "the case of the file")
    check.ok("a file goes before a case of the same name")
    with open(os.path.join(WORK, "broken.json"), "w", encoding="utf-8") as file:
        file.write('{"cases": [{"id": 5}]}')
    start_again("broken.json")
    dialog = app.dialog()
    app.says("Nothing Was Imported", dialog)
    app.shot("desktop-broken-file")
    app.key("Escape")
    app.no_dialog()
    check.ok("a file that is wrong is refused as in the import dialog")


def replaced(app, check):
    """A file that is opened by mistake, perhaps an old one, takes nothing away unasked."""
    case = ids_of([500])[0]
    ctl("case", "edit", case, "--title", "Newer than the file")
    start_again("one.json")
    dialog = app.dialog()
    app.says("Replace 1 Case?", dialog)
    check.named(dialog, "the question")
    app.shot("desktop-replace")
    app.key("Escape")
    app.no_dialog()
    check.ok("a file that would replace a case asks, and Escape keeps the case",
             title_of(case) == "Newer than the file")
    start_again("one.json")
    app.press(app.button("Replace", app.dialog()))
    toast(app, "0 imported, 1 updated, 0 unchanged")
    check.ok("“Replace” replaces it", title_of(case) == "Ransom note 500")


def new_by_menu(app, check, bus):
    bus.application("ActivateAction", "(sava{sv})", "new-case", [], {})
    app.dialog("New Case")
    app.key("Escape")
    app.no_dialog()
    check.ok("“New Case” of the icon's menu opens the dialog")


def pushed_watched(app, check, server, case):
    assert start_again(case).returncode == 0
    app.press(app.button(f"Push as {NAME} incident"))
    app.button(f"{NAME} incident is up to date", timeout=20)
    check.ok("nothing is notified while the window is in front", server.history == [])


def pushed_unwatched(app, check, server, jira):
    case = new_case("Push me slowly")
    start_again(case)
    jira.fault(kind="delay", method="POST", path="*/issue", milliseconds=1500)
    app.press(app.button(f"Push as {NAME} incident"))
    look_away(app)
    note = server.wait(f"Successfully sent to {NAME}")
    key = jira.incidents()[-1]["key"]
    check.ok("a push that ends unwatched is notified, with the case's title and the way to the incident",
             note["summary"] == f"Successfully sent to {NAME} · Push me slowly" and note["body"] == "" and
             set(note["actions"]) == {"", f"Open {key}"})
    start_again("00000012")
    shows(app, "Ransom note 12")
    server.empty()
    check.ok("it is withdrawn once the window is looked at")


def acted_on(app, check, server):
    case = new_case("Sent by the queue")
    look_away(app)
    ctl("push", case, "--queue", status=3)
    note = server.wait(f"Successfully sent to {NAME}")
    server.invoke(note, "")
    until(lambda: is_active(app), "the raised window")
    check.ok("the notification raises the window and shows its case", shows(app, "Sent by the queue"))


def failed(app, check, server, jira):
    case = new_case("Refused with reasons")
    look_away(app)
    jira.fault(kind="status", path="*", count=-1, status=401)
    ctl("push", case, "--queue", status=3)
    note = server.wait("was not sent")
    jira.clear_faults()
    check.ok("a failed push is notified by the case's title alone",
             note["summary"] == f"“Refused with reasons” was not sent to {NAME}" and note["body"] == "")
    server.invoke(note, "Show")
    until(lambda: is_active(app), "the raised window")
    check.ok("“Show” leads to it", shows(app, "Refused with reasons"))


def uncertain(app, check, server, jira):
    jira.call("POST", "options", {"index-lag": 600000})
    case = new_case("Lost on the way")
    look_away(app)
    jira.fault(method="POST", path="*/issue", kind="lost")
    ctl("push", case, "--queue", status=3)
    note = server.wait("“Lost on the way” was not sent")
    server.invoke(note, "Decide…")
    dialog = app.dialog()
    app.says("Was the Incident Created?", dialog)
    check.ok("“Decide…” of an uncertain push opens the decision", shows(app, "Lost on the way"))
    app.key("Escape")
    app.no_dialog()
    jira.call("POST", "options", {"index-lag": 0})


def queued(app, check, server):
    cases = [new_case(f"Queued {i}") for i in range(2)]
    look_away(app)
    ctl("push", *cases, "--queue", status=3)
    note = server.wait("queued pushes were sent")
    check.ok("a queue that has run is notified once", note["summary"] == "2 queued pushes were sent")
    server.invoke(note, "")
    until(lambda: is_active(app), "the raised window")
    check.ok("and raises the window")


def many(app, check, server, jira, count=3):
    app.press(app.button("Select cases"))
    chosen = [node for node in app.find_all("list item") if node.get_name().startswith("Ransom note")][:count]
    for row in chosen:
        app.click(row)
        until(lambda row=row: "selected" in states(row), "a selected case")
    button = app.button(f"Push {count} cases")
    jira.fault(kind="delay", method="POST", path="*/issue", count=-1, milliseconds=2500)
    before = len(server.history)
    app.press(button)
    look_away(app)
    server.wait("Pushing…")
    server.wait(f"{count} cases are up to date", 60)
    jira.clear_faults()
    notes = server.history[before:]
    running = [note for note in notes if note["summary"] == "Pushing…"]
    check.ok("many pushes are one notification, which counts and then says how they ended",
             len({note["number"] for note in notes}) == 1 and f"of {count} cases" in running[0]["body"])
    check.ok("their progress is of low urgency", all(note["hints"].get("urgency") == 0 for note in running))
    look_back(app)
    server.empty()
    check.ok("and is withdrawn, too")


def run(check, server, jira, bus):
    ctl("connector", "add", "--type", "jira", "--name", NAME, "--url", jira.url, "--set", "projectKey=SEC",
        "--set", "email=analyst@example.org", "--secrets-stdin", stdin="apiToken=correct horse\n")
    ctl("connector", "default", NAME)
    ctl("case", "import", write_cases("many.json", 30))
    case = new_case(TITLE)
    searched(check, bus, case)
    bus.search("ActivateResult", "(sasu)", case, ["beac"], 0)
    app = ActivatedApp(bus)
    try:
        # A long list takes long to be read through the accessibility bus.
        ctl("case", "remove", *ids_of(range(13, 30)))
        activated(app, check, bus)
        started_again(app, check, bus, case)
        imported(app, check, bus)
        replaced(app, check)
        new_by_menu(app, check, bus)
        pushed_watched(app, check, server, case)
        pushed_unwatched(app, check, server, jira)
        acted_on(app, check, server)
        failed(app, check, server, jira)
        uncertain(app, check, server, jira)
        queued(app, check, server)
        many(app, check, server, jira)
        app.key("ctrl+q")
        until(lambda: not app.windows(), "no window")
        metas = bus.search("GetResultMetas", "(as)", [case])
        check.ok("without its window the program still answers the search, with the incident",
                 metas[0]["description"].startswith("High · Up to date · SEC-"))
    except Exception:
        app.shot("desktop-broken-off")
        raise


def main():
    open(LOG, "w").close()
    os.environ["CASEBRIDGE_LOOKUP_PAUSES"] = "0.1,0.1"
    check = Check()
    manager = WindowManager()
    jira = Simulator("jira-cloud")
    bus = Bus()
    server = NotificationServer()
    try:
        bus.daemon("UpdateActivationEnvironment",
                   GLib.Variant("(a{ss})", ({"CASEBRIDGE_LOOKUP_PAUSES": "0.1,0.1"},)))
        bus.install(LOG)
        run(check, server, jira, bus)
        noise = criticals(LOG)
        for line in noise:
            print(f"# {line.strip()}")
        check.ok("nothing critical was logged", not noise)
    except Exception:
        for line in traceback.format_exc().splitlines():
            print(f"# {line}")
        check.ok("the test came to its end", False)
    finally:
        if bus.is_running():
            os.kill(bus.process(), 15)
        jira.close()
        manager.close()
    print(f"1..{check.number}")
    return 1 if check.failed else 0


sys.exit(main())
