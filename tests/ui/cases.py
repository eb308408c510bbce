"""cases: runs the functions of a test file that are marked with @case, and counts.

The last line is `cases: P passed, F failed, S skipped`, which a lane adds up.
"""
import os
import pathlib
import sys
import tempfile
import traceback

import window

BUILD = pathlib.Path(os.environ.get("SNUG_BUILD", window.ROOT / "build"))
SNUG = str(BUILD / "src/ui/snug")
SNUG_CLI = str(BUILD / "src/cli/snug-cli")

_cases = []


def case(words):
    def mark(function):
        _cases.append((words, function))
        return function
    return mark


class Desk:
    """What one case started; all of it is ended after the case, and none of it may have complained."""

    def __init__(self):
        self.programs = []
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="snug-case-"))

    def open(self, *argv, env=None):
        """The window, waiting for its first frame."""
        opened = window.Window(SNUG, *argv, env=env)
        self.programs.append(opened)
        opened.on_screen()
        opened.focus()
        return opened

    def start(self, *argv, **kwargs):
        program = window.Program(*argv, **kwargs)
        self.programs.append(program)
        return program

    def clear(self):
        for program in reversed(self.programs):
            program.end()
        complaints = [line for program in self.programs for line in program.complaints]
        assert not complaints, "complaints:\n" + "\n".join(complaints)

    def tell(self):
        for program in self.programs:
            for line in program.errors[-40:]:
                print(f"  {program.pid}: {line}")


def run():
    only = sys.argv[1:]
    passed = failed = 0
    for words, function in _cases:
        if only and not any(pattern in words for pattern in only):
            continue
        desk = Desk()
        try:
            try:
                function(desk)
            finally:
                desk.clear()
            passed += 1
            print(f"ok - {words}", flush=True)
        except Exception:
            failed += 1
            print(f"not ok - {words}", flush=True)
            traceback.print_exc(file=sys.stdout)
            desk.tell()
    print(f"cases: {passed} passed, {failed} failed, 0 skipped", flush=True)
    sys.exit(1 if failed else 0)
