#!/usr/bin/python3
"""The chat of the window, with a person at a terminal or a script on the other side."""
import pathlib
import re
import struct
import subprocess
import sys
import zlib

import window
from cases import SNUG_CLI, case, run
from in_room import create, heard, link_of, press_send, say, show
from window import Vain, alive, until

sys.path.insert(0, str(window.ROOT / "tests/fixtures"))
from snugscreen import Terminal  # noqa: E402


class Person(Terminal):
    """Somebody with snug-cli at a terminal: the commands that change what was said are there only."""

    complaints = ()
    errors = ()

    @property
    def pid(self):
        return self.process.pid

    def end(self):
        self.interrupt()
        self.wait_exit()


def person(desk, opened, name):
    ben = desk.keep(Person([SNUG_CLI, "join", link_of(opened), "--name", name], columns=120))
    ben.wait_text("joined")
    opened.wait_for_title("2 people · direct")
    return ben


def item(opened, pattern):
    return opened.find("list item", re.compile(pattern))


def press_in(opened, pattern, name):
    """A button in the row of a message."""
    opened.press("push button", name, within=item(opened, pattern))


def choose(opened, pattern, what):
    press_in(opened, pattern, "Message Menu")
    opened.press("menu item", what)


def windows_of(opened):
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(opened.pid)], capture_output=True, text=True,
                           timeout=window.PATIENCE_S)
    return set(found.stdout.split())


