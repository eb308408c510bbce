#!/usr/bin/python3
"""Files on their way: pausing, cancelling, quitting, dropping, and what the desktop is told of them."""
import re
import signal
import subprocess
import time

import window
from cases import case, make_file, run, sha256
from files import DOWNLOADS, clear_downloads, create, drag_into, endless, make_tree, receive_endless, row, tree
from window import alive, until


@case("a running transfer is paused, resumed and cancelled, and both sides say so")
def test_pause(desk):
    opened, link = create(desk)
    ana = receive_endless(desk, opened, link)
    opened.press("push button", "Pause endless.bin")
    row(opened, "endless.bin", "Paused")
    ana.wait_for(event="transfer", name="endless.bin", state="paused")
    opened.press("push button", "Resume endless.bin")
    opened.find("push button", "Pause endless.bin")
    opened.press("push button", "More for endless.bin")
    opened.press("menu item", "Cancel")
    row(opened, "endless.bin", "40 GB · from Ana")
    ana.wait_for(event="transfer", name="endless.bin", state="cancelled")
    until(lambda: not list(DOWNLOADS.glob("*endless*")), "nothing of it in the folder")


@case("quitting asks while a transfer runs; Keep Open keeps, Leave and Close cancels")
def test_quit_asks(desk):
    opened, link = create(desk)
    ana = receive_endless(desk, opened, link)
    opened.key("ctrl+q")
    opened.find("label", "Stop the Transfers?")
    opened.press("push button", "Keep Open")
    opened.gone("label", "Stop the Transfers?")
    opened.find("push button", "Pause endless.bin")
    opened.do("window.close")
    opened.press("push button", "Leave and Close")
    assert opened.wait() == 0
    ana.wait_for(event="member", name="Mira", state="left")


@case("leaving asks while a transfer runs")
def test_leave_asks(desk):
    opened, link = create(desk)
    receive_endless(desk, opened, link)
    opened.do("room.leave")
    opened.find("label", "Leave the Room?")
    opened.press("push button", "Stay")
    opened.wait_for_title("2 people")


@case("two files dragged from another program are offered, and arrive")
def test_drop(desk):
    opened, link = create(desk)
    files = [make_file(desk.folder / name, 3000) for name in ("one.bin", "two & three.bin")]
    inbox = desk.folder / "inbox"
    inbox.mkdir()
    ana = desk.member("join", link, "--name", "Ana", "--save-to", str(inbox))
    opened.wait_for_title("2 people")
    desk.other("drag", *map(str, files))
    drag_into(opened)
    for file in files:
        done = ana.wait_for(event="transfer", name=file.name, state="done")
        assert sha256(done["path"]) == sha256(file)
        row(opened, file.name, "Ana has it$")


@case("Space on a row pauses and resumes it, by the keyboard alone")
def test_space(desk):
    opened, link = create(desk)
    receive_endless(desk, opened, link)
    opened.tab_to("Pause endless.bin")
    opened.key("Escape", "Up", "Down")
    until(alive(lambda: opened.focused().name.startswith("endless.bin, ")), "the focus on the row")
    opened.key("space")
    row(opened, "endless.bin", "Paused")
    opened.key("space")
    opened.find("push button", "Pause endless.bin")


@case("a finished row goes by Delete")
def test_delete_row(desk):
    opened, link = create(desk)
    ana = desk.member("join", link, "--name", "Ana", "--send", str(make_file(desk.folder / "a.bin", 10)))
    opened.wait_for_title("2 people")
    opened.key("ctrl+2")
    opened.press("push button", "Decline a.bin")
    ana.wait_for(event="transfer", state="declined")
    row(opened, "a.bin", "Declined")
    opened.tab_to("More for a.bin")
    opened.key("Delete")
    opened.gone("list item", re.compile("^a.bin, "))


@case("what a killed window was receiving is found at the next start; Resume goes on when it is offered again")
def test_unfinished_goes_on(desk):
    clear_downloads()
    opened, link = create(desk)
    source = desk.folder / "half.bin"
    with source.open("wb") as file:
        file.truncate(300_000_000)
    ana = desk.member("join", link, "--name", "Ana", "--send", str(source))
    opened.wait_for_title("2 people")
    opened.key("ctrl+2")
    ana.dawdle()
    opened.press("push button", "Accept half.bin")
    row(opened, source.name, "MB of 300 MB")
    opened.end(signal.SIGKILL)
    ana.process.send_signal(signal.SIGKILL)

    again, link = create(desk)
    again.key("ctrl+2")
    again.find("label", "1 unfinished transfer")
    again.find("label", re.compile(r"^half\.bin · .* of 300 MB are here$"))
    again.press("push button", "Resume")
    again.find("label", "It goes on by itself as soon as it is offered again.")
    ben = desk.member("join", link, "--name", "Ben", "--send", str(source))
    ben.wait_while_going(event="transfer", name=source.name, state="done")
    row(again, source.name, "received from Ben$")
    assert (DOWNLOADS / source.name).stat().st_size == 300_000_000
    again.gone("label", "1 unfinished transfer")
    (DOWNLOADS / source.name).unlink()


