#!/usr/bin/python3
"""The real window in a room with two others, as pictures. Run by tests/ui/picture."""
import os
import pathlib
import re
import sys

import cases


def set_font():
    folder = pathlib.Path(os.environ["XDG_CONFIG_HOME"]) / "gtk-4.0"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.ini").write_text(
        "[Settings]\ngtk-font-name=Cantarell 11\ngtk-enable-animations=false\ngtk-hint-font-metrics=true\n")


def heard(opened, text):
    opened.find("list item", re.compile(f"{re.escape(text)}(, Delivered)?$"))


def say(opened, text):
    opened.fill("Message", text)
    opened.press("push button", "Send")
    heard(opened, text)


def talk(opened, ana, jonas):
    opened.key("ctrl+1")
    ana.say("Hello! Scanned it straight off your screen")
    heard(opened, "Hello! Scanned it straight off your screen")
    say(opened, "Welcome! Are the pictures from Sunday still on your phone?")
    jonas.say("I would like them too. The **recipe** is at https://example.org/recipes")
    opened.find("list item", re.compile("^Jonas, .*recipes"))
    ana.say("Here is the best one")
    heard(opened, "Here is the best one")


def offer(opened, ana, folder):
    photo = cases.make_file(folder / "Sunset over the harbour.jpg", 2_400_000)
    ana.sendFile(str(photo))
    opened.find("push button", f"Accept {photo.name}")


def main(folder):
    set_font()
    notifications = cases.Notifications()
    desk = cases.Desk(notifications)
    try:
        opened = desk.open()
        opened.fill("Your name", "Mira")
        opened.press("push button", "Create Room")
        link = opened.find("label", re.compile(r"^http://\S+\?code=[A-Z0-9]{6}(#\S+)?$")).name
        ana = desk.phone()
        ana.join(link, "Ana")
        opened.find("list item", re.compile("^Ana, Phone, Direct"))
        jonas = desk.member("join", link, "--name", "Jonas")
        opened.find("list item", re.compile("^Jonas, Terminal, Direct"))
        ana.waitForMembers(2)
        opened.wait_for_title("3 people · direct")
        opened.screenshot(f"{folder}/window.png")
        talk(opened, ana, jonas)
        offer(opened, ana, desk.folder)
        opened.screenshot(f"{folder}/chat.png")
    finally:
        desk.clear()
        notifications.end()


main(sys.argv[1])
