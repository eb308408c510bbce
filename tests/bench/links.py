#!/usr/bin/python3
"""links.py BUILD links|fairness [RUNS]: a file over long and lossy links, and beside somebody else's download.

Two snug-cli at the ends of a cable of tests/lab with a file that does not end before it is measured, and TCP with the
kernel's usual cubic (iperf3) over the same cable, one after the other, each for some seconds after its beginning: the
ratio counts. For fairness both use it at once, and the share is of what came out of the cable on the other side; who
was there first has an advantage, so the share that TCP has in our place is measured beside it.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lab"))
import cable
import lab
from cable import Kind
from member import Member, host_room
from report import Report

MB = 1_000_000
# What is measured, and what goes before it: both have begun slowly by then, and opened what they open.
SECONDS, BEFORE_S = 10, 6
# More than any of the links carries in that time, and nothing of it on the disk of who sends it.
FILE_BYTES = 4000 * MB

# Of each: what is aimed at, in MB/s and in times of cubic.
LINKS = {
    "20 ms, 0.1 % lost": (Kind(rate_mbit=1000, delay_ms=10, loss_percent=0.1), 9, 2.5),
    "50 ms, 0.5 % lost": (Kind(rate_mbit=1000, delay_ms=25, loss_percent=0.5), 3, 3),
    "100 ms, 1 % lost": (Kind(rate_mbit=1000, delay_ms=50, loss_percent=1), 1, 2.5),
    "100 ms, nothing lost": (Kind(rate_mbit=1000, delay_ms=50), 100, None),
}
SHARED = Kind(rate_mbit=50, delay_ms=20)
SHARED_SECONDS = 20
LARGEST_SHARE = 60
OTHER_PORT = 5202
# Of a packet of TCP 1448 bytes are content, with timestamps.
TCP_PACKETS = 1500 / 1448


class Sending:
    """A large file under way from a to b. Who receives it tells twice a second how much is there."""

    def __init__(self, program, two, folder):
        large = folder / "large.bin"
        with open(large, "wb") as file:
            file.truncate(FILE_BYTES)
        self.inbox = folder / "inbox"
        self.inbox.mkdir(exist_ok=True)
        self.sender, link = host_room(program, "--send", large, listen=f"{cable.A}:0", place=two.a.command())
        self.receiver = Member(program, "join", link, "--save-to", self.inbox, place=two.b.command())
        self.began = self.receiver.wait_for(event="transfer", state="running")["at"]

    def after(self, seconds):
        """The first that it told so long after it began."""
        def look():
            return next((event for event in self.receiver.events if event["event"] == "transfer"
                         and event["state"] == "running" and event["at"] >= self.began + seconds), None)
        return self.receiver.wait_until(look)

    def end(self):
        for member in (self.receiver, self.sender):
            member.stop()
        for left in self.inbox.rglob("*"):
            left.unlink(missing_ok=True)


def our_speed(program, two, folder):
    sending = Sending(program, two, folder)
    first, last = sending.after(BEFORE_S), sending.after(BEFORE_S + SECONDS)
    sending.end()
    return (last["bytes"] - first["bytes"]) / (last["at"] - first["at"]) / MB


class Download:
    """TCP from a to b for some seconds, beside whatever else goes on."""

    def __init__(self, two, seconds, omit=0, port=5201):
        self.server = two.b.start("iperf3", "--server", "--one-off", "--bind", cable.B, "--port", str(port),
                                  "--forceflush", stdout=subprocess.PIPE, text=True)
        next(line for line in self.server.stdout if "listening" in line)
        self.client = two.a.start("iperf3", "--client", cable.B, "--port", str(port), "--congestion", "cubic",
                                  "--time", str(seconds), "--omit", str(omit), "--json", stdout=subprocess.PIPE, text=True)

    def speed(self):
        """When it is over: what arrived, MB/s."""
        told = json.loads(self.client.communicate()[0])
        self.server.communicate()
        return told["end"]["sum_received"]["bits_per_second"] / 8 / MB

    def stop(self):
        """Before it is over."""
        for process in (self.client, self.server):
            process.kill()
            process.communicate()


def measure_links(program, build, runs, folder):
    report = Report(f"a file over long links of 1 Gbit/s, beside TCP cubic, {SECONDS} s of each, MB/s")
    for run in range(runs):
        for name, (kind, _, _) in LINKS.items():
            with cable.Cable(build, kind.of_seed(run + 1)) as two:
                report.add_all({name: our_speed(program, two, folder), f"{name}: TCP": Download(two, SECONDS, BEFORE_S).speed()})
    for name, (_, speed, times) in LINKS.items():
        report.ratio(f"{name}: in times of TCP", name, f"{name}: TCP")
        report.aim(name, at_least=speed)
        if times:
            report.aim(f"{name}: in times of TCP", at_least=times)
    return report


def arrived(two):
    """Bytes of packets that came out of the cable at b."""
    shown = two.b.run("ip", "-s", "-j", "link", "show", "dev", cable.DEVICE, capture_output=True, text=True).stdout
    return json.loads(shown)[0]["stats64"]["rx"]["bytes"]


def share(two):
    """Of bytes that come out at b: all, and those of a download that begins now."""
    before = arrived(two)
    theirs = Download(two, SHARED_SECONDS).speed() * SHARED_SECONDS * MB * TCP_PACKETS
    return arrived(two) - before, theirs


def share_of_ours(program, build, folder, kind):
    with cable.Cable(build, kind) as two:
        sending = Sending(program, two, folder)
        sending.after(BEFORE_S)
        shared = share(two)
        sending.end()
    return shared


def share_of_tcp(build, kind):
    """As if we were a TCP cubic, too."""
    with cable.Cable(build, kind) as two:
        first = Download(two, BEFORE_S + 2 * SHARED_SECONDS, port=OTHER_PORT)
        time.sleep(BEFORE_S)
        shared = share(two)
        first.stop()
    return shared


def measure_fairness(program, build, runs, folder):
    report = Report(f"a file and one download by TCP cubic at once, 50 Mbit/s, 40 ms, {SHARED_SECONDS} s")
    for run in range(runs):
        kind = SHARED.of_seed(run + 1)
        both, theirs = share_of_ours(program, build, folder, kind)
        report.add_all({"our share, %": (both - theirs) * 100 / both, "both, MB/s": both / SHARED_SECONDS / MB})
        both, theirs = share_of_tcp(build, kind)
        report.add_all({"the share of TCP cubic in our place, %": (both - theirs) * 100 / both})
    report.aim("our share, %", at_most=LARGEST_SHARE)
    return report


def main():
    build, part, runs = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 3
    measure = {"links": measure_links, "fairness": measure_fairness}[part]
    with tempfile.TemporaryDirectory() as name:
        measure(build / "src/cli/snug-cli", build, runs, pathlib.Path(name)).show()


lab.enter_own_network()
main()
