"""uplink: one file to several members over an uplink of 10 MB/s, which they share with each other.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import pathlib
import subprocess
import sys
import time

from lab import Place

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fixtures"))
from snugtest import Cli, Failure, create, folder, join, make_file, sha256, start_server

MB = 1_000_000
ROOM = "10.77.0.1"


def plug_in_sender():
    """A place behind 10 MB/s; everybody else is where we are."""
    place = Place("sender")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["ip", "link", "add", "room", "type", "veth", "peer", "name", "eth0", "netns",
                    str(place.holder.pid)], check=True)
    subprocess.run(["ip", "link", "set", "room", "up"], check=True)
    subprocess.run(["ip", "address", "add", f"{ROOM}/24", "dev", "room"], check=True)
    place.run("ip", "link", "set", "eth0", "up")
    place.address("eth0", "10.77.0.2/24")
    place.run("tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", "80mbit", "burst", "128kb", "latency", "50ms")
    return place


def sent_by(place):
    """Bytes that have left it."""
    shown = place.run("ip", "-s", "-j", "link", "show", "dev", "eth0", capture_output=True, text=True).stdout
    return json.loads(shown)[0]["stats64"]["tx"]["bytes"]


def send_to(n_receivers, n_bytes):
    """The seconds until all have it, and the bytes that the sender's link carried for that."""
    place = plug_in_sender()
    path = make_file(folder() / "film.bin", n_bytes)
    targets = [folder() for _ in range(n_receivers)]
    with start_server(listen=f"{ROOM}:0") as server:
        first, code = create(server, "--save-to", targets[0])
        receivers = [first, *(join(server, code, "--save-to", target) for target in targets[1:])]
        first.wait_count(n_receivers - 1, event="member", state="connected")
        began = time.monotonic()
        sender = Cli("join", code, "--server", server.url, "--send", path, place=place.command())
        for member in receivers:
            member.wait(event="transfer", state="done", timeout=300)
        seconds = time.monotonic() - began
        sender.wait_count(n_receivers, event="transfer", state="done")
        n_sent = sent_by(place)
        for member in (sender, *receivers):
            member.stop()
    wanted = sha256(path)
    for target in targets:
        if sha256(target / path.name) != wanted:
            raise Failure(f"another content: {target}")
        (target / path.name).unlink()
    subprocess.run(["ip", "link", "del", "room"], check=True)
    place.end()
    return seconds, n_sent
