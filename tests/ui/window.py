"""window: a program's window as a person with a screen reader and a keyboard meets it.

Runs inside tests/tools/in-window-session. Everything is found by role and name, pressed by its own action, and
waited for with an end. What the program complains about on standard error fails the test that ran it.
"""
import os
import pathlib
import queue
import re
import signal
import subprocess
import threading
import time

import pyatspi

HOME = pathlib.Path.home()
ROOT = pathlib.Path(__file__).resolve().parents[2]
PATIENCE_S = int(os.environ.get("SNUG_PATIENCE_S", 60))
COMPLAINT = re.compile(r"WARNING|CRITICAL|ERROR|runtime error|AddressSanitizer|GLib-GObject-\*|assertion")
# This desktop has nobody who shows notifications, and GLib says so; a person's may have nobody either.
NO_NOTIFICATIONS = "unable to send notifications through org.freedesktop.Notifications"


class Vain(AssertionError):
    """Something was waited for and did not come."""


def until(condition, what, patience_s=PATIENCE_S):
    """Polls: the accessibility bus may be asked at any time, and not everything sends an event."""
    end = time.monotonic() + patience_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Vain(f"waited in vain for {what}")
        time.sleep(0.05)


def alive(condition):
    """A tree changes while it is read: what is gone in between counts as not there."""
    def ask():
        try:
            return condition()
        except Exception as error:  # pyatspi raises GLib.Error and LookupError, both without a common parent
            if isinstance(error, (AssertionError, KeyboardInterrupt)):
                raise
            return None
    return ask


def is_in_state(node, *names):
    states = node.getState()
    return all(states.contains(getattr(pyatspi, "STATE_" + name)) for name in names)


def children(node):
    for index in range(node.childCount):
        child = node.getChildAtIndex(index)
        if child is not None:
            yield child


def has_extent(node):
    """What is on a page that is not turned up has none, while GTK 4.8 calls it showing."""
    try:
        extents = node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
    except NotImplementedError:
        return False
    return extents.width > 0 and extents.height > 0


def is_named(node, name):
    """NAME may be a pattern. A button with a label of its own reads "Cancel Cancel" in GTK 4.8."""
    if isinstance(name, re.Pattern):
        return name.search(node.name)
    return name is None or node.name in (name, f"{name} {name}")


def walk(node):
    """The node and everything below it that is visible, also on pages that are not turned up."""
    yield node
    for child in children(node):
        if is_in_state(child, "VISIBLE"):
            yield from walk(child)


def walk_seen(node):
    """The node and everything below it that can be seen. A question each over the bus: what is hidden is not
    walked into, because most of a window is. The page of a stack is no widget and has no extent of its own."""
    yield node
    for child in children(node):
        if has_extent(child):
            yield from walk_seen(child)
            continue
        for grandchild in children(child):
            if has_extent(grandchild):
                yield from walk_seen(grandchild)


class Lines:
    """What a child process prints, line by line; one that says nothing any more is not waited for."""

    def __init__(self, stream):
        self._lines = queue.Queue()
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream):
        for line in stream:
            self._lines.put(line)
        self._lines.put("")

    def next(self, patience_s=2 * PATIENCE_S):
        """With its line end; empty if there are no more."""
        try:
            return self._lines.get(timeout=patience_s)
        except queue.Empty:
            raise Vain("waited in vain for a line of output") from None


