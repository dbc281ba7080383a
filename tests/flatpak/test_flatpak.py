# SPDX-License-Identifier: GPL-3.0-or-later
"""The analyst's main job in the installed Flatpak, against a simulated Jira. Started by run, in run-ui.

Arguments: the way that secrets go (portal or service), and what the manifest asks for in finish-args."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "ui"))

from harness import App, Simulator, Timeout, WindowManager, dump, text_of, until  # noqa: E402

ID = os.environ["CASEBRIDGE_FLATPAK_ID"]
HOME = os.environ["HOME"]
OUTPUT = os.environ["CASEBRIDGE_UI_OUTPUT"]
LOG = os.path.join(OUTPUT, "app.log")
PRIVATE = os.path.join(HOME, ".var", "app", ID)
NAME = "SOC Jira"
TITLE = "Phishing in a sandbox"
SECRET = "correct horse"

PERMISSIONS = {"shared": {"network", "ipc"}, "sockets": {"wayland", "fallback-x11"}, "devices": {"dri"}}
# What a session without portals makes GTK say.
NOISE = ("dbind", "Flatpak portal version")
# The drawing is the test's choice, the secrets are not: no variable of the test's keyring reaches the app.
DRAWING = ["--env=GSK_RENDERER=cairo", "--env=GDK_DEBUG=gl-disable", "--env=CASEBRIDGE_LOOKUP_PAUSES=0.1,0.1"]
ENV = {name: value for name, value in os.environ.items()
       if not name.startswith(("SECRET_", "CASEBRIDGE", "GSETTINGS_", "GSK_", "GDK_", "ADW_"))}

# What an app may do without a permission, or with those that it has; all else is asked of the sandbox itself.
PROBES = [
    ("home is not visible", f"ls '{HOME}/private.txt'", False),
    ("home cannot be written", f"mkdir -p '{HOME}' && touch '{HOME}/made-here' && test ! -e '{HOME}/.config'", True),
    ("the machine's files are not visible", "ls /home/* /root/.ssh /mnt/* /media/* /run/host/root /var/lib/dpkg", False),
    ("the runtime cannot be written", "touch /usr/made-here || touch /app/made-here", False),
    ("no disk, no camera, no input device", "ls /dev/[sv]da* /dev/video* /dev/input /dev/fuse /dev/kvm", False),
    ("the keyring cannot be talked to",
     "gdbus call --session --dest org.freedesktop.secrets --object-path /org/freedesktop/secrets "
     "--method org.freedesktop.DBus.Peer.Ping", False),
    ("nothing on the bus but portals can be talked to",
     "gdbus call --session --dest org.freedesktop.impl.portal.PermissionStore "
     "--object-path /org/freedesktop/impl/portal/PermissionStore --method org.freedesktop.DBus.Peer.Ping", False),
    ("the portals can be talked to",
     "gdbus call --session --dest org.freedesktop.portal.Desktop --object-path /org/freedesktop/portal/desktop "
     "--method org.freedesktop.DBus.Peer.Ping", True),
    ("no command can be run outside",
     "gdbus call --session --dest org.freedesktop.Flatpak --object-path /org/freedesktop/Flatpak/Development "
     "--method org.freedesktop.DBus.Peer.Ping", False),
    ("there is no system bus", "test -e /run/dbus/system_bus_socket", False),
    ("there is no sound", "ls /run/flatpak/pulse/* /run/user/*/pulse", False),
]


class Check:
    """TAP on stdout."""

    def __init__(self):
        self.number = 0
        self.failed = 0

    def ok(self, text, good=True, why=""):
        self.number += 1
        self.failed += not good
        if not good and why:
            print("# " + str(why).strip().replace("\n", "\n# "))
        print(f"{'ok' if good else 'not ok'} {self.number} - {text}", flush=True)


def flatpak(*words, **options):
    return subprocess.run(["flatpak", *words], capture_output=True, text=True, env=ENV, timeout=120, **options)


def gdbus(name, path, method, *arguments):
    return subprocess.run(["gdbus", "call", "--session", "--dest", name, "--object-path", path, "--method", method,
                           *arguments], capture_output=True, text=True, env=ENV)


class Sandbox:
    """One way to run the installed app: a workspace, the standard one where none is named, and where its
    secrets go."""

    def __init__(self, name, *options):
        place = [f"--env=CASEBRIDGE_DATA_DIR={PRIVATE}/data/{name}"] if name else []
        self.options = [*DRAWING, *place, *options]

    def argv(self, *words, command="casebridge", options=()):
        return ["flatpak", "run", *self.options, *options, f"--command={command}", ID, *words]

    def ctl(self, *words, **options):
        done = subprocess.run(self.argv("--json", *words, command="casebridgectl"), capture_output=True, text=True,
                              env=ENV, timeout=120, **options)
        assert done.returncode == 0, f"{words} ended with {done.returncode}: {done.stdout} {done.stderr}"
        return json.loads(done.stdout)

    def app(self):
        return SandboxedApp(self.argv(), LOG, ENV)


class SandboxedApp(App):
    """Its process id on the accessibility bus is that of the bus's proxy."""

    def _is_it(self, program):
        return program.get_name().startswith("casebridge") or program.get_name() == ID

    def close(self):
        self.key("ctrl+q")
        until(lambda: self.process.poll() is not None, "the end of the program")
        self.log.close()
        assert self.process.returncode == 0, f"the program ended with {self.process.returncode}"

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(10)


