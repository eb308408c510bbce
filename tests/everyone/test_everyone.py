#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everybody in one room: snug-server, command lines, pages in real browsers, and the window.

Runs inside tests/tools/in-window-session. `test_everyone.py` is the small room of every day,
`test_everyone.py --many` the large one: five command lines, two Chromium pages, one Firefox page, a phone and
the window; a file of each reaches all others while one member is killed and one page reloads.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / 'tests/fixtures'), str(ROOT / 'tests/ui')]

import snugpage  # noqa: E402
import snugtest  # noqa: E402
import window  # noqa: E402

FILE_BYTES = 5_000_000


class Room:
    """Who is there, by name, and how each of them says, hears, sends and gets."""

    def __init__(self, server, door, folder):
        self.server = server
        self.door = door
        self.folder = folder
        self.clis = {}
        self.pages = {}
        self.window = None
        self.link = None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        # A window that a failure leaves open holds our output, and with it the lane, until its time is up.
        if self.window is not None and self.window.process.poll() is None:
            self.window.process.kill()
            self.window.wait()

    def __len__(self):
        return len(self.clis) + len(self.pages) + (self.window is not None)

    def add_cli(self, name, send=None):
        """SEND is offered to everybody, now and later."""
        arguments = ['--name', name, '--save-to', str(self.inbox(name)), *(['--send', str(send)] if send else [])]
        if self.link is None:
            cli, code = snugtest.create(self.server, *arguments)
            self.link = f'{self.server.url}/?code={code}'
        else:
            cli = snugtest.Cli('join', self.link, *arguments)
        self.clis[name] = cli

    def add_page(self, name, browser='chromium', size='desktop'):
        page = self.door.page(name, browser, size)
        page.join(self.link, name)
        self.pages[name] = page

    def add_window(self, name):
        opened = window.Window(str(snugtest.BUILD / 'src/ui/snug'), env={'SNUG_TEST': '1'})
        opened.on_screen()
        opened.focus()
        opened.fill('Your name', name)
        opened.fill('Code or link', self.link)
        opened.press('push button', 'Join')
        self.window = opened
        self.window_name = name

    def inbox(self, name):
        path = self.folder / f'inbox of {name}'
        path.mkdir(exist_ok=True)
        return path

    def names(self):
        return [*self.clis, *self.pages, *([self.window_name] if self.window else [])]

    def wait_until_complete(self):
        """Everybody is connected with everybody."""
        others = len(self) - 1
        for name, cli in self.clis.items():
            connected = lambda cli=cli: len({e['id'] for e in cli.events if e['event'] == 'member' and e['state'] == 'connected'}) >= others
            cli.wait_until(connected, f'{others} members at {name}')
        for page in self.pages.values():
            page.waitForMembers(others)
        if self.window:
            self.window.wait_for_title(rf'{len(self)} people')

    def say(self, name, text):
        if name in self.clis:
            self.clis[name].say(text)
        elif name in self.pages:
            self.pages[name].say(text)
        else:
            self.window.key('ctrl+1')
            self.window.fill('Message', text)
            self.window.press('push button', 'Send')

    def expect_heard(self, speaker, text):
        for name, cli in self.clis.items():
            if name != speaker:
                cli.wait(event='chat', text=text)
        waits = [page.start('waitForChat', text, speaker) for name, page in self.pages.items() if name != speaker]
        if self.window and speaker != self.window_name:
            self.window.key('ctrl+1')
            self.window.find('list item', re.compile(rf'^{speaker}, \d\d:\d\d, {re.escape(text)}'))
        for wait in waits:
            wait.wait()

    def send(self, name, path):
        """Offers a file to everybody, by the door that this member has."""
        if name in self.pages:
            self.pages[name].sendFile(path)
        else:
            offer = window.Program(str(snugtest.BUILD / 'src/ui/snug'), '--send', str(path))
            assert offer.wait() == 0, offer.errors
            self.window.press('push button', 'Send')

    def expect_received(self, sender, path):
        digest = snugtest.sha256(path)
        for name, page in self.pages.items():
            if name != sender:
                page.acceptFile(path.name)
        for name, cli in self.clis.items():
            if name == sender:
                continue
            event = cli.wait_event(lambda e: e['event'] == 'transfer' and e['direction'] == 'in'
                                   and e['name'] == path.name and e['state'] in ('done', 'failed'), what=f'end of {path.name}')
            assert event['state'] == 'done', event
            assert snugtest.sha256(event['path']) == digest, f'{name} got other bytes'
        for name, page in self.pages.items():
            if name != sender:
                assert page.saveReceived(path.name)['sha256'] == digest, f'{name} got other bytes'
        if self.window and sender != self.window_name:
            self.window.key('ctrl+2')
            self.window.find('list item', re.compile(rf'^{re.escape(path.name)}, '))
            self.window.press('push button', f'Accept {path.name}')
            self.window.find('list item', re.compile(rf'^{re.escape(path.name)}, .*received', re.I))

    def end(self):
        if self.window:
            self.window.end()
            assert not self.window.complaints, self.window.complaints
        for page in self.pages.values():
            assert page.complaints() == [], page.complaints()
        for cli in self.clis.values():
            cli.leave()


