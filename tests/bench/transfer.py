#!/usr/bin/python3
"""transfer.py BUILD [MEGABYTES]: how fast one file moves through the whole stack, on this machine alone.

Two snug-cli, one hosting the room on loopback. SHA-256 of the same file stands beside it as the yardstick of
the machine: compare the ratio, not the speed, between machines.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

LIMIT_SECONDS = "600"


def member(program, *words):
    return subprocess.Popen([program, *words, "--json", "--timeout", LIMIT_SECONDS],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def events(process):
    for line in process.stdout:
        yield json.loads(line)


def link_of(process):
    return next(event["link"] for event in events(process) if event["event"] == "room" and event.get("link"))


def received(process):
    last = None
    for event in events(process):
        if event["event"] == "error":
            sys.exit(f"bench: {event['message']}")
        if event["event"] == "transfer":
            last = event
    return last


def sha256_of(path):
    began = time.monotonic()
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return digest, time.monotonic() - began


def write_file(path, n_bytes):
    piece = os.urandom(1 << 20)
    with open(path, "wb") as file:
        for _ in range(n_bytes >> 20):
            file.write(piece)


def main():
    program = pathlib.Path(sys.argv[1]) / "src/cli/snug-cli"
    n_bytes = int(sys.argv[2] if len(sys.argv) > 2 else 256) << 20
    with tempfile.TemporaryDirectory() as folder:
        path, inbox = pathlib.Path(folder) / "bench.bin", pathlib.Path(folder) / "inbox"
        inbox.mkdir()
        write_file(path, n_bytes)
        host = member(program, "create", "--open", "--listen", "127.0.0.1:0", "--send", path, "--until", "sent=1")
        link = link_of(host)
        began = time.monotonic()
        guest = member(program, "join", link, "--save-to", inbox, "--until", "received=1")
        transfer = received(guest)
        seconds = time.monotonic() - began
        if guest.wait() or host.wait() or not transfer:
            sys.exit("bench: the file did not arrive")
        sent, hash_seconds = sha256_of(path)
        arrived, _ = sha256_of(inbox / path.name)
        if sent != arrived:
            sys.exit("bench: another file arrived")

    speed = transfer.get("mb_per_s") or n_bytes / seconds / 1e6
    yardstick = n_bytes / hash_seconds / 1e6
    print(f"{n_bytes >> 20} MiB: {speed:.0f} MB/s, joining included {seconds:.1f} s; "
          f"SHA-256 alone {yardstick:.0f} MB/s, ratio {speed / yardstick:.2f}")


main()
