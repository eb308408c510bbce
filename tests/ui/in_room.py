"""in_room: what cases in a room begin with, and how one talks there."""
import re
import subprocess

import window
from window import until


def create(desk, *argv):
    opened = desk.open(*argv)
    opened.fill("Your name", "Mira")
    opened.press("push button", "Create Room")
    opened.wait_for_title(r"^[A-Z]{4}[2-9]{2} · Waiting for people$")
    return opened


def link_of(opened):
    return opened.find("label", re.compile(r"^http://\S+\?code=[A-Z0-9]{6}(#\S+)?$")).name


def read_qr(name, folder):
    """What a camera reads off the window of that name of X."""
    picture = folder / "window.png"

    def read():
        subprocess.run(["import", "-window", name, str(picture)], check=True, timeout=window.PATIENCE_S)
        return subprocess.run(["zbarimg", "-q", "--raw", str(picture)], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True, timeout=window.PATIENCE_S).stdout.strip()
    return until(read, "a QR code on the screen")


def show(opened, page):
    opened.key({"Chat": "ctrl+1", "Files": "ctrl+2", "Room": "ctrl+3"}[page])


def press_send(opened, text):
    show(opened, "Chat")
    opened.fill("Message", text)
    opened.press("push button", "Send")


def say(opened, text):
    press_send(opened, text)
    # GTK shows a button pressed for a quarter of a second before it acts.
    until(lambda: opened.text("Message") == "", f"what was sent to leave the entry: {text}")


def heard(opened, who, text):
    return opened.find("list item", re.compile(rf"^{re.escape(who)}, \d\d:\d\d, {re.escape(text)}"))
