"""files: what tests of files on their way share."""
import re
import shutil
import subprocess

from gi.repository import GLib

import window
from cases import make_file, sha256
from window import until

LINK = re.compile(r"^http://\S+\?code=[A-Z0-9]{6}(#\S+)?$")
DOWNLOADS = window.HOME / "Downloads"


def create(desk):
    opened = desk.open()
    opened.fill("Your name", "Mira")
    opened.press("push button", "Create Room")
    opened.wait_for_title("Waiting for people")
    return opened, opened.find("label", LINK).name


def clear_downloads():
    shutil.rmtree(DOWNLOADS, ignore_errors=True)


def row(opened, name, words):
    return opened.find("list item", re.compile(rf"^{re.escape(name)}, .*{words}"))


def endless(desk, name):
    """Large enough to be on its way for as long as a case needs, and nothing on the disk."""
    path = desk.folder / name
    with path.open("wb") as file:
        file.truncate(40_000_000_000)
    return path


def receive_endless(desk, opened, link):
    """A transfer that runs: the other side sends what never ends, into a folder with room for it in theory."""
    ana = desk.member("join", link, "--name", "Ana", "--send", str(endless(desk, "endless.bin")))
    opened.wait_for_title("2 people")
    opened.key("ctrl+2")
    opened.press("push button", "Accept endless.bin")
    row(opened, "endless.bin", r"of 40 GB .* from Ana$")
    ana.dawdle()
    return ana


def make_tree(folder):
    (folder / "inner" / "empty").mkdir(parents=True)
    make_file(folder / "one.txt", 1000)
    make_file(folder / "inner" / "two.txt", 2000)
    return folder


def tree(folder):
    return {str(path.relative_to(folder)): sha256(path) if path.is_file() else None for path in folder.rglob("*")}


def xdotool(*words):
    return subprocess.run(["xdotool", *words], check=True, capture_output=True, text=True,
                          timeout=window.PATIENCE_S).stdout.split()


def drag_into(opened):
    """In small steps, as a hand does it; again if the first grip missed."""
    other = xdotool("search", "--sync", "--onlyvisible", "--name", "^other drag$")[-1]
    xdotool("windowmove", "--sync", other, "950", "20")

    def drag():
        xdotool("mousemove", "--sync", "1000", "60", "mousedown", "1")
        for i in range(1, 20):
            xdotool("mousemove", str(1000 - 30 * i), str(60 + 15 * i))
        try:
            opened.find("label", "Drop to offer to everyone in the room", patience_s=5)
            return True
        except window.Vain:
            return False
        finally:
            xdotool("mouseup", "1")
    until(drag, "the highlight of a drop")


class SessionManager(window.Program):
    """The part of a desktop that keeps the computer awake for a program."""

    PLACE = ("org.gnome.SessionManager", "/org/gnome/SessionManager", "org.freedesktop.DBus.Mock")

    def __init__(self, desktop):
        super().__init__("/usr/bin/python3", "-m", "dbusmock", "org.gnome.SessionManager", "/org/gnome/SessionManager",
                         "org.gnome.SessionManager", stdout=subprocess.DEVNULL, env={"G_DEBUG": ""})
        self.desktop = desktop
        until(self.is_there, "the session manager")
        for name, takes, gives, does in (("Inhibit", "susu", "u", "ret = 7"), ("Uninhibit", "u", "", ""),
                                         ("RegisterClient", "ss", "o", "ret = '/'")):
            desktop.call(self.PLACE, "AddMethod", GLib.Variant("(sssss)", ("", name, takes, gives, does)))

    def is_there(self):
        place = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
        return self.desktop.call(place, "NameHasOwner", GLib.Variant("(s)", (self.PLACE[0],))).unpack()[0]

    def calls(self, name):
        calls, = self.desktop.call(self.PLACE, "GetMethodCalls", GLib.Variant("(s)", (name,))).unpack()
        return [args for _time, args in calls]
