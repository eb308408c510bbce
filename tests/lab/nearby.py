#!/usr/bin/python3
"""nearby.py BUILD [CASE…]: rooms found on the local network, by real Avahis: two computers on one cable, each with a
system bus and an avahi-daemon of its own.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import pathlib
import sys

import avahi
import lab
from members import Member, run_cases

NO_AVAHI, WRONG_SECRET = 2, 4
PROGRAM = pathlib.Path(sys.argv[1]).resolve() / "src/cli/snug-cli"

CASES = {
    "found": "a private room is found with its name and without its secret, and is gone when its host goes",
    "joined": "a room that was found is joined by its link, a private one with its secret only",
    "unannounced": "without --nearby a room is not announced",
    "no-avahi": "without Avahi there is an end with clear words, and a room is hosted all the same",
}


class Computer:
    """A place with a system bus and, on it, an Avahi. Both are ready when made."""

    def __init__(self, cable, name):
        self.cable, self.place, self.name = cable, lab.Place(name), name
        self.folder = cable.folder / name
        self.folder.mkdir()

    def power_on(self):
        self.bus = avahi.start(self.cable, self.place, self.name, self.folder)

    def start(self, place, *words, **more):
        return self.cable.start(place, "env", self.bus, *words, **more)

    def cli(self, *words):
        return Member(self, self.place, PROGRAM, *words)

    def host(self, *words):
        """A room there; the member and what it says of the room."""
        member = self.cli("create", "--listen", "0.0.0.0:0", *words)
        return member, member.until(lambda event: event["event"] == "room" and event.get("link"))


class Cable:
    """Two computers, each at an end; `with Cable(folder) as (ana, bo)`."""

    def __init__(self, folder):
        self.folder, self.processes = folder, []
        self.ends = [Computer(self, name) for name in ("ana", "bo")]

    def __enter__(self):
        ana, bo = self.ends
        ana.place.plug("eth0", bo.place, "eth0")
        for number, end in enumerate(self.ends, start=1):
            end.place.address("eth0", f"192.168.7.{number}/24")
            end.power_on()
        return self.ends

    def start(self, place, *words, **more):
        """As a Lab starts what ends with it."""
        process = place.start(*words, **more)
        self.processes.append(process)
        return process

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
            process.wait()
        for end in self.ends:
            end.place.end()


def is_nearby(state, code):
    return lambda event: event["event"] == "nearby" and event["state"] == state and event["code"] == code


def check_found(ana, bo):
    looking = bo.cli("nearby")
    host, room = ana.host("--nearby", "--name", "Ana")
    found = looking.until(is_nearby("found", room["code"]))
    assert (found["name"], found["private"]) == ("Ana", True), found
    assert found["link"] == room["link"].split("#")[0], found
    secret = room["invite"].split("-", 1)[1]
    assert secret and not any(word in str(found).lower() for word in secret.split("-")), found
    host.process.terminate()
    assert host.end() == 0
    looking.until(is_nearby("gone", room["code"]))
    looking.process.terminate()
    assert looking.end() == 0


def check_joined(ana, bo):
    host, room = ana.host("--nearby")
    link = bo.cli("nearby").until(is_nearby("found", room["code"]))["link"]
    assert bo.cli("join", link).end() == WRONG_SECRET
    secret = bo.folder / "secret"
    secret.write_text(room["invite"].split("-", 1)[1])
    assert bo.cli("join", link, "--secret-file", secret, "--until", "members=1").end() == 0
    host.process.terminate()
    host.end()


def check_unannounced(ana, bo):
    looking = bo.cli("nearby")
    _, quiet = ana.host()
    _, loud = ana.host("--open", "--nearby")
    found = looking.until(is_nearby("found", loud["code"]))
    assert not found["private"] and found["name"] == "", found
    assert quiet["code"] not in str(looking.events), looking.events


def check_no_avahi(ana, bo):
    ana.bus = "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent/bus"
    looking = ana.cli("nearby")
    assert looking.end() == NO_AVAHI
    assert "Avahi" in looking.errors and looking.events[-1]["code"] == "no-avahi", looking.events
    host, _ = ana.host("--nearby")
    host.until(lambda event: event["event"] == "error" and event["code"] == "not-announced")
    host.process.terminate()
    assert host.end() == 0


def run_case(name, folder):
    check = {"found": check_found, "joined": check_joined, "unannounced": check_unannounced, "no-avahi": check_no_avahi}
    with Cable(folder) as (ana, bo):
        check[name](ana, bo)


if __name__ == "__main__":
    lab.enter_own_network()
    sys.exit(run_cases(CASES, sys.argv[2:] or list(CASES), run_case))
