#!/usr/bin/python3
"""test-fresh-system.py ROOT: in the system in that folder, with the tree in its /snug, the README leads to a room.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import pathlib
import re
import sys

SYSTEM = pathlib.Path(sys.argv.pop(1))
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/fixtures'))
import snugtest  # noqa: E402  pylint: disable=wrong-import-position

# All of it is compiled.
SLOW = 1200
LINK = re.compile(r'http://\S+\?code=\S+')
CERTIFICATES = {'NODE_EXTRA_CA_CERTS': '/root/certificates.crt'} if 'NODE_EXTRA_CA_CERTS' in os.environ else {}
ENVIRONMENT = {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': '/root', 'LC_ALL': 'C.UTF-8', **CERTIFICATES}


def inside(*command):
    return snugtest.Process(['chroot', SYSTEM, *command], env=ENVIRONMENT)


def test_a_room_is_opened_and_somebody_enters():
    # What `make run` does after setup; the program takes the place of the script, and ends with it.
    host = inside('/snug/tests/tools/run')
    link = LINK.search(host.wait_error('Room link: ', timeout=SLOW))[0]
    assert '█' in host.stderr, host.describe()
    guest = inside('/snug/build/src/cli/snug-cli', 'join', link, '--json', '--say', 'hello', '--until', 'chat=1')
    host.wait_line('hello')
    host.write('welcome\n')
    guest.expect_exit(0)
    host.stop()


def test_the_window_is_built_and_says_its_version():
    program = inside('/snug/build/src/ui/snug', '--version')
    program.wait_line('0.')
    program.expect_exit(0)


snugtest.run([test_a_room_is_opened_and_somebody_enters, test_the_window_is_built_and_says_its_version])
