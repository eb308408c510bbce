#!/usr/bin/python3
"""proxies.py BUILD [CASE…]: snug-cli in a network that lets nothing out but through a proxy, or that comes to it from one
that lets out everything, and what it sends past the proxy.

    hidden -- proxy --+                       192.168.9.0/24 behind the proxy, which forwards nothing
                      +-- segment -- server   203.0.113.0/24, with snug-server and coturn
    host b - router b-+

While the hidden computer is at home it is behind router a, at 192.168.5.2, and reaches the proxy from outside.

Names of the internet are known to the proxy alone. What leaves the hidden computer is written down, a question to the
DNS, which would be asked of the proxy's computer, as well.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import os
import pathlib
import subprocess
import sys

import lab
from members import Member, both, is_room, is_running, run_cases, same, words_for
from tap import Tap

HIDDEN, PROXY, PROXY_OUTSIDE = "192.168.9.2", "192.168.9.1", "203.0.113.20"
AT_HOME, HOME_ROUTER, HOME_OUTSIDE = "192.168.5.2", "192.168.5.1", "203.0.113.1"
ROOMS = "rooms.example"
SOCKS_PORT, HTTP_PORT = 1080, 3128
TCP, UDP = 6, 17
DNS_PORT = 53
MOVE_LIMIT_SECONDS = 120
# What the film takes at this rate is enough to be interrupted in.
RATE, FILM_BYTES = "40mbit", 30_000_000
DONE, UNREACHABLE = 0, 2
TURN_TCP = f"turn:snug:lamp@{ROOMS}?transport=tcp"
TURN_TLS = f"turns:snug:lamp@{ROOMS}:{lab.Relay.TLS_PORT}?transport=tcp"
TURN_UDP = f"turn:snug:lamp@{ROOMS}"
STUN = ["--stun", lab.Relay.STUN]
ONLY = ["--relay", "only"]

CASES = {
    "socks": "by a SOCKS proxy a room is made, and met at a relay over TCP; nothing goes past it, no name is looked up",
    "http": "by an HTTP proxy the same over TLS only",
    "told": "who does not ask for relays only is told that direct connections go round the proxy, and so they do",
    "doctor": "the doctor asks by the proxy, and says what goes round it",
    "doctor-only": "for who wants relays only it asks nobody past the proxy",
    "away": "a proxy that is not there is not gone round",
    "moved": "who was met directly and goes behind a SOCKS proxy during a file gets on by its relay over TCP, and no name is "
             "looked up",
    "moved-only": "who wants relays only and goes behind an HTTP proxy gets on over TLS, and nothing goes past it",
}

# A door that opens is all that these proxies say of being ready.
KNOCK = """
import socket, sys
while True:
    try:
        socket.create_connection((sys.argv[1], int(sys.argv[2]))).close()
        break
    except ConnectionRefusedError:
        pass
