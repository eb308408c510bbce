#!/usr/bin/python3
"""impaired.py BUILD LINKS apps|chromium|firefox [LINE…]: two snug-cli, or one and the page in a browser, at the ends of a line that is
long, loses packets and lets some overtake others: all kinds of lines for the two programs, some corners for the page.

A line is named DELAY/LOSS/REORDER: milliseconds each way, per cent lost, per cent that are overtaken. The first in the room
is its server, too, so that all goes over the line. LINKS is the build folder that has lossy-link. Each says twenty things while a file is on its way.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import dataclasses
import os
import pathlib
import subprocess
import sys
import time

import lab
from cable import A, Cable, Kind
from members import Member, both, run_cases, same, sha256, texts_of

RATE_MBIT, QUEUE_BYTES = 100, 1_000_000
N_WORDS = 20
LARGE_BYTES, SMALL_BYTES = 1_000_000, 200_000
LIMIT_SECONDS = 200
CORNERS = ("0/0/20", "50/1/0", "50/5/20", "200/1/20")


@dataclasses.dataclass
class Line:
    """What it is like, and what was found out on it."""
    delay_ms: int
    loss_percent: int
    reorder_percent: int
    set_up_seconds: float | None = None
    file_seconds: float | None = None

    def kind(self):
        return Kind(rate_mbit=RATE_MBIT, delay_ms=self.delay_ms, loss_percent=self.loss_percent,
                    reorder_percent=self.reorder_percent, queue_bytes=QUEUE_BYTES)

    def file_bytes(self):
        """As much as such a line carries in some seconds."""
        is_slow = self.delay_ms * self.loss_percent >= 200
        return SMALL_BYTES if is_slow else LARGE_BYTES

    def words(self):
        return f"{self.delay_ms} ms each way, {self.loss_percent} % lost, {self.reorder_percent} % overtaken"

    def row(self):
        if self.file_seconds is None:
            return f"# {self.words():<46} –"
        rate = self.file_bytes() / 1000 / self.file_seconds
        return f"# {self.words():<46} {self.set_up_seconds:7.1f} s {rate:10.0f} kB/s"


LINES = {f"{delay}/{loss}/{reorder}": Line(delay, loss, reorder)
         for delay in (0, 50, 200) for loss in (0, 1, 5, 10) for reorder in (0, 20)}


def words_of(name):
    return [f"{name} says {i}" for i in range(N_WORDS)]


def is_connected(event):
    return event["event"] == "member" and event["state"] == "connected"


def has_all(member):
    """It has heard all words, and the file is there, or sent."""
    is_done = any(event["event"] == "transfer" and event["state"] == "done" for event in member.events)
    return is_done and len(texts_of(member)) >= N_WORDS


class Scene:
    """A line with the host of a room at its one end."""

    def __init__(self, build, links, name, folder):
        self.build, self.line, self.folder = build, LINES[name], folder
        self.path, self.inbox = folder / "film.bin", folder / "in"
        self.path.write_bytes(os.urandom(self.line.file_bytes()))
        self.inbox.mkdir()
        self.cable = Cable(links, self.line.kind())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.cable.end()

    def member(self, place, *words):
        return Member(self.cable, place, "env", f"SNUG_WEB_ROOT={self.build / 'src/web'}", self.build / "src/cli/snug-cli", *words,
                      limit_seconds=LIMIT_SECONDS, stdin=subprocess.PIPE)

    def host(self, *words):
        self.a = self.member(self.cable.a, "create", "--open", "--listen", f"{A}:0", "--name", "a", *words)
        return self.a.until(lambda event: event["event"] == "room" and event.get("link"))["link"]

    @contextlib.contextmanager
    def setting_up(self):
        since = time.monotonic()
        yield
        self.line.set_up_seconds = time.monotonic() - since

    @contextlib.contextmanager
    def sending(self):
        since = time.monotonic()
        yield
        self.line.file_seconds = time.monotonic() - since


def assert_heard(member, name):
    assert texts_of(member) == words_of(name), f"of {name} it heard {texts_of(member)}"


def run_apps(scene):
    link = scene.host("--send", scene.path)
    with scene.setting_up():
        b = scene.member(scene.cable.b, "join", link, "--name", "b", "--save-to", scene.inbox)
        both(lambda: scene.a.until(is_connected), lambda: b.until(is_connected))
    scene.a.say(*words_of("a"))
    b.say(*words_of("b"))
    with scene.sending():
        both(lambda: scene.a.until(lambda _: has_all(scene.a)), lambda: b.until(lambda _: has_all(b)))
    assert_heard(b, "a")
    assert_heard(scene.a, "b")
    assert same(scene.path, scene.inbox / scene.path.name), "another file arrived"


def run_page(scene, browser):
    # Here and not above: the programs need no browser, and no python package for it.
    from pages import page_at
    import snugpage

    link = scene.host("--send", scene.path)
    with snugpage.Door(scene.cable.b.command) as door, page_at(door, scene.line.words(), browser) as page:
        with scene.setting_up():
            page.join(link, "b")
            page.waitForMembers(1)
        scene.a.say(*words_of("a"))
        with scene.sending():
            page.acceptFile(scene.path.name)
            for text in words_of("b"):
                page.say(text)
            arrived = page.saveReceived(scene.path.name)["sha256"]
        scene.a.until(lambda _: has_all(scene.a))
        page.waitForChat(words_of("a")[-1], "a")
        assert arrived == sha256(scene.path), "another file arrived"
        assert_heard(scene.a, "b")
        heard = page.textsOf("a")
        assert heard == words_of("a"), f"of a it heard {heard}"


def main():
    (build, links), who, names = [pathlib.Path(path).resolve() for path in sys.argv[1:3]], sys.argv[3], sys.argv[4:]
    names = names or (list(LINES) if who == "apps" else list(CORNERS))
    whom = "two programs meet" if who == "apps" else f"a program and the page in {who} meet"
    titles = {name: f"{whom} over {LINES[name].words()}: all words once and in order, and a file as it is" for name in names}

    def run(name, folder):
        with Scene(build, links, name, folder) as scene:
            run_apps(scene) if who == "apps" else run_page(scene, who)

    ended = run_cases(titles, names, run, names if who == "apps" else ())
    print(f"# {'line':<46} {'set-up':>9} {'file':>15}", *(LINES[name].row() for name in names), sep="\n", flush=True)
    return ended


lab.enter_own_network()
sys.exit(main())
