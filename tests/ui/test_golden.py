# SPDX-License-Identifier: GPL-3.0-or-later
"""What the preview shows is what is sent: every value in the window, read through AT-SPI, against the
bytes that a simulator of each system received. Started by run-ui."""

import json
import os
import sys

from harness import BUTTONS, App, Simulator, command, is_seen, run, size, states, text_of, until, walk

OUTPUT = os.environ["CASEBRIDGE_UI_OUTPUT"]
DATA = os.path.join(os.environ["CASEBRIDGE_UI_WORK"], "golden")
LOG = os.path.join(OUTPUT, "golden.log")
SENT = ("Will be sent", "Added", "Unchanged")

NASTY = """# Heading {code} & <b>bold</b>

**strong** _emphasis_ `code {x}` ~~gone~~ [link](https://example.org/?a=1&b="2") ![picture](x.png)

- one — “quoted” 'single' \\*escaped\\*
- two 🦠👩‍💻 ünïcödé 漢字 العربية
  1. nested

> said | h1. not a heading | {noformat} | !x.png! | [~user]

```sh
echo "$HOME" | grep -v '^#' && rm -rf <dir>
```

| a | b |
|---|---|
| {panel} | *x* |

Line with two blanks  
and a break; &amp; &lt;tag&gt; %s \\n {{template}} ${jndi:ldap://x}"""
LONG = "\n\n".join(f"{n}. " + "{*_braces and *stars* and_scores_*} <i>&</i> 🦠 " * 9 for n in range(56))

SYSTEMS = {
    "servicenow": ("servicenow", {}, {"username": "analyst"}, "password",
                   ["urgency=2", "severity=1", "impact=3", "category=software", "subcategory=os",
                    "extra.close_notes=a <b> {code} \"q\" 🦠"],
                   ["urgency=1", "impact=1", "extra.close_notes=b </b> & 'q'"]),
    "jira-cloud": ("jira", {"custom_fields": "true"},
                   {"projectKey": "SEC", "email": "analyst@example.org"}, "apiToken",
                   ["issueType=10007", "priority=High", "extra.customfield_10041=a <b> {code} \"q\" 🦠"],
                   ["priority=Low", "extra.customfield_10041=b </b> & 'q'"]),
    "resilient": ("resilient", {}, {"orgId": "201", "apiKeyId": "analyst"}, "apiKeySecret",
                  ["incidentTypes=1001,1003", "severityCode=5", "extra.soc_summary=a <b> {code} \"q\" 🦠"],
                  ["incidentTypes=1002", "severityCode=6", "extra.soc_summary=b </b> & 'q'"]),
}
SYSTEMS["jira-datacenter"] = ("jira", {"custom_fields": "true"}, {"projectKey": "SEC", "email": "analyst"},
                              "apiToken", *SYSTEMS["jira-cloud"][4:])


def ctl(*args, **more):
    return command(DATA, *args, **more)


# What a system received, as the preview calls it: by the target's field. Only the wrapping that the
# system wants around a value is taken off, never anything of the value itself.

def unwrap(value):
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [unwrap(one) for one in value]
    if isinstance(value, dict):
        for key in ("id", "name", "key", "content", "text", "textarea", "ids"):
            if key in value:
                return unwrap(value[key])
    return value