"""


class Town:
    """The places of the picture above; `with Town(build, folder) as town`."""

    def __init__(self, build, folder):
        self.build, self.folder, self.lab = build, folder, lab.Lab()
        self.hidden, self.proxy = lab.Place("hidden"), lab.Place("proxy")
        self.variables = []
        self.door = PROXY   # where the proxy is asked

    def __enter__(self):
        self.lab.__enter__()
        self.lab.plug_into_segment(self.proxy, "proxy", f"{PROXY_OUTSIDE}/24")
        self.proxy.plug("inside", self.hidden, "eth0")
        self.proxy.address("inside", f"{PROXY}/24")
        self.hidden.run("sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6")
        self.hidden.address("eth0", f"{HIDDEN}/24")
        self.hidden.run("ip", "route", "add", "default", "via", PROXY)
        (self.folder / "hosts").write_text(f"{lab.SERVER} {ROOMS}\n")
        (self.folder / "resolv.conf").write_text(f"nameserver {PROXY}\noptions timeout:1 attempts:1\n")
        self.relay = lab.Relay(self.lab, self.folder, names=[ROOMS])
        self.tap = Tap(self.lab, self.hidden, self.folder / "record")
        return self

    def __exit__(self, *_):
        self.lab.__exit__(*_)
        for place in (self.hidden, self.proxy):
            place.end()

    def start_proxy(self, *words, port):
        self.lab.start(self.proxy, "unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"',
                       self.folder / "hosts", *words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.proxy.run(sys.executable, "-c", KNOCK, self.door, port, timeout=lab.PATIENCE_SECONDS)

    def start_socks(self):
        self.variables = [f"all_proxy=socks5://{self.door}:{SOCKS_PORT}"]
        self.start_proxy("microsocks", "-i", self.door, "-p", SOCKS_PORT, port=SOCKS_PORT)

    def start_http(self):
        self.variables = [f"{name}=http://{self.door}:{HTTP_PORT}" for name in ("http_proxy", "https_proxy")]
        settings = self.folder / "tinyproxy.conf"
        allowed = "".join(f"Allow {address}\n" for address in (HIDDEN, HOME_OUTSIDE, self.door))
        settings.write_text(f"Port {HTTP_PORT}\nListen {self.door}\n{allowed}MaxClients 100\nTimeout 600\n")
        self.start_proxy("tinyproxy", "-d", "-c", settings, port=HTTP_PORT)

    def start_server(self, is_tls):
        words = ["--listen", f"{lab.SERVER}:0"]
        if is_tls:
            (self.folder / "settings").write_text(f"[server]\nlisten={lab.SERVER}:0\ntls-certificate={self.folder}/cert.pem\n"
                                                  f"tls-key={self.folder}/key.pem\n")
            words = ["--config", self.folder / "settings"]
        server = self.lab.start(self.lab.server, self.build / "src/server/snug-server", *words, text=True,
                                stdout=subprocess.PIPE)
        return server.stdout.readline().split()[1]

    def go_home(self):
        """The hidden one, before a proxy is started."""
        self.door = PROXY_OUTSIDE
        self.hidden.run("ip", "link", "set", "eth0", "down")
        self.lab.routers["a"].plug("home", self.hidden, "eth1")
        self.lab.routers["a"].address("home", f"{HOME_ROUTER}/24")
        self.hidden.address("eth1", f"{AT_HOME}/24")
        self.hidden.run("ip", "route", "add", "default", "via", HOME_ROUTER)

    def go_behind_proxy(self):
        """From home; what is sent from then on is written down anew."""
        self.hidden.run("ip", "link", "set", "eth1", "down")
        self.hidden.run("ip", "address", "del", f"{AT_HOME}/24", "dev", "eth1")
        self.tap.end()
        self.tap = Tap(self.lab, self.hidden, self.folder / "record-behind-proxy")
        self.hidden.run("ip", "link", "set", "eth0", "up")
        self.hidden.run("ip", "route", "add", "default", "via", PROXY)

    def cli(self):
        """snug-cli, which trusts the server's certificate and asks the DNS that there would be at the hidden computer."""
        return self.relay.trusted_by("sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"',
                                     self.folder / "resolv.conf", "env", *self.variables, self.build / "src/cli/snug-cli")

    def sent(self):
        """(protocol, address, port) of all that the hidden computer sent to others."""
        return self.tap.sent(HIDDEN, AT_HOME)

    def assert_nothing_past_proxy(self, port):
        sent = self.sent()
        assert sent == {(TCP, self.door, port)}, f"it sent to {sent}"


def by_name(address):
    return address.replace(lab.SERVER, ROOMS)


def meet(town, address, *words):
    """The hidden one makes a room, host b comes to it, and a file goes each way; both members."""
    host = Member(town.lab, town.hidden, *town.cli(), "create", "--server", by_name(address), *words,
                  *words_for(town.folder, "a"))
    link = host.until(lambda event: event["event"] == "room" and event.get("link"))["link"]
    program = town.relay.trusted_by(town.build / "src/cli/snug-cli")
    guest = Member(town.lab, town.lab.hosts["b"], *program, "join", link.replace(ROOMS, lab.SERVER), *STUN,
                   *words_for(town.folder, "b"))
    ends = both(host.end, guest.end)
    told = f"\nhost:\n{host.told()}\n{host.errors}\nguest:\n{guest.told()}\n{guest.errors}"
    assert ends == [DONE, DONE], f"they ended with {ends}{told}"
    assert host.paths() == guest.paths() == {"relay"}, f"paths {host.paths()}, {guest.paths()}{told}"
    assert same(town.folder / "from-a.bin", town.folder / "in-b" / "from-a.bin"), "another file arrived at b"
    assert same(town.folder / "from-b.bin", town.folder / "in-a" / "from-b.bin"), "another file arrived at a"
    return host


def said_of_proxy(member):
    return [event for event in member.events if event["event"] == "error" and event["code"] == "rounds-proxy"]


def check_socks(town):
    town.start_socks()
    # A relay over UDP is not asked, though it stands first.
    host = meet(town, town.start_server(False), *STUN, "--turn", TURN_UDP, "--turn", TURN_TCP, *ONLY)
    assert not said_of_proxy(host), "it warned of what it does not do"
    town.assert_nothing_past_proxy(SOCKS_PORT)


def check_http(town):
    town.start_http()
    meet(town, town.start_server(True), "--turn", TURN_TLS, *ONLY)
    town.assert_nothing_past_proxy(HTTP_PORT)


def check_told(town):
    town.start_socks()
    host = meet(town, town.start_server(False), *STUN, "--turn", TURN_TCP)
    assert len(said_of_proxy(host)) == 1, host.told()
    assert (UDP, lab.SERVER, lab.Relay.PORT) in town.sent(), "no STUN server was asked: then nothing is to be warned of"


