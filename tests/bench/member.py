"""member: one snug-cli of a measurement, its events with the time they were read, and what it has used.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import os
import pathlib
import subprocess
import sys
import threading
import time

LIMIT_SECONDS = 600


class Member:
    """One snug-cli, its events as they come, and what it has used in the end. `place`: words in front of it."""

    def __init__(self, program, *arguments, place=()):
        self.process = subprocess.Popen([*place, program, *arguments, "--json", "--timeout", str(LIMIT_SECONDS)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.events = []
        self.changed = threading.Condition()
        self.ended = False
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            event = {**json.loads(line), "at": time.monotonic()}
            with self.changed:
                self.events.append(event)
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def wait_until(self, found):
        """What found() returns as soon as it is something, or None if the program ends without."""
        with self.changed:
            if not self.changed.wait_for(lambda: found() or self.ended, LIMIT_SECONDS):
                sys.exit(f"bench: waited for too long after {self.events[-3:]}")
            return found()

    def wait_for(self, since=0, **fields):
        """The first event with these fields from the place SINCE on, or None if the program ends without."""
        return self.wait_until(lambda: next((event for event in self.events[since:] if has(event, fields)), None))

    def wait_count(self, number, **fields):
        return self.wait_until(lambda: sum(has(event, fields) for event in self.events) >= number)

    def round_trip(self, text):
        """Milliseconds until somebody has the line, or None if the program ended first."""
        since, began = len(self.events), time.monotonic()
        try:
            self.process.stdin.write(text + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return None
        event = self.wait_for(since, event="delivered")
        return event and (event["at"] - began) * 1000

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self, which):
        """One line of its status, as VmRSS."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) * 1024 / 1e6 for line in status.splitlines() if line.startswith(which + ":"))

    def end(self):
        """CPU seconds and peak megabytes."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        if self.process.returncode:
            sys.exit(f"bench: snug-cli ended with {self.process.returncode}: {self.events[-1:]}")
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6

    def stop(self):
        self.process.terminate()
        self.process.wait()


def has(event, fields):
    return all(event.get(key) == value for key, value in fields.items())


def host_room(program, *arguments, listen="127.0.0.1:0", place=()):
    """Somebody who made an open room, and its link."""
    host = Member(program, "create", "--open", "--listen", listen, *arguments, place=place)
    return host, host.wait_for(event="room")["link"]
