"""members: snug-cli in a place of the lab, and what it is asked to do there.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import threading

LIMIT_SECONDS = 60
FILE_BYTES = 300000
WAITING_AT_ONCE = 5


class Member:
    """A snug-cli in a place; its events as they come."""

    def __init__(self, the_lab, place, *words, limit_seconds=LIMIT_SECONDS, stdin=subprocess.DEVNULL):
        self.process = the_lab.start(place, *words, "--json", "--timeout", limit_seconds, text=True,
                                     stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.events, self.limit_seconds, self.errors = [], limit_seconds, ""
        self.reader = threading.Thread(target=self._read_errors, daemon=True)
        self.reader.start()

    def _read_errors(self):
        self.errors = "\n".join(line.rstrip("\n") for line in self.process.stderr if "█" not in line)

    def say(self, *lines):
        """If it was made with a pipe for that."""
        self.process.stdin.writelines(f"{line}\n" for line in lines)
        self.process.stdin.flush()

    def until(self, is_wanted):
        for line in self.process.stdout:
            event = json.loads(line)
            self.events.append(event)
            if is_wanted(event):
                return event
        raise AssertionError(f"it ended with {self.process.wait()} before that: {self.told()}")

    def end(self):
        """Reads to the end; its exit status. Not by communicate(), which passes by the lines that until() has read ahead."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.events += [json.loads(line) for line in self.process.stdout]
        self.reader.join()
        return self.process.wait(self.limit_seconds)

    def paths(self):
        return {event["path"] for event in self.events
                if event["event"] == "member" and event["state"] == "connected" and event.get("path")}

    def last_path(self):
        shown = [event["path"] for event in self.events if event["event"] == "member" and event.get("path")]
        return shown[-1] if shown else None

    def told(self):
        return "\n".join(map(json.dumps, self.events[-12:]))


def texts_of(member):
    """What it has heard of others, in order."""
    return [event["text"] for event in member.events if event["event"] == "chat"]


def is_room(state):
    return lambda event: event["event"] == "room" and event["state"] == state


def is_running(event):
    return event["event"] == "transfer" and event["state"] == "running" and event["bytes"] > 0


def both(*work):
    """Each in a thread of its own; what they return. What one of them raises is raised when all have ended."""
    with concurrent.futures.ThreadPoolExecutor(len(work)) as pool:
        futures = [pool.submit(do) for do in work]
    return [future.result() for future in futures]


def make_file(folder, name):
    path = folder / name
    path.write_bytes(os.urandom(FILE_BYTES))
    return path


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def same(one, other):
    return sha256(one) == sha256(other)


def words_for(folder, side, name=None):
    """Say, send and take one file, and leave when the other has and we have."""
    inbox = folder / f"in-{side}"
    inbox.mkdir()
    words = ["--name", name or side, "--say", f"hello from {side}", "--send", make_file(folder, f"from-{side}.bin"),
             "--save-to", inbox]
    conditions = ["chat=1", "sent=1", "received=1"]
    return words + [word for condition in conditions for word in ("--until", condition)]


def run_case(title, name, run):
    with tempfile.TemporaryDirectory() as folder:
        try:
            run(name, pathlib.Path(folder))
            print(f"ok - {title}", flush=True)
            return True
        except Exception as error:  # any: the others are run all the same
            print(f"not ok - {title}\n{error}", flush=True)
            return False


def run_many(titles, names, run, waiting=()):
    """Each in a folder of its own, by run(name, folder); which of them passed. Those of `waiting` do little else than
    wait, and do it beside each other."""
    passed = [run_case(titles[name], name, run) for name in names if name not in waiting]
    with concurrent.futures.ThreadPoolExecutor(WAITING_AT_ONCE) as pool:
        passed += pool.map(lambda name: run_case(titles[name], name, run), [name for name in names if name in waiting])
    return passed


def add_up(passed):
    """The last line of a driver; its exit status."""
    failed = passed.count(False)
    print(f"cases: {len(passed) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


def run_cases(titles, names, run, waiting=()):
    """All cases of a driver; its exit status."""
    return add_up(run_many(titles, names, run, waiting))
