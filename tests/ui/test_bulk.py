# SPDX-License-Identifier: GPL-3.0-or-later
"""The preview of a selection by keyboard, against a simulated Jira. Started by run-ui."""

import json
import os
import sys

from harness import BUTTONS, App, Simulator, command, run, states, unnamed, until

OUTPUT = os.environ["CASEBRIDGE_UI_OUTPUT"]
DATA = os.path.join(os.environ["CASEBRIDGE_UI_WORK"], "bulk")
LOG = os.path.join(OUTPUT, "bulk.log")


def ctl(*args, **more):
    return command(DATA, *args, **more)


def new(title):
    return json.loads(ctl("case", "new", "--title", title, "--json"))["id"]


def prepare(jira):
    """Two new ones, one to update, one up to date, one that someone has changed there, one refused."""
    ctl("connector", "add", "--type", "jira", "--name", "SOC", "--url", jira.url, "--set", "projectKey=SEC",
        "--set", "email=analyst@example.org", "--secrets-stdin", stdin="apiToken=correct horse\n")
    ctl("connector", "add", "--type", "jira", "--name", "Elsewhere", "--url", jira.url, "--set",
        "projectKey=NOPE", "--set", "email=analyst@example.org", "--secrets-stdin",
        stdin="apiToken=correct horse\n")
    ctl("connector", "default", "SOC")
    cases = {name: new(name) for name in ("Fresh one", "Fresh two", "Edited", "Quiet", "Contested", "Refused")}
    for name in ("Edited", "Quiet", "Contested"):
        ctl("push", cases[name])
    ctl("case", "edit", cases["Edited"], "--title", "Edited again")
    ctl("case", "comment", "add", cases["Edited"], "One finding")
    key = next(i["key"] for i in jira.incidents() if "Contested" in json.dumps(i))
    jira.call("PATCH", f"incidents/{key}", {"summary": "Their own title"})
    ctl("case", "edit", cases["Contested"], "--title", "Contested by us")
    ctl("case", "connector", cases["Refused"], "Elsewhere")
    return cases


def open_preview(app):
    app.key("ctrl+shift+p")
    dialog = app.dialog("Preview")
    app.says("cases can be pushed", dialog, timeout=30)
    return dialog


def escape(app, check, jira):
    jira.fault(kind="delay", path="*", count=-1, milliseconds=20000)
    app.key("ctrl+shift+p")
    dialog = app.dialog("Preview")
    app.says("of 6 cases read", dialog)
    app.shot("bulk-preview-reading")
    app.key("Escape")
    app.no_dialog()
    jira.clear_faults()
    check.ok("Escape ends a preview that is still being read")


def look(app, check):
    dialog = open_preview(app)
    names = app.labels(dialog)
    for heading in ("Needs a decision", "Create incident", "Update incident", "Up to date"):
        check.ok(f"there is a group “{heading}”", heading in names)
    order = [names.index(t) for t in ("Contested by us", "Fresh one", "Edited again", "Quiet")]
    check.ok("what needs a person comes first", order == sorted(order))
    check.ok("fields and comments are counted", "1 field · 1 comment" in names)
    app.says("4 of 6 cases can be pushed", dialog)
    app.says("NOPE", dialog)
    bad = unnamed(dialog)
    for line in bad:
        print(f"# no name: {line}")
    check.ok("every control has a name", not bad)
    app.shot("bulk-preview")
    app.tab_to("list item", "Edited again", dialog)
    app.key("space")
    app.says("One finding", dialog)
    app.shot("bulk-preview-open")
    check.ok("a case opens to its steps")
    return dialog


def choose(app, check, dialog):
    app.press(app.find(BUTTONS, "Leave out", dialog))
    app.says("3 of 6 cases can be pushed", dialog)
    app.press(app.find(BUTTONS, "Keep theirs", dialog))
    app.says("4 of 6 cases can be pushed", dialog)
    app.says("Nothing will be sent", dialog)
    app.shot("bulk-preview-keep")
    check.ok("a choice for remote edits changes what is pushed")
    app.press(app.find(BUTTONS, "Leave out", dialog))
    app.button("Push 3 cases", dialog)


def push(app, check, jira, cases):
    dialog = app.dialog("Preview")
    ctl("case", "edit", cases["Fresh two"], "--title", "Fresh two, changed since")
    until(lambda: "sensitive" in states(app.button("Push 3 cases", dialog)), "the button")
    app.press(app.button("Push 3 cases", dialog))
    app.no_dialog()
    app.says("not sent", timeout=60)
    text = json.dumps(jira.incidents())
    check.ok("what was shown is sent", "Fresh one" in text and "Edited again" in text and "One finding" in text)
    check.ok("what was left out is not", "Their own title" in text and "Contested by us" not in text)
    check.ok("a case that differs from its preview is not sent", "Fresh two" not in text)
    app.shot("bulk-preview-pushed")


def push_by_keyboard(app, check, jira):
    app.click(app.find("list item", lambda name: name.startswith("Quiet")))
    app.key("ctrl+a")
    app.says("6 cases selected")
    dialog = open_preview(app)
    until(lambda: "sensitive" in states(app.button("Push 2 cases", dialog)), "the button")
    app.key("Return")
    app.no_dialog()
    # Side by side, so in any order.
    for title in ("Contested by us", "Fresh two, changed since"):
        until(lambda: title in json.dumps(jira.incidents()), f"{title} in Jira", 30)
    check.ok("Ctrl+A, Ctrl+Shift+P and Enter push, and overwrite unless told otherwise")


def bulk(check):
    jira = Simulator("jira-cloud")
    app = None
    try:
        cases = prepare(jira)
        app = App([os.environ["CASEBRIDGE"], "--data-dir", DATA], LOG)
        app.click(app.find("list item", lambda name: name.startswith("Quiet")))
        app.key("ctrl+a")
        app.says("6 cases selected")
        app.button("Preview the selected cases")
        app.shot("bulk-selected")
        escape(app, check, jira)
        dialog = look(app, check)
        choose(app, check, dialog)
        push(app, check, jira, cases)
        push_by_keyboard(app, check, jira)
    except Exception:
        if app is not None:
            app.shot("bulk-broken-off")
        raise
    finally:
        if app is not None:
            app.close()
        jira.close()


sys.exit(run(LOG, bulk))
