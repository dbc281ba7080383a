# SPDX-License-Identifier: GPL-3.0-or-later
"""The desktop around the window: a notification server, D-Bus activation, other programs' calls."""

import os
import threading

from gi.repository import Gio, GLib

from harness import App, Atspi, children, until

ID = "org.casebridge.Casebridge"
PATH = "/org/casebridge/Casebridge"
SERVER = "org.freedesktop.Notifications"
SERVER_PATH = "/org/freedesktop/Notifications"
INTERFACE = """<node><interface name="org.freedesktop.Notifications">
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
 <arg type="s" direction="out"/><arg type="s" direction="out"/></method>
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/>
 <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
 <arg type="as" direction="in"/><arg type="a{sv}" direction="in"/><arg type="i" direction="in"/>
 <arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
<signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
</interface></node>"""


class NotificationServer:
    """Keeps what is shown, as a shell does: by number, replaced where a program says so."""

    def __init__(self):
        self.shown = {}
        self.history = []
        self.last = 0
        self.lock = threading.Lock()
        self.ready = threading.Event()
        self.context = GLib.MainContext()
        threading.Thread(target=self._serve, daemon=True).start()
        assert self.ready.wait(10), "the notification server did not start"

    def _serve(self):
        self.context.push_thread_default()
        address = Gio.dbus_address_get_for_bus_sync(Gio.BusType.SESSION, None)
        flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT |
                 Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
        self.connection = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
        info = Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0]
        self.connection.register_object(SERVER_PATH, info, self._called, None, None)
        Gio.bus_own_name_on_connection(self.connection, SERVER, Gio.BusNameOwnerFlags.NONE,
                                       lambda *_: self.ready.set(), None)
        GLib.MainLoop(self.context).run()

    def _called(self, _connection, _sender, _path, _interface, method, parameters, invocation):
        answer = getattr(self, method)(*parameters.unpack())
        invocation.return_value(answer)

    def GetCapabilities(self):
        return GLib.Variant("(as)", (["actions", "body", "persistence"],))

    def GetServerInformation(self):
        return GLib.Variant("(ssss)", ("test", "test", "1", "1.2"))

    def Notify(self, _name, replaces, _icon, summary, body, actions, hints, _timeout):
        with self.lock:
            if replaces == 0:
                self.last += 1
                replaces = self.last
            note = {"number": replaces, "summary": summary, "body": body,
                    "actions": dict(zip(actions[1::2], actions[0::2])), "hints": hints}
            self.shown[replaces] = note
            self.history.append(note)
        return GLib.Variant("(u)", (replaces,))

    def CloseNotification(self, number):
        self._close(number, 3)

    def _close(self, number, reason):
        with self.lock:
            self.shown.pop(number, None)
        self._emit("NotificationClosed", GLib.Variant("(uu)", (number, reason)))

    def _emit(self, signal, parameters):
        self.connection.emit_signal(None, SERVER_PATH, SERVER, signal, parameters)

    def wait(self, summary, timeout=20):
        return until(lambda: next((note for note in list(self.shown.values())
                                   if summary in note["summary"]), None),
                     f"a notification with {summary!r} beside {[n['summary'] for n in self.history]}",
                     timeout)

    def invoke(self, note, label):
        """Presses a button of it, or with the label '' the notification itself."""
        key = note["actions"][label]
        self._emit("ActionInvoked", GLib.Variant("(us)", (note["number"], key)))
        self._close(note["number"], 2)

    def empty(self):
        return until(lambda: not self.shown, "no notification", 10)


class Bus:
    """The session bus as the shell and the file manager use it."""

    def __init__(self):
        self.connection = Gio.bus_get_sync(Gio.BusType.SESSION, None)

    def call(self, name, path, interface, method, parameters):
        answer = self.connection.call_sync(name, path, interface, method, parameters, None,
                                           Gio.DBusCallFlags.NONE, 30000, None)
        return answer.unpack()

    def daemon(self, method, parameters=None):
        return self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", method,
                         parameters)

    def is_running(self):
        return self.daemon("NameHasOwner", GLib.Variant("(s)", (ID,)))[0]

    def process(self):
        return self.daemon("GetConnectionUnixProcessID", GLib.Variant("(s)", (ID,)))[0]

    def search(self, method, types, *arguments):
        found = self.call(ID, PATH + "/SearchProvider", "org.gnome.Shell.SearchProvider2", method,
                          GLib.Variant(types, arguments))
        return found[0] if found else None

    def application(self, method, types, *arguments):
        self.call(ID, PATH, "org.freedesktop.Application", method, GLib.Variant(types, arguments))

    def install(self, log):
        """Makes the program known to the bus, by the service file that is installed."""
        build = os.path.dirname(os.environ["GSETTINGS_SCHEMA_DIR"].rstrip("/"))
        with open(os.path.join(build, "data", ID + ".service"), encoding="utf-8") as file:
            lines = file.read().splitlines()
        command = next(line for line in lines if line.startswith("Exec=")).split("=", 1)[1]
        program, *options = command.split(" ")
        assert os.path.basename(program) == "casebridge", command
        here = " ".join([os.environ["CASEBRIDGE"], *options])
        lines = [line if not line.startswith("Exec=") else f"Exec=/bin/sh -c 'exec {here} 2>>{log}'"
                 for line in lines]
        target = os.path.join(os.environ["CASEBRIDGE_UI_WORK"], "services", ID + ".service")
        with open(target, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        self.daemon("ReloadConfig")


class ActivatedApp(App):
    """The program that the bus has started."""

    def __init__(self, bus):
        self.pid = bus.process()
        self.root = until(self._find, "the program on the accessibility bus", 60)
        self.root.set_cache_mask(Atspi.Cache.NONE)

    def _find(self):
        for program in children(Atspi.get_desktop(0)):
            if program.get_process_id() == self.pid and program.get_child_count() > 0:
                return program
        return None
