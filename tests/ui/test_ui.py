# SPDX-License-Identifier: GPL-3.0-or-later
"""The analyst's main job in the real window, against a simulated Jira. Started by run-ui."""

import json
import os
import sqlite3
import sys
import time
import traceback

from gi.repository import Atspi

from harness import (BUTTONS, ENTRIES, App, Check, Simulator, Timeout, WindowManager, command, criticals, dump, states,
                     text_of, until, walk)

OUTPUT = os.environ["CASEBRIDGE_UI_OUTPUT"]
DATA = os.path.join(os.environ["CASEBRIDGE_UI_WORK"], "data")
TITLE = "Phishing & <b>fraud</b> in finance"
NAME = "SOC Jira"


def add_connector(app, check, jira):
    app.says("Welcome to Casebridge")
    check.named(app.main(), "the first run")
    app.shot("first-run")
    check.ok("the first run greets")
    app.press(app.button("Add connector"))
    app.press(app.menu_item("Jira", 1))
    editor = app.dialog("New Jira connector")
    check.named(editor, "the connector editor")
    until(lambda: "active" in states(editor), "the active editor")
    app.type(NAME)
    until(lambda: text_of(app.entry("Connector name", editor)) == NAME, "the typed name")
    check.ok("the form begins with the name, typed by keyboard")
    app.write(app.entry("URL", editor), jira.url + "/browse/SEC-1")
    app.write(app.entry("Project key", editor), "SEC")
    app.write(app.entry("Email or Username", editor), "analyst@example.org")
    app.write(app.entry("API token or Password", editor), "wrong secret")
    app.press(app.button("Test connection", editor))
    app.says("Shortened to the base URL", editor)
    until(lambda: text_of(app.entry("URL", editor)) == jira.url, "the base URL")
    check.ok("a page's address becomes the base URL, and the form says so")
    message = app.says("Jira", editor)
    until(lambda: app.find_all(("notification", "status bar", "panel"), None, editor), "a result")
    until(lambda: any("credentials" in l or "401" in l or "refuse" in l for l in app.labels(editor)),
          f"an error about the secret, not {message!r}")
    app.shot("connector-editor-error")
    check.ok("a wrong secret is said in place")
    app.write(app.entry("API token or Password", editor), "correct horse")
    app.press(app.button("Test connection", editor))
    app.says(f"{NAME} works", editor)
    app.shot("connector-editor")
    check.ok("the right secret passes the test")
    app.press(app.button("Save", editor))
    app.no_dialog()
    app.find("list", "Cases") if app.find_all("list", "Cases") else app.says("No Open Cases")
    check.ok("the connector is saved and the window shows the cases")


def new_case(app, check):
    app.key("ctrl+n")
    dialog = app.dialog("New Case")
    check.named(dialog, "the dialog for a new case")
    app.press(app.button("Create", dialog))
    app.says("The title is empty", dialog)
    check.ok("a case without title is refused in place")
    app.write(app.entry("Title", dialog), TITLE)
    app.write(app.entry("Description", dialog), "Seen by **three** people & <i>more</i>.\n\n- one\n- two")
    app.write(app.entry("Add tag", dialog), "phishing")
    app.shot("new-case")
    app.press(app.button("Create", dialog))
    app.no_dialog()
    app.find("label", TITLE)
    app.button(f"Push as {NAME} incident")
    check.ok("the new case is shown, its title not as markup")
    row = until(lambda: next((node for node in app.find_all("list item")
                              if node.get_name().startswith(TITLE)), None), "the case in the list")
    check.ok("the row says title, severity and state",
             "Low" in row.get_name() and "Not pushed" in row.get_name())
    check.named(app.main(), "the main window")


def comment(app, check, text):
    app.write(app.entry("Add a comment"), text)
    app.click(app.entry("Add a comment"))
    app.key("ctrl+Return")
    app.says(text)
    until(lambda: text_of(app.entry("Add a comment")) == "", "an empty composer")
    check.ok(f"Ctrl+Enter adds the comment “{text}”")


