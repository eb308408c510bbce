#!/usr/bin/python3
"""staying.py BUILD [CASE…]: two snug-cli that are connected, and what becomes of it when one of them dies, is cut off or
moves to another address, or the server or the relay between them goes and comes back, while a file is on its way.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import pathlib
import subprocess
import sys
import threading
import time

import lab
from members import Member, both, is_room, is_running, run_cases, same, texts_of

# What the file takes at this rate is enough to be interrupted in.
RATE, FILE_BYTES = "40mbit", 30_000_000
ROUTER = "192.168.2.1"
OUTAGE_SECONDS = 30
# Of those that have to come through an outage, or need a relay that comes back.
LONG_LIMIT_SECONDS = 150

TITLES = {
    "killed": "a member that dies without a word is missed",
    "cut": "one whose cable is pulled is missed, and is back when it is plugged in again",
    "moved": "one whose address changes during a file is back at the new one, and the file arrives as it is",
    "beside": "one that gets another address beside its own, and loses the first, misses nothing before that",
    "offerer-moved": "the same for the one who had the room first",
    "outage": "after 30 s without a cable a file goes on to its end, and what was said meanwhile is there in order",
    "restarted": "a server that dies during a file and comes back is not noticed by it, and lets a third one in",
    "relay": "a relay that dies during a file and comes back is found again, and the file arrives as it is",
    "relay-tcp": "the same of a relay over TCP, where UDP is blocked",
}


class Scene:
    """A lab with a relay and a room server, and host a and guest b in a room."""

    def __init__(self, the_lab, build, folder):
        self.lab, self.build, self.folder = the_lab, build, folder
        self.relay = lab.Relay(the_lab, folder)
        self.cli = build / "src/cli/snug-cli"
        self.path, self.inbox = folder / "film.bin", folder / "in"

    def start_server(self, listen=f"{lab.SERVER}:0"):
        settings = self.folder / "settings"
        settings.write_text(f"[server]\nlisten={listen}\nkey-file={self.folder}/key\n")
        self.server = self.lab.start(self.lab.server, self.build / "src/server/snug-server", "--config", settings, text=True,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return self.server.stdout.readline().split()[1]

    def meet(self, host_words=(), guest_words=(), ways=("--stun", lab.Relay.STUN), **more):
        self.address = self.start_server()
        self.host = Member(self.lab, self.lab.hosts["a"], self.cli, "create", "--open", "--server", self.address, *ways,
                           "--name", "a", *host_words, **more)
        self.link = self.host.until(lambda event: event["event"] == "room" and event.get("link"))["link"]
        self.guest = Member(self.lab, self.lab.hosts["b"], self.cli, "join", self.link, *ways, "--name", "b", *guest_words,
                            **more)

    def meet_and_send(self, *conditions, **more):
        """Until the file is under way; both stay until it is there, and for these conditions."""
        self.path.write_bytes(os.urandom(FILE_BYTES))
        self.inbox.mkdir()
        stay = [word for condition in conditions for word in ("--until", condition)]
        self.meet(["--send", self.path, "--until", "sent=1", *stay], ["--save-to", self.inbox, "--until", "received=1", *stay],
                  **more)
        self.lab.routers["a"].run("tc", "qdisc", "add", "dev", "wan", "root", "tbf", "rate", RATE, "burst", "64k", "latency",
                                  "50ms")
        self.guest.until(is_running)

    def until_both(self, state):
        both(lambda: self.host.until(is_room(state)), lambda: self.guest.until(is_room(state)))

    def assert_arrived(self):
        ends = both(self.host.end, self.guest.end)
        told = f"\nhost:\n{self.host.told()}\n{self.host.errors}\nguest:\n{self.guest.told()}\n{self.guest.errors}"
        assert ends == [0, 0], f"they ended with {ends}{told}"
        assert same(self.path, self.inbox / self.path.name), "another file arrived"

    def pull_cable(self):
        self.lab.hosts["b"].run("ip", "link", "set", "eth0", "down")

    def plug_in(self):
        self.lab.hosts["b"].run("ip", "link", "set", "eth0", "up")
        self.lab.hosts["b"].run("ip", "route", "add", "default", "via", ROUTER)


def missed(member, since):
    member.until(is_room("reconnecting"))
    print(f"# missed after {time.monotonic() - since:.1f} s", flush=True)


def run_killed(scene):
    scene.meet()
    scene.until_both("joined")
    since = time.monotonic()
    scene.guest.process.kill()
    missed(scene.host, since)


def run_cut(scene):
    scene.meet()
    scene.until_both("joined")
    since = time.monotonic()
    scene.pull_cable()
    missed(scene.host, since)
    scene.guest.until(is_room("reconnecting"))
    scene.plug_in()
    since = time.monotonic()
    scene.until_both("joined")
    print(f"# back after {time.monotonic() - since:.1f} s", flush=True)


class Gap:
    """How long nothing of a file comes to a place at a stretch; `with Gap(place) as gap`."""
    LOOK_SECONDS, LEAST_BYTES = 0.02, 5000

    def __init__(self, place):
        self.path, self.longest, self.is_over = pathlib.Path(f"/proc/{place.holder.pid}/net/dev"), 0, threading.Event()
        self.thread = threading.Thread(target=self.look)

    def count(self):
        return sum(int(line.split()[1]) for line in self.path.read_text().splitlines()[2:] if "lo:" not in line)

    def look(self):
        heard, since = self.count(), time.monotonic()
        while not self.is_over.wait(self.LOOK_SECONDS):
            n_bytes, now = self.count(), time.monotonic()
            if n_bytes - heard >= self.LEAST_BYTES:
                heard, since = n_bytes, now
            self.longest = max(self.longest, now - since)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()


def move(place, router, before, after):
    place.run("ip", "address", "del", before, "dev", "eth0")
    if after:
        place.run("ip", "address", "add", after, "dev", "eth0")
    place.run("ip", "route", "replace", "default", "via", router)


def run_moved(scene, mover):
    scene.meet_and_send()
    since = time.monotonic()
    number, moved = (1, scene.host) if mover == "a" else (2, scene.guest)
    move(scene.lab.hosts[mover], f"192.168.{number}.1", f"192.168.{number}.2/24", f"192.168.{number}.77/24")
    with Gap(scene.lab.hosts["b"]) as gap:
        moved.until(is_room("reconnecting"))
        moved.until(is_room("joined"))
        print(f"# back {time.monotonic() - since:.1f} s after the move", flush=True)
        moved.until(is_running)
    print(f"# nothing came for {gap.longest:.1f} s", flush=True)
    scene.assert_arrived()


def run_beside(scene):
    """The router keeps what it knows of the first address: the way from there works until it is taken away."""
    guest = scene.lab.hosts["b"]
    scene.meet_and_send()
    with Gap(guest) as gap:
        guest.run("ip", "address", "add", "192.168.2.77/25", "dev", "eth0")
        scene.guest.until(lambda event: event["event"] == "transfer" and event["bytes"] > FILE_BYTES // 2)
    assert not any(is_room("reconnecting")(event) for event in scene.guest.events), f"it noticed:\n{scene.guest.told()}"
    print(f"# with both addresses nothing came for {gap.longest:.1f} s", flush=True)
    with Gap(guest) as gap:
        move(guest, ROUTER, f"{lab.host_address(2)}/24", None)
        scene.guest.until(lambda event: event["event"] == "transfer" and event["state"] == "done")
    print(f"# without the first one nothing came for {gap.longest:.1f} s", flush=True)
    scene.assert_arrived()


def run_outage(scene):
    said = {name: [f"{name} says {i}" for i in range(6)] for name in "ab"}
    scene.meet_and_send("chat=6", stdin=subprocess.PIPE, limit_seconds=LONG_LIMIT_SECONDS)
    since = time.monotonic()
    scene.pull_cable()
    scene.until_both("reconnecting")
    # What is said at first waits in the channel; what is said once the route is given up waits at home.
    scene.host.say(*said["a"][:3])
    scene.guest.say(*said["b"][:3])
    # Nothing happens that could be waited for: an outage is time.
    time.sleep(max(0, since + OUTAGE_SECONDS - time.monotonic()))
    scene.host.say(*said["a"][3:])
    scene.guest.say(*said["b"][3:])
    scene.plug_in()
    since = time.monotonic()
    scene.until_both("joined")
    print(f"# back after {time.monotonic() - since:.1f} s", flush=True)
    scene.assert_arrived()
    assert texts_of(scene.guest) == said["a"], f"b heard {texts_of(scene.guest)}"
    assert texts_of(scene.host) == said["b"], f"a heard {texts_of(scene.host)}"


def run_restarted(scene):
    scene.meet_and_send("members=2")
    scene.server.kill()
    scene.server.wait()
    assert scene.start_server(scene.address.partition("//")[2]) == scene.address
    # Then there is a room again that others can come to.
    lab.wait_for_lines(scene.server, ['"event":"entered"'] * 2, scene.server.stderr)
    third = Member(scene.lab, scene.lab.hosts["c"], scene.cli, "join", scene.link, "--stun", lab.Relay.STUN, "--name", "c",
                   "--until", "alone")
    third_ended, _ = both(third.end, scene.assert_arrived)
    assert third_ended == 0, f"the third one ended with {third_ended}:\n{third.told()}\n{third.errors}"
    for member in scene.host, scene.guest:
        states = {event["state"] for event in member.events if event["event"] in ("member", "transfer")}
        assert not states & {"reconnecting", "paused"}, f"it noticed:\n{member.told()}"


def run_relay(scene, nats, turn):
    for side, nat in zip("ab", nats):
        scene.lab.set_nat(side, nat)
    scene.meet_and_send(ways=["--stun", lab.Relay.STUN, "--turn", turn], limit_seconds=LONG_LIMIT_SECONDS)
    since = time.monotonic()
    scene.relay.process.kill()
    scene.relay.process.wait()
    scene.until_both("reconnecting")
    scene.relay = lab.Relay(scene.lab, scene.folder)
    scene.until_both("joined")
    print(f"# back {time.monotonic() - since:.1f} s after the relay died", flush=True)
    scene.assert_arrived()
    assert scene.host.paths() == scene.guest.paths() == {"relay"}, f"paths {scene.host.paths()}, {scene.guest.paths()}"


RUNS = {
    "killed": run_killed,
    "cut": run_cut,
    "moved": lambda scene: run_moved(scene, "b"),
    "beside": run_beside,
    "offerer-moved": lambda scene: run_moved(scene, "a"),
    "outage": run_outage,
    "restarted": run_restarted,
    "relay": lambda scene: run_relay(scene, ("symmetric-random", "symmetric-random"), lab.Relay.TURN),
    "relay-tcp": lambda scene: run_relay(scene, ("port-restricted", "udp-blocked"), lab.Relay.TURN_TCP),
}


def run(build, name, folder):
    with lab.Lab("abc" if name == "restarted" else "ab") as the_lab:
        RUNS[name](Scene(the_lab, build, folder))


def main():
    build, names = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:] or list(TITLES)
    return run_cases(TITLES, names, lambda name, folder: run(build, name, folder))


lab.enter_own_network()
sys.exit(main())