@case("in a narrow window, what is answered is read whole where the pointer rests")
def test_answered_tooltip(desk):
    desk.set("width", "360")
    opened = create(desk)
    ana = desk.member("join", link_of(opened), "--name", "Ana")
    opened.wait_for_title("2 people · direct")
    show(opened, "Chat")
    words = "shall we meet at the lake on the last Sunday of the summer, by the old boat house?"
    ana.say(words)
    choose(opened, "^Ana, .*shall we", "Reply")
    place = opened.find("label", words, within=opened.find("label", "Reply to Ana").parent)
    extents = place.queryComponent().getExtents(window.pyatspi.WINDOW_COORDS)
    until(lambda: len(windows_of(opened)) == 1, "the menu to be gone")
    subprocess.run(["xdotool", "mousemove", "--window", opened.on_screen(), "--sync", str(extents.x + 40),
                    str(extents.y + extents.height // 2)], check=True, timeout=window.PATIENCE_S)
    until(lambda: len(windows_of(opened)) == 2, "the words at the pointer")


@case("a message is answered, edited and deleted in the window, and the other side knows")
def test_changes_go_out(desk):
    opened = create(desk)
    ana = desk.member("join", link_of(opened), "--name", "Ana")
    opened.wait_for_title("2 people · direct")
    show(opened, "Chat")
    ana.say("shall we?")
    choose(opened, "^Ana, .*shall we", "Reply")
    opened.find("label", "Reply to Ana")
    opened.fill("Message", "yse")
    opened.key("Return")
    answer = ana.wait_for(event="chat", text="yse")
    item(opened, "^You, .* in answer to Ana: shall we., yse, Delivered$")
    opened.find("push button", "Ana, shall we?")

    opened.key("Up")
    opened.find("label", "Edit Message")
    assert opened.text("Message") == "yse"
    opened.fill("Message", "yes")
    opened.key("Return")
    assert ana.wait_for(event="edited", text="yes")["id"] == answer["id"]
    item(opened, "^You, .*, yes, edited, Delivered$")

    press_in(opened, "^Ana, .*shall we", "Message Menu")
    opened.press("push button", "React with 👍")
    ana.wait_for(event="reacted", id=answer["reply"], emoji="👍", on=True)
    press_in(opened, "^Ana, .*shall we.*👍 1$", re.compile("^👍, you"))
    ana.wait_for(event="reacted", id=answer["reply"], emoji="👍", on=False)

    choose(opened, "^You, .*, yes, edited", "Delete")
    ana.wait_for(event="deleted", id=answer["id"])
    item(opened, "^You, [0-9:]+, Message deleted$")


@case("what the other side edits, deletes and reacts to changes where it stands")
def test_changes_come_in(desk):
    opened = create(desk)
    ben = person(desk, opened, "Ben")
    say(opened, "shall we?")
    ben.wait_text("shall we?")
    ben.type("/react 🎉\r")
    item(opened, "^You, .*shall we., 🎉 1, Delivered$")
    opened.find("push button", "🎉, Ben")
    ben.type("/reply yse\r")
    item(opened, "^Ben, .*in answer to You: shall we., yse$")
    ben.type("/edit yes\r")
    item(opened, "^Ben, .*, yes, edited$")
    ben.type("/delete\r")
    item(opened, "^Ben, [0-9:]+, Message deleted$")
    ben.type("/react 🎉\r")
    item(opened, "^You, .*shall we., Delivered$")


def is_focused(opened, role, pattern, key):
    """Or KEY is pressed, to be asked again."""
    at = opened.focused()
    if at is not None and at.getRoleName() == role and re.search(pattern, at.name):
        return True
    opened.key("Down" if at is not None and at.getRoleName() == role else key)
    return False


@case("the menu of a message opens by keyboard, and Escape gives up an answer")
def test_keyboard(desk):
    opened = create(desk)
    ana = desk.member("join", link_of(opened), "--name", "Ana")
    opened.wait_for_title("2 people · direct")
    show(opened, "Chat")
    ana.say("by keyboard")
    item(opened, "^Ana, .*by keyboard$")
    until(alive(lambda: is_focused(opened, "list item", "by keyboard", "shift+Tab")), "the focus on the message")
    opened.key("shift+F10")
    opened.press("menu item", "Reply")
    opened.find("label", "Reply to Ana")
    opened.key("Escape")
    opened.gone("label", "Reply to Ana")
    opened.wait_for_title("2 people")


@case("a word is found, counted, and led to; Escape closes the bar")
def test_search(desk):
    opened = create(desk)
    ana = desk.member("join", link_of(opened), "--name", "Ana")
    opened.wait_for_title("2 people · direct")
    show(opened, "Chat")
    for text in ("The Lake", "no", "at the lake, then", "STRASSE", "last lake"):
        ana.say(text)
    heard(opened, "Ana", "last lake")
    opened.key("ctrl+f")
    opened.type("LAKE")
    opened.find("status bar", "1 of 3")
    opened.press("push button", "Earlier Match")
    opened.find("status bar", "2 of 3")
    opened.press("push button", "Later Match")
    opened.find("status bar", "1 of 3")
    opened.key("ctrl+a")
    opened.type("strasse")
    opened.find("status bar", "1 of 1")
    opened.key("ctrl+a")
    opened.type("river")
    opened.find("status bar", "No matches")
    opened.key("Escape")
    opened.gone("status bar", "No matches")


@case("a text that is too long for a message goes as a file, if one wants")
def test_long_text(desk):
    opened = create(desk)
    inbox = desk.folder / "inbox"
    inbox.mkdir()
    ana = desk.member("join", link_of(opened), "--name", "Ana", "--save-to", str(inbox))
    opened.wait_for_title("2 people · direct")
    text = "0123456789 " * 6000
    press_send(opened, text)
    opened.press("push button", "Send as File")
    done = ana.wait_for(event="transfer", state="done", direction="in")
    assert pathlib.Path(done["path"]).read_text() == text.strip()
    until(alive(lambda: opened.text("Message") == ""), "an empty composer")


def png(path, width, height):
    """A picture of one colour, after PNG 1.2."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = (b"\0" + b"\x1e\x78\x7a" * width) * height
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
                     + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return path


@case("a picture is shown once it was accepted, on one card with its name; what only calls itself one, or is too large a one, is not")
def test_pictures(desk):
    opened = create(desk)
    good = png(desk.folder / "lake.png", 300, 200)
    liar = desk.folder / "liar.png"
    liar.write_text("<svg xmlns='http://www.w3.org/2000/svg' width='300' height='300'/>")
    huge = png(desk.folder / "huge.png", 16000, 4000)
    ana = desk.member("join", link_of(opened), "--name", "Ana", "--send", str(liar), "--send", str(huge),
                      "--send", str(good))
    opened.wait_for_title("2 people · direct")
    show(opened, "Chat")
    for path in (liar, huge, good):
        opened.find("push button", f"Accept {path.name}")
        assert not opened.has("push button", f"Picture {path.name}")
        opened.press("push button", f"Accept {path.name}")
        ana.wait_for(event="transfer", state="done", name=path.name)
    opened.find("push button", "Picture lake.png")
    # The picture opens it; what is none has a button for that.
    opened.gone("push button", "Open lake.png")
    for path in (liar, huge):
        opened.find("push button", f"Open {path.name}")
    # They are looked at one after the other.
    assert not opened.has("push button", "Picture liar.png")
    assert not opened.has("push button", "Picture huge.png")


@case("a picture that is pasted into the text waits there until it is sent, and goes with the text")
def test_pasted_picture(desk):
    opened = create(desk)
    inbox = desk.folder / "inbox"
    inbox.mkdir()
    ana = desk.member("join", link_of(opened), "--name", "Ana", "--save-to", str(inbox))
    opened.wait_for_title("2 people · direct")
    show(opened, "Chat")
    desk.other("copy-picture")
    opened.focus()
    opened.tab_to("Message")

    def paste():
        """What is on the clipboard of X becomes known some time after it was put there."""
        opened.key("ctrl+v")
        try:
            return opened.find("push button", re.compile(r"^Remove Picture.*\.png$"), patience_s=5)
        except Vain:
            return None
    until(paste, "the picture in the composer")
    assert not any(event["event"] == "transfer" for event in ana.events)
    opened.fill("Message", "the view from here")
    opened.press("push button", "Send")
    ana.wait_for(event="chat", text="the view from here")
    done = ana.wait_for(event="transfer", state="done", direction="in")
    assert pathlib.Path(done["path"]).read_bytes().startswith(b"\x89PNG")
    opened.gone("push button", re.compile(r"^Remove Picture"))


@case("the chat is written to a file when it is asked for")
def test_save(desk):
    opened = create(desk)
    say(opened, "for the record")
    item(opened, "^You, .*for the record")
    opened.do("chat.save")
    target = desk.folder / "Talk.txt"
    opened.find("text", re.compile("^Name")).queryEditableText().setTextContents(str(target))
    opened.press("push button", "Save")
    until(lambda: target.exists() and "You: for the record" in target.read_text(), "the chat in a file")


run()
