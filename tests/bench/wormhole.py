"""wormhole: how long magic-wormhole takes for a file, between two of it and a mailbox server, all on this machine.

Debian's packages magic-wormhole and python3-magic-wormhole-mailbox-server. Without them nothing is measured.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import itertools
import re
import shutil
import subprocess
import sys
import tempfile
import time

CODES = (f"{number}-snug-bench" for number in itertools.count(1))
SERVER = "twistd3"


def is_there():
    return all(shutil.which(program) for program in ("wormhole", SERVER))


class Mailbox:
    """The server at which the two find each other; its files go with it."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen([SERVER, "--nodaemon", "--pidfile=", "wormhole-mailbox",
                                         "--port=tcp:0:interface=127.0.0.1"],
                                        cwd=self.folder.name, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said = ""
        for line in self.process.stdout:
            said += line
            if port := re.search(r"Site starting on (\d+)", line):
                self.url = f"ws://127.0.0.1:{port[1]}/v1"
                return
        sys.exit(f"bench: no mailbox server for magic-wormhole:\n{said}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate()
        self.folder.cleanup()


def seconds_for(path, inbox):
    """From its connection until it is written."""
    with Mailbox() as mailbox:
        code = next(CODES)
        words = ["wormhole", "--relay-url", mailbox.url, "--transit-helper="]
        sender = subprocess.Popen([*words, "send", "--hide-progress", "--code", code, path],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        receiver = subprocess.Popen([*words, "receive", "--hide-progress", "--accept-file", code], cwd=inbox,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, bufsize=1)
        began = done = None
        for line in receiver.stderr:
            if line.startswith("Receiving ("):
                began = time.monotonic()
            elif line.startswith("Received file"):
                done = time.monotonic()
        sender.wait()
        if receiver.wait() or not began or not done:
            sys.exit("bench: magic-wormhole did not send the file")
    (inbox / path.name).unlink()
    return done - began