@case("several files are counted, and timed together; Pause All pauses every one, Resume All lets them go on")
def test_pause_all(desk):
    opened, link = create(desk)
    ana = desk.member("join", link, "--name", "Ana", "--send", str(endless(desk, "one.bin")), "--send",
                      str(endless(desk, "two.bin")))
    opened.wait_for_title("2 people")
    opened.key("ctrl+2")
    for name in ("one.bin", "two.bin"):
        opened.press("push button", f"Accept {name}")
    ana.dawdle()
    opened.find("label", re.compile(r"^2 active · \S+ \S+/s · .* left$"))
    opened.find("label", "2", within=opened.find("list item", "Active"))
    opened.press("push button", "Pause All")
    for name in ("one.bin", "two.bin"):
        row(opened, name, "Paused")
    opened.press("push button", "Resume All")
    for name in ("one.bin", "two.bin"):
        opened.find("push button", f"Pause {name}")
    opened.find("push button", "Pause All")


@case("a folder is one row with its count, arrives as the tree it is, and its details name its fingerprint")
def test_folder(desk):
    opened, link = create(desk)
    holiday = make_tree(desk.folder / "Holiday")
    ana = desk.member("join", link, "--name", "Ana", "--send", str(holiday))
    opened.wait_for_title("2 people")
    opened.key("ctrl+2")
    row(opened, "Holiday", r"Ana wants to send you this folder · 4 items · 3\.0 kB$")
    opened.press("push button", "Accept Holiday")
    fingerprint = ana.wait_for(event="transfer", name="Holiday", state="done")["fingerprint"]
    row(opened, "Holiday", r"4 items · 3\.0 kB · received from Ana$")
    assert tree(DOWNLOADS / "Holiday") == tree(holiday)
    opened.press("push button", "More for Holiday")
    opened.press("menu item", "Details")
    opened.find("label", fingerprint)
    opened.find("label", str(DOWNLOADS / "Holiday"))
    opened.press("push button", "Copy the fingerprint")
    assert desk.other("paste").line() == fingerprint


@case("a message while another window is in front is notified without its text")
def test_notify_message(desk):
    opened, link = create(desk)
    ana = desk.member("join", link, "--name", "Ana")
    opened.wait_for_title("2 people")
    desk.other("idle")
    subprocess.run(["xdotool", "search", "--sync", "--name", "^other idle$", "windowfocus", "--sync"], check=True,
                   timeout=window.PATIENCE_S, capture_output=True)
    ana.say("the secret word")
    assert desk.notifications.wait_for("Message from Ana")["body"] == ""
    assert "the secret word" not in str(desk.notifications.all())


@case("of many messages that come fast, a few are notified, and the last of all")
def test_notify_many(desk):
    desk.set("notification-text", "true")
    opened, link = create(desk)
    ana = desk.member("join", link, "--name", "Ana")
    opened.wait_for_title("2 people")
    desk.other("idle")
    subprocess.run(["xdotool", "search", "--sync", "--name", "^other idle$", "windowfocus", "--sync"], check=True,
                   timeout=window.PATIENCE_S, capture_output=True)
    before = len(desk.notifications.all())
    began = time.monotonic()
    ana.say("\n".join(f"word {i}" for i in range(40)))
    until(lambda: desk.notifications.wait_for("Message from Ana")["body"] == "word 39", "the last word")
    n = len(desk.notifications.all()) - before
    elapsed_s = time.monotonic() - began
    assert n <= elapsed_s + 2, f"{n} in {elapsed_s} s"


@case("Accept of a notification accepts the file, and a second one says it is here")
def test_notify_file(desk):
    opened, link = create(desk)
    source = make_file(desk.folder / "from afar.bin", 4000)
    desk.other("idle")
    subprocess.run(["xdotool", "search", "--sync", "--name", "^other idle$", "windowfocus", "--sync"], check=True,
                   timeout=window.PATIENCE_S, capture_output=True)
    ana = desk.member("join", link, "--name", "Ana", "--send", str(source))
    offered = desk.notifications.wait_for("Ana wants to send a file (4.0 kB)")
    assert set(offered["actions"]) >= {"Accept", "Decline"}, offered
    desk.notifications.press(offered, "Accept")
    ana.wait_for(event="transfer", name=source.name, state="done")
    assert "Open" in desk.notifications.wait_for("A file from Ana is here")["actions"]
    assert sha256(DOWNLOADS / source.name) == sha256(source)


run()
