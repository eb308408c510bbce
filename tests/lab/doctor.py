#!/usr/bin/python3
"""doctor.py BUILD [CASE…]: what `snug-cli doctor` finds behind each kind of router, and that it is so.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import pathlib
import subprocess
import sys

import lab
from members import run_cases

DONE, UNREACHABLE, NOBODY_REACHED = 0, 2, 7
NOBODYS_PORT = 9
# coturn answers STUN at its second port, too: another destination for the router.
TWO_STUN = ["--stun", lab.Relay.STUN, "--stun", f"{lab.Relay.STUN}:{lab.Relay.TLS_PORT}"]
TURN, TURN_TCP = ["--turn", lab.Relay.TURN], ["--turn", lab.Relay.TURN_TCP]
TURN_TLS = ["--turn", lab.Relay.TURN_TLS]
WRONG = ["--turn", lab.Relay.TURN.replace("lamp", "candle")]
STUN_WORKS = {"stun 1": "works", "stun 2": "works"}
NO_RELAY = {"relay": "not-named"}

# Name: what it shows, the router of host a, further words, what is found but for the server, the exit status.
CASES = {
    "easy": ("behind a home router people are reached directly, and both relays work", "port-restricted",
             TWO_STUN + TURN + TURN_TCP,
             STUN_WORKS | {"relay-udp": "works", "relay-tcp": "works", "nat": "easy", "reach": "directly"}, DONE),
    "no-udp": ("where UDP is blocked, a relay over TCP is what is left", "udp-blocked",
               ["--stun", lab.Relay.STUN] + TURN + TURN_TCP,
               {"stun": "silent", "relay-udp": "silent", "relay-tcp": "works", "nat": "unknown", "reach": "by-relay"}, DONE),
    "no-way-out": ("where UDP is blocked and there is no other relay, nobody is reached", "udp-blocked",
                   ["--stun", lab.Relay.STUN] + TURN,
                   {"stun": "silent", "relay-udp": "silent", "nat": "unknown", "reach": "none"}, NOBODY_REACHED),
    "strict": ("behind a symmetric router only some are reached without a relay", "symmetric", TWO_STUN,
               STUN_WORKS | NO_RELAY | {"nat": "strict", "reach": "some"}, NOBODY_REACHED),
    "strict-relay": ("behind a symmetric router a relay helps", "symmetric", TWO_STUN + TURN,
                     STUN_WORKS | {"relay-udp": "works", "nat": "strict", "reach": "by-relay"}, DONE),
    "one-stun": ("one STUN server alone cannot tell of which kind the router is, nor who is reached", "symmetric",
                 ["--stun", lab.Relay.STUN],
                 NO_RELAY | {"stun": "works", "nat": "unknown", "reach": "unknown"}, DONE),
    "tls": ("a relay over TLS works if its certificate is trusted", "udp-blocked", ["--relay", "only"] + TURN_TLS,
            {"stun": "not-named", "relay-tls": "works", "nat": "unknown", "reach": "by-relay"}, DONE),
    "certificate": ("a relay whose certificate is not to be trusted says so", "udp-blocked",
                    ["--relay", "only"] + TURN_TLS,
                    {"stun": "not-named", "relay-tls": "certificate", "nat": "unknown", "reach": "none"}, NOBODY_REACHED),
    "password": ("a relay that does not take the password says so", "port-restricted", ["--relay", "only"] + WRONG,
                 {"stun": "not-named", "relay-udp": "password", "nat": "unknown", "reach": "none"}, NOBODY_REACHED),
    "never": ("who wants no relay has none tried", "port-restricted", ["--relay", "never"] + TWO_STUN + TURN,
              STUN_WORKS | {"relay": "not-wanted", "nat": "easy", "reach": "directly"}, DONE),
    "no-server": ("a server that is not there is what is wrong first", "port-restricted", TWO_STUN,
                  STUN_WORKS | NO_RELAY | {"server": "nobody", "nat": "easy", "reach": "directly"}, UNREACHABLE),
    "outside": ("a computer without a router is reached directly", None, ["--stun", lab.Relay.STUN],
                NO_RELAY | {"stun": "works", "nat": "none", "reach": "directly"}, DONE),
    "of-the-server": ("what the server names is tried as well", "symmetric", [],
                      STUN_WORKS | {"relay-udp": "works-in-open-rooms", "nat": "strict", "reach": "by-relay-in-open-rooms"},
                      DONE),
}

SETTINGS = f"""[server]
listen={lab.SERVER}:0
[ice-server one]
url={lab.Relay.STUN}
[ice-server two]
url={lab.Relay.STUN}:{lab.Relay.TLS_PORT}
[ice-server relay]
url=turn:{lab.SERVER}
username=snug
credential=lamp
"""


def start_server(the_lab, build, folder, name):
    words = ["--listen", f"{lab.SERVER}:0"]
    if name == "of-the-server":
        (folder / "settings").write_text(SETTINGS)
        words = ["--config", folder / "settings"]
    server = the_lab.start(the_lab.server, build / "src/server/snug-server", *words, text=True, stdout=subprocess.PIPE)
    return server.stdout.readline().split()[1]


def examine(place, program, *words):
    """The exit status, and the lines that were said."""
    ended = subprocess.run(place.command(*program, "doctor", *words), text=True, stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE)
    return ended.returncode, ended.stdout


def findings(said):
    checks = [json.loads(line) for line in said.splitlines()]
    assert checks[-1]["step"] == "reach", "the last line is not what follows from all"
    return {check["step"] + (f" {check['number']}" if "number" in check else ""): check["code"] for check in checks}


def assert_discreet(said, place, program, words):
    """No line for a person or a program tells a secret, nor an address unless it is asked for."""
    plain = examine(place, program, *words)[1]
    private = ["lamp", "candle", "snug:", lab.SERVER, "192.168.", "203.0.113.", "2001:db8"]
    for text in (said, plain):
        found = [word for word in private if word in text]
        assert not found, f"{found} in:\n{text}"
    asked = examine(place, program, "--addresses", *words)[1]
    assert lab.SERVER in asked, f"no address in:\n{asked}"
    assert "lamp" not in asked, f"a password in:\n{asked}"


def run_case(build, name, folder):
    _, nat, words, wanted, status = CASES[name]
    with lab.Lab() as the_lab:
        place = the_lab.hosts["a"]
        if nat is None:
            place = the_lab.server
        else:
            the_lab.set_nat("a", nat)
        relay = lab.Relay(the_lab, folder)
        program = [build / "src/cli/snug-cli"]
        if name == "tls":
            program = relay.trusted_by(*program)
        server = start_server(the_lab, build, folder, name)
        if name == "no-server":
            server = f"http://{lab.SERVER}:{NOBODYS_PORT}"

        words = ["--server", server, *words]
        ended, said = examine(place, program, "--json", *words)
        # Addresses of the lab are global; what else is in the machine that it runs on is not its business.
        found = {step: code for step, code in findings(said).items() if step not in ("ipv6", "local-names")}
        assert found == {"server": "works"} | wanted, f"found {found} in:\n{said}"
        assert ended == status, f"it ended with {ended}:\n{said}"
        if name == "easy":
            assert_discreet(said, place, program, words)


def main():
    build, names = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:] or list(CASES)
    titles = {name: CASES[name][0] for name in names}
    return run_cases(titles, names, lambda name, folder: run_case(build, name, folder))


lab.enter_own_network()
sys.exit(main())
