#!/usr/bin/python3
"""transfer.py BUILD [MEGABYTES [RUNS]]: how one file and the words beside it move through the whole stack.

Two snug-cli in two processes, one hosting the room on loopback, from file to file with every piece hashed; the
bulk's own limits, SHA-256 alone and a plain copy of the same file, are measured in the same run: compare ratios
between machines. Ten thousand files are mostly the file system's work: TMPDIR=/dev/shm takes the disk out. A chat
round trip is from the line written to the sender until its "delivered" is read, so it holds two processes and this
script's reading as well. magic-wormhole, if it is there, sends the same file in the same run.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import wormhole
from member import Member, host_room
from report import Report, percentile

MIB = 1 << 20
# snug-cli takes 100 lines at once and 15 more a second: so many are said. Words close behind each other are confirmed
# together, which is no round trip: so far apart are they.
WORDS = 100
WORDS_APART_S = 0.02


def measure_idle(program):
    host, link = host_room(program)
    guest = Member(program, "join", link)
    connected = host.wait_for(event="member", state="connected")
    setup = (connected["at"] - guest.wait_for(event="room")["at"]) * 1000
    trips = []
    for i in range(WORDS):
        trips.append(host.round_trip(f"word {i}"))
        time.sleep(WORDS_APART_S)
    for member in guest, host:
        member.stop()
    return {"set-up ms": setup, "chat idle p50 ms": percentile(trips, .5), "chat idle p99 ms": percentile(trips, .99)}


def measure_file(program, path, digest, inbox):
    host, link = host_room(program, "--send", path, "--until", "sent=1")
    guest = Member(program, "join", link, "--save-to", inbox, "--until", "received=1")
    trips = []
    guest.wait_for(event="transfer", state="running")
    while len(trips) < WORDS and not guest.ended and (trip := host.round_trip("a word beside it")) is not None:
        trips.append(trip)
        time.sleep(WORDS_APART_S)
    guest_cpu, guest_memory = guest.end()
    host_cpu, host_memory = host.end()
    transfers = [e for e in guest.events if e["event"] == "transfer"]
    began = next(e["at"] for e in transfers if e["state"] in ("accepted", "running"))
    done = next(e["at"] for e in transfers if e["state"] == "done")
    arrived = inbox / path.name
    if sha256(arrived)[0] != digest:
        sys.exit("bench: another file arrived")
    arrived.unlink()
    gigabytes = path.stat().st_size / 1e9
    return {"MB/s": gigabytes * 1000 / (done - began),
            "CPU s/GB both sides": (guest_cpu + host_cpu) / gigabytes,
            "peak memory MB": max(guest_memory, host_memory),
            "chat busy p50 ms": percentile(trips, .5), "chat busy p99 ms": percentile(trips, .99)}


def seconds_for(program, path, inbox):
    """From the acceptance of a file or a folder to its end, with nothing beside it."""
    host, link = host_room(program, "--send", path, "--until", "sent=1")
    guest = Member(program, "join", link, "--save-to", inbox, "--until", "received=1")
    began = guest.wait_for(event="transfer", state="accepted")["at"]
    done = guest.wait_for(event="transfer", state="done")["at"]
    for member in guest, host:
        member.end()
    arrived = inbox / path.name
    if path.is_dir():
        shutil.rmtree(arrived)
    else:
        arrived.unlink()
    return done - began


def measure_many(program, many, one, inbox):
    of_many, of_one = seconds_for(program, many, inbox), seconds_for(program, one, inbox)
    began = time.monotonic()
    subprocess.run(["cp", "-r", many, inbox / "copy"], check=True)
    copying = time.monotonic() - began
    shutil.rmtree(inbox / "copy")
    return {"10,000 files of 4 KiB, s": of_many, "one file of the same size, s": of_one,
            "many files, in times of one": of_many / of_one, "the same copied with cp -r, s": copying,
            "many files, in times of cp -r": of_many / copying}


def write_many(many, one):
    """The same bytes twice: in a hundred folders of a hundred files, and in one file."""
    with open(one, "wb") as all_of_them:
        for i in range(10_000):
            content = os.urandom(4096)
            path = many / f"{i // 100:02}" / f"{i:04}.bin"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            all_of_them.write(content)


def sha256(path):
    began = time.monotonic()
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return digest, time.monotonic() - began


def write_file(path, megabytes):
    piece = os.urandom(MIB)
    with open(path, "wb") as file:
        for left in range(megabytes * 1000 * 1000, 0, -MIB):
            file.write(piece[:left])


def measure_yardsticks(path, digest_seconds, folder):
    began = time.monotonic()
    shutil.copyfile(path, folder / "copy")
    copy_seconds = time.monotonic() - began
    (folder / "copy").unlink()
    megabytes = path.stat().st_size / 1e6
    return {"SHA-256 alone MB/s": megabytes / digest_seconds, "plain copy MB/s": megabytes / copy_seconds}


def main():
    program = pathlib.Path(sys.argv[1]) / "src/cli/snug-cli"
    megabytes = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    report = Report(f"file to file, {megabytes} MB with piece hashes, two snug-cli")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        inbox = folder / "inbox"
        inbox.mkdir()
        large, small = folder / "large.bin", folder / "small.bin"
        write_file(large, megabytes)
        write_file(small, max(1, megabytes // 10))
        many, one = folder / "many", folder / "one.bin"
        write_many(many, one)
        for _ in range(runs):
            digest, seconds = sha256(large)
            report.add_all({**measure_idle(program), **measure_file(program, large, digest, inbox),
                            **measure_many(program, many, one, inbox), **measure_yardsticks(large, seconds, folder)})
            report.add_all({"peak memory MB, a tenth of the size": measure_file(
                program, small, sha256(small)[0], inbox)["peak memory MB"]})
            if wormhole.is_there():
                report.add_all({"magic-wormhole MB/s": megabytes / wormhole.seconds_for(large, inbox)})
    report.ratio("speed, in speeds of SHA-256 alone", "MB/s", "SHA-256 alone MB/s")
    report.ratio("speed, in speeds of magic-wormhole", "MB/s", "magic-wormhole MB/s")
    report.aim("MB/s", at_least=250)
    report.aim("CPU s/GB both sides", at_most=7)
    report.aim("set-up ms", at_most=60)
    report.aim("chat busy p50 ms", at_most=1)
    report.aim("chat busy p99 ms", at_most=5)
    report.show()


main()
