#!/usr/bin/python3
"""cells.py BUILD CELL…: two snug-cli behind two NATs, with snug-server and coturn on the segment between them.

Each says something and sends a file to the other; the cell names the way they must have come together on. What they
show is asked, and the relay's packets are counted.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import dataclasses
import itertools
import pathlib
import subprocess
import sys

import lab
from members import FILE_BYTES, Member, both, run_cases, same, words_for
from tap import Tap

NOBODY_REACHED = 7
TLS_RECORD = b"\x16\x03"
SECRET = "lantern"
NOBODY_LISTENS = 9   # a port
WHY = "both networks block direct links, and no relay is set up or it does not answer"
WHY_NEVER = "both networks block direct links, and relays are turned off here"

STUN, TURN = ["--stun", lab.Relay.STUN], ["--turn", lab.Relay.TURN]
TURN_TCP, TURN_TLS = ["--turn", lab.Relay.TURN_TCP], ["--turn", lab.Relay.TURN_TLS]
NEVER, ONLY = ["--relay", "never"], ["--relay", "only"]


@dataclasses.dataclass(frozen=True)
class Cell:
    title: str
    nats: tuple           # the router of each side
    words: list           # for each member
    path: str | None      # None: nobody is reached
    is_trusted: bool = False
    secret: str | None = None
    server_names_it: bool = False   # the relay, with logins for a while
    lacks_relay: bool | None = False   # it is named, and refuses; None: they may leave before they know


def matrix():
    """All kinds of routers with all, by the best possible path; and those that need a relay without one."""
    for nats in itertools.combinations_with_replacement(lab.NATS, 2):
        name, words = "/".join(nats), STUN + TURN + TURN_TCP
        path = "direct" if lab.meet_directly(nats) else "relay"
        how = "directly" if path == "direct" else "at a relay"
        yield name, Cell(f"{nats[0]} and {nats[1]} meet {how}", nats, words, path)
        if path == "relay":
            yield f"{name}/never", Cell(f"{nats[0]} and {nats[1]} without a relay do not meet, and say so", nats,
                                        words + NEVER, None)


CELLS = {
    "direct": Cell("two home routers and a STUN server meet directly", ("port-restricted", "port-restricted"), STUN, "direct"),
    "relay": Cell("two symmetric routers meet at a relay", ("symmetric-random", "symmetric-random"), STUN + TURN, "relay"),
    "no-udp": Cell("where UDP is blocked on one side, they meet at a relay over TCP", ("udp-blocked", "port-restricted"),
                   STUN + TURN + TURN_TCP, "relay"),
    "tls": Cell("and over TLS, where they trust its certificate", ("udp-blocked", "port-restricted"), STUN + TURN_TLS,
                "relay", is_trusted=True),
    "tls-untrusted": Cell("a relay whose certificate is not to be trusted is not used", ("udp-blocked", "port-restricted"),
                          STUN + TURN_TLS, None),
    "relay-only": Cell("who allows relays only is not met directly, though that would do",
                       ("port-restricted", "port-restricted"), STUN + TURN + ONLY, "relay"),
    "login": Cell("a login that is good for an hour opens the relay", ("symmetric", "symmetric-random"),
                  STUN + ["--turn", lab.temporary_turn(SECRET)], "relay", secret=SECRET),
    "server-login": Cell("the room's server makes one for each member", ("symmetric", "symmetric-random"), STUN, "relay",
                         secret=SECRET, server_names_it=True),
    "wrong-login": Cell("a relay that refuses the login is spoken of, and they meet by STUN without it",
                        ("port-restricted", "port-restricted"), STUN + ["--turn", lab.Relay.TURN.replace("lamp", "candle")],
                        "direct", lacks_relay=True),
    "silent-relay": Cell("they meet by STUN, too, if the relay does not answer", ("port-restricted", "port-restricted"),
                         STUN + ["--turn", f"{lab.Relay.TURN}:{NOBODY_LISTENS}"], "direct", lacks_relay=None),
    "old-login": Cell("one that was good until a minute ago does not", ("symmetric", "symmetric-random"),
                      STUN + ["--turn", lab.temporary_turn(SECRET, -60)], None, secret=SECRET),
    **dict(matrix()),
}


def assert_nobody(cell, guest, ended, traffic, told):
    why = WHY_NEVER if "never" in cell.words else WHY
    assert ended == NOBODY_REACHED, f"the guest ended with {ended}{told}"
    said = [(event["code"], event["message"]) for event in guest.events if event["event"] == "error"]
    assert said and all(code == "peer-unreachable" and why in words for code, words in said), f"it said {said}{told}"
    assert lab.Relay.bytes_of(traffic) < FILE_BYTES, f"{lab.Relay.bytes_of(traffic)} bytes went to the relay{told}"


def said_of_relay(member):
    return [event for event in member.events if event["event"] == "error" and event["code"] == "no-relay"]


def assert_met(cell, folder, members, ends, traffic, told):
    assert ends == [0, 0], f"they ended with {ends}{told}"
    if cell.lacks_relay is not None:
        assert [len(said_of_relay(member)) for member in members] == [int(cell.lacks_relay)] * 2, f"of the relay{told}"
    assert all(member.paths() == {cell.path} for member in members), f"paths {[m.paths() for m in members]}{told}"
    if cell.path == "relay":
        assert lab.Relay.bytes_of(traffic) > 2 * FILE_BYTES, f"only {lab.Relay.bytes_of(traffic)} bytes went to the relay{told}"
    else:
        assert lab.Relay.bytes_of(traffic) < FILE_BYTES, f"{lab.Relay.bytes_of(traffic)} bytes went to the relay{told}"
    assert same(folder / "from-a.bin", folder / "in-b" / "from-a.bin"), "another file arrived at b"
    assert same(folder / "from-b.bin", folder / "in-a" / "from-b.bin"), "another file arrived at a"


def start_server(the_lab, build, folder, cell):
    words = ["--listen", f"{lab.SERVER}:0"]
    if cell.server_names_it:
        (folder / "settings").write_text(f"[server]\nlisten={lab.SERVER}:0\n"
                                         f"[ice-server relay]\nurl=turn:{lab.SERVER}\nsecret={cell.secret}\n")
        words = ["--config", folder / "settings"]
    server = the_lab.start(the_lab.server, build / "src/server/snug-server", *words, text=True, stdout=subprocess.PIPE)
    return server.stdout.readline().split()[1]


def run_cell(build, name, folder):
    cell = CELLS[name]
    program = [build / "src/cli/snug-cli"]
    with lab.Lab() as the_lab:
        for side, nat in zip("ab", cell.nats):
            the_lab.set_nat(side, nat)
        relay = lab.Relay(the_lab, folder, cell.secret)
        tap = Tap(the_lab, the_lab.server, folder / "record")
        if cell.is_trusted:
            program = relay.trusted_by(*program)
        address = start_server(the_lab, build, folder, cell)

        host = Member(the_lab, the_lab.hosts["a"], *program, "create", "--open", "--server", address, *cell.words,
                      *words_for(folder, "a"))
        link = host.until(lambda event: event["event"] == "room" and event.get("link"))["link"]
        guest = Member(the_lab, the_lab.hosts["b"], *program, "join", link, *cell.words, *words_for(folder, "b"))
        if cell.path is None:
            guest_end = guest.end()
            host.process.terminate()
            ends = [host.end(), guest_end]
        else:
            ends = both(host.end, guest.end)
        traffic = tap.traffic(lab.SERVER)

    to_tls = [stream for port, stream in traffic.streams_to if port == relay.TLS_PORT]
    told = f"\nhost:\n{host.told()}\n{host.errors}\nguest:\n{guest.told()}\n{guest.errors}"
    assert all(stream.startswith(TLS_RECORD) for stream in to_tls), "something else than TLS came to the port of TLS"
    if cell.path is None:
        assert_nobody(cell, guest, ends[1], traffic, told)
        return
    assert_met(cell, folder, (host, guest), ends, traffic, told)
    assert bool(to_tls) == cell.is_trusted, f"{len(to_tls)} connections came to the port of TLS"


def main():
    build, names = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:] or list(CELLS)
    titles = {name: CELLS[name].title for name in names}
    waiting = [name for name in names if CELLS[name].path is None]
    return run_cases(titles, names, lambda name, folder: run_cell(build, name, folder), waiting)


lab.enter_own_network()
sys.exit(main())
