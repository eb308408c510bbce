#!/usr/bin/python3
"""clipboard: prints the text on the clipboard of this display."""
import gi

gi.require_version("Gdk", "4.0")
gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402

loop = GLib.MainLoop()


def on_read(clipboard, result):
    print(clipboard.read_text_finish(result))
    loop.quit()


Gtk.init()
Gdk.Display.get_default().get_clipboard().read_text_async(None, on_read)
loop.run()
