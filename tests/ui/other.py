#!/usr/bin/python3
"""other: a window of another program, for tests.

    other.py copy TEXT       puts TEXT on the clipboard and keeps it there
    other.py copy-picture    puts a picture on the clipboard, 60 by 40 pixels, and keeps it there
    other.py copy-files FILE…  puts the files on the clipboard
    other.py drop            a window into which files can be dragged: prints the path of each
    other.py paste           prints the text on the clipboard
    other.py drag FILE…      a window from which the files can be dragged
    other.py idle            a window that takes the focus
"""
import sys

import gi

gi.require_version("Gdk", "4.0")
gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, Gio, GLib, Gtk  # noqa: E402


def copy(window, text):
    window.get_clipboard().set(text)


def copy_picture(window):
    pixels = GLib.Bytes.new(bytes([30, 120, 122, 255]) * 60 * 40)
    picture = Gdk.MemoryTexture.new(60, 40, Gdk.MemoryFormat.R8G8B8A8, pixels, 60 * 4).save_to_png_bytes()
    window.get_clipboard().set_content(Gdk.ContentProvider.new_for_bytes("image/png", picture))


def paste(window):
    """What is on the clipboard of X is asked for, and may be known only after our window is there."""
    clipboard = window.get_clipboard()

    def on_read(_clipboard, result):
        try:
            print(clipboard.read_text_finish(result), flush=True)
            loop.quit()
        except GLib.Error:
            GLib.timeout_add(50, read)

    def read():
        clipboard.read_text_async(None, on_read)
        return GLib.SOURCE_REMOVE
    read()


def drag(window, *paths):
    files = Gdk.FileList.new_from_list([Gio.File.new_for_path(path) for path in paths])
    source = Gtk.DragSource(actions=Gdk.DragAction.COPY)
    source.set_content(Gdk.ContentProvider.new_for_value(files))
    window.get_child().add_controller(source)


def copy_files(window, *paths):
    """As a file manager does it, with the names as text beside it."""
    files = Gdk.FileList.new_from_list([Gio.File.new_for_path(path) for path in paths])
    window.get_clipboard().set_content(Gdk.ContentProvider.new_union([
        Gdk.ContentProvider.new_for_value(files), Gdk.ContentProvider.new_for_value("\n".join(paths))]))


def drop(window):
    def on_drop(_target, files, _x, _y):
        for file in files.get_files():
            print(file.get_path(), flush=True)
        return True
    target = Gtk.DropTarget.new(Gdk.FileList, Gdk.DragAction.COPY)
    target.connect("drop", on_drop)
    window.add_controller(target)


def idle(window):
    pass


def on_first_frame(window, _clock):
    {"copy": copy, "copy-files": copy_files, "copy-picture": copy_picture, "paste": paste, "drag": drag, "drop": drop,
     "idle": idle}[sys.argv[1]](window, *sys.argv[2:])
    print("ready", flush=True)
    return GLib.SOURCE_REMOVE


Gtk.init()
loop = GLib.MainLoop()
window = Gtk.Window(title=f"other {sys.argv[1]}", default_width=200, default_height=120, decorated=False)
window.set_child(Gtk.Label(label=sys.argv[1], hexpand=True, vexpand=True))
window.add_tick_callback(on_first_frame)
window.connect("close-request", lambda _window: loop.quit())
window.present()
loop.run()
