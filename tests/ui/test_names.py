#!/usr/bin/python3
"""Every widget that can have the focus has a name, and every picture that is read out, in every scene of the gallery."""
import re
import subprocess
import xml.etree.ElementTree

import window
from cases import BUILD, case, run

# What GTK 4.8 says instead of a name.
NO_NAME = re.compile(r"^$|^(Gtk|Adw|Snug)[A-Z][A-Za-z]+$")


def path_of(node):
    parts = []
    while node is not None and node.getRoleName() != "application":
        parts.append(f"{node.getRoleName()} {node.name!r}")
        node = node.parent
    return " < ".join(parts[:6])


# What stands in them is not read out beside their own names.
SPEAKS_FOR_ITSELF = ("push button", "toggle button", "check box", "radio button", "menu button", "page tab", "entry",
                     "text")
PICTURES = ("image", "icon")


def is_spoken_for(node):
    while node is not None and node.getRoleName() not in ("application", "frame"):
        if node.getRoleName() in SPEAKS_FOR_ITSELF:
            return True
        node = node.parent
    return False


def nameless(frame):
    for node in window.walk(frame):
        if not NO_NAME.match(node.name):
            continue
        is_picture = node.getRoleName() in PICTURES
        if window.is_in_state(node, "FOCUSABLE", "SENSITIVE") or (is_picture and not is_spoken_for(node.parent)):
            yield path_of(node)


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
        for scene in self.scenes():
            scenes.append(scene)
            for frame in window.children(self.application):
                for path in nameless(frame):
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


run()
