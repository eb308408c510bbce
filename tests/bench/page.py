#!/usr/bin/python3
"""page.py COMMAND…: page.mjs, run by that command, as a table like all others.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import subprocess
import sys

from report import Report

WAYS = ("snug-cli to page", "page to snug-cli")

# What the servers log on the way belongs to a failure.
ran = subprocess.run(sys.argv[1:], capture_output=True, text=True)
if ran.returncode != 0:
    sys.exit(ran.stderr)
told = json.loads(ran.stdout)
report = Report(told["title"])
report.rows = told["rows"]
for way in WAYS:
    row = f"{way}, in times of page to page"
    report.ratio(row, way, "page to page")
    report.aim(row, at_least=1.2)
report.show()
