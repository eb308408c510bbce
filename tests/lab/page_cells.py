#!/usr/bin/python3
"""page_cells.py BUILD BROWSER [CELL…]: snug-cli and the page in a real browser, chromium or firefox, each behind a NAT of
every kind, with snug-server and coturn on the segment between them.

A cell is named by the two routers, APP/PAGE. Each says something and sends a file to the other; what both show of the way
is compared with the way that it has to be, and the relay's packets are counted. In APP/PAGE the page makes the room, and in
APP/PAGE/joins the app. APP/PAGE/never is without a relay where that cannot work: both have to say so. One browser does it all, behind one router that changes; for snug-cli there is a
host behind each kind.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile

import lab
from members import FILE_BYTES, add_up, run_many
from pages import app_at, exchange, link_of, open_door, page_at, words_of_app
from tap import Tap

SECRET = "lantern"
UNREACHED_MS = 60_000
BY_APP = "both networks block direct links, and relays are turned off here"
# They have not heard each other's name.
BY_PAGE = r"^Could not connect to .+\. Both networks block direct links and no relay is set up\."
# To hear that nothing works takes long, so it is done where most does not work.
PAGES_WITHOUT_RELAY = ("symmetric-random", "udp-blocked")
# Who makes the room chooses the way, see `meeting`: that matters where there are two of them.
JOINING_AT_A_RELAY = ("symmetric-random/symmetric-random", "port-restricted/udp-blocked")


def best_path(nats):
    return "direct" if lab.meet_directly(nats) else "relay"


def titles():
    """Of all cells, in rows of the page's router."""
    found = {}
    for page in lab.NATS:
        for app in lab.NATS:
            how = {"direct": "meet directly", "relay": "meet at a relay"}[best_path((app, page))]
            found[f"{app}/{page}"] = f"the app behind {app} and the page behind {page} {how}"
            if how == "meet directly" or f"{app}/{page}" in JOINING_AT_A_RELAY:
                found[f"{app}/{page}/joins"] = f"the app behind {app} and the page behind {page}, which joins, {how}"
        for app in lab.NATS:
            if page in PAGES_WITHOUT_RELAY and best_path((app, page)) == "relay":
                found[f"{app}/{page}/never"] = f"the app behind {app} and the page behind {page} do not without one, and say so"
    return found


class Town:
    """The lab with its server, its relay and the browser; `with Town(…) as town`."""

    def __init__(self, build, browser, folder):
        self.build, self.browser, self.folder = build, browser, folder
        self.lab = lab.Lab(["page", *lab.NATS])

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.lab)
            for nat in lab.NATS:
                self.lab.set_nat(nat, nat)
            lab.Relay(self.lab, self.folder, SECRET)
            self.origin = self.start_server()
            self.door = stack.enter_context(open_door(self.lab.hosts["page"]))
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *error):
        return self.stack.__exit__(*error)

    def start_server(self):
        """It names the relay, with a login for an hour. A page uses it in an open room only."""
        user, password = lab.temporary_login(SECRET)
        login = f"username={user}\ncredential={password}"
        settings = self.folder / "server.conf"
        settings.write_text(f"""[server]
listen={lab.SERVER}:0
key-file={self.folder}/key
max-joins-per-minute=1000
max-room-infos-per-minute=1000
max-rooms-per-address=1000
[ice-server stun]
url={lab.Relay.STUN}
[ice-server relay]
url=turn:{lab.SERVER}
{login}
[ice-server relay over TCP]
url=turn:{lab.SERVER}?transport=tcp
{login}
""")
        server = self.lab.start(self.lab.server, self.build / "src/server/snug-server", "--config", settings, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                env=dict(os.environ, SNUG_WEB_ROOT=str(self.build / "src/web")))
        return server.stdout.readline().split()[1]

    def app(self, nat, *words):
        return app_at(self.lab, self.lab.hosts[nat], self.build, *words)

    def run_row(self, page_nat, all_titles, names):
        self.lab.set_nat("page", page_nat)
        waiting = [name for name in names if name.endswith("/never")]
        return run_many(all_titles, names, self.run_cell, waiting)

    def run_cell(self, name, folder):
        app_nat, page_nat, *how = name.split("/")
        with page_at(self.door, name, self.browser) as page:
            if how == ["never"]:
                self.check_unreached(app_nat, page)
            else:
                self.check_met(app_nat, page, best_path((app_nat, page_nat)), how == ["joins"], folder)

    def check_unreached(self, app_nat, page):
        """In a private room, in which a page trusts no relay that the server names."""
        with self.app(app_nat, "create", "--server", self.origin, "--relay", "never", "--name", "app") as app:
            page.join(link_of(app), "page")
            error = app.until(lambda event: event["event"] == "error")
            assert error["code"] == "peer-unreachable" and BY_APP in error["message"], f"it said {error}"
            page.waitForProblem(BY_PAGE, UNREACHED_MS)

    @contextlib.contextmanager
    def meeting(self, app_nat, page, page_joins, folder):
        """Who is in the room first makes the offer, and so chooses the way (RFC 8445, 6.1.1)."""
        if page_joins:
            with self.app(app_nat, "create", "--open", "--server", self.origin, *words_of_app(folder)) as app:
                page.join(link_of(app), "page")
                yield app
        else:
            link = page.create(self.origin, "page", {"isOpen": True})
            with self.app(app_nat, "join", link, *words_of_app(folder)) as app:
                yield app

    def check_met(self, app_nat, page, path, page_joins, folder):
        tap = Tap(self.lab, self.lab.server, folder / "record")
        with self.meeting(app_nat, page, page_joins, folder) as app:
            exchange(app, page, path, folder)
        n_relayed = lab.Relay.bytes_of(tap.traffic(lab.SERVER))
        is_relayed = n_relayed > 2 * FILE_BYTES if path == "relay" else n_relayed < FILE_BYTES
        assert is_relayed, f"{n_relayed} bytes went to the relay, the way being {path}"


def main():
    build, browser, names = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3:]
    all_titles, passed = titles(), []
    for title in all_titles:
        all_titles[title] += f" ({browser})"
    with tempfile.TemporaryDirectory() as folder, Town(build, browser, pathlib.Path(folder)) as town:
        for page_nat in lab.NATS:
            row = [name for name in names or all_titles if name.split("/")[1] == page_nat]
            passed += town.run_row(page_nat, all_titles, row)
    return add_up(passed)


lab.enter_own_network()
sys.exit(main())
