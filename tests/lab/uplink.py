"""uplink: one file or folder to several members over an uplink of 10 MB/s, which they share with each other.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import pathlib
import shutil
import subprocess
import sys
import time

from lab import Place

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fixtures"))
from snugtest import Cli, Failure, create, folder, join, make_file, sha256, start_server

MB = 1_000_000
ROOM = "10.77.0.1"
SMALL_BYTES = 300_000


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


def make_folder(path, n_bytes):
    """Half of it in one file, the rest in small ones, some of which are no whole number of pieces."""
    make_file(path / "film.bin", n_bytes // 2)
    n_small = (n_bytes - n_bytes // 2) // SMALL_BYTES
    for number in range(n_small):
        make_file(path / "small" / f"{number:04}.bin", SMALL_BYTES, seed=number)
    return path


def contents(path):
    """What is there, by the name below it."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return {file.relative_to(path.parent): sha256(file) for file in files}


def send_to(n_receivers, n_bytes, make=make_file):
    """The seconds until all have it, and the bytes that the sender's link carried for that."""
    place = plug_in_sender()
    path = make(folder() / "film", n_bytes)
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
    wanted = contents(path)
    for target in targets:
        if contents(target / path.name) != wanted:
            raise Failure(f"another content: {target}")
        shutil.rmtree(target)
    subprocess.run(["ip", "link", "del", "room"], check=True)
    place.end()
    return seconds, n_sent