def fields(app, check):
    app.key("ctrl+shift+c")
    dialog = app.dialog("Edit connector")
    app.choose("Issue type", "Incident", dialog)
    app.choose("Priority", "High", dialog)
    check.named(dialog, "the dialog for the case's connector")
    app.shot("case-connector")
    app.press(app.button("Save", dialog))
    app.no_dialog()
    app.says("Incident")
    app.says("High")
    check.ok("the case's issue type and priority are chosen from the server's and shown")


def first_push(app, check, jira):
    app.key("ctrl+shift+p")
    dialog = app.dialog("Preview")
    app.says("Create incident", dialog)
    app.says("Add comment", dialog)
    app.says(TITLE, dialog)
    check.named(dialog, "the preview")
    app.shot("preview")
    check.ok("the preview shows the steps and values")
    until(lambda: "sensitive" in states(app.button("Push", dialog)), "the button Push")
    app.key("Return")
    app.no_dialog()
    app.says(f"Successfully sent to {NAME}")
    app.shot("pushed")
    incident = jira.incidents()
    check.ok("Enter pushes: toast, and one incident in Jira with its comment", len(incident) == 1)
    app.button("Open SEC-1")
    app.button("Open SEC-1 in the browser")
    check.ok("toast and incident box lead to the incident")
    button = app.button(f"{NAME} incident is up to date")
    check.ok("the button says that the incident is up to date, and is off",
             "sensitive" not in states(button))


def edit_and_push(app, check, jira):
    app.press(app.button("Edit title"))
    app.write(app.entry("Title"), TITLE + " and payroll")
    app.click(app.entry("Title"))
    app.key("Return")
    button = app.button(f"Update {NAME} incident")
    app.says("Title changed")
    check.ok("an edited title needs a push")
    app.press(app.button("Edit description"))
    too_long = ("log line of a firewall\n" * 1400)[:30001]
    app.write(app.entry("Description"), too_long)
    app.press(app.button("Save"))
    app.says("30001")
    check.ok("a description that is too long is said in place and stays",
             text_of(app.entry("Description")) == too_long)
    app.write(app.entry("Description"), "Shorter now.")
    app.press(app.button("Save"))
    app.says("Shorter now.")
    button = app.button(f"Update {NAME} incident")
    app.press(button)
    app.button(f"{NAME} incident is up to date")
    fields_now = jira.incidents()[0]
    check.ok("“Update” sends it, and the incident is up to date again",
             TITLE + " and payroll" in str(fields_now) and "Shorter now." in str(fields_now))


def conflict(app, check, jira):
    jira.call("PATCH", "incidents/SEC-1", {"summary": "Somebody's own title"})
    app.press(app.button("Edit title"))
    app.write(app.entry("Title"), "Ours")
    app.click(app.entry("Title"))
    app.key("Return")
    app.button(f"Update {NAME} incident")
    app.key("ctrl+shift+p")
    dialog = app.dialog("Preview")
    app.says("Somebody's own title", dialog)
    app.says("Last sent", dialog)
    check.named(dialog, "the preview of a conflict")
    app.shot("preview-conflict")
    app.press(app.button("Keep theirs", dialog))
    app.says("Stays as it is in Jira", dialog)
    app.shot("preview-keep")
    until(lambda: "sensitive" in states(app.button("Push", dialog)), "the button Push")
    app.press(app.button("Push", dialog))
    app.no_dialog()
    app.button(f"{NAME} incident is up to date")
    check.ok("a remote edit is shown, and “Keep theirs” keeps it",
             "Somebody's own title" in str(jira.incidents()))


def slow_server(app, check, jira):
    """Slower than any machine that runs this: what happens in time is seen by its order."""
    comment(app, check, "While the server sleeps")
    jira.fault(kind="delay", path="*", count=-1, milliseconds=40000)
    app.press(app.button(f"Update {NAME} incident"))
    app.button("Cancel")
    app.write(app.entry("Search cases"), "nothing like this")
    app.says("No Case Found")
    app.write(app.entry("Search cases"), "")
    until(lambda: app.find_all("list", "Cases"), "the list")
    app.shot("pushing")
    check.ok("while the server sleeps the window is usable", app.button("Cancel") is not None)
    app.press(app.button("Cancel"))
    app.press(app.button("Stop now"))
    app.says("The push was stopped")
    check.ok("the push is cancelled before the answer")
    app.shot("stopped")
    jira.clear_faults()
    app.press(app.button(f"Update {NAME} incident"))
    app.button(f"{NAME} incident is up to date", timeout=30)
    check.ok("and sent by the next push")