def examine(town, address, *words):
    ended = subprocess.run(town.hidden.command(*town.cli(), "doctor", "--json", "--server", by_name(address), *words),
                           text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    checks = [json.loads(line) for line in ended.stdout.splitlines()]
    # What else is in the machine that it runs on is not its business.
    return ended.returncode, {check["step"]: check["code"] for check in checks
                              if check["step"] not in ("ipv6", "local-names")}


def check_doctor(town):
    town.start_socks()
    found = examine(town, town.start_server(False), *STUN, "--turn", TURN_TCP)
    wanted = {"server": "works-by-proxy", "stun": "silent", "relay-tcp": "works", "nat": "unknown", "reach": "by-relay"}
    assert found == (DONE, wanted), found


def check_doctor_only(town):
    town.start_http()
    found = examine(town, town.start_server(True), *STUN, "--turn", TURN_UDP, "--turn", TURN_TLS, *ONLY)
    wanted = {"server": "works", "stun": "not-wanted", "relay-udp": "not-wanted", "relay-tls": "works", "nat": "unknown",
              "reach": "by-relay"}
    assert found == (DONE, wanted), found
    town.assert_nothing_past_proxy(HTTP_PORT)


def check_away(town):
    town.variables = [f"all_proxy=socks5://{PROXY}:{SOCKS_PORT}"]
    found = examine(town, town.start_server(False), *STUN, "--turn", TURN_UDP, *ONLY)
    wanted = {"server": "nobody", "stun": "not-wanted", "relay-udp": "not-wanted", "nat": "unknown", "reach": "none"}
    assert found == (UNREACHABLE, wanted), found
    town.assert_nothing_past_proxy(SOCKS_PORT)


def meet_and_move(town, address, *words):
    """The hidden one makes a room at home, and goes behind the proxy while its film is on the way to host b; both members,
    when it has arrived."""
    film, inbox = town.folder / "film.bin", town.folder / "in"
    film.write_bytes(os.urandom(FILM_BYTES))
    inbox.mkdir()
    town.lab.routers["a"].run("tc", "qdisc", "add", "dev", "wan", "root", "tbf", "rate", RATE, "burst", "64k", "latency", "50ms")
    host = Member(town.lab, town.hidden, *town.cli(), "create", "--server", by_name(address), *words, "--send", film,
                  "--until", "sent=1", limit_seconds=MOVE_LIMIT_SECONDS)
    link = host.until(lambda event: event["event"] == "room" and event.get("link"))["link"]
    program = town.relay.trusted_by(town.build / "src/cli/snug-cli")
    guest = Member(town.lab, town.lab.hosts["b"], *program, "join", link.replace(ROOMS, lab.SERVER), *STUN,
                   "--save-to", inbox, "--until", "received=1", limit_seconds=MOVE_LIMIT_SECONDS)
    guest.until(is_running)
    town.go_behind_proxy()
    host.until(is_room("reconnecting"))
    host.until(is_room("joined"))
    ends = both(host.end, guest.end)
    told = f"\nhost:\n{host.told()}\n{host.errors}\nguest:\n{guest.told()}\n{guest.errors}"
    assert ends == [DONE, DONE], f"they ended with {ends}{told}"
    assert same(film, inbox / film.name), "another file arrived"
    assert host.last_path() == guest.last_path() == "relay", f"{host.last_path()}, {guest.last_path()}{told}"
    return host, guest


def check_moved(town):
    town.go_home()
    town.start_socks()
    host, guest = meet_and_move(town, town.start_server(False), *STUN, "--turn", TURN_TCP)
    assert host.paths() == guest.paths() == {"direct", "relay"}, f"{host.paths()}, {guest.paths()}"
    assert len(said_of_proxy(host)) == 1, host.told()
    sent = town.sent()
    assert {way for way in sent if way[0] != UDP} == {(TCP, town.door, SOCKS_PORT)}, f"it sent to {sent}"
    # As it was told, it goes on to look for direct ways.
    assert not {way for way in sent if way[2] == DNS_PORT}, f"it looked up names: {sent}"


def check_moved_only(town):
    town.go_home()
    town.start_http()
    host, guest = meet_and_move(town, town.start_server(True), *STUN, "--turn", TURN_UDP, "--turn", TURN_TLS, *ONLY)
    assert host.paths() == guest.paths() == {"relay"}, f"{host.paths()}, {guest.paths()}"
    assert not said_of_proxy(host), "it warned of what it does not do"
    town.assert_nothing_past_proxy(HTTP_PORT)


def main():
    build, names = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:] or list(CASES)

    def run(name, folder):
        with Town(build, folder) as town:
            globals()[f"check_{name.replace('-', '_')}"](town)
    return run_cases(CASES, names, run)


lab.enter_own_network()
sys.exit(main())
