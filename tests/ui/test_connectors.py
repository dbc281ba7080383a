# SPDX-License-Identifier: GPL-3.0-or-later
"""Connectors in the real window: their form, their list, and what a case says to them, against all
three simulated systems. Started by run-ui with the directory of the certificates."""

import json
import os
import re
import subprocess
import sys
import time
import traceback

from harness import (BUTTONS, App, Check, Simulator, Timeout, WindowManager, criticals, dump, states, text_of, until,
                     walk)

OUTPUT = os.environ["CASEBRIDGE_UI_OUTPUT"]
DATA = os.path.join(os.environ["CASEBRIDGE_UI_WORK"], "connectors")
CERTIFICATES = os.path.abspath(sys.argv[1])
SECRET = "correct horse"
SOAR, JIRA, SNOW = "IBM SOAR", "SOC Jira", "ServiceNow production"


def ctl(*args, stdin=None):
    argv = [os.environ["CASEBRIDGECTL"], "--data-dir", DATA, "--json", *args]
    done = subprocess.run(argv, capture_output=True, text=True, input=stdin)
    return json.loads(done.stdout)


def start():
    return App([os.environ["CASEBRIDGE"], "--data-dir", DATA], os.path.join(OUTPUT, "connectors.log"))


def shot(app, name):
    app.shot("connectors-" + name)


def fingerprint():
    done = subprocess.check_output(["openssl", "x509", "-in", os.path.join(CERTIFICATES, "good.pem"),
                                    "-noout", "-fingerprint", "-sha256"], text=True)
    return done.strip().split("=")[1]


def focused(app, inside):
    return until(lambda: next((n for n in walk(inside) if "focused" in states(n)), None), "the focus")


def save(app, dialog):
    app.press(app.button("Save", dialog))


def tested(app, dialog):
    app.press(app.button("Test connection", dialog))


def certificate(app, check, soar):
    """The first connector: a server whose authority nobody knows, and no organisation known yet."""
    app.press(app.button("Add connector"))
    app.press(app.menu_item("IBM Resilient", 2))
    dialog = app.dialog("New IBM Resilient connector")
    until(lambda: "active" in states(dialog), "the active form")
    app.type(SOAR)
    until(lambda: text_of(app.entry("Connector name", dialog)) == SOAR, "the typed name")
    app.write(app.entry("URL", dialog), soar.url)
    app.write(app.entry("API key ID", dialog), "analyst")
    app.write(app.entry("API key secret", dialog), SECRET)
    tested(app, dialog)
    app.says("The certificate is not trusted", dialog, timeout=30)
    said = app.labels(dialog)
    check.ok("an untrusted certificate is shown with its names, validity and fingerprint",
             all(any(part in l for l in said) for part in ("CN=good", "CN=Test CA", fingerprint(), " to ")))
    check.named(dialog, "the form with a certificate")
    shot(app, "certificate")
    app.press(app.button("Choose CA file…", dialog))
    # GTK's own file dialog says nothing of itself to assistive technology.
    until(lambda: subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^Certificate authority$"],
                                 capture_output=True).stdout, "the file dialog")
    until(lambda: "active" not in states(dialog), "the file dialog in front")
    app.key("ctrl+l")
    app.type(os.path.join(CERTIFICATES, "ca.pem"))
    # GTK 4.18 leaves the rest of a folder that it has completed behind the cursor.
    time.sleep(1)
    app.key("shift+End", "Delete", "Return")
    app.says("The login works", dialog, timeout=30)
    check.ok("with the authority's file the form tests again, and the login works")
    app.says("201 · Acme SOC", dialog)
    check.named(dialog, "the offered organisations")
    shot(app, "organisations")
    app.key("Return")
    until(lambda: text_of(app.entry("Organization ID", dialog)) == "201", "the organisation")
    check.ok("organisations are offered though none was entered, and Enter takes one")
    tested(app, dialog)
    app.says(f"{SOAR} works", dialog, timeout=30)
    save(app, dialog)
    app.no_dialog()
    check.ok("it works and is saved")


