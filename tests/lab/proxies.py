#!/usr/bin/python3
"""proxies.py BUILD [CASE…]: snug-cli in a network that lets nothing out but through a proxy, and what it sends past it.

    hidden -- proxy --+                       192.168.9.0/24 behind the proxy, which forwards nothing
                      +-- segment -- server   203.0.113.0/24, with snug-server and coturn
    host b - router b-+

Names of the internet are known to the proxy alone. What leaves the hidden computer is written down, a question to the
DNS, which would be asked of the proxy's computer, as well.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import pathlib
import subprocess
import sys

import lab
from members import Member, both, run_cases, same, words_for
from tap import Tap

HIDDEN, PROXY, PROXY_OUTSIDE = "192.168.9.2", "192.168.9.1", "203.0.113.20"
ROOMS = "rooms.example"
SOCKS_PORT, HTTP_PORT = 1080, 3128
TCP, UDP = 6, 17
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
        self.proxy.run(sys.executable, "-c", KNOCK, PROXY, port, timeout=lab.PATIENCE_SECONDS)

    def start_socks(self):
        self.variables = [f"all_proxy=socks5://{PROXY}:{SOCKS_PORT}"]
        self.start_proxy("microsocks", "-i", PROXY, "-p", SOCKS_PORT, port=SOCKS_PORT)

    def start_http(self):
        self.variables = [f"{name}=http://{PROXY}:{HTTP_PORT}" for name in ("http_proxy", "https_proxy")]
        settings = self.folder / "tinyproxy.conf"
        settings.write_text(f"Port {HTTP_PORT}\nListen {PROXY}\nAllow {HIDDEN}\nAllow {PROXY}\nMaxClients 100\nTimeout 600\n")
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

    def cli(self):
        """snug-cli, which trusts the server's certificate and asks the DNS that there would be at the hidden computer."""
        return self.relay.trusted_by("sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"',
                                     self.folder / "resolv.conf", "env", *self.variables, self.build / "src/cli/snug-cli")

    def sent(self):
        """(protocol, address, port) of all that the hidden computer sent to others."""
        return self.tap.sent(HIDDEN)

    def assert_nothing_past_proxy(self, port):
        sent = self.sent()
        assert sent == {(TCP, PROXY, port)}, f"it sent to {sent}"


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


def main():
    build, names = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:] or list(CASES)

    def run(name, folder):
        with Town(build, folder) as town:
            globals()[f"check_{name.replace('-', '_')}"](town)
    return run_cases(CASES, names, run)


lab.enter_own_network()
sys.exit(main())