def failure(app, check, jira):
    comment(app, check, "This one fails")
    jira.fault(kind="status", path="*", count=-1, status=401)
    app.press(app.button(f"Update {NAME} incident"))
    app.says("Failed")
    button = app.button(f"Update {NAME}")
    app.shot("failed")
    check.ok("a failed push says why in place, with the way to the connector")
    jira.clear_faults()
    app.press(button)
    editor = app.dialog(f"Update {NAME}")
    secret = app.entry("API token or Password (empty keeps the stored one)", editor)
    check.ok("the stored secret is in no entry", text_of(secret) == "")
    app.key("Escape")
    app.no_dialog()
    app.press(app.button(f"Update {NAME} incident"))
    app.button(f"{NAME} incident is up to date", timeout=30)
    check.ok("and goes through afterwards")


def connections(app, check):
    app.key("ctrl+comma")
    window = app.dialog("Edit external connection")
    app.says("summary", window)
    app.says("Add and remove", window)
    check.named(window, "“Edit external connection”")
    switch = next(n for n in walk(window) if n.get_role_name() in ("check box", "switch"))
    app.press(switch)
    setting = until(lambda: "on" in ctl("settings"), "the option in the database")
    check.ok("the closing switch is in the database at once", bool(setting))
    app.press(switch)
    app.shot("connections")
    app.choose("Incident management system", "No connector selected", window)
    until(lambda: "SOC" not in ctl("connector", "default"), "no default connector")
    app.key("Escape")
    app.no_dialog()
    app.says("Select an external connector")
    app.shot("no-connector")
    check.ok("without a default connector the case asks for one")
    ctl("connector", "default", NAME)
    app.button(f"{NAME} incident is up to date")
    check.ok("what another process changes is seen within a second or two")


def ctl(*args, status=0):
    return command(DATA, *args, status=status)


def other_windows(app, check):
    app.key("ctrl+question")
    until(lambda: len(app.windows()) > 1, "the shortcuts")
    app.shot("shortcuts")
    app.key("Escape")
    until(lambda: len(app.windows()) == 1, "the main window alone")
    app.key("F9")
    until(lambda: not app.find_all("list", "Cases"), "no list of cases")
    app.key("ctrl+f")
    app.find("list", "Cases")
    app.type("fraud")
    until(lambda: text_of(app.entry("Search cases")) == "fraud", "the typed words")
    check.ok("F9 hides the list, Ctrl+F shows it and searches")
    app.key("Escape")


def demo_cases(app, check):
    """The picture of the README."""
    here = os.path.dirname(os.path.abspath(__file__))
    ctl("case", "import", os.path.join(here, "..", "..", "tools", "demo-cases.json"))
    rows = until(lambda: [row for row in app.find_all("list item")
                          if "Credential phishing" in (row.get_name() or "")], "the imported cases")
    app.click(rows[0])
    app.find("label", "Credential phishing against finance")
    app.shot("main")
    check.ok("imported cases show at once, with their description and comments")


def go_to(app, title):
    """Clicks a case in the list, and waits for its page."""
    app.press(app.find(BUTTONS, lambda name: name.startswith("All, ")))
    row = until(lambda: next((node for node in app.find_all("list item")
                              if node.get_name().startswith(title + ",")), None), f"{title} in the list")
    app.click(row)
    app.find("label", title)


def new_by_command(app, title):
    id = json.loads(ctl("case", "new", "--title", title, "--json"))["id"]
    go_to(app, title)
    return id


def sent(jira, title):
    return [i for i in jira.incidents() if title in json.dumps(i)]


