#!/usr/bin/python3
"""test-packages.py FOLDER [TEST…]: the Debian packages in FOLDER, in a system made for them, and the image made of them.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import os
import pathlib
import subprocess
import sys
import urllib.request

PACKAGES = pathlib.Path(sys.argv.pop(1))
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / 'tests/fixtures'), str(ROOT / 'tests/ui')]
import snugtest  # noqa: E402  pylint: disable=wrong-import-position
from languages import in_language  # noqa: E402  pylint: disable=wrong-import-position

CONTAINER = ROOT / 'data/packaging/container'
# A whole system is made, from where apt takes its packages.
SLOW = 1200
# As a person has it: nothing that points to the working copy.
ENVIRONMENT = {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': '/root', 'LC_ALL': 'C.UTF-8'}


def packages(*names):
    return [next(PACKAGES.glob(f'{name}_*.deb')) for name in names]


def start(command, env):
    """A server, and its URL."""
    server = snugtest.Process(command, env=env)
    return server, server.wait_line('listening ').split()[1]


def check_page(url):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url) as answer:
        text = answer.read().decode()
    assert '<html' in text, text


def meet(url, snug_cli):
    """Two members in a private room say something to each other."""
    def member(*arguments):
        return snugtest.Process([*snug_cli, *arguments, '--server', url, '--json', '--say', 'hello', '--until', 'chat=1'],
                                env=ENVIRONMENT)

    ana = member('create')
    room = json.loads(ana.wait_line('"state":"waiting"'))
    ben = member('join', room['invite'])
    for one in (ana, ben):
        one.expect_exit(0)


def check_language(root, code):
    """What was installed there says in a person's language what it can."""
    told = subprocess.run(['chroot', root, 'snug-cli', '--help'], check=True, stdout=subprocess.PIPE, text=True,
                          env={**ENVIRONMENT, 'LANGUAGE': code}).stdout
    assert in_language(code, 'Show this help', root / 'usr/share/locale') in told, told


def test_the_packages_in_a_fresh_system():
    root = snugtest.folder() / 'root'
    subprocess.run([CONTAINER / 'root', root, *packages('snug', 'snug-cli', 'snug-server', 'snug-common')], check=True,
                   timeout=SLOW, stdout=subprocess.DEVNULL)

    def inside(*command):
        return ['chroot', root, *command]

    for program in ('snug', 'snug-cli', 'snug-server'):
        subprocess.run(inside(program, '--version'), check=True, env=ENVIRONMENT)
    check_language(root, 'fr')
    assert list(root.glob('usr/lib/systemd/system/snug-server.service'))
    server, url = start(inside('snug-server', '--config', '/etc/snug/snug-server.conf', '--listen', '127.0.0.1:0'),
                        ENVIRONMENT)
    check_page(url)
    meet(url, inside('snug-cli'))
    server.stop()


def test_the_image():
    box = snugtest.folder()
    image = box / 'snug-server.tar'
    env = dict(os.environ, BUILDAH_ISOLATION='chroot', STORAGE_DRIVER='vfs')

    def buildah(*arguments):
        return ['buildah', '--root', box / 'storage', '--runroot', box / 'run', *arguments]

    def output(*arguments):
        return subprocess.run(buildah(*arguments), check=True, stdout=subprocess.PIPE, text=True, env=env,
                              timeout=SLOW).stdout.strip()

    subprocess.run([CONTAINER / 'build', image, *packages('snug-server', 'snug-common')], check=True, timeout=SLOW, env=env,
                   stdout=subprocess.DEVNULL)
    print(f'# the image: {image.stat().st_size / 1e6:.0f} MB', flush=True)
    container = output('from', f'oci-archive:{image}')
    try:
        entry = json.loads(output('inspect', container))['OCIv1']['config']
        assert entry['User'] == 'snug-server' and '2029/tcp' in entry['ExposedPorts'], entry
        # What an engine would start, on a port that is free.
        server, url = start(buildah('run', container, *entry['Entrypoint'], '--listen', '127.0.0.1:0'), env)
        check_page(url)
        meet(url, [snugtest.BUILD / 'src/cli/snug-cli'])
        assert 'Permission denied' not in server.describe(), server.describe()
        owner = output('run', container, 'stat', '-c', '%U', '/var/lib/snug-server')
        assert owner == 'snug-server', owner
        # What buildah says of a program that was asked to end.
        server.stop(status=1)
    finally:
        output('rm', container)


snugtest.run([test_the_packages_in_a_fresh_system, test_the_image])
