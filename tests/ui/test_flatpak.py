#!/usr/bin/python3
"""The window as it is installed from our bundle, in its sandbox, with the portals of a desktop: real ones, on this bus.

Beside FLATPAK_USER_DIR and FLATPAK_SYSTEM_DIR, which hold it and its runtime, it needs nothing of the working copy.
"""
import configparser
import contextlib
import pathlib
import shutil
import subprocess

from gi.repository import Gio, GLib

import window
from cases import case, make_file, run, sha256
from files import row, xdotool
from in_room import heard, link_of, say, show
from languages import check_start_page
from window import alive, is_in_state, until, walk_seen

ID = "io.github.snugrooms.Snug"
OWN = window.HOME / ".var/app" / ID
INBOX = window.HOME / "Inbox"
# What is begun before the next needs it, and the name by which it is known on the bus.
PORTALS = {
    "xdg-permission-store": "org.freedesktop.impl.portal.PermissionStore",
    "xdg-document-portal": "org.freedesktop.portal.Documents",
    "xdg-desktop-portal-gtk": "org.freedesktop.impl.portal.desktop.gtk",
    "xdg-desktop-portal": "org.freedesktop.portal.Desktop",
    "flatpak-portal": "org.freedesktop.portal.Flatpak",
}

# A machine without one has no Avahi, and the sandbox's way to it says so.
NO_SYSTEM_BUS = "Failed to connect to bus: Could not connect"


def is_on_bus(name):
    reply = Gio.bus_get_sync(Gio.BusType.SESSION).call_sync(
        "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
        GLib.Variant("(s)", (name,)), None, Gio.DBusCallFlags.NONE, 1000 * window.PATIENCE_S)
    return reply.unpack()[0]


@contextlib.contextmanager
def portals():
    started = []
    try:
        for program, name in PORTALS.items():
            started.append(subprocess.Popen([f"/usr/libexec/{program}"]))
            until(lambda name=name: is_on_bus(name), name)
        yield
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(timeout=window.PATIENCE_S)


class Sandboxed(window.Window):
    """In there the process has another number than here: it is found by its name."""

    def __init__(self, *argv, env=None):
        super().__init__("flatpak", "run", ID, *argv, env=env)

    def _find_application(self):
        if self.process.poll() is not None:
            raise window.Vain("the program ended at once:\n" + "\n".join(self.errors))
        return next((a for a in window.children(window.pyatspi.Registry.getDesktop(0)) if a.name == "snug"), None)

    def on_screen(self):
        if self.id is None:
            self.id = xdotool("search", "--sync", "--onlyvisible", "--name", "Snug")[-1]
        return self.id

    def end(self, how=None):
        """What began it may be asked to end, and it would live on."""
        if self.process.poll() is None:
            subprocess.run(["flatpak", "kill", ID], check=True, timeout=window.PATIENCE_S)
        self.wait()
        self.complaints = [line for line in self.complaints if NO_SYSTEM_BUS not in line]


def info(what):
    return subprocess.run(["flatpak", "info", what, ID], check=True, capture_output=True, text=True,
                          timeout=window.PATIENCE_S).stdout


def set_up(**settings):
    """A person who has never had it, and these choices."""
    for path in (OWN, INBOX):
        shutil.rmtree(path, ignore_errors=True)
    INBOX.mkdir()
    keyfile = OWN / "config/glib-2.0/settings/keyfile"
    keyfile.parent.mkdir(parents=True)
    lines = [f"{key.replace('_', '-')}={value}" for key, value in settings.items()]
    keyfile.write_text("\n".join(["[io/github/snugrooms/Snug]", *lines, ""]))


def create(desk):
    opened = desk.keep(Sandboxed())
    opened.on_screen()
    opened.focus()
    opened.fill("Your name", "Mira")
    opened.press("push button", "Create Room")
    opened.wait_for_title("Waiting for people")
    return opened


def offer(desk, opened, name):
    """Ana has a file, which is on the window's list."""
    source = make_file(desk.folder / name, 300_000)
    ana = desk.member("join", link_of(opened), "--name", "Ana", "--send", str(source))
    opened.wait_for_title("2 people")
    show(opened, "Files")
    return ana, source


def find_dialog(title):
    for application in window.children(window.pyatspi.Registry.getDesktop(0)):
        if application.name == "xdg-desktop-portal-gtk":
            return next((dialog for dialog in window.children(application) if dialog.name == title), None)
    return None


