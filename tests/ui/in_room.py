"""in_room: what cases in a room begin with, and how one talks there."""
import re


def create(desk, *argv):
    opened = desk.open(*argv)
    opened.fill("Your name", "Mira")
    opened.press("push button", "Create Room")
    opened.wait_for_title(r"^[A-Z]{4}[2-9]{2} · Waiting for people$")
    return opened


def link_of(opened):
    return opened.find("label", re.compile(r"^http://\S+\?code=[A-Z0-9]{6}(#\S+)?$")).name


def show(opened, page):
    opened.key({"Chat": "ctrl+1", "Files": "ctrl+2", "Room": "ctrl+3"}[page])


def say(opened, text):
    show(opened, "Chat")
    opened.fill("Message", text)
    opened.press("push button", "Send")


def heard(opened, who, text):
    return opened.find("list item", re.compile(rf"^{re.escape(who)}, \d\d:\d\d, {re.escape(text)}"))
