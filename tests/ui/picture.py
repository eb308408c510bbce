#!/usr/bin/python3
"""The real window in a room with two others, as a picture. Run by tests/ui/picture."""
import os
import pathlib
import re
import sys

import cases
import window


def set_font():
    folder = pathlib.Path(os.environ["XDG_CONFIG_HOME"]) / "gtk-4.0"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.ini").write_text(
        "[Settings]\ngtk-font-name=Cantarell 11\ngtk-enable-animations=false\ngtk-hint-font-metrics=true\n")


def main(path):
    set_font()
    notifications = cases.Notifications()
    desk = cases.Desk(notifications)
    try:
        opened = desk.open()
        opened.fill("Your name", "Mira")
        opened.press("push button", "Create Room")
        link = opened.find("label", re.compile(r"^http://\S+\?code=[A-Z0-9]{6}$")).name
        for name in ("Ana", "Jonas"):
            desk.member("join", link, "--name", name)
            opened.find("list item", re.compile(f"^{name}, Terminal, Direct"))
        opened.wait_for_title("3 people · direct")
        opened.screenshot(path)
    finally:
        desk.clear()
        notifications.end()


main(sys.argv[1])