def generous_server(folder):
    """Ten people at one address are what this test is; a server in the open takes five joins a minute."""
    settings = folder / 'server.conf'
    settings.write_text('[server]\nmax-joins-per-minute=10000\nmax-room-infos-per-minute=10000\n')
    surroundings = snugtest.environment(SNUG_WEB_ROOT=str(snugtest.BUILD / 'src/web'))
    return snugtest.start_server('--config', str(settings), env=surroundings)


def test_two_command_lines_a_page_and_the_window():
    folder = snugtest.folder()
    with generous_server(folder) as server, snugpage.Door() as door, Room(server, door, folder) as room:
        room.add_cli('Ana')
        room.add_cli('Ben')
        room.add_page('Cleo')
        room.add_window('Mira')
        room.wait_until_complete()
        for name in room.names():
            room.say(name, f'good evening from {name}')
            room.expect_heard(name, f'good evening from {name}')
        path = snugtest.make_file(folder / 'five megabytes.bin', FILE_BYTES)
        room.send('Cleo', path)
        room.expect_received('Cleo', path)
        room.end()


def test_ten_members_of_every_kind():
    folder = snugtest.folder()
    with generous_server(folder) as server, snugpage.Door() as door, Room(server, door, folder) as room:
        files = {name: snugtest.make_file(folder / f'from-{name}.bin', FILE_BYTES, seed=name)
                 for name in ('Ana', 'Ben', 'Cem', 'Dora', 'Fay', 'Gus', 'Hana', 'Ivo', 'Mira')}
        for name in ('Ana', 'Ben', 'Cem', 'Dora', 'Eli'):
            room.add_cli(name, files.get(name))
        room.add_page('Fay')
        room.add_page('Gus')
        room.add_page('Hana', 'firefox')
        room.add_page('Ivo', 'chromium', 'phone')
        room.add_window('Mira')
        room.wait_until_complete()
        for name in room.names():
            room.say(name, f'good evening from {name}')
            room.expect_heard(name, f'good evening from {name}')

        # one is killed and one reloads; the files of the others go on
        room.clis.pop('Eli').kill()
        room.pages['Gus'].reload()
        for name in room.names():
            if name not in room.clis:
                room.send(name, files[name])
            room.expect_received(name, files[name])
        room.end()


if __name__ == '__main__':
    many = '--many' in sys.argv
    sys.argv[1:] = [argument for argument in sys.argv[1:] if argument != '--many']
    snugtest.run([test_ten_members_of_every_kind if many else test_two_command_lines_a_page_and_the_window])