def project(app, check, jira):
    app.key("ctrl+comma")
    window = app.dialog("Edit external connection")
    row = app.says("Worked today", window)
    check.ok("the tested form was saved as a connector that works", "IBM Resilient, 201" in row)
    app.press(app.button("Add new connector", window))
    app.press(app.menu_item("Jira", 1))
    dialog = app.dialog("New Jira connector")
    app.write(app.entry("Connector name", dialog), JIRA)
    app.write(app.entry("URL", dialog), jira.url)
    app.write(app.entry("Email or Username", dialog), "analyst@example.org")
    app.write(app.entry("API token or Password", dialog), "wrong")
    tested(app, dialog)
    app.says("Jira", dialog, timeout=30)
    until(lambda: any("401" in l or "refuse" in l or "credentials" in l for l in app.labels(dialog)),
          "an error about the login")
    check.ok("without a project a wrong login is said before anything is offered")
    app.write(app.entry("API token or Password", dialog), SECRET)
    app.write(app.entry("Project key", dialog), "NOPE")
    tested(app, dialog)
    app.says("no project NOPE", dialog, timeout=30)
    app.says("OPS · ", dialog)
    shot(app, "projects")
    app.tab_to("list item", lambda name: name.startswith("SEC"), dialog)
    app.key("Return")
    until(lambda: text_of(app.entry("Project key", dialog)) == "SEC", "the project")
    check.ok("a project that is not there: those that are, Enter takes one")
    tested(app, dialog)
    app.says(f"{JIRA} works", dialog, timeout=30)
    save(app, dialog)
    until(lambda: app.dialog().get_name() == "Edit external connection", "the list")


def add_by_command(snow):
    """While the program is not running: libsecret's file reads what others write at its start only."""
    new = ("connector", "add", "--type", "servicenow", "--url", snow.url, "--set", "username=analyst")
    ctl(*new, "--name", SNOW, "--secrets-stdin", stdin="password=wrong\n")
    ctl(*new, "--name", "Spare")


def states_of_all(app, check):
    app.key("ctrl+comma")
    window = app.dialog("Edit external connection")
    until(lambda: sum("Worked today" in l for l in app.labels(window)) == 2, "two that work")
    check.ok("after a restart what was tested is known")
    app.says("Not tested yet", window)
    check.ok("what was not tested is said")
    app.says("Secrets are missing", window)
    check.ok("missing secrets are said")
    ctl("connector", "test", SNOW)
    failed = app.says("Failed today", window)
    check.ok("a test by the command line shows as failed", "ServiceNow" in failed)
    check.named(window, "the list of connectors")
    shot(app, "list")
    app.press(app.button("Remove Spare", window))
    app.says("No case names it.")
    app.says("secrets are removed")
    shot(app, "remove")
    app.key("Escape")
    until(lambda: len(app.windows()) == 2, "the list alone")
    app.press(app.button(f"Update {SNOW}", window))
    dialog = app.dialog(f"Update {SNOW}")
    app.write(app.entry("Password (empty keeps the stored one)", dialog), SECRET)
    save(app, dialog)
    until(lambda: not any("Failed today" in l for l in app.labels(window)), "no failure")
    check.ok("a new secret makes it one that was not tested")
    ctl("connector", "remove", "Spare")
    until(lambda: "Spare" not in app.labels(window), "no “Spare”")
    mapping = app.find("combo box", "Connector whose field mappings are shown", window)
    until(lambda: app.find_all("label", f"{SOAR} field mappings", window), "the default connector's mapping")
    check.ok("the mapping is that of the connector that counts", mapping is not None)


def another_project(app, check):
    window = app.dialog("Edit external connection")
    app.press(app.button(f"Update {JIRA}", window))
    dialog = app.dialog(f"Update {JIRA}")
    app.write(app.entry("Project key", dialog), "OPS")
    save(app, dialog)
    until(lambda: sum("Worked today" in l for l in app.labels(window)) == 1, "one that works")
    check.ok("another project makes it one that was not tested")
    app.press(app.button(f"Update {JIRA}", window))
    dialog = app.dialog(f"Update {JIRA}")
    app.press(app.button("Choose “Project key” from the server's", dialog))
    app.says("SEC · ", dialog, timeout=30)
    app.key("Down", "Return") if "OPS" in focused(app, dialog).get_name() else app.key("Return")
    until(lambda: text_of(app.entry("Project key", dialog)) == "SEC", "the project")
    save(app, dialog)
    until(lambda: app.dialog().get_name() == "Edit external connection", "the list")
    app.key("Escape")
    app.no_dialog()


def add_other_field(app, dialog, words):
    """By keyboard: the search has the focus, Enter takes the first that fits."""
    app.press(app.button("Add field", dialog))
    search = app.find(("text", "entry"), "Search “Fields that can be added”")
    until(lambda: "focused" in states(search), "the focus in the search")
    app.type(words)
    until(lambda: text_of(search) == words, "the typed words")
    app.key("Return")
    until(lambda: not app.find_all(("text", "entry"), "Search “Fields that can be added”"), "no list")
    time.sleep(0.6)  # The row takes the focus after the list has given it back.