def put_off(app):
    """Lets what is queued wait for minutes, so that nothing but a person sends it now."""

    def probe():
        with sqlite3.connect(os.path.join(DATA, "casebridge.db"), timeout=10) as database:
            database.execute("UPDATE pushes SET retry_at = ? WHERE state = 'queued'",
                             (int((time.time() + 500) * 1e6),))
        database.close()
        return any("Next try in about 9 minutes" in l for l in app.labels())

    until(probe, "a push that waits for minutes", 30)


def queue(app, check, jira):
    new_by_command(app, "Queued")
    app.press(app.button("Push later"))
    app.button(f"{NAME} incident is up to date", timeout=30)
    app.says(f"Successfully sent to {NAME}")
    check.ok("the open window sends what is queued", len(sent(jira, "Queued")) == 1)
    comment(app, check, "Sent later")
    jira.fault(kind="status", path="*", count=-1, status=503)
    app.press(app.button("Push later"))
    app.says("1 push waits")
    app.says("Next try", timeout=30)
    put_off(app)
    app.button("Push now")
    app.button("Cancel queued push")
    app.press(app.find(BUTTONS, lambda name: name.startswith("Needs push, ")))
    until(lambda: any(n.get_name().startswith("Queued,") and "Queued" in n.get_name()[7:]
                      for n in app.find_all("list item")), "the queued case among those to push")
    check.named(app.main(), "the window with a queued push")
    app.shot("queued")
    check.ok("a push that cannot be sent waits, with its reason, in sight")
    jira.clear_faults()
    app.press(app.button("Try now"))
    app.button(f"{NAME} incident is up to date", timeout=30)
    until(lambda: not app.find_all("label", "1 push waits"), "no notice of the queue")
    check.ok("“Try now” sends it", "Sent later" in str(sent(jira, "Queued")))
    comment(app, check, "Not sent later")
    jira.fault(kind="status", path="*", count=-1, status=503)
    app.press(app.button("Push later"))
    app.says("Next try", timeout=30)
    put_off(app)
    app.press(app.button("Cancel queued push"))
    app.button(f"Update {NAME} incident")
    until(lambda: not app.find_all("label", "1 push waits"), "no notice of the queue")
    check.ok("a queued push can be taken back")
    jira.clear_faults()


def queue_by_command(app, check, jira):
    case = new_by_command(app, "From a script")
    ctl("push", case, "--queue", status=3)
    app.button(f"{NAME} incident is up to date", timeout=30)
    check.ok("what a script queues is sent by the open window", len(sent(jira, "From a script")) == 1)


def make_uncertain(app, jira, title, **fault):
    new_by_command(app, title)
    jira.fault(method="POST", path="*/issue", **fault)
    app.press(app.button(f"Push as {NAME} incident"))
    app.button("Decide…", timeout=60)


def trouble(app, check, jira):
    jira.call("POST", "options", {"index-lag": 600000})
    make_uncertain(app, jira, "Lost on the way back", kind="lost")
    make_uncertain(app, jira, "Lost on the way", kind="status", status=500)
    app.shot("uncertain")
    check.ok("a create whose answer is lost asks for a decision")
    go_to(app, "Queued")
    app.key("F8")
    app.find("label", "Lost on the way")
    app.button("Decide…")
    app.key("F8")
    app.find("label", "Lost on the way back")
    check.ok("F8 goes from one case in trouble to the next")


def decide_by_link(app, check, jira):
    go_to(app, "Lost on the way back")
    app.press(app.button("Decide…"))
    dialog = app.dialog("Decide")
    app.says("Was the Incident Created?", dialog)
    app.says("What was sent", dialog)
    check.named(dialog, "the decision")
    app.shot("decide")
    app.write(app.entry("Incident to link", dialog), "SEC-99999")
    app.press(app.button("Link", dialog))
    app.says("does not exist", dialog, timeout=30)
    app.shot("decide-error")
    check.ok("an incident that does not exist is refused in place")
    app.write(app.entry("Incident to link", dialog), sent(jira, "Lost on the way back")[0]["key"])
    app.press(app.button("Link", dialog))
    app.no_dialog(30)
    app.button(f"{NAME} incident is up to date", timeout=30)
    check.ok("linking it lets the push go on", len(sent(jira, "Lost on the way back")) == 1)


