#!/usr/bin/python3
"""mesh.py BUILD [SECONDS]: what a member of a room of sixteen costs while nobody says anything.

Sixteen snug-cli on loopback, each connected with all others; of each the CPU time of so many seconds (30), and its
resident memory after them. The rows have one value a member.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import pathlib
import sys
import time

from member import Member, host_room
from report import Report

N_MEMBERS = 16
# What a meeting leaves to be done is over by then: waiting messages, candidates, the search for the largest packet.
SETTLING_S = 10


def main():
    program = pathlib.Path(sys.argv[1]) / "src/cli/snug-cli"
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 30
    host, link = host_room(program, "--capacity", str(N_MEMBERS))
    members = [host, *(Member(program, "join", link, "--name", f"M{i}") for i in range(1, N_MEMBERS))]
    for member in members:
        member.wait_count(N_MEMBERS - 1, event="member", state="connected")
    time.sleep(SETTLING_S)
    before = [member.cpu_seconds() for member in members]
    time.sleep(seconds)
    report = Report(f"{N_MEMBERS} members connected with each other, idle for {seconds:.0f} s; of each")
    for member, used in zip(members, before):
        report.add_all({"% of a core": (member.cpu_seconds() - used) * 100 / seconds, "resident MB": member.memory_mb("VmRSS"),
                        "of that its own MB": member.memory_mb("RssAnon")})
    report.aim("% of a core", at_most=2)
    report.aim("resident MB", at_most=60)
    report.show()
    for member in members:
        member.stop()


main()
