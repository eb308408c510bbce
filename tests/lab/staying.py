#!/usr/bin/python3
"""staying.py BUILD [CASE…]: two snug-cli that are connected, and what becomes of it when one of them dies, is cut off, or
moves to another address while a file is on its way.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import pathlib
import subprocess
import sys
import time

import lab
from members import Member, both, run_cases, same

# What the file takes at this rate is enough to be interrupted in.
RATE, FILE_BYTES = "40mbit", 30_000_000
ROUTER = "192.168.2.1"

TITLES = {
    "killed": "a member that dies without a word is missed",
    "cut": "one whose cable is pulled is missed, and is back when it is plugged in again",
    "moved": "one whose address changes during a file is back at the new one, and the file arrives as it is",
    "offerer-moved": "the same for the one who had the room first",
}


def is_room(state):
    return lambda event: event["event"] == "room" and event["state"] == state


def is_running(event):
    return event["event"] == "transfer" and event["state"] == "running" and event["bytes"] > 0


def meet(the_lab, build, folder, host_words=(), guest_words=()):
    server = the_lab.start(the_lab.server, build / "src/server/snug-server", "--listen", f"{lab.SERVER}:0", text=True,
                           stdout=subprocess.PIPE)
    address = server.stdout.readline().split()[1]
    cli = build / "src/cli/snug-cli"
    host = Member(the_lab, the_lab.hosts["a"], cli, "create", "--open", "--server", address, "--stun", lab.Relay.STUN,
                  "--name", "a", *host_words)
    link = host.until(lambda event: event["event"] == "room" and event.get("link"))["link"]
    guest = Member(the_lab, the_lab.hosts["b"], cli, "join", link, "--stun", lab.Relay.STUN, "--name", "b", *guest_words)
    return host, guest


def both_joined(host, guest):
    both(lambda: host.until(is_room("joined")), lambda: guest.until(is_room("joined")))


def missed(member, since):
    member.until(is_room("reconnecting"))
    print(f"# missed after {time.monotonic() - since:.1f} s", flush=True)


def run_killed(the_lab, build, folder):
    host, guest = meet(the_lab, build, folder)
    both_joined(host, guest)
    since = time.monotonic()
    guest.process.kill()
    missed(host, since)


def run_cut(the_lab, build, folder):
    host, guest = meet(the_lab, build, folder)
    both_joined(host, guest)
    b = the_lab.hosts["b"]
    since = time.monotonic()
    b.run("ip", "link", "set", "eth0", "down")
    missed(host, since)
    guest.until(is_room("reconnecting"))
    b.run("ip", "link", "set", "eth0", "up")
    b.run("ip", "route", "add", "default", "via", ROUTER)
    since = time.monotonic()
    both_joined(host, guest)
    print(f"# back after {time.monotonic() - since:.1f} s", flush=True)


def move(place, router, before, after):
    place.run("ip", "address", "del", before, "dev", "eth0")
    place.run("ip", "address", "add", after, "dev", "eth0")
    place.run("ip", "route", "add", "default", "via", router)


def run_moved(the_lab, build, folder, mover):
    path = folder / "film.bin"
    path.write_bytes(os.urandom(FILE_BYTES))
    inbox = folder / "in"
    inbox.mkdir()
    host, guest = meet(the_lab, build, folder, ["--send", path, "--until", "sent=1"],
                       ["--save-to", inbox, "--until", "received=1"])
    the_lab.routers["a"].run("tc", "qdisc", "add", "dev", "wan", "root", "tbf", "rate", RATE, "burst", "64k", "latency", "50ms")
    guest.until(is_running)
    since = time.monotonic()
    number, moved = (1, host) if mover == "a" else (2, guest)
    move(the_lab.hosts[mover], f"192.168.{number}.1", f"192.168.{number}.2/24", f"192.168.{number}.77/24")
    moved.until(is_room("reconnecting"))
    moved.until(is_room("joined"))
    print(f"# back {time.monotonic() - since:.1f} s after the move", flush=True)
    ends = both(host.end, guest.end)
    told = f"\nhost:\n{host.told()}\n{host.errors}\nguest:\n{guest.told()}\n{guest.errors}"
    assert ends == [0, 0], f"they ended with {ends}{told}"
    assert same(path, inbox / path.name), "another file arrived"


RUNS = {
    "killed": run_killed,
    "cut": run_cut,
    "moved": lambda *rest: run_moved(*rest, "b"),
    "offerer-moved": lambda *rest: run_moved(*rest, "a"),
}


def run(build, name, folder):
    with lab.Lab() as the_lab:
        lab.Relay(the_lab, folder)
        RUNS[name](the_lab, build, folder)


def main():
    build, names = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:] or list(TITLES)
    return run_cases(TITLES, names, lambda name, folder: run(build, name, folder))


lab.enter_own_network()
sys.exit(main())