def granted(app_id):
    """What the installed app may do. Flatpak writes x11 beside fallback-x11, which then counts alone."""
    text = flatpak("info", "--show-permissions", app_id).stdout
    lines = [line for line in text.splitlines() if line.strip() and line.strip() != "[Context]"]
    return {key: set(value.strip(";").split(";")) - {"x11"} for key, value in (line.split("=", 1) for line in lines)}


def permissions(check, asked):
    found = granted(ID)
    check.ok("the installed app has the permissions that are wanted, and no other", found == PERMISSIONS, found)
    check.ok("the manifest asks for no name on a bus, no file and no further device",
             sorted(shlex.split(asked)) == ["--device=dri", "--share=ipc", "--share=network",
                                            "--socket=fallback-x11", "--socket=wayland"], asked)
    with open(os.path.join(HOME, "private.txt"), "w", encoding="utf-8") as file:
        file.write("nobody's business")
    for what, command, expected in PROBES:
        done = flatpak("run", "--command=sh", ID, "-c", command)
        check.ok(what, (done.returncode == 0) == expected, done.stdout + done.stderr)
    check.ok("what the sandbox wrote into its home is not in the user's",
             not os.path.exists(os.path.join(HOME, "made-here")))


def installed(check):
    done = flatpak("run", "--command=casebridgectl", ID, "--version")
    check.ok("casebridgectl runs in the sandbox", done.returncode == 0 and done.stdout.startswith("casebridgectl "),
             done.stdout + done.stderr)
    exports = os.path.join(os.environ["FLATPAK_USER_DIR"], "exports", "share")
    missing = [path for path in exported(ID) if not os.path.exists(os.path.join(exports, path))]
    check.ok("desktop file, D-Bus service, icons, file type and search provider are exported", not missing, missing)
    with open(os.path.join(exports, exported(ID)[-1]), encoding="utf-8") as file:
        check.ok("the search provider is off until the user turns it on", "DefaultDisabled=true" in file.read())
    # Old builders still give the metainfo its old name.
    done = flatpak("run", "--command=sh", ID, "-c", f"ls /app/share/glib-2.0/schemas/gschemas.compiled && ("
                   f"ls /app/share/metainfo/{ID}.metainfo.xml || ls /app/share/appdata/{ID}.appdata.xml)")
    check.ok("metainfo and compiled settings are in it", done.returncode == 0, done.stderr)


def exported(app_id):
    return [f"applications/{app_id}.desktop", f"dbus-1/services/{app_id}.service",
            f"icons/hicolor/scalable/apps/{app_id}.svg", f"icons/hicolor/symbolic/apps/{app_id}-symbolic.svg",
            f"mime/packages/{app_id}.xml", f"gnome-shell/search-providers/{app_id}.search-provider.ini"]


