#!/usr/bin/python3
"""Save To…: a copy that takes a while, and what becomes of it. Run by a long lane.

What has arrived is made a pipe, which the copy is read from: it is as slow as a case wants it.
"""
import contextlib
import os
import pathlib
import re

import window
from cases import SNUG, case, make_file, run, sha256
from files import DOWNLOADS, SessionManager, clear_downloads, create, row
from window import alive, until


SETTINGS = pathlib.Path(os.environ["XDG_CONFIG_HOME"]) / "gtk-4.0/settings.ini"


@contextlib.contextmanager
def double_click_within(ms):
    """For windows that are opened in it."""
    SETTINGS.parent.mkdir(exist_ok=True)
    SETTINGS.write_text(f"[Settings]\ngtk-double-click-time={ms}\n")
    try:
        yield
    finally:
        SETTINGS.unlink()


def receive(desk, *names):
    """The window, Ana, and the files that she sent by the names they have here."""
    clear_downloads()
    opened, link = create(desk)
    sources = [make_file(desk.folder / name, 3000) for name in names]
    ana = desk.member("join", link, "--name", "Ana", *(word for source in sources for word in ("--send", str(source))))
    opened.wait_for_title("2 people")
    opened.key("ctrl+2")
    for source in sources:
        opened.press("push button", f"Accept {source.name}")
        row(opened, source.name, "received from Ana$")
    return opened, ana, [DOWNLOADS / name for name in names]


def become_pipe(path):
    path.unlink()
    os.mkfifo(path)


def dialog_of(opened):
    return next((child for child in window.children(opened.application) if child.name == "Save To"), None)


def save_to(opened, name, path):
    """By the toolkit's own dialog, which takes a path for a name."""
    opened.press("push button", f"More for {name}")
    opened.press("menu item", "Save To…")
    dialog = until(alive(lambda: dialog_of(opened)), "the dialog")
    opened.find("text", within=dialog).queryEditableText().setTextContents(str(path))
    opened.press("push button", "Save", within=dialog)
    until(alive(lambda: dialog_of(opened) is None), "the end of the dialog")


@case("what has arrived is saved elsewhere as well")
def test_save(desk):
    opened, _, (received,) = receive(desk, "film.bin")
    copy = desk.folder / "copy.bin"
    save_to(opened, "film.bin", copy)
    until(lambda: copy.exists() and sha256(copy) == sha256(received), "the copy")


@case("several share one strip, which names one and counts the others; Cancel is for that one, the next is made")
def test_strip(desk):
    with double_click_within(0):
        opened, _, received = receive(desk, "one.bin", "two.bin")
    copies = [desk.folder / "copy one.bin", desk.folder / "copy two.bin"]
    become_pipe(received[0])
    for source, copy in zip(received, copies):
        save_to(opened, source.name, copy)
    opened.find("label", "copy one.bin")
    opened.find("label", "and 1 more")
    assert not opened.has("label", "copy two.bin")
    with received[0].open("wb") as pipe:
        pipe.write(bytes(2_000_000))
        opened.find("label", re.compile(r"^\S+ \SB of \S+ \SB · and 1 more$"))
        opened.press("push button", "Cancel copy one.bin")
        opened.find("label", "Cancelled · and 1 more")
        pipe.write(b"more")
        pipe.flush()
        opened.gone("push button", "Cancel copy one.bin")
    assert not copies[0].exists()
    until(lambda: copies[1].exists() and sha256(copies[1]) == sha256(received[1]), "the next copy")
    opened.gone("label", re.compile("and 1 more"))


@case("a press so soon after a file's name came up that the one before was for another cancels nothing")
def test_second_press(desk):
    with double_click_within(1000 * 3600):
        opened, _, (received,) = receive(desk, "film.bin")
    copy = desk.folder / "copy.bin"
    become_pipe(received)
    save_to(opened, "film.bin", copy)
    opened.press("push button", "Cancel copy.bin")
    assert not opened.has("label", "Cancelled")
    received.write_bytes(b"whole")
    until(lambda: copy.exists() and copy.read_bytes() == b"whole", "the copy")


@case("closing the window asks while a copy is made; then others see one leave, and the session waits for its good end")
def test_close(desk):
    manager = desk.keep(SessionManager(desk.notifications))
    opened, ana, (received,) = receive(desk, "film.bin")
    copy = desk.folder / "copy.bin"
    become_pipe(received)
    save_to(opened, "film.bin", copy)
    opened.find("label", "copy.bin")
    opened.do("window.close")
    opened.find("label", "Still Saving")
    opened.press("push button", "Keep Open")
    opened.gone("label", "Still Saving")
    opened.do("window.close")
    opened.press("push button", "Leave and Close")
    ana.wait_for(event="member", name="Mira", state="left")
    assert opened.process.poll() is None
    _app, _window, reason, what = manager.calls("Inhibit")[-1]
    assert (reason, what) == ("Still Saving", 1 | 4)
    ended = len(manager.calls("Uninhibit"))
    received.write_bytes(b"whole")
    assert opened.wait() == 0
    assert len(manager.calls("Uninhibit")) == ended + 1
    assert copy.read_bytes() == b"whole"


@case("why a copy failed stands there until it is closed, and what else there is to say does not wait for that")
def test_failure_stays(desk):
    opened, _, (received,) = receive(desk, "film.bin")
    place = desk.folder / "stick"
    place.mkdir()
    become_pipe(received)
    save_to(opened, "film.bin", place / "copy.bin")
    opened.find("label", "copy.bin")
    place.rmdir()
    received.open("wb").close()
    failure = re.compile("copy.bin.*No such file")
    opened.find("alert", failure)
    opened.do("room.copy-link")
    opened.find("label", re.compile("copied"))
    assert opened.has("alert", failure)
    opened.press("push button", "Close")
    opened.gone("alert", failure)


@case("of many copies that fail each stands there until it is closed")
def test_failures_stay(desk):
    names = [f"film {n}.bin" for n in range(1, 7)]
    opened, _, received = receive(desk, *names)
    place = desk.folder / "stick"
    place.mkdir()
    for path in received:
        become_pipe(path)
        save_to(opened, path.name, place / f"copy of {path.name}")
    opened.find("label", "copy of film 1.bin")
    place.rmdir()
    for path in received:
        path.open("wb").close()
    for name in names:
        opened.find("alert", re.compile(f"copy of {name}.*No such file"))
    opened.press("push button", "Close")
    opened.gone("alert", re.compile("No such file"))


@case("a copy that fails after its window is gone is told of by a notification that names no file, and by the next window")
def test_failed(desk):
    opened, ana, received = receive(desk, "film.bin", "song.bin")
    place = desk.folder / "stick"
    place.mkdir()
    copies = [place / "copy.bin", desk.folder / "copy of the song.bin"]
    for source, copy in zip(received, copies):
        become_pipe(source)
        save_to(opened, source.name, copy)
    opened.find("label", "copy.bin")
    opened.key("ctrl+q")
    opened.press("push button", "Leave and Close")
    ana.wait_for(event="member", name="Mira", state="left")
    place.rmdir()
    received[0].open("wb").close()
    assert desk.notifications.wait_for("A file could not be saved")["body"] == ""
    assert desk.start(SNUG).wait() == 0
    opened.find("alert", re.compile("copy.bin.*No such file"))
    received[1].write_bytes(b"whole")
    until(lambda: copies[1].exists() and copies[1].read_bytes() == b"whole", "the next copy")


run()
