#!/usr/bin/python3
"""evil.py BUILD [CASE…]: what a server learns that hands out its own STUN and TURN server and listens to all of it.

Two snug-cli behind two home routers meet in a room of that server. Everything that its address gets and sends, TURN
included, is written down and searched for what SECURITY.md says is not there.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import pathlib
import socket
import subprocess
import sys

import lab
from members import Member, both, run_cases, words_for
from tap import Tap

NOBODY_REACHED = 7
NAMES = {"a": "Anastasia", "b": "Bartholomew"}
STUN_BINDING = {b"\x00\x01", b"\x01\x01"}
STUN_COOKIE = 0x2112A442
# In a certificate for an elliptic curve, which DTLS 1.2 shows whoever carries it.
EC_PUBLIC_KEY = bytes.fromhex("06072a8648ce3d0201")

# Name: what it shows, how the room is made, further words for both, the path that they must meet on.
CASES = {
    "private": ("in a private room a server's own relay is left alone, and its STUN sees routers only",
                [], [], "direct"),
    "relay-only": ("who allows relays only, in a private room, takes none of the server's",
                   [], ["--relay", "only"], None),
    "own-relay": ("a relay that the members chose carries what it cannot read, and sees their certificates",
                  [], ["--relay", "only", "--turn", lab.Relay.TURN], "relay"),
    "open": ("in an open room the same server hears it all, so what is searched for can be found",
             ["--open"], ["--relay", "only"], "relay"),
}


class EvilServer:
    """snug-server with a STUN and TURN server of its own, and a tap on whatever comes to its address."""

    def __init__(self, the_lab, build, folder):
        lab.Relay(the_lab, folder)
        self.tap = Tap(the_lab, the_lab.server, folder / "record")
        settings = folder / "settings"
        settings.write_text(f"[server]\nlisten={lab.SERVER}:0\n"
                            f"[ice-server stun]\nurl={lab.Relay.STUN}\n"
                            f"[ice-server relay]\nurl=turn:{lab.SERVER}\nusername=snug\ncredential=lamp\n")
        server = the_lab.start(the_lab.server, build / "src/server/snug-server", "--config", settings, text=True,
                               stdout=subprocess.PIPE)
        self.url = server.stdout.readline().split()[1]

    def traffic(self):
        return self.tap.traffic(lab.SERVER)


def spellings(address):
    """As text, as bytes, and as STUN hides them from routers."""
    number = int.from_bytes(socket.inet_aton(address), "big")
    return [address.encode(), number.to_bytes(4, "big"), (number ^ STUN_COOKIE).to_bytes(4, "big")]


def words_of_members(room):
    """What nobody but the members may hear: names, chat, files, the secret, offers."""
    secret = room["invite"].partition("-")[2]
    said = [*NAMES.values(), "hello from", "from-a.bin", "from-b.bin", "fingerprint", "candidate:", "a=ice-ufrag"]
    return [word.encode() for word in said + ([secret] if secret else [])]


def assert_absent(haystack, needles, where):
    found = [needle for needle in needles if needle in haystack]
    assert not found, f"{where}: {found}"


def check_private(room, traffic):
    addresses = [spelling for number in (1, 2) for spelling in spellings(lab.host_address(number))]
    assert_absent(traffic.words(), words_of_members(room) + addresses, "said to the server")
    assert b'"sealed"' in traffic.words(), "what members sealed did not come by"
    assert_absent(b"".join(traffic.datagrams), words_of_members(room) + addresses, "sent to its STUN and TURN server")
    kinds = {datagram[:2] for datagram in traffic.datagrams}
    assert kinds <= STUN_BINDING, f"asked for more than where one is seen from: {kinds}"


def check_relay_only(room, traffic):
    check_private(room, traffic)
    assert not traffic.datagrams, "its STUN or TURN server was asked"


def check_own_relay(room, traffic):
    assert_absent(traffic.words(), words_of_members(room), "said to the server")
    carried = b"".join(traffic.datagrams)
    assert_absent(carried, words_of_members(room), "carried by the relay")
    assert EC_PUBLIC_KEY in carried, "no certificate was carried, though SECURITY.md says so"


def check_open(room, traffic):
    words = traffic.words()
    # Who allows relays only tells no address of their own, though the room is open.
    assert_absent(words, [lab.host_address(number).encode() for number in (1, 2)], "said to the server")
    missing = [word for word in (b"fingerprint", b"candidate:", b"a=ice-ufrag") if word not in words]
    assert not missing, f"{missing} did not come by"
    assert EC_PUBLIC_KEY in b"".join(traffic.datagrams), "the relay was not used"


CHECKS = {"private": check_private, "relay-only": check_relay_only, "own-relay": check_own_relay, "open": check_open}


def run_case(build, name, folder):
    _, how, words, path = CASES[name]
    program = build / "src/cli/snug-cli"
    with lab.Lab() as the_lab:
        server = EvilServer(the_lab, build, folder)
        host = Member(the_lab, the_lab.hosts["a"], program, "create", *how, "--server", server.url, *words,
                      *words_for(folder, "a", NAMES["a"]))
        room = host.until(lambda event: event["event"] == "room" and event.get("link"))
        guest = Member(the_lab, the_lab.hosts["b"], program, "join", room["link"], *words,
                       *words_for(folder, "b", NAMES["b"]))
        if path is None:
            guest_end = guest.end()
            host.process.terminate()
            host.end()
            assert guest_end == NOBODY_REACHED, f"the guest ended with {guest_end}:\n{guest.told()}\n{guest.errors}"
        else:
            ends = both(host.end, guest.end)
            told = f"\nhost:\n{host.told()}\n{host.errors}\nguest:\n{guest.told()}\n{guest.errors}"
            assert ends == [0, 0], f"they ended with {ends}{told}"
            assert host.paths() == guest.paths() == {path}, f"paths {host.paths()} and {guest.paths()}{told}"
        CHECKS[name](room, server.traffic())


def main():
    build, names = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:] or list(CASES)
    titles = {name: CASES[name][0] for name in names}
    return run_cases(titles, names, lambda name, folder: run_case(build, name, folder))


lab.enter_own_network()
sys.exit(main())
