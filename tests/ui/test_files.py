#!/usr/bin/python3
"""Files on their way: pausing, cancelling, quitting, dropping, and what the desktop is told of them."""
import re
import signal
import subprocess

import window
from cases import case, make_file, run, sha256
from window import alive, until

LINK = re.compile(r"^http://\S+\?code=[A-Z0-9]{6}$")
DOWNLOADS = window.HOME / "Downloads"


def create(desk):
    opened = desk.open()
    opened.fill("Your name", "Mira")
    opened.press("push button", "Create Room")
    opened.wait_for_title("Waiting for people")
    return opened, opened.find("label", LINK).name


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
    return ana


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


def tab_to(opened, name):
    for _ in range(20):
        focused = alive(opened.focused)()
        if focused is not None and focused.name.startswith(name):
            return focused
        opened.key("Tab")
    raise window.Vain(f"Tab does not come to {name}")


@case("Space on a row pauses and resumes it, by the keyboard alone")
def test_space(desk):
    opened, link = create(desk)
    receive_endless(desk, opened, link)
    tab_to(opened, "Pause endless.bin")
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
    tab_to(opened, "More for a.bin")
    opened.key("Delete")
    opened.gone("list item", re.compile("^a.bin, "))


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