def decide_by_sending(app, check, jira):
    title = "Lost on the way"
    go_to(app, title)
    app.press(app.button("Decide…"))
    dialog = app.dialog("Decide")
    app.press(app.button("Search again", dialog))
    app.no_dialog()
    app.press(app.button("Decide…", timeout=30))
    app.press(app.button("Send again", app.dialog("Decide")))
    app.no_dialog()
    app.button(f"{NAME} incident is up to date", timeout=30)
    check.ok("“Search again” only looks, “Send again” sends",
             len([i for i in sent(jira, title) if "back" not in json.dumps(i)]) == 1)
    jira.call("POST", "options", {"index-lag": 0})


def decide_comment(app, check):
    """An account that may not read the journal cannot tell whether a comment has arrived."""
    desk = Simulator("servicenow", journal_shown="false", journal_readable="false")
    try:
        ctl("connector", "add", "--type", "servicenow", "--name", "Desk", "--url", desk.url,
            "--set", "username=analyst")
        case = json.loads(ctl("case", "new", "--title", "Blind", "--json"))["id"]
        ctl("case", "comment", "add", case, "Is this there?")
        ctl("case", "connector", case, "Desk")
        go_to(app, "Blind")
        desk.fault(kind="lost", method="PATCH", path="*/incident/*")
        app.press(app.button("Push as Desk incident"))
        # A keyring in a file is read once, so that the secret has to come from the window itself.
        app.press(app.button("Update Desk", timeout=30))
        editor = app.dialog("Update Desk")
        app.write(app.find(ENTRIES, lambda name: name.startswith("Password"), editor), "correct horse")
        app.press(app.button("Save", editor))
        app.no_dialog()
        check.ok("a push without a secret leads to the connector that lacks it")
        app.press(app.button("Push as Desk incident"))
        app.press(app.button("Decide…", timeout=60))
        dialog = app.dialog("Decide")
        app.says("Did the Comment Arrive?", dialog)
        app.says("Is this there?", dialog)
        check.named(dialog, "the decision on a comment")
        app.shot("decide-comment")
        app.press(app.button("Mark as sent", dialog))
        app.no_dialog()
        app.button("Desk incident is up to date", timeout=30)
        check.ok("a comment that is there can be marked as sent",
                 len(desk.call("GET", "state")["journal"]) == 1)
        ctl("case", "remove", case)
    finally:
        desk.close()


def deleted(app, check, jira):
    go_to(app, "Queued")
    app.button(f"Update {NAME} incident")
    jira.call("DELETE", "incidents/" + sent(jira, "Queued")[0]["key"])
    app.press(app.button(f"Update {NAME} incident"))
    button = app.button("Create a new incident", timeout=30)
    app.button("Unlink")
    app.shot("deleted")
    app.press(button)
    dialog = app.dialog()
    app.says("Create a New Incident?", dialog)
    app.press(app.button("Create", dialog))
    app.no_dialog()
    app.button(f"{NAME} incident is up to date", timeout=30)
    check.ok("a deleted incident is made anew, with all comments",
             "Not sent later" in str(sent(jira, "Queued")))


def is_in_sight(row):
    """Whether the middle of a row is not scrolled away, even where the list is a bit lower."""
    pane = Atspi.Component.get_extents(row.get_parent().get_parent(), Atspi.CoordType.WINDOW)
    box = Atspi.Component.get_extents(row, Atspi.CoordType.WINDOW)
    return pane.y + box.height < box.y < pane.y + pane.height - 4 * box.height


def choose_cases(app, titles):
    for title in titles:
        row = until(lambda: next((node for node in app.find_all("list item")
                                  if node.get_name().startswith(title)), None), f"{title} in the list")
        app.click(row)
        until(lambda: "selected" in states(row), f"{title} to be selected")


