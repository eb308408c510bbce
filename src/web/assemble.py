#!/usr/bin/python3
"""assemble.py: puts the page together in one folder, from which it can be served.

Copies the page's files as they are, the icon, and beside them the few files of @noble/hashes and @noble/ciphers
that a page on plain http wants (there the browser has neither SHA-256 nor ciphers). The libraries come from
tests/node_modules or, where npm is, by `npm ci` into the build folder; they are never committed. A page without
them has a slower SHA-256 of its own, and forgets what it was receiving when it is loaded again.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import argparse
import gzip
import os
import pathlib
import shutil
import subprocess
import sys
import time

LIBRARIES = {
    'noble': ('hashes', ['sha2.js', '_md.js', '_u64.js', 'utils.js', 'crypto.js']),
    'noble-ciphers': ('ciphers', ['chacha.js', '_arx.js', '_poly1305.js', 'utils.js']),
}
SERVED = {'.html', '.css', '.js'}
FETCH_SECONDS = 60
FETCH_AGAIN_AFTER_SECONDS = 3600


def write_if_changed(path, data):
    if path.exists() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def page_files(source):
    for path in sorted(source.rglob('*')):
        if path.is_file() and path.suffix in SERVED:
            yield path.relative_to(source)


def fetch_noble(tests, npm, folder):
    """`npm ci` of the libraries, bounded, and not again for an hour if it failed."""
    attempt = folder / 'attempt'
    if attempt.exists() and time.time() - attempt.stat().st_mtime < FETCH_AGAIN_AFTER_SECONDS:
        return
    folder.mkdir(parents=True, exist_ok=True)
    attempt.touch()
    for name in ('package.json', 'package-lock.json'):
        shutil.copy(tests / name, folder / name)
    command = [npm, 'ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=0']
    try:
        subprocess.run(command, cwd=folder, timeout=FETCH_SECONDS, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except (subprocess.SubprocessError, OSError) as error:
        print(f'web: npm could not fetch @noble: {error}', file=sys.stderr)


def has_libraries(place):
    return all((place / '@noble' / package / 'esm' / name).exists()
               for package, names in LIBRARIES.values() for name in names)


def find_noble(arguments):
    places = [arguments.tests / 'node_modules', arguments.cache / 'node_modules']
    for fetched in (False, True):
        for place in places:
            if has_libraries(place):
                return place / '@noble'
        if not fetched and arguments.npm:
            fetch_noble(arguments.tests, arguments.npm, arguments.cache)
    return None


def noble_text(path):
    """The file without its source map; the one bare import made a relative one, as no browser knows npm."""
    lines = path.read_text(encoding='utf-8').splitlines()
    kept = [line for line in lines if not line.startswith('//# sourceMappingURL')]
    return '\n'.join(kept).replace("'@noble/hashes/crypto'", "'./crypto.js'") + '\n'


def remove_leftovers(output, wanted):
    for path in [*output.glob('*.js*'), *output.glob('views/*'), *output.glob('noble*/*')]:
        plain = path.with_suffix('') if path.suffix == '.gz' else path
        if plain.relative_to(output) not in wanted:
            path.unlink()


def parse_arguments():
    parser = argparse.ArgumentParser(description='Puts the web page together.')
    parser.add_argument('--output', required=True, help='folder; relative to the prefix while meson installs')
    parser.add_argument('--source', type=pathlib.Path, required=True)
    parser.add_argument('--icon', type=pathlib.Path, required=True)
    parser.add_argument('--tests', type=pathlib.Path, required=True, help='where package.json and node_modules are')
    parser.add_argument('--cache', type=pathlib.Path, required=True, help='where npm may fetch to')
    parser.add_argument('--npm', help='the program, if there is one')
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    output = pathlib.Path(os.environ.get('MESON_INSTALL_DESTDIR_PREFIX', '.')) / arguments.output
    pieces = {path: (arguments.source / path).read_bytes() for path in page_files(arguments.source)}
    pieces[pathlib.Path('icon.svg')] = arguments.icon.read_bytes()

    noble = find_noble(arguments)
    if noble is None:
        print('web: a page without @noble, slower and forgetful over plain http', file=sys.stderr)
    else:
        for folder, (package, names) in LIBRARIES.items():
            for name in names:
                pieces[pathlib.Path(folder) / name] = noble_text(noble / package / 'esm' / name).encode()
            pieces[pathlib.Path(folder) / 'LICENSE'] = (noble / package / 'LICENSE').read_bytes()

    remove_leftovers(output, pieces)
    for path, data in pieces.items():
        write_if_changed(output / path, data)
        # The server hands these to whoever takes them packed. The same input is the same file.
        write_if_changed(output / f'{path}.gz', gzip.compress(data, mtime=0))


if __name__ == '__main__':
    main()