def development(check):
    """The development version stands beside the other one, and may do no more."""
    devel = ID + ".Devel"
    done = flatpak("run", "--command=casebridgectl", devel, "--version")
    check.ok("the development version runs", done.returncode == 0, done.stderr)
    exports = os.path.join(os.environ["FLATPAK_USER_DIR"], "exports", "share")
    missing = [path for path in exported(devel) if not os.path.exists(os.path.join(exports, path))]
    check.ok("it is exported by a name of its own", not missing, missing)
    check.ok("and has the same permissions", granted(devel) == granted(ID), granted(devel))


def add_connector(app, jira):
    app.says("Welcome to Casebridge", timeout=30)
    app.press(app.button("Add connector"))
    app.press(app.menu_item("Jira", 1))
    editor = app.dialog("New Jira connector")
    app.write(app.entry("Connector name", editor), NAME)
    app.write(app.entry("URL", editor), jira.url)
    app.write(app.entry("Project key", editor), "SEC")
    app.write(app.entry("Email or Username", editor), "analyst@example.org")
    app.write(app.entry("API token or Password", editor), SECRET)
    app.press(app.button("Test connection", editor))
    app.says(f"{NAME} works", editor, timeout=30)
    app.press(app.button("Save", editor))
    app.no_dialog(30)


def new_case(app):
    app.key("ctrl+n")
    dialog = app.dialog("New Case")
    app.write(app.entry("Title", dialog), TITLE)
    app.press(app.button("Create", dialog))
    app.no_dialog()
    app.find("label", TITLE)


def push(app, text):
    app.press(app.button(text, timeout=30))
    app.button(f"{NAME} incident is up to date", timeout=60)


def comment(app, text):
    app.write(app.entry("Add a comment"), text)
    app.press(app.button("Add comment"))
    app.says(text)


def texts(jira):
    return json.dumps(jira.incidents())


def main_job(check, sandbox, jira, where):
    app = sandbox.app()
    try:
        add_connector(app, jira)
        check.ok(f"a connector is added with its secret ({where})")
        new_case(app)
        push(app, f"Push as {NAME} incident")
        app.shot("pushed-" + where.split()[-1].lower())
        check.ok(f"a new case is pushed ({where})", len(jira.incidents()) == 1, texts(jira))
        app.close()
        app = sandbox.app()
        app.button(f"{NAME} incident is up to date", timeout=30)
        comment(app, "After the restart")
        push(app, f"Update {NAME} incident")
        check.ok(f"after a restart it is pushed again, into the same incident ({where})",
                 len(jira.incidents()) == 1 and texts(jira).count("After the restart") == 1, texts(jira))
        beside_the_window(check, sandbox, app, jira, where)
        app.close()
    except Exception:
        app.shot("broken-off")
        with open(os.path.join(OUTPUT, "tree.txt"), "w", encoding="utf-8") as file:
            file.write("\n".join(dump(app.root)))
        raise
    finally:
        app.kill()


def beside_the_window(check, sandbox, app, jira, where):
    """Two sandboxes on one workspace: what the command does is seen by the open window."""
    case = sandbox.ctl("case", "list")["cases"][0]["id"]
    sandbox.ctl("case", "comment", "add", case, "From another sandbox")
    app.says("From another sandbox", timeout=30)
    app.button(f"Update {NAME} incident", timeout=30)
    sandbox.ctl("push", case)
    app.button(f"{NAME} incident is up to date", timeout=30)
    check.ok(f"casebridgectl pushes while the window is open, which follows ({where})",
             texts(jira).count("From another sandbox") == 1, texts(jira))


def found_by_shell(check, sandbox):
    """GNOME Shell asks a program without a window, which the bus starts by the exported file."""
    name = f"dbus-1/services/{ID}.service"
    shutil.copy(os.path.join(os.environ["FLATPAK_USER_DIR"], "exports", "share", name),
                os.path.join(os.environ["CASEBRIDGE_UI_WORK"], "services"))
    gdbus("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.ReloadConfig")
    done = gdbus(ID, "/" + ID.replace(".", "/") + "/SearchProvider",
                 "org.gnome.Shell.SearchProvider2.GetInitialResultSet", "['sandbox']")
    case = sandbox.ctl("case", "list")["cases"][0]["id"]
    check.ok("the bus starts the program for a search, which finds the case", case in done.stdout,
             done.stdout + done.stderr)


