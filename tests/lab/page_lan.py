#!/usr/bin/python3
"""page_lan.py BUILD BROWSER [CASE…]: snug-cli and the page in a real browser, chromium or firefox, on one local network that
has no STUN server: of the page's address there is a name only. Where nobody looks for it, the app hears of the address by the
page's own packets; where its firewall keeps these out, it finds the name by Avahi and writes first.

Where there is no IPv4 at all Chromium (156, on Linux) finds no way: it hides addresses behind names of mDNS, and its
responder does not start. It binds ff02::fb without an interface, which Linux refuses ("MDNS bind failed, address_family=2,
error=-4"); without a name it tells no candidate, and is never done looking for one. So there its addresses are not hidden,
and the rest of the way is the same. Firefox is as a person has it.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import pathlib
import sys

import avahi
import lab
from members import run_cases
from pages import app_at, exchange, link_of, open_door, page_at, words_of_app

# The addresses of the two, and of a router that is not there: without a way out a browser looks for no way at all.
BOTH = (("192.168.7.1/24", "fd77::1/64"), ("192.168.7.2/24", "fd77::2/64"), ("192.168.7.254", "fd77::fe"))
NETWORKS = {"both": BOTH, "named": BOTH, "ipv6": (("fd77::1/64",), ("fd77::2/64",), ("fd77::fe",))}
TITLES = {
    "both": "on one network the page meets the app directly, though its address is hidden",
    "named": "they meet where the app's firewall lets in answers only, as the app finds the page's name by Avahi",
    "ipv6": "on a network of IPv6 only the page meets the app directly",
}
# Another way of starting a browser, where it would not do otherwise.
BROWSERS = {("ipv6", "chromium"): "chromium-that-hides-nothing"}

# As desktops have it: mDNS may come in, and who was written to may answer.
FIREWALL = """
    table inet door {
      chain in {
        type filter hook input priority 0;
        iifname eth0 udp dport 5353 accept
        iifname eth0 meta l4proto udp ct state new drop
      }
    }
"""


class Cable:
    """The app's computer at one end, the browser's at the other."""

    def __init__(self, network):
        self.app, self.page, self.processes = lab.Place("app"), lab.Place("page"), []
        self.addresses = NETWORKS[network]
        self.bus = "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent/bus"

    def __enter__(self):
        self.app.plug("eth0", self.page, "eth0")
        *ends, router = self.addresses
        for place, addresses in zip((self.app, self.page), ends):
            place.address("eth0", *addresses)
            for address in router:
                place.run("ip", "route", "add", "default", "via", address)
        return self

    def start_avahi(self, folder):
        """At both ends, as on desktops."""
        for place in (self.page, self.app):
            own = folder / place.name
            own.mkdir()
            self.bus = avahi.start(self, place, place.name, own)

    def close_door(self):
        self.app.run("nft", "-f", "-", text=True, input=FIREWALL)

    def start(self, place, *words, **more):
        process = place.start(*words, **more)
        self.processes.append(process)
        return process

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
            process.wait()
        for place in (self.app, self.page):
            place.end()


def run_case(build, browser, name, folder):
    with Cable(name) as cable, open_door(cable.page) as door, page_at(door, name, BROWSERS.get((name, browser), browser)) as page:
        if name == "named":
            cable.start_avahi(folder)
            cable.close_door()
        address = cable.addresses[0][0].split("/")[0]
        listen = f"[{address}]:0" if ":" in address else f"{address}:0"
        words = ["create", "--open", "--listen", listen, *words_of_app(folder)]
        with app_at(cable, cable.app, build, *words, told=[cable.bus]) as app:
            page.join(link_of(app), "page")
            exchange(app, page, "direct-local", folder)


def main():
    build, browser, names = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3:] or list(TITLES)
    titles = {name: f"{words} ({browser})" for name, words in TITLES.items()}
    return run_cases(titles, names, lambda name, folder: run_case(build, browser, name, folder))


lab.enter_own_network()
sys.exit(main())
