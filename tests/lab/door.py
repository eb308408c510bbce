#!/usr/bin/python3
"""door.py BUILD: who gets through the door of the room that snug-cli carries itself, in a network of namespaces.

    app --- router --- private (10.1.2.2, fd12::2)
     |            \\--- public  (203.0.113.7, 2001:db8:9::7)
     +--- neighbour (198.51.100.2: a public address, but of a network that the app has one in, too)

Nobody translates addresses here, so the app sees everybody's own.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import pathlib
import subprocess
import sys

import lab

APP, APP_6, APP_BESIDE = "192.168.50.1", "fd50::1", "198.51.100.1"
LET_IN, REFUSED = "HTTP/1.1 200 OK", ""

# What somebody hears who asks for /api/health: the first line of the answer, or nothing at all.
ASK = """
import socket, sys
try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=20) as connection:
        connection.sendall(b"GET /api/health HTTP/1.1\\r\\nHost: " + sys.argv[3].encode() + b"\\r\\nConnection: close\\r\\n\\r\\n")
        print(connection.makefile("rb").readline().decode().strip())
except ConnectionError:
    print()
"""


class Neighbourhood:
    def __init__(self):
        self.app, self.router = lab.Place("app"), lab.Place("router")
        self.private, self.public, self.neighbour = lab.Place("private"), lab.Place("public"), lab.Place("neighbour")
        self.processes = []

    def __enter__(self):
        self.router.allow_forwarding()
        self.plug("home", self.app, (f"{APP}/24", f"{APP_6}/64"), ("192.168.50.254/24", "fd50::254/64"))
        self.plug("office", self.private, ("10.1.2.2/24", "fd12::2/64"), ("10.1.2.254/24", "fd12::254/64"))
        self.plug("world", self.public, ("203.0.113.7/24", "2001:db8:9::7/64"), ("203.0.113.254/24", "2001:db8:9::254/64"))
        self.app.plug("beside", self.neighbour, "eth0")
        self.app.address("beside", f"{APP_BESIDE}/24")
        self.neighbour.address("eth0", "198.51.100.2/24")
        return self

    def plug(self, port, place, addresses, gateway):
        self.router.plug(port, place, "eth0")
        place.address("eth0", *addresses)
        self.router.address(port, *gateway)
        for address in gateway:
            place.run("ip", "route", "add", "default", "via", address.split("/")[0])

    def carry_room(self, program, listen):
        """snug-cli with a room of its own there; its link."""
        process = self.app.start(program, "create", "--open", "--listen", listen, "--json", text=True,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.processes.append(process)
        for line in process.stdout:
            event = json.loads(line)
            if event["event"] == "room" and event.get("link"):
                return event["link"]
        raise AssertionError(f"no room at {listen}: it ended with {process.wait()}")

    def __exit__(self, *_):
        for process in self.processes:
            process.terminate()
            process.wait()
        for place in (self.app, self.router, self.private, self.public, self.neighbour):
            place.end()


def port_of(link):
    return link.split("/?")[0].rsplit(":", 1)[1]


def ask(place, address, port):
    host = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    return place.run(sys.executable, "-c", ASK, address, port, host, text=True, stdout=subprocess.PIPE).stdout.strip()


def join(place, program, link):
    """The exit status of a member who leaves as soon as it is connected."""
    process = place.start(program, "join", link, "--until", "members=1", "--timeout", "30", stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return process.wait()


def main():
    program = pathlib.Path(sys.argv[1]).resolve() / "src/cli/snug-cli"
    failed = passed = 0

    def case(name, heard, wanted):
        nonlocal failed, passed
        if heard == wanted:
            passed += 1
            print(f"ok - {name}", flush=True)
        else:
            failed += 1
            print(f"not ok - {name}: heard “{heard}”, not “{wanted}”", flush=True)

    with Neighbourhood() as town:
        link = town.carry_room(program, "0.0.0.0:0")
        port = port_of(link)
        case("a public address is refused", ask(town.public, APP, port), REFUSED)
        case("a private address is let in", ask(town.private, APP, port), LET_IN)
        case("the app itself is let in", ask(town.app, "127.0.0.1", port), LET_IN)
        case("a public address of the app’s own network is let in", ask(town.neighbour, APP_BESIDE, port), LET_IN)
        link = f"http://{APP}:{port}/?{link.split('?')[1]}"
        case("a member comes in from a private address", join(town.private, program, link), 0)

        # An IPv6 socket sees IPv4 addresses in a disguise of their own.
        link = town.carry_room(program, "[::]:0")
        port = port_of(link)
        case("a public IPv6 address is refused", ask(town.public, APP_6, port), REFUSED)
        case("a private IPv6 address is let in", ask(town.private, APP_6, port), LET_IN)
        case("a public address is refused by an IPv6 socket", ask(town.public, APP, port), REFUSED)
        case("a private address is let in by an IPv6 socket", ask(town.private, APP, port), LET_IN)
    print(f"cases: {passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


lab.enter_own_network()
sys.exit(main())
