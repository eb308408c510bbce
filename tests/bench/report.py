#!/usr/bin/python3
"""report.py FILE…: puts what the parts of a bench kept into one JSON, with what the machine is. As a module: the
table of one part, shown and kept.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys


class Report:
    """Rows of a part, with one value a run. What is given with `aim` is said to be reached or missed, by the median."""

    def __init__(self, title):
        self.title = title
        self.rows = {}
        self.aims = {}
        self.notes = []

    def add(self, **rows):
        self.add_all(rows)

    def add_all(self, rows):
        for row, value in rows.items():
            self.rows.setdefault(row, []).append(value)

    def ratio(self, row, of, to):
        """A row of what one row is in another's, run by run."""
        if of in self.rows and to in self.rows:
            self.rows[row] = [a / b for a, b in zip(self.rows[of], self.rows[to])]

    def aim(self, row, at_least=None, at_most=None):
        if row in self.rows:
            self.aims[row] = {"at least": at_least} if at_most is None else {"at most": at_most}

    def note(self, text):
        self.notes.append(text)

    def is_reached(self, row):
        value, (kind, aim), = statistics.median(self.rows[row]), *self.aims[row].items()
        return value >= aim if kind == "at least" else value <= aim

    def show(self):
        """The table; and to SNUG_BENCH_JSON, if there is one, everything."""
        runs = max(map(len, self.rows.values()), default=0)
        print(f"{self.title}, median of {runs}" if runs > 1 else self.title)
        for row, values in self.rows.items():
            single = f"   ({' '.join(map(rounded, values))})" if len(values) > 1 else ""
            print(f"  {row:<44} {rounded(statistics.median(values)):>9}{single}{self._aim_words(row)}")
        for note in self.notes:
            print(f"  {note}")
        sys.stdout.flush()
        if os.environ.get("SNUG_BENCH_JSON"):
            kept = {"title": self.title, "rows": self.rows, "aims": self.aims, "notes": self.notes}
            pathlib.Path(os.environ["SNUG_BENCH_JSON"]).write_text(json.dumps(kept, indent=1))

    def _aim_words(self, row):
        if row not in self.aims:
            return ""
        (kind, aim), = self.aims[row].items()
        return f"   aim: {kind} {aim}, {'reached' if self.is_reached(row) else 'missed'}"


def rounded(value):
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def read_report(path):
    report, kept = Report(""), json.loads(pathlib.Path(path).read_text())
    report.title, report.rows, report.aims, report.notes = (kept[key] for key in ("title", "rows", "aims", "notes"))
    return report


def machine():
    cpu = next((line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.machine())
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip()
    return {"date": datetime.datetime.now().isoformat(timespec="seconds"), "commit": commit, "cores": os.cpu_count(),
            "cpu": cpu, "kernel": platform.release(), "load": os.getloadavg()[0]}


def main():
    parts = {pathlib.Path(path).stem: read_report(path) for path in sys.argv[1:]}
    print(json.dumps({"machine": machine(), "parts": {name: vars(report) for name, report in parts.items()}}, indent=1))
    missed = [f"{name}: {row}" for name, report in parts.items() for row in report.aims if not report.is_reached(row)]
    n_aims = sum(len(report.aims) for report in parts.values())
    print(f"{n_aims - len(missed)} of {n_aims} aims reached{'; missed:' if missed else ''}", *missed, sep="\n  ",
          file=sys.stderr)


if __name__ == "__main__":
    main()