def opened(check, sandbox):
    """A file that the sandbox cannot see comes as the exported desktop file passes it, by the document portal."""
    if not os.path.exists("/dev/fuse"):
        print("# Not proved: that a file of the file manager's is imported; this machine has no /dev/fuse.")
        return
    path = os.path.join(HOME, "elastic.cases.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"cases": [{"id": "0000000a-0000-4000-8000-000000000000", "title": "From a file outside",
                              "description": "", "tags": [], "severity": "low", "status": "open"}]}, file)
    argv = sandbox.argv("@@u", "file://" + path, "@@", options=["--file-forwarding"])
    app = SandboxedApp(argv, LOG, ENV)
    try:
        app.find("label", "From a file outside", timeout=30)
        check.ok("a file that the file manager opens is imported, though the sandbox sees no file of the user's")
        app.close()
    finally:
        app.kill()


def do_all(check, sandbox, where):
    jira = Simulator("jira-cloud")
    try:
        main_job(check, sandbox, jira, where)
        by_command(check, sandbox, jira, where)
    finally:
        jira.close()


def by_command(check, sandbox, jira, where):
    case = sandbox.ctl("case", "list")["cases"][0]
    sandbox.ctl("case", "comment", "add", case["id"], "By command")
    result = sandbox.ctl("push", case["id"])["results"][0]
    check.ok(f"casebridgectl pushes from the same workspace, with the same secret ({where})",
             result["outcome"] == "updated" and len(jira.incidents()) == 1 and
             texts(jira).count("By command") == 1, result)


def keyring():
    """The secrets of connectors that the user's keyring holds."""
    found = subprocess.run(["secret-tool", "search", "--all", "xdg:schema", "org.casebridge.Connector"],
                           capture_output=True, text=True, env=ENV)
    return found.stdout + found.stderr


def has_master_key():
    """The portal's item is no one else's to read, so it is only looked for."""
    found = subprocess.run(
        ["gdbus", "call", "--session", "--dest", "org.freedesktop.secrets", "--object-path", "/org/freedesktop/secrets",
         "--method", "org.freedesktop.Secret.Service.SearchItems", f"{{'app_id': '{ID}'}}"],
        capture_output=True, text=True, env=ENV)
    return "/collection/login/" in found.stdout


def secrets_through_portal(check):
    sandbox = Sandbox(None)
    do_all(check, sandbox, "Secret portal")
    opened(check, sandbox)
    found_by_shell(check, sandbox)
    file = os.path.join(PRIVATE, "data", "keyrings", "default.keyring")
    content = open(file, "rb").read() if os.path.exists(file) else b""
    check.ok("its secrets lie in a file of the sandbox, encrypted", content and SECRET.encode() not in content)
    check.ok("the user's keyring has the file's key", has_master_key())
    check.ok("and no secret of a connector", SECRET not in keyring())


def secrets_in_service(check):
    """Where a desktop has no Secret portal, its user can allow this; it is not what is shipped."""
    do_all(check, Sandbox("service", "--env=SECRET_BACKEND=service", "--talk-name=org.freedesktop.secrets"),
           "Secret Service")
    check.ok("its secret is in the user's keyring", SECRET in keyring())


def criticals():
    with open(LOG, encoding="utf-8", errors="replace") as log:
        return [line for line in log if "CRITICAL" in line or "WARNING" in line and not any(word in line for word in NOISE)]


def main(way, asked):
    open(LOG, "w").close()
    check = Check()
    subprocess.run(["gnome-keyring-daemon", "--unlock", "--components=secrets"], input="throwaway", text=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    manager = WindowManager()
    try:
        if way == "portal":
            installed(check)
            permissions(check, asked)
            development(check)
            secrets_through_portal(check)
        else:
            secrets_in_service(check)
        noise = criticals()
        check.ok("nothing critical was logged", not noise, "".join(noise))
    except (Timeout, AssertionError, Exception):
        check.ok("the test came to its end", False, traceback.format_exc())
    finally:
        manager.close()
    print(f"1..{check.number}")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