def words(value):
    """A list of labels is shown in a row, a change of it in words."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return value


def label_change(operations):
    added = ", ".join(one["add"] for one in operations if "add" in one)
    removed = ", ".join(one["remove"] for one in operations if "remove" in one)
    if added and removed:
        return f"Add {added}; remove {removed}"
    return f"Add {added}" if added else f"Remove {removed}"


def read_jira(path, body):
    if path.endswith("/comment"):
        return {"comments": body["body"]}
    fields = {key: words(unwrap(value)) for key, value in body["fields"].items() if key != "project"}
    for key, operations in body.get("update", {}).items():
        fields[key] = label_change(operations)
    return fields


def read_resilient(path, body):
    if path.endswith("/comments"):
        return {"comments": unwrap(body["text"])}
    if "changes" in body:
        return {change["field"]["name"]: unwrap(change["new_value"]) for change in body["changes"]}
    fields = {key: unwrap(value) for key, value in body.items() if key not in ("discovered_date", "properties")}
    return {**fields, **{key: unwrap(value) for key, value in body.get("properties", {}).items()}}


READERS = {"servicenow": lambda path, body: body, "jira": read_jira, "resilient": read_resilient}


def received(simulator, kind):
    writes = [r for r in simulator.call("GET", "requests")
              if r["method"] in ("POST", "PUT", "PATCH") and not r["path"].endswith("/query_paged")]
    return [READERS[kind](r["path"], json.loads(r["body"])) for r in writes]


# What the window shows

def groups(node):
    return [below for below in walk(node) if below.get_role_name() in ("grouping", "panel")
            and below.get_name() and not below.get_name().startswith(("Gtk", "Adw", "Cb"))]


def values(node):
    return [below for below in walk(node) if below.get_role_name() == "label" and below.get_description() in SENT]


def unfold(app, dialog):
    def folds():
        return app.find_all(BUTTONS, lambda name: "unchanged line" in name, dialog)

    for button in folds():
        app.press(button)
    # What comes in place of a button has its size a frame later.
    until(lambda: not folds() and all(size(n) != (0, 0) for n in values(dialog) if "visible" in states(n)),
          "the unfolded lines")


def shown_value(group):
    return "\n".join(text_of(label) for label in values(group) if is_seen(label))


def shown(dialog):
    steps = [node for node in groups(dialog) if node.get_name().split(".")[0].isdigit()]
    return [{field.get_name(): shown_value(field) for field in groups(step) if field.get_name() != step.get_name()}
            for step in steps]


def equal(text, value):
    return text == value if isinstance(value, str) else json.loads(text) == value


def differences(in_window, on_wire):
    """Names what differs, and how; empty where all is the same."""
    found = []
    if [sorted(step) for step in in_window] != [sorted(step) for step in on_wire]:
        return [f"steps {[sorted(s) for s in in_window]} shown, {[sorted(s) for s in on_wire]} sent"]
    for number, (step, request) in enumerate(zip(in_window, on_wire), 1):
        for field, value in request.items():
            if not equal(step[field], value):
                found.append(f"step {number}, {field}: shown {step[field]!r}, sent {value!r}"[:2000])
    return found


def go_to(app, title):
    row = until(lambda: next((node for node in app.find_all("list item")
                              if node.get_name().startswith(title)), None), f"{title} in the list")
    app.click(row)
    until(lambda: "selected" in states(row), f"{title} to be selected")


def push_state(case):
    listed = json.loads(ctl("case", "list", "--json"))["cases"]
    return next(one["push"]["state"] for one in listed if one["id"] == case)


def compare(app, check, simulator, name, case, what):
    kind = SYSTEMS[name][0]
    simulator.call("DELETE", "requests")
    app.key("ctrl+shift+p")
    dialog = app.dialog("Preview")
    until(lambda: "sensitive" in states(app.button("Push", dialog)), "the button Push", 30)
    unfold(app, dialog)
    in_window = shown(dialog)
    app.shot(f"golden-{name}-{what}")
    app.key("Return")
    app.no_dialog()
    until(lambda: push_state(case) in ("up-to-date", "failed"), "the end of the push", 30)
    on_wire = received(simulator, kind)
    found = differences(in_window, on_wire)
    for line in found:
        print("# " + line)
    check.ok(f"{name}: what is shown of the {what} is what is sent, {len(on_wire)} requests", not found)
    return in_window, on_wire


def altered(steps):
    """The same with one character changed in the last field of the last step."""
    copy = json.loads(json.dumps(steps))
    field = sorted(copy[-1])[-1]
    copy[-1][field] = copy[-1][field][:-1] + "\u00a0"
    return copy


def make_case(name):
    kind, _, settings, secret, fields, _ = SYSTEMS[name]
    title = f"{name} <b>{{code}}</b> \"q\" 'a' & *x* _y_ 🦠 h1. {len(name)} | ~~z~~ [l](u) \\n %s"
    case = json.loads(ctl("case", "new", "--title", title, "--description", NASTY, "--tag", "a \"b\" <c>",
                          "--tag", "ünï 🦠", "--json"))["id"]
    for text in (NASTY, "short & <b>", LONG[:9000]):
        ctl("case", "comment", "add", case, text)
    ctl("case", "connector", case, name, *(part for field in fields for part in ("--field", field)))
    return case, title


def change_case(name, case):
    shown_case = json.loads(ctl("case", "show", case, "--json"))["case"]
    ctl("case", "edit", case, "--title", f"{name} again </b> {{noformat}}", "--description",
        NASTY.replace("nested", "nested & <changed> 🦠") + "\n\nOne more.", "--add-tag", "new <tag>",
        "--remove-tag", "ünï 🦠")
    ctl("case", "comment", "edit", case, shown_case["comments"][1]["id"], "edited *now* {quote}")
    ctl("case", "comment", "add", case, "> " + NASTY)
    ctl("case", "connector", case, name,
        *(part for field in SYSTEMS[name][5] for part in ("--field", field)))


def check_system(app, check, simulator, name, case, title):
    go_to(app, title)
    in_window, on_wire = compare(app, check, simulator, name, case, "create")
    check.ok(f"{name}: one character less would be noticed", differences(altered(in_window), on_wire) != [])
    change_case(name, case)
    compare(app, check, simulator, name, case, "update")
    ctl("case", "edit", case, "--description", LONG[:29500])
    compare(app, check, simulator, name, case, "cut")


def golden(check):
    simulators = {name: Simulator(name, **system[1]) for name, system in SYSTEMS.items()}
    app = None
    try:
        cases = {}
        for name, (kind, _, settings, secret, _, _) in SYSTEMS.items():
            ctl("connector", "add", "--type", kind, "--name", name, "--url", simulators[name].url,
                *(part for item in settings.items() for part in ("--set", "=".join(item))),
                "--secrets-stdin", stdin=f"{secret}=correct horse\n")
            cases[name] = make_case(name)
        app = App([os.environ["CASEBRIDGE"], "--data-dir", DATA], LOG)
        for name in SYSTEMS:
            check_system(app, check, simulators[name], name, *cases[name])
    except Exception:
        if app is not None:
            app.shot("golden-broken-off")
        raise
    finally:
        if app is not None:
            app.close()
        for simulator in simulators.values():
            simulator.close()


sys.exit(run(LOG, golden))
