#!/usr/bin/python3
"""rtc.py BUILD [MEGABYTES [RUNS]]: two peer connections, memory to memory, and how soon two people are connected.

bench-rtc and bench-seal measure; beside them, in the same run, what TCP does between two processes here (iperf3), which
is neither encrypted nor in packets.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fixtures"))

import snugtest
from report import Report


def run(*command):
    return json.loads(subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout)


def tcp_speed(megabytes):
    port = str(snugtest.free_port())
    server = subprocess.Popen(["iperf3", "--server", "--one-off", "--bind", "127.0.0.1", "--port", port, "--forceflush"],
                              stdout=subprocess.PIPE, text=True)
    next(line for line in server.stdout if "listening" in line)
    told = run("iperf3", "--client", "127.0.0.1", "--port", port, "--bytes", f"{megabytes}M", "--json")
    server.communicate()
    return told["end"]["sum_received"]["bits_per_second"] / 8e6


def main():
    programs = pathlib.Path(sys.argv[1]) / "tests/bench"
    megabytes = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    report = Report(f"memory to memory, {megabytes} MB, two peer connections")
    for _ in range(runs):
        report.add_all(run(programs / "bench-rtc", "--json", "--runs", 1, "--megabytes", megabytes))
        if shutil.which("iperf3"):
            report.add_all({"TCP between two processes MB/s": tcp_speed(megabytes)})
    report.add_all(run(programs / "bench-seal", "--json"))
    report.aim("set-up ms", at_most=60)
    report.aim("rate MB/s", at_least=400)
    report.aim("chat busy p50 ms", at_most=1)
    report.aim("chat busy p99 ms", at_most=5)
    report.show()


main()