def other_fields(app, check, jira, case):
    app.key("ctrl+shift+c")
    dialog = app.dialog("Edit connector")
    app.choose("Connector", JIRA, dialog)
    app.choose("Issue type", "Incident", dialog, timeout=30)
    app.find("combo box", "Data classification", dialog, timeout=30)
    app.says("The system takes no incident without the required fields", dialog)
    check.ok("a field that the project requires is there with its choices")
    shot(app, "required")
    app.choose("Data classification", "Confidential", dialog)
    add_other_field(app, dialog, "hosts")
    hosts = app.entry("Affected hosts", dialog)
    app.type("seven")
    until(lambda: text_of(hosts) == "seven", "the typed words in the new field")
    save(app, dialog)
    app.says("“seven” is no number", dialog)
    check.ok("what is no number is said at the field")
    app.write(hosts, "7")
    add_other_field(app, dialog, "service")
    app.type("12345")
    until(lambda: text_of(app.entry("Affected service", dialog)) == "12345", "the typed text")
    add_other_field(app, dialog, "detected")
    app.type("2026-11-24")
    check.named(dialog, "the dialog with other fields")
    shot(app, "fields")
    app.choose("Connector", f"{SOAR} (default)", dialog)
    app.choose("Severity", "High", dialog, timeout=30)
    app.choose("Connector", JIRA, dialog)
    until(lambda: text_of(app.entry("Affected hosts", dialog)) == "7", "the number again", 30)
    check.ok("what was entered stays while another connector is looked at")
    save(app, dialog)
    app.no_dialog()
    fields = ctl("case", "connector", case)["fields"]
    check.ok("it is stored as Jira takes it",
             fields.get("extra.customfield_10041") == "12345" and fields.get("extra.customfield_10042") == "7" and
             fields.get("extra.customfield_10043") == "2026-11-24" and
             re.fullmatch(r'\{"id":"\d+"\}', fields.get("extra.customfield_10044", "")) is not None)
    result = ctl("push", case)["results"][0]
    sent = json.dumps(jira.incidents())
    check.ok("and Jira takes it", result["outcome"] == "created" and '"12345"' in sent)


def not_loaded(app, check, snow, case):
    snow.fault(kind="status", path="*sys_choice*", count=-1, status=500)
    app.key("ctrl+shift+c")
    dialog = app.dialog("Edit connector")
    app.choose("Connector", SNOW, dialog)
    app.says("Not everything could be loaded", dialog, timeout=60)
    app.says("Choices not loaded", dialog)
    check.named(dialog, "the dialog without choices")
    shot(app, "not-loaded")
    snow.clear_faults()
    app.press(next(n for n in app.find_all(BUTTONS, "Try again", dialog)))
    app.choose("Category", "Software", dialog, timeout=30)
    app.choose("Subcategory", "Email", dialog, timeout=30)
    check.ok("what could not be loaded is said once, and loaded by “Try again”; a choice depends on another")
    shot(app, "servicenow")
    app.key("Escape")
    app.no_dialog()
    check.ok("Escape changes nothing", ctl("case", "connector", case)["fields"].get("category") is None)


def main():
    log = os.path.join(OUTPUT, "connectors.log")
    open(log, "w").close()
    check = Check()
    os.environ["CASEBRIDGE_LOOKUP_PAUSES"] = "0.1,0.1"
    manager = WindowManager()
    soar = Simulator("resilient", tls_certificate=os.path.join(CERTIFICATES, "good.pem"),
                     tls_key=os.path.join(CERTIFICATES, "good.key"))
    jira = Simulator("jira-cloud", custom_fields="true", required_field="option")
    snow = Simulator("servicenow", mandatory_field="u_site")
    app = None
    try:
        app = start()
        certificate(app, check, soar)
        project(app, check, jira)
        app.close()
        add_by_command(snow)
        case = ctl("case", "new", "--title", "Fields of three systems")["id"]
        app = start()
        states_of_all(app, check)
        another_project(app, check)
        other_fields(app, check, jira, case)
        not_loaded(app, check, snow, case)
        noise = criticals(log)
        for line in noise:
            print(f"# {line.strip()}")
        check.ok("nothing critical was logged", not noise)
        with open(log, encoding="utf-8", errors="replace") as file:
            check.ok("no secret was logged", SECRET not in file.read())
    except (Timeout, AssertionError, Exception):
        for line in traceback.format_exc().splitlines():
            print(f"# {line}")
        check.ok("the test came to its end", False)
        if app is not None:
            shot(app, "broken-off")
            with open(os.path.join(OUTPUT, "connectors-tree.txt"), "w", encoding="utf-8") as file:
                file.write("\n".join(dump(app.root)))
    finally:
        if app is not None and app.process.poll() is None:
            app.close()
        for simulator in (soar, jira, snow):
            simulator.close()
        manager.close()
    print(f"1..{check.number}")
    return 1 if check.failed else 0


sys.exit(main())
