"""cases: runs the functions of a test file that are marked with @case, and counts.

The last line is `cases: P passed, F failed, S skipped`, which a lane adds up.
"""
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

from gi.repository import Gio, GLib

import window

BUILD = pathlib.Path(os.environ.get("SNUG_BUILD", window.ROOT / "build"))
SNUG = str(BUILD / "src/ui/snug")
SNUG_SERVER = str(BUILD / "src/server/snug-server")
SNUG_CLI = str(BUILD / "src/cli/snug-cli")

SCHEMA = "io.github.snugrooms.Snug"

_cases = []


def case(words):
    def mark(function):
        _cases.append((words, function))
        return function
    return mark


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def make_file(path, n_bytes):
    """Different in every block, the same in every run."""
    path = pathlib.Path(path)
    with path.open("wb") as out:
        for i in range(0, n_bytes, 64):
            out.write(hashlib.sha512(f"{path.name} {i}".encode()).digest()[:min(64, n_bytes - i)])
    return path


class Member(window.Program):
    """A snug-cli: the second person in a room."""

    def __init__(self, *argv, env=None):
        super().__init__(SNUG_CLI, *argv, "--json", env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.events = []
        self.dawdles = False
        threading.Thread(target=self._read_events, daemon=True).start()

    def _read_events(self):
        for line in self.process.stdout:
            self.events.append(json.loads(line))

    def wait_for(self, **wanted):
        """The first event with all these values."""
        def find():
            return next((e for e in list(self.events) if all(e.get(k) == v for k, v in wanted.items())), None)
        try:
            return window.until(find, f"the event {wanted}")
        except window.Vain as vain:
            raise window.Vain(f"{vain}; there were:\n" + "\n".join(map(str, self.events))) from None

    def wait_while_going(self, **wanted):
        """The same of what takes as long as the machine needs: in vain only once nothing at all is heard."""
        heard = -1
        while len(self.events) > heard:
            heard = len(self.events)
            try:
                return self.wait_for(**wanted)
            except window.Vain as vain:
                last = vain
        raise last

    def say(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def dawdle(self):
        """From now on it works a tenth of the time: what it sends without end leaves the machine to those we wait for."""
        self.dawdles = True
        threading.Thread(target=self._dawdle, daemon=True).start()

    def end(self, how=signal.SIGTERM):
        self.dawdles = False
        super().end(how)

    def _dawdle(self):
        while self.dawdles and self.process.poll() is None:
            for how, seconds in ((signal.SIGSTOP, 0.45), (signal.SIGCONT, 0.05)):
                self.process.send_signal(how)
                time.sleep(seconds)


class Server(window.Program):
    """A snug-server of this machine, on a free port or that one."""

    def __init__(self, port=0, config=None):
        settings = ["--config", str(config)] if config is not None else []
        super().__init__(SNUG_SERVER, *settings, "--listen", f"127.0.0.1:{port}", stdout=subprocess.PIPE)
        self.url = window.Lines(self.process.stdout).next().split()[-1]


class Other(window.Program):
    """A window of another program: see other.py."""

    def __init__(self, *argv):
        super().__init__("/usr/bin/python3", str(window.ROOT / "tests/ui/other.py"), *argv, stdout=subprocess.PIPE)
        self.lines = window.Lines(self.process.stdout)
        assert self.lines.next() == "ready\n"

    def line(self):
        return self.lines.next().rstrip("\n")

    def rest(self):
        """All it prints until it ends."""
        return "".join(iter(self.lines.next, ""))


class Phone(window.Program):
    """A person with the page on a phone: every method of PageMember in tests/interop/page-member.mjs."""

    def __init__(self):
        super().__init__("node", str(window.ROOT / "tests/interop/page-door.mjs"), stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE)
        self.lines = window.Lines(self.process.stdout)
        self.ask("open", "chromium", "phone")

    def ask(self, what, *args):
        request = {"id": 1, "page": "phone", "do": what, "with": args}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.lines.next()
        assert line, "the browser is gone:\n" + "\n".join(self.errors)
        answer = json.loads(line)
        assert "error" not in answer, f"{what}: {answer.get('error')}"
        return answer["result"]

    def __getattr__(self, what):
        return lambda *args: self.ask(what, *args)

    def end(self, how=None):
        self.process.stdin.close()
        self.wait()


class Notifications(window.Program):
    """The part of a desktop that shows notifications: what GLib sends them to, and what it was sent."""

    PLACE = ("org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.DBus.Mock")

    def __init__(self):
        super().__init__("/usr/bin/python3", "-m", "dbusmock", "--template", "notification_daemon",
                         stdout=subprocess.DEVNULL, env={"G_DEBUG": ""})
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        window.until(self.is_there, "the notification daemon")

    def call(self, place, method, arguments=None):
        return self.bus.call_sync(*place, method, arguments, None, Gio.DBusCallFlags.NO_AUTO_START,
                                  1000 * window.PATIENCE_S)

    def is_there(self):
        place = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
        return self.call(place, "NameHasOwner", GLib.Variant("(s)", (self.PLACE[0],))).unpack()[0]

    def all(self):
        calls, = self.call(self.PLACE, "GetMethodCalls", GLib.Variant("(s)", ("Notify",))).unpack()
        return [args for _time, args in calls]

    def closed(self):
        calls, = self.call(self.PLACE, "GetMethodCalls", GLib.Variant("(s)", ("CloseNotification",))).unpack()
        return [args[0] for _time, args in calls]

    def wait_for(self, summary):
        """The newest of that summary: {"number", "body", "actions": {label: key}}. The daemon numbers from 1."""
        def find():
            number = 0
            found = None
            for _app, replaces, _icon, title, body, actions, _hints, _timeout in self.all():
                number += 0 if replaces else 1
                if title == summary:
                    found = {"number": replaces or number, "body": body,
                             "actions": dict(zip(actions[1::2], actions[0::2]))}
            return found
        return window.until(find, f"the notification {summary!r}")

    def press(self, notification, label):
        signal = ("org.freedesktop.Notifications", "ActionInvoked", "us",
                  [GLib.Variant("u", notification["number"]), GLib.Variant("s", notification["actions"][label])])
        self.call(self.PLACE, "EmitSignal", GLib.Variant("(sssav)", signal))


class Desk:
    """What one case started; all of it is ended after the case, and none of it may have complained."""

    def __init__(self, notifications):
        self.notifications = notifications
        self.programs = []
        self.chosen = []
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="snug-case-"))

    def open(self, *argv, env=None):
        """The window, waiting for its first frame."""
        opened = self.keep(window.Window(SNUG, *argv, env=env))
        opened.on_screen()
        opened.focus()
        return opened

    def start(self, *argv, **kwargs):
        return self.keep(window.Program(*argv, **kwargs))

    def member(self, *argv, **kwargs):
        return self.keep(Member(*argv, **kwargs))

    def server(self, port=0, config=None):
        return self.keep(Server(port, config))

    def set(self, key, text):
        """A choice made before the window opens; taken back after the case."""
        self.chosen.append(key)
        subprocess.run(["gsettings", "set", SCHEMA, key, text], check=True, timeout=window.PATIENCE_S)

    def get(self, key):
        asked = subprocess.run(["gsettings", "get", SCHEMA, key], check=True, capture_output=True, text=True,
                               timeout=window.PATIENCE_S)
        return asked.stdout.strip()

    def other(self, *argv):
        return self.keep(Other(*argv))

    def phone(self):
        return self.keep(Phone())

    def keep(self, program):
        self.programs.append(program)
        return program

    def clear(self):
        for program in reversed(self.programs):
            program.end()
        for key in self.chosen:
            subprocess.run(["gsettings", "reset", SCHEMA, key], check=True, timeout=window.PATIENCE_S)
        complaints = [line for program in self.programs for line in program.complaints]
        assert not complaints, "complaints:\n" + "\n".join(complaints)

    def tell(self):
        for program in self.programs:
            for line in program.errors[-40:]:
                print(f"  {program.pid}: {line}")


def run():
    only = sys.argv[1:]
    passed = failed = 0
    desktop = Notifications()
    for words, function in _cases:
        if only and not any(pattern in words for pattern in only):
            continue
        desk = Desk(desktop)
        began = time.monotonic()
        try:
            try:
                function(desk)
            finally:
                desk.clear()
            passed += 1
            print(f"ok - {words} ({time.monotonic() - began:.1f} s)", flush=True)
        except Exception:
            failed += 1
            print(f"not ok - {words}", flush=True)
            traceback.print_exc(file=sys.stdout)
            desk.tell()
    desktop.end()
    print(f"cases: {passed} passed, {failed} failed, 0 skipped", flush=True)
    sys.exit(1 if failed else 0)
