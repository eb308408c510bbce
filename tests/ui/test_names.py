#!/usr/bin/python3
"""Every widget that can have the focus has a name, and every picture that is read out, in every scene of the gallery."""
import collections
import re
import subprocess
import xml.etree.ElementTree

from gi.repository import Gio, GLib
from pyatspi import STATE_FOCUSABLE, STATE_SENSITIVE, STATE_VISIBLE, Atspi

import window
from cases import BUILD, case, run

# What GTK 4.8 says instead of a name.
NO_NAME = re.compile(r"^$|^(Gtk|Adw|Snug)[A-Z][A-Za-z]+$")

# What stands in them is not read out beside their own names.
SPEAKS_FOR_ITSELF = ("push button", "toggle button", "check box", "radio button", "menu button", "page tab", "entry",
                     "text")
PICTURES = ("image", "icon")


class Tree:
    """The tree of a program, all of it at once, as the caches of screen readers are filled: there are hundreds of nodes in
    every scene. What a program leaves out there is asked node by node."""

    ACCESSIBLE = "org.a11y.atspi.Accessible"
    ROOT = "/org/a11y/atspi/accessible/root"

    def __init__(self, pid):
        flags = Gio.DBusConnectionFlags
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        address, = self._ask(session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress")
        self.bus = Gio.DBusConnection.new_for_address_sync(
            address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)
        programs, = self._ask(self.bus, "org.a11y.atspi.Registry", self.ROOT, self.ACCESSIBLE, "GetChildren")
        self.program, = (name for name, _root in programs if self._pid_of(name) == pid)

    def look(self):
        self.children = collections.defaultdict(list)
        self.known = {}
        items, = self._ask(self.bus, self.program, "/org/a11y/atspi/cache", "org.a11y.atspi.Cache", "GetItems")
        for (_, node), _, (_, parent), _index, n_children, _interfaces, name, role, _words, states in items:
            self.children[parent].append(node)
            self.known[node] = n_children, states[0], name, role

    @staticmethod
    def _ask(bus, *who_and_what, arguments=None):
        return bus.call_sync(*who_and_what, arguments, None, Gio.DBusCallFlags.NO_AUTO_START,
                             1000 * window.PATIENCE_S).unpack()

    def _pid_of(self, name):
        return self._ask(self.bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                         "GetConnectionUnixProcessID", arguments=GLib.Variant("(s)", (name,)))[0]

    def ask(self, node, question):
        return self._ask(self.bus, self.program, node, self.ACCESSIBLE, question)[0]

    def children_of(self, node):
        if node in self.known and self.known[node][0] == len(self.children[node]):
            return self.children[node]
        return [child for _program, child in self.ask(node, "GetChildren")]

    def is_in_state(self, node, *states):
        bits = self.known[node][1] if node in self.known else self.ask(node, "GetState")[0]
        return all(bits >> int(state) & 1 for state in states)

    def name_of(self, node):
        if node in self.known:
            return self.known[node][2]
        return self._ask(self.bus, self.program, node, "org.freedesktop.DBus.Properties", "Get",
                         arguments=GLib.Variant("(ss)", (self.ACCESSIBLE, "Name")))[0]

    def role_of(self, node):
        role = self.known[node][3] if node in self.known else self.ask(node, "GetRole")
        return Atspi.role_get_name(Atspi.Role(role))

    def words_for(self, node):
        return f"{self.role_of(node)} {self.name_of(node)!r}"

    def walk(self, *line):
        """All that is visible, also on pages that are not turned up: the node, and those that it is in."""
        for node in self.children_of(line[0] if line else self.ROOT):
            if self.is_in_state(node, STATE_VISIBLE):
                yield node, *line
                yield from self.walk(node, *line)

    def needs_name(self, node, *around):
        if self.is_in_state(node, STATE_FOCUSABLE, STATE_SENSITIVE):
            return True
        return self.role_of(node) in PICTURES and not any(self.role_of(outer) in SPEAKS_FOR_ITSELF for outer in around)

    def nameless(self):
        self.look()
        for line in self.walk():
            if NO_NAME.match(self.name_of(line[0])) and self.needs_name(*line):
                yield " < ".join(map(self.words_for, line[:6]))


class Gallery(window.Window):
    def __init__(self, folder, *options):
        super().__init__(str(BUILD / "tests/ui/gallery"), str(folder), "--ask", *options, name="gallery",
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def scenes(self):
        """The name of each scene, while it stands there."""
        for line in iter(window.Lines(self.process.stdout).next, ""):
            yield line.strip()
            self.process.stdin.write("next\n")
            self.process.stdin.flush()

    def nameless(self):
        """The first scene of each widget without a name, and the scenes."""
        found = {}
        scenes = []
        tree = Tree(self.pid)
        for scene in self.scenes():
            scenes.append(scene)
            for path in tree.nameless():
                found.setdefault(path, scene)
        return found, scenes


@case("every focusable widget and every picture has a name, or is not read out, in every scene")
def test_names(desk):
    gallery = desk.keep(Gallery(desk.folder))
    found, scenes = gallery.nameless()
    assert len(scenes) > 15, f"only {scenes} were played"
    assert not found, "without a name:\n" + "\n".join(f"{scene}: {path}" for path, scene in found.items())


def unsaid_pictures():
    """The pictures of the templates that have no name and would be read out all the same."""
    for path in sorted((window.ROOT / "src/ui").glob("*.ui")):
        for image in xml.etree.ElementTree.parse(path).iterfind(".//object[@class='GtkImage']"):
            role = image.findtext("property[@name='accessible-role']")
            if role != "presentation" and image.find("accessibility") is None:
                yield f"{path.name}: {image.get('id')}"


@case("every picture of a template has a name, or is not read out")
def test_pictures(_desk):
    assert not list(unsaid_pictures()), list(unsaid_pictures())


@case("a button and a picture without a name are found")
def test_walk_is_not_blind(desk):
    gallery = desk.keep(Gallery(desk.folder, "--nameless", "--scene", "start"))
    found, _ = gallery.nameless()
    assert sorted(path.split(" '")[0] for path in found) == ["image", "push button"], found


@case("a room that is over names what is unfinished, and no toast lies on its buttons")
def test_over(desk):
    gallery = desk.keep(Gallery(desk.folder, "--scene", "over"))
    for _scene in gallery.scenes():
        gallery.find("push button", "Show Unfinished Transfers")
        assert not gallery.has("push button", "Show")


@case("rooms nearby are rows by the names of their makers, or by their codes")
def test_nearby(desk):
    gallery = desk.keep(Gallery(desk.folder, "--scene", "start-nearby"))
    for _scene in gallery.scenes():
        gallery.find("list item", "Ana")
        gallery.find("list item", "QXWV23")


def top_of(node):
    return node.queryComponent().getExtents(window.pyatspi.WINDOW_COORDS).y


@case("on the first page, one's name is asked for before a room is made, and both can be seen at once")
def test_name_first(desk):
    gallery = desk.keep(Gallery(desk.folder, "--scene", "start", "--width", "360"))
    for _scene in gallery.scenes():
        assert top_of(gallery.find("text", "Your name")) < top_of(gallery.find("push button", "Create Room")) < 640


@case("in a narrow window, who is there stands above the invite for who is not, and the way out is the last of all")
def test_people_first(desk):
    gallery = desk.keep(Gallery(desk.folder, "--scene", "connected", "--width", "360"))
    for _scene in gallery.scenes():
        invite = gallery.find("push button", re.compile("^QR code of"))
        leave = gallery.find("push button", "Leave Room")
        assert top_of(gallery.find("label", "People")) < top_of(invite) < top_of(leave)


def height_of(node):
    return node.queryComponent().getExtents(window.pyatspi.WINDOW_COORDS).height


def width_of(node):
    return node.queryComponent().getExtents(window.pyatspi.WINDOW_COORDS).width


@case("in a narrow window a message has the width of its bubble: the time takes no column of it")
def test_time_below(desk):
    gallery = desk.keep(Gallery(desk.folder, "--scene", "talk-changes", "--width", "360"))
    for _scene in gallery.scenes():
        long_line = gallery.find("label", "Ten is early. Would eleven do?")
        assert height_of(long_line) == height_of(gallery.find("label", "I have gas."))


def widths_of_pictures(desk, scale):
    """In pixels. A tick is what the line about a message has besides the time: nothing else tells a program of it."""
    gallery = desk.keep(Gallery(desk.folder, "--scene", "talk", "--width", "720", "--height", "800", "--scale", scale))
    for _scene in gallery.scenes():
        time = gallery.find("label", re.compile(r"^\d+:\d\d"), within=gallery.find("label", "Coming.").parent)
        widths = {name: width_of(gallery.find("push button", name)) for name in ("Send", "Send Files…", "Message Menu")}
        widths["tick"] = width_of(time.parent) - width_of(time)
    return widths


@case("pictures beside words grow with them, in the messages and where one is written")
def test_pictures_grow(desk):
    usual, large = (widths_of_pictures(desk, scale) for scale in ("100", "200"))
    assert all(large[name] >= usual[name] + 12 for name in usual), (usual, large)


@case("in a narrow window what is unfinished leaves the buttons of an empty Files page in sight")
def test_unfinished(desk):
    gallery = desk.keep(Gallery(desk.folder, "--scene", "files-unfinished", "--width", "360"))
    for _scene in gallery.scenes():
        button = gallery.find("push button", "Send Folder…")
        assert top_of(button) + height_of(button) < 590, top_of(button)


run()
