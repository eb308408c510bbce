#!/usr/bin/python3
"""The window by itself: its start page, its pages, its dialogs, and the doors by which the desktop enters."""
import os
import re
import subprocess

import window
from cases import SNUG, case, run
from window import alive, until

LINK = "http://192.0.2.7:2029/?code=QXWV23"


def is_on_page(opened, name):
    return any(window.is_in_state(tab, "SELECTED") or window.is_in_state(tab, "CHECKED")
               for tab in opened.all("page tab", name))


@case("first run: outside a room, with two choices and what the server sees")
def test_first_run(desk):
    opened = desk.open()
    opened.wait_for_title(r"^Snug · Not in a room$")
    opened.find("push button", "Create Room")
    opened.find("text", "Code or link")
    opened.find("label", re.compile("A server only helps them find each other"))


@case("nonsense in the entry is answered in words, and typing takes them away")
def test_nonsense(desk):
    opened = desk.open()
    opened.fill("Code or link", "not a room at all!")
    opened.press("push button", "Join")
    error = opened.find("alert", re.compile(r"code|link"))
    opened.wait_for_title("Not in a room")
    opened.fill("Code or link", "QXWV2")
    opened.gone("alert", error.name)


@case("Join can be pressed only when something is typed")
def test_join_needs_text(desk):
    opened = desk.open()
    join = opened.find("push button", "Join")
    assert not window.is_in_state(join, "SENSITIVE")
    opened.fill("Code or link", "   ")
    assert not window.is_in_state(join, "SENSITIVE")
    opened.fill("Code or link", "QXWV23")
    until(alive(lambda: window.is_in_state(join, "SENSITIVE")), "Join to become sensitive")


@case("Ctrl+1, 2, 3 turn the pages")
def test_page_keys(desk):
    opened = desk.open()
    until(alive(lambda: is_on_page(opened, "Room")), "the Room page")
    for key, name in (("ctrl+1", "Chat"), ("ctrl+2", "Files"), ("ctrl+3", "Room")):
        opened.key(key)
        until(alive(lambda: is_on_page(opened, name)), f"the page {name}")


@case("outside a room nothing can be said, sent or copied")
def test_actions_outside(desk):
    opened = desk.open()
    for action in ("room.leave", "room.copy-link", "room.copy-invite", "room.choose-files", "room.show-qr"):
        assert not opened.can(action), action
    assert opened.can("room.create")


@case("Ctrl+, opens the preferences; a name given there stands on the start page")
def test_preferences(desk):
    opened = desk.open()
    opened.key("ctrl+comma")
    opened.find("list item", "Ask Before Receiving")
    preferences = until(alive(lambda: next((w for w in window.children(opened.application)
                                            if w.name == "Preferences"), None)), "the preferences")
    opened.find("text", "Your name", within=preferences).queryEditableText().setTextContents("Mira")
    until(alive(lambda: opened.text("Your name", within=opened.frame) == "Mira"), "the name on the start page")


@case("large files may go over several connections, unless it is switched off")
def test_stripes(desk):
    opened = desk.open()
    opened.key("ctrl+comma")
    opened.find("list item", "Ask Before Receiving")
    opened.press("page tab", "Connection")
    assert window.is_in_state(opened.find("check box", "Several Connections for Large Files"), "CHECKED")
    opened.toggle("Several Connections for Large Files")
    until(alive(lambda: not window.is_in_state(opened.find("check box", "Several Connections for Large Files"), "CHECKED")),
          "the switch to be off")
    opened.do("window.close")
    assert opened.wait() == 0
    again = desk.open()
    again.key("ctrl+comma")
    again.find("list item", "Ask Before Receiving")
    again.press("page tab", "Connection")
    assert not window.is_in_state(again.find("check box", "Several Connections for Large Files"), "CHECKED")


@case("Ctrl+? shows the shortcuts")
def test_shortcuts(desk):
    opened = desk.open()
    opened.key("ctrl+question")
    opened.find("label", "Large QR Code")


@case("choices are kept for the next start")
def test_settings_are_kept(desk):
    opened = desk.open()
    opened.fill("Your name", "Mira")
    opened.do("window.close")
    assert opened.wait() == 0
    again = desk.open()
    assert again.text("Your name") == "Mira"