class Program:
    """A child process whose complaints are kept."""

    def __init__(self, *argv, env=None, stdin=None, stdout=None):
        self.complaints = []
        self.errors = []
        self.process = subprocess.Popen(
            argv, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, text=True, errors="replace",
            env={**os.environ, "G_DEBUG": "fatal-criticals", **(env or {})})
        self._reader = threading.Thread(target=self._read_errors, daemon=True)
        self._reader.start()

    def _read_errors(self):
        for line in self.process.stderr:
            self.errors.append(line.rstrip())
            if COMPLAINT.search(line) and NO_NOTIFICATIONS not in line:
                self.complaints.append(line.rstrip())

    @property
    def pid(self):
        return self.process.pid

    def end(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.wait()

    def wait(self):
        try:
            status = self.process.wait(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Vain(f"{self.process.args[0]} does not end")
        self._reader.join(timeout=PATIENCE_S)
        return status


class Window(Program):
    def __init__(self, program, *argv, env=None, name="snug", **kwargs):
        super().__init__(program, *argv, env=env, **kwargs)
        self.application = until(alive(self._find_application), f"{name} on the accessibility bus")
        self.frame = until(alive(lambda: next(children(self.application))), "a window")
        self.id = None

    def _find_application(self):
        if self.process.poll() is not None:
            raise Vain("the program ended at once:\n" + "\n".join(self.errors))
        for application in children(pyatspi.Registry.getDesktop(0)):
            if application.get_process_id() == self.pid:
                return application
        return None

    # --- Finding ---

    def all(self, role, name=None, within=None):
        """Nodes of a role and name that can be seen; of the newest window first, as a dialog stands in front."""
        for root in [within] if within is not None else reversed(list(children(self.application))):
            for node in walk_seen(root):
                if node.getRoleName() == role and is_named(node, name):
                    yield node

    def find(self, role, name=None, patience_s=PATIENCE_S, within=None):
        what = f"{role} {getattr(name, 'pattern', name)}"
        return until(alive(lambda: next(self.all(role, name, within), None)), what, patience_s)

    def gone(self, role, name):
        until(alive(lambda: not any(True for _ in self.all(role, name)) or None), f"no more {role} {name}")

    def has(self, role, name):
        return any(True for _ in self.all(role, name))

    def wait_for_title(self, pattern):
        return until(alive(lambda: re.search(pattern, self.frame.name)), f"the title {pattern}, not {self.frame.name}")

    # --- Doing ---

    def press(self, role, name, within=None):
        """By its own action, once it can be pressed."""
        what = f"{role} {getattr(name, 'pattern', name)} that can be pressed"
        node = until(alive(lambda: next((n for n in self.all(role, name, within)
                                         if is_in_state(n, "SENSITIVE", "FOCUSABLE")), None)), what)
        action = node.queryAction()
        names = [action.getName(i) for i in range(action.nActions)]
        action.doAction(names.index("click"))

    def toggle(self, name):
        """A switch by its action; a check box, which has none in GTK 4.8, by the keyboard."""
        node = self.find("check box", name)
        if node.queryAction().nActions > 0:
            node.queryAction().doAction(0)
            return
        self.tab_to(name)
        self.key("space")

    def do(self, action_name):
        """An action of the window, as a menu does."""
        action = self.frame.queryAction()
        names = [action.getName(i) for i in range(action.nActions)]
        action.doAction(names.index(action_name))

    def can(self, action_name):
        action = self.frame.queryAction()
        return action_name in [action.getName(i) for i in range(action.nActions)]

    def fill(self, name, text):
        self.find("text", name).queryEditableText().setTextContents(text)

    def text(self, name, within=None):
        text = self.find("text", name, within=within).queryText()
        return text.getText(0, text.characterCount)

    def focused(self):
        return next((n for root in children(self.application) for n in walk_seen(root) if is_in_state(n, "FOCUSED")), None)

    def tab_to(self, name):
        """Moves the focus by the keyboard alone, to what begins with NAME."""
        for _ in range(30):
            focused = alive(self.focused)()
            if focused is not None and focused.name.startswith(name):
                return focused
            self.key("Tab")
        raise Vain(f"Tab does not come to {name}")

    # --- Seeing and typing, by the X server ---

    def on_screen(self):
        if self.id is None:
            found = subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--pid", str(self.pid)],
                                   check=True, capture_output=True, text=True, timeout=PATIENCE_S)
            self.id = found.stdout.split()[-1]
        return self.id

    def screenshot(self, path):
        subprocess.run(["import", "-window", self.on_screen(), str(path)], check=True, timeout=PATIENCE_S)

    def focus(self):
        subprocess.run(["xdotool", "windowfocus", "--sync", self.on_screen()], check=True, timeout=PATIENCE_S)

    def focus_dialog(self):
        """Keys go to the window in front of the main one: there is no window manager that would see to it. A menu that
        leads to it has a window, too, for as long as it closes; and what is told of the focus while a menu holds the
        keyboard GTK does not hear: the focus goes away and comes again until it has."""
        def has_it():
            found = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.pid)],
                                   capture_output=True, text=True, timeout=PATIENCE_S)
            others = [name for name in found.stdout.split() if name != self.on_screen()]
            if len(others) != 1:
                return False
            for name in (self.on_screen(), others[0]):
                subprocess.run(["xdotool", "windowfocus", "--sync", name], check=True, timeout=PATIENCE_S)
            return not any(is_in_state(node, "FOCUSED") for node in walk_seen(self.frame))
        until(alive(has_it), "a dialog that has the focus")

    def key(self, *keys):
        subprocess.run(["xdotool", "key", "--clearmodifiers", *keys], check=True, timeout=PATIENCE_S)

    def type(self, text):
        subprocess.run(["xdotool", "type", "--clearmodifiers", text], check=True, timeout=PATIENCE_S)
