#!/usr/bin/python3
"""cells.py BUILD CELL…: two snug-cli behind two NATs, with snug-server and coturn on the segment between them.

Each says something and sends a file to the other; the cell names the way they must have come together on.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import pathlib
import subprocess
import sys

import lab
from members import Member, both, run_cases, same, words_for
from tap import Tap

NOBODY_REACHED = 7
TLS_RECORD = b"\x16\x03"

# Name: what it shows, the router of each side, further words for each member, the path, the exit status.
STUN, TURN = ["--stun", lab.Relay.STUN], ["--turn", lab.Relay.TURN]
TURN_TLS = ["--turn", lab.Relay.TURN_TLS]
CELLS = {
    "direct": ("two home routers and a STUN server meet directly",
               ("port-restricted", "port-restricted"), STUN, "direct", 0),
    "relay": ("two symmetric routers meet at a relay",
              ("symmetric", "symmetric"), STUN + TURN, "relay", 0),
    "no-udp": ("where UDP is blocked on one side, they meet at a relay over TCP",
               ("udp-blocked", "port-restricted"), STUN + TURN + ["--turn", lab.Relay.TURN_TCP], "relay", 0),
    "tls": ("and over TLS, where they trust its certificate",
            ("udp-blocked", "port-restricted"), STUN + TURN_TLS, "relay", 0),
    "tls-untrusted": ("a relay whose certificate is not to be trusted is not used",
                      ("udp-blocked", "port-restricted"), STUN + TURN_TLS, None, NOBODY_REACHED),
    "one-symmetric": ("a symmetric router and a home router meet at a relay",
                      ("symmetric", "port-restricted"), STUN + TURN, "relay", 0),
    "full-cone": ("a symmetric router and one that lets in everybody meet directly",
                  ("symmetric", "full-cone"), STUN, "direct", 0),
    "relay-only": ("who allows relays only is not met directly, though that would do",
                   ("port-restricted", "port-restricted"), STUN + TURN + ["--relay", "only"], "relay", 0),
    "nobody": ("two symmetric routers without a relay do not meet, and say so",
               ("symmetric", "symmetric"), STUN, None, NOBODY_REACHED),
}


def run_cell(build, name, folder):
    _, nats, words, path, status = CELLS[name]
    program = [build / "src/cli/snug-cli"]
    with lab.Lab() as the_lab:
        for side, nat in zip("ab", nats):
            the_lab.set_nat(side, nat)
        relay = lab.Relay(the_lab, folder)
        tap = Tap(the_lab, the_lab.server, folder / "record")
        if name == "tls":
            program = relay.trusted_by(*program)
        server = the_lab.start(the_lab.server, build / "src/server/snug-server", "--listen", f"{lab.SERVER}:0",
                               text=True, stdout=subprocess.PIPE)
        address = server.stdout.readline().split()[1]

        host = Member(the_lab, the_lab.hosts["a"], *program, "create", "--open", "--server", address, *words,
                      *words_for(folder, "a"))
        link = host.until(lambda event: event["event"] == "room" and event.get("link"))["link"]
        guest = Member(the_lab, the_lab.hosts["b"], *program, "join", link, *words, *words_for(folder, "b"))
        if status == NOBODY_REACHED:
            guest_end = guest.end()
            host.process.terminate()
            ends = [host.end(), guest_end]
        else:
            ends = both(host.end, guest.end)
        to_relay = [stream for port, stream in tap.traffic(lab.SERVER).streams_to if port == relay.TLS_PORT]

    told = f"\nhost:\n{host.told()}\n{host.errors}\nguest:\n{guest.told()}\n{guest.errors}"
    assert all(stream.startswith(TLS_RECORD) for stream in to_relay), "something else than TLS came to the port of TLS"
    if status == NOBODY_REACHED:
        assert ends[1] == status, f"the guest ended with {ends[1]}{told}"
        return
    assert ends == [0, 0], f"they ended with {ends}{told}"
    assert host.paths() == guest.paths() == {path}, f"paths {host.paths()} and {guest.paths()}{told}"
    assert bool(to_relay) == (name == "tls"), f"{len(to_relay)} connections came to the port of TLS"
    assert same(folder / "from-a.bin", folder / "in-b" / "from-a.bin"), "another file arrived at b"
    assert same(folder / "from-b.bin", folder / "in-a" / "from-b.bin"), "another file arrived at a"


def main():
    build, names = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:] or list(CELLS)
    titles = {name: CELLS[name][0] for name in names}
    return run_cases(titles, names, lambda name, folder: run_cell(build, name, folder))


lab.enter_own_network()
sys.exit(main())