@case("without an installed settings schema the window opens and works")
def test_no_schema(desk):
    opened = desk.open(env={"GSETTINGS_SCHEMA_DIR": "/nonexistent"})
    opened.fill("Your name", "Mira")
    opened.key("ctrl+comma")
    opened.find("list item", "Ask Before Receiving")


@case("without a session bus the window opens")
def test_no_bus(desk):
    program = desk.start(SNUG, env={"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent", "GTK_A11Y": "none"})
    found = subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--pid", str(program.pid)],
                           capture_output=True, text=True, timeout=window.PATIENCE_S, check=True)
    assert found.stdout.split()


@case("without any font it says what is missing, and ends")
def test_no_font(desk):
    fonts = desk.folder / "no-fonts.conf"
    fonts.write_text(f"<fontconfig><dir>{desk.folder / 'nothing'}</dir></fontconfig>")
    ended = subprocess.run([SNUG], env=os.environ | {"FONTCONFIG_FILE": str(fonts)}, capture_output=True, text=True,
                           timeout=window.PATIENCE_S)
    assert ended.returncode == 1 and "no font is installed" in ended.stderr, ended


@case("a link on the command line asks first, shows the server, and Cancel joins nothing")
def test_link_asks(desk):
    opened = desk.open(LINK)
    opened.find("label", re.compile(r"Join Room QXWV23\?"))
    opened.find("label", re.compile(r"http://192\.0\.2\.7:2029"))
    opened.press("push button", "Cancel")
    opened.gone("label", "Join Room QXWV23?")
    opened.wait_for_title("Not in a room")


@case("a bad link on the command line is refused in words")
def test_bad_link(desk):
    opened = desk.open("snug:///")
    opened.find("push button", "Create Room")
    opened.wait_for_title("Not in a room")
    assert not opened.has("label", re.compile("Join Room"))


@case("a link on the clipboard is mentioned, asks before it joins, and is not mentioned twice")
def test_clipboard(desk):
    desk.other("copy", LINK)
    opened = desk.open()
    opened.find("label", "You copied a link to room QXWV23")
    opened.press("push button", "Join…")
    opened.find("label", re.compile(r"http://192\.0\.2\.7:2029"))
    opened.press("push button", "Cancel")
    opened.gone("label", "Join Room QXWV23?")
    desk.other("idle")
    opened.focus()
    assert not opened.has("label", "You copied a link to room QXWV23")
    opened.wait_for_title("Not in a room")


@case("other text on the clipboard is left alone")
def test_clipboard_text(desk):
    desk.other("copy", f"look at {LINK}")
    opened = desk.open()
    opened.find("push button", "Create Room")
    opened.key("ctrl+1", "ctrl+3")
    assert not opened.has("label", re.compile("You copied"))


@case("files from outside end in a question, in the window that is open already")
def test_send_asks(desk):
    opened = desk.open()
    file = desk.folder / "holiday <b>&.jpg"
    file.write_bytes(b"x")
    second = desk.start(SNUG, "--send", str(file))
    assert second.wait() == 0
    opened.find("list item", "holiday <b>&.jpg")
    opened.find("push button", "Create Room")
    opened.press("push button", "Cancel")
    opened.gone("list item", "holiday <b>&.jpg")
    opened.wait_for_title("Not in a room")


@case("a file named on the command line ends in the same question, a code in that of a room")
def test_open_with(desk):
    opened = desk.open()
    file = desk.folder / "notes.txt"
    file.write_bytes(b"x")
    assert desk.start(SNUG, file.as_uri()).wait() == 0
    opened.find("list item", "notes.txt")
    opened.press("push button", "Cancel")
    opened.gone("list item", "notes.txt")
    assert desk.start(SNUG, "snug:snug.example.org/QXWV23").wait() == 0
    opened.find("label", "Join Room QXWV23?")
    opened.find("label", re.compile("snug.example.org"))
    opened.press("push button", "Cancel")
    opened.wait_for_title("Not in a room")


@case("--version prints it")
def test_version(desk):
    out = subprocess.run([SNUG, "--version"], capture_output=True, text=True, check=True, timeout=window.PATIENCE_S)
    assert re.fullmatch(r"snug \d+\.\d+\.\d+\n", out.stdout), out.stdout


@case("Ctrl+Q closes it")
def test_quit(desk):
    opened = desk.open()
    opened.key("ctrl+q")
    assert opened.wait() == 0


run()