def bulk(app, check, jira):
    titles = [n.get_name().split(", ")[0] for n in app.find_all("list item")
              if "Not pushed" in n.get_name() and is_in_sight(n)][:4]
    app.key("ctrl+a")
    app.says("cases selected")
    app.key("Escape")
    until(lambda: not any("cases selected" in l for l in app.labels()), "one selected case")
    check.ok("Ctrl+A selects all cases, Escape goes back to one")
    app.press(app.button("Select cases"))
    choose_cases(app, titles)
    app.says(f"{len(titles)} cases selected")
    check.named(app.main(), "the window with selected cases")
    app.shot("bulk-select")
    # Long enough to look at, and over by itself: which request meets a rule that comes later is chance.
    jira.fault(kind="status", method="POST", path="*/issue", nth=2, status=400)
    jira.fault(kind="delay", method="GET", path="*", count=8, milliseconds=4000)
    app.press(app.button(f"Push {len(titles)} cases"))
    app.button("Cancel pushing the selected cases")
    app.says(f"of {len(titles)} cases")
    app.shot("bulk-running")
    app.says("not sent", timeout=90)
    app.shot("bulk-result")
    app.press(app.button("Details"))
    dialog = app.dialog("Result")
    app.says("Not sent", dialog)
    check.named(dialog, "the result of many pushes")
    app.shot("bulk-details")
    app.key("Escape")
    app.no_dialog()
    jira.clear_faults()
    check.ok("many cases are pushed at once, and what was not sent is listed",
             sum(bool(sent(jira, title)) for title in titles) == len(titles) - 1)
    app.press(app.button("Dismiss the result"))
    app.key("F8")
    app.says("Failed")
    check.ok("what was not sent is in trouble")


def broken_database(check):
    directory = os.path.join(os.environ["CASEBRIDGE_UI_WORK"], "broken")
    os.mkdir(directory)
    with open(os.path.join(directory, "casebridge.db"), "wb") as file:
        file.write(b"this is no database at all" * 100)
    app = App([os.environ["CASEBRIDGE"], "--data-dir", directory], os.path.join(OUTPUT, "app.log"))
    try:
        app.says("The Cases Cannot Be Opened")
        app.button("Try Again")
        check.named(app.main(), "the error page")
        app.shot("error-page")
        check.ok("a file that is no database gives an error page")
    finally:
        app.close()


def main():
    open(os.path.join(OUTPUT, "app.log"), "w").close()
    check = Check()
    os.environ["CASEBRIDGE_LOOKUP_PAUSES"] = "0.1,0.1"
    manager = WindowManager()
    jira = Simulator("jira-cloud")
    app = None
    try:
        app = App([os.environ["CASEBRIDGE"], "--data-dir", DATA], os.path.join(OUTPUT, "app.log"))
        add_connector(app, check, jira)
        new_case(app, check)
        comment(app, check, "First finding")
        fields(app, check)
        first_push(app, check, jira)
        edit_and_push(app, check, jira)
        conflict(app, check, jira)
        slow_server(app, check, jira)
        failure(app, check, jira)
        connections(app, check)
        other_windows(app, check)
        queue(app, check, jira)
        queue_by_command(app, check, jira)
        trouble(app, check, jira)
        decide_by_link(app, check, jira)
        decide_by_sending(app, check, jira)
        decide_comment(app, check)
        deleted(app, check, jira)
        demo_cases(app, check)
        bulk(app, check, jira)
        app.key("ctrl+q")
        until(lambda: app.process.poll() is not None, "the end of the program")
        check.ok("Ctrl+Q ends the program", app.process.returncode == 0)
        broken_database(check)
        noise = criticals(os.path.join(OUTPUT, "app.log"))
        for line in noise:
            print(f"# {line.strip()}")
        check.ok("nothing critical was logged", not noise)
    except (Timeout, AssertionError, Exception):
        for line in traceback.format_exc().splitlines():
            print(f"# {line}")
        check.ok("the test came to its end", False)
        if app is not None:
            app.shot("broken-off")
            with open(os.path.join(OUTPUT, "tree.txt"), "w", encoding="utf-8") as file:
                file.write("\n".join(dump(app.root)))
    finally:
        if app is not None and app.process.poll() is None:
            app.close()
        jira.close()
        manager.close()
    print(f"1..{check.number}")
    return 1 if check.failed else 0


sys.exit(main())