def choose(title, path):
    """In the portal's own window: Alt+Home leaves what was used recently, Ctrl+L opens a line for the path."""
    dialog = until(alive(lambda: find_dialog(title)), title)
    xdotool("windowfocus", "--sync", xdotool("search", "--sync", "--onlyvisible", "--name", f"^{title}$")[-1])
    xdotool("key", "--clearmodifiers", "alt+Home", "ctrl+l")
    line = until(alive(lambda: next((node for node in walk_seen(dialog) if node.getRoleName() == "text"
                                     and is_in_state(node, "FOCUSED")), None)), "a line for the path")

    def is_answered():
        """As Return does; it is for nothing while the dialogue still looks at the folder."""
        if find_dialog(title) is None:
            return True
        if not line.queryText().getText(0, -1).startswith(str(path)):
            line.queryEditableText().setTextContents(str(path))
        line.queryAction().doAction(0)
        return False
    until(alive(is_answered), f"the end of {title}")


def assert_arrived(ana, source, folder):
    ana.wait_for(event="transfer", name=source.name, state="done", direction="out")
    assert sha256(folder / source.name) == sha256(source)


@case("it may use displays, the network, graphics and Avahi, and nothing else")
def test_permissions(desk):
    told = info("--show-metadata")
    metadata = configparser.ConfigParser(delimiters="=")
    metadata.optionxform = str
    metadata.read_string(told)
    context = {key: set(words.strip(";").split(";")) for key, words in metadata["Context"].items()}
    assert context == {"shared": {"network", "ipc"}, "sockets": {"x11", "wayland", "fallback-x11"},
                       "devices": {"dri"}}, context
    assert dict(metadata["System Bus Policy"]) == {"org.freedesktop.Avahi": "talk"}, told
    assert "Session Bus Policy" not in metadata, told
    (window.HOME / "private.txt").write_text("mine")
    seen = subprocess.run(["flatpak", "run", "--command=ls", ID, window.HOME], check=True, capture_output=True, text=True,
                          timeout=window.PATIENCE_S).stdout
    assert "private.txt" not in seen, seen


@case("it speaks the language of the desktop that starts it")
def test_language(desk):
    set_up()
    opened = desk.keep(Sandboxed(env={"LC_ALL": "fr_FR.UTF-8"}))
    check_start_page(opened, "fr", pathlib.Path(info("--show-location").strip()) / "files/share/locale")


@case("a room is made in the sandbox, somebody outside comes in, and they talk")
def test_room(desk):
    set_up()
    opened = create(desk)
    ana = desk.member("join", link_of(opened), "--name", "Ana")
    opened.wait_for_title("2 people · direct")
    say(opened, "Hello out there")
    ana.wait_for(event="chat", text="Hello out there")
    ana.say("hello in there")
    heard(opened, "Ana", "hello in there")


@case("the first file asks for a folder by the portal, later ones go there, also after a restart")
def test_files_in(desk):
    set_up()
    opened = create(desk)
    ana, source = offer(desk, opened, "first.bin")
    opened.press("push button", "Accept first.bin")
    choose("Save To", INBOX)
    assert_arrived(ana, source, INBOX)
    ana.end()
    opened.wait_for_title("Waiting for people")
    opened.focus()
    opened.key("ctrl+q")
    opened.wait()

    opened = create(desk)
    ana, source = offer(desk, opened, "second.bin")
    opened.press("push button", "Accept second.bin")
    assert_arrived(ana, source, INBOX)
    row(opened, "second.bin", "from Ana")
    assert sorted(path.name for path in INBOX.iterdir()) == ["first.bin", "second.bin"]


@case("what is taken without asking before there is a folder is kept with the program, and a copy is taken out")
def test_files_in_without_folder(desk):
    set_up(ask_before_receiving="false")
    opened = create(desk)
    ana, source = offer(desk, opened, "early.bin")
    assert_arrived(ana, source, OWN / "data/Downloads")
    copy = INBOX / "copy.bin"
    opened.press("toggle button", "More for early.bin")
    # Save To…, which is the second: a menu of GTK 4.18 tells nobody what its items are called.
    item = until(alive(lambda: list(opened.all("menu item"))[1]), "a menu")
    item.queryAction().doAction(0)
    choose("Save To", copy)
    until(lambda: copy.exists() and sha256(copy) == sha256(source), "the copy")


@case("a file goes out that is chosen by the portal")
def test_file_out(desk):
    set_up()
    source = make_file(window.HOME / "picture.bin", 300_000)
    opened = create(desk)
    ana = desk.member("join", link_of(opened), "--name", "Ana", "--save-to", str(desk.folder))
    opened.wait_for_title("2 people")
    opened.do("room.choose-files")
    choose("Send Files", source)
    ana.wait_for(event="transfer", name="picture.bin", state="done", direction="in")
    assert sha256(desk.folder / "picture.bin") == sha256(source)


with portals():
    run()
