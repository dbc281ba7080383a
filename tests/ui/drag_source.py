# SPDX-License-Identifier: GPL-3.0-or-later
"""A window from which a file can be dragged. usage: drag_source.py FILE"""

import sys

import gi

gi.require_version("Gdk", "4.0")
gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, Gio, GLib, Gtk  # noqa: E402


def activate(program):
    window = Gtk.ApplicationWindow(application=program, title="Drag source", default_width=160, default_height=120)
    source = Gtk.DragSource(actions=Gdk.DragAction.COPY)
    uri = Gio.File.new_for_path(sys.argv[1]).get_uri()
    source.set_content(Gdk.ContentProvider.new_for_bytes("text/uri-list", GLib.Bytes.new((uri + "\r\n").encode())))
    label = Gtk.Label(label="Drag me")
    label.add_controller(source)
    window.set_child(label)
    window.present()


program = Gtk.Application(application_id="org.casebridge.DragSource")
program.connect("activate", activate)
program.run(None)
