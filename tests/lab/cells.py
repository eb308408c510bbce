#!/usr/bin/python3
"""cells.py BUILD CELL…: two snug-cli behind two NATs, with snug-server and coturn on the segment between them.

Each says something and sends a file to the other; the cell names the way they must have come together on.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

import lab

LIMIT_SECONDS = 60
NOBODY_REACHED = 7

# Name: what it shows, the router of each side, further words for each member, the path, the exit status.
STUN, TURN = ["--stun", lab.Relay.STUN], ["--turn", lab.Relay.TURN]
CELLS = {
    "direct": ("two home routers and a STUN server meet directly",
               ("port-restricted", "port-restricted"), STUN, "direct", 0),
    "relay": ("two symmetric routers meet at a relay",
              ("symmetric", "symmetric"), STUN + TURN, "relay", 0),
    "no-udp": ("where UDP is blocked on one side, they meet at a relay over TCP",
               ("udp-blocked", "port-restricted"), STUN + TURN + ["--turn", lab.Relay.TURN_TCP], "relay", 0),
    "one-symmetric": ("a symmetric router and a home router meet at a relay",
                      ("symmetric", "port-restricted"), STUN + TURN, "relay", 0),
    "full-cone": ("a symmetric router and one that lets in everybody meet directly",
                  ("symmetric", "full-cone"), STUN, "direct", 0),
    "relay-only": ("who allows relays only is not met directly, though that would do",
                   ("port-restricted", "port-restricted"), STUN + TURN + ["--relay", "only"], "relay", 0),
    "nobody": ("two symmetric routers without a relay do not meet, and say so",
               ("symmetric", "symmetric"), STUN, None, NOBODY_REACHED),
}


class Member:
    """A snug-cli in a place; its events as they come."""

    def __init__(self, the_lab, place, *words):
        self.process = the_lab.start(place, *words, "--json", "--timeout", LIMIT_SECONDS, text=True,
                                     stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.events = []

    def until(self, is_wanted):
        for line in self.process.stdout:
            event = json.loads(line)
            self.events.append(event)
            if is_wanted(event):
                return event
        raise AssertionError(f"it ended with {self.process.wait()} before that: {self.told()}")

    def end(self):
        """Reads to the end; its exit status."""
        out, self.errors = self.process.communicate(timeout=LIMIT_SECONDS + 10)
        self.events += [json.loads(line) for line in out.splitlines()]
        self.errors = "\n".join(line for line in self.errors.splitlines() if "█" not in line)
        return self.process.returncode

    def paths(self):
        return {event["path"] for event in self.events
                if event["event"] == "member" and event["state"] == "connected" and event.get("path")}

    def told(self):
        return "\n".join(map(json.dumps, self.events[-12:]))


def both(*work):
    """Each in a thread of its own; what they return."""
    results = [None] * len(work)

    def do(i):
        results[i] = work[i]()
    threads = [threading.Thread(target=do, args=(i,)) for i in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def make_file(folder, name):
    path = folder / name
    path.write_bytes(os.urandom(300000))
    return path


def same(one, other):
    return hashlib.sha256(one.read_bytes()).digest() == hashlib.sha256(other.read_bytes()).digest()


def words_for(folder, side):
    """Say, send and take one file, and leave when the other has and we have."""
    inbox = folder / f"in-{side}"
    inbox.mkdir()
    words = ["--name", side, "--say", f"hello from {side}", "--send", make_file(folder, f"from-{side}.bin"),
             "--save-to", inbox]
    conditions = ["chat=1", "sent=1", "received=1"]
    return words + [word for condition in conditions for word in ("--until", condition)]


def run_cell(build, name, folder):
    _, nats, words, path, status = CELLS[name]
    program = build / "src/cli/snug-cli"
    with lab.Lab() as the_lab:
        for side, nat in zip("ab", nats):
            the_lab.set_nat(side, nat)
        lab.Relay(the_lab, folder)
        server = the_lab.start(the_lab.server, build / "src/server/snug-server", "--listen", f"{lab.SERVER}:0",
                               text=True, stdout=subprocess.PIPE)
        address = server.stdout.readline().split()[1]

        host = Member(the_lab, the_lab.hosts["a"], program, "create", "--open", "--server", address, *words,
                      *words_for(folder, "a"))
        link = host.until(lambda event: event["event"] == "room" and event.get("link"))["link"]
        guest = Member(the_lab, the_lab.hosts["b"], program, "join", link, *words, *words_for(folder, "b"))
        if status == NOBODY_REACHED:
            guest_end = guest.end()
            host.process.terminate()
            ends = [host.end(), guest_end]
        else:
            ends = both(host.end, guest.end)

    told = f"\nhost:\n{host.told()}\n{host.errors}\nguest:\n{guest.told()}\n{guest.errors}"
    if status == NOBODY_REACHED:
        assert ends[1] == status, f"the guest ended with {ends[1]}{told}"
        return
    assert ends == [0, 0], f"they ended with {ends}{told}"
    assert host.paths() == guest.paths() == {path}, f"paths {host.paths()} and {guest.paths()}{told}"
    assert same(folder / "from-a.bin", folder / "in-b" / "from-a.bin"), "another file arrived at b"
    assert same(folder / "from-b.bin", folder / "in-a" / "from-b.bin"), "another file arrived at a"


def main():
    build, names = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:] or list(CELLS)
    failed = 0
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            try:
                run_cell(build, name, pathlib.Path(folder))
                print(f"ok - {CELLS[name][0]}", flush=True)
            except Exception as error:  # any: the others are run all the same
                failed += 1
                print(f"not ok - {CELLS[name][0]}\n{error}", flush=True)
    print(f"cases: {len(names) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


lab.enter_own_network()
sys.exit(main())
