#!/usr/bin/python3
"""assemble.py: puts the page together in one folder, from which it can be served.

Copies the page's files as they are, the icon, and beside them the few files of its libraries: @noble/hashes,
@noble/curves and @noble/ciphers, which private rooms need, and a page on plain http (there the browser has neither
SHA-256 nor ciphers), and lean-qr. They come from tests/node_modules or, where npm is, by `npm ci` into the build
folder; they are never committed. A page without them has a slower SHA-256 of its own, forgets what it was receiving
when it is loaded again, cannot enter private rooms, and shows no QR code. From the same place comes esbuild, which
takes what only people read out of every script: half of what a phone would load. Modules stay modules, each by its
own name. Who installs the page gets a second icon, which a phone may cut to its own shape, the same in dots for phones of
Apple, and a worker that knows the names of all files. Translations come from po/ (catalogues.py).

SPDX-License-Identifier: GPL-3.0-or-later
"""
import argparse
import gzip
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from catalogues import catalogue_pieces

# By package: the folder of its modules, and those that the page takes.
LIBRARIES = {
    '@noble/hashes': ('esm', ['_md.js', '_u64.js', 'crypto.js', 'hkdf.js', 'hmac.js', 'sha2.js', 'utils.js']),
    '@noble/curves': ('esm', ['abstract/curve.js', 'abstract/edwards.js', 'abstract/hash-to-curve.js',
                              'abstract/modular.js', 'abstract/montgomery.js', 'ed25519.js', 'utils.js']),
    '@noble/ciphers': ('esm', ['_arx.js', '_poly1305.js', '_polyval.js', 'aes.js', 'chacha.js', 'crypto.js',
                               'utils.js']),
    'lean-qr': ('', ['index.mjs']),
}
# The folders that they get in the page.
LIBRARY_FOLDERS = {package.split('/')[0].lstrip('@') for package in LIBRARIES}
SERVED = {'.html', '.css', '.js', '.webmanifest'}
CATALOGUE = pathlib.Path('catalogue.js')
UNFILLED_LANGUAGES = 'const LANGUAGES = [];'
OFFLINE_WORKER = pathlib.Path('offline-worker.js')
UNFILLED_SHELL = "const SHELL = { version: '', files: [] };"
# What Apple's phones show, at three dots a point; they cut its corners themselves, and make black of what is clear.
APPLE_ICON = pathlib.Path('apple-touch-icon.png')
APPLE_ICON_DOTS = 180
APPLE_ICON_LINE = f'<link rel="apple-touch-icon" href="{APPLE_ICON}">\n'
INDEX = pathlib.Path('index.html')
RENDER_SECONDS = 30
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


def fetch_libraries(tests, npm, folder):
    """`npm ci` of the libraries, bounded, and not the same again for an hour if it failed."""
    attempt = folder / 'package-lock.json'
    if (attempt.exists() and attempt.read_bytes() == (tests / attempt.name).read_bytes()
            and time.time() - attempt.stat().st_mtime < FETCH_AGAIN_AFTER_SECONDS):
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name in ('package.json', 'package-lock.json'):
        shutil.copy(tests / name, folder / name)
    command = [npm, 'ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=0']
    try:
        subprocess.run(command, cwd=folder, timeout=FETCH_SECONDS, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except (subprocess.SubprocessError, OSError) as error:
        print(f'web: npm could not fetch the libraries: {error}', file=sys.stderr)


def find_modules(arguments):
    """The node_modules that hold all that is needed, or None."""
    places = [arguments.tests / 'node_modules', arguments.cache / 'node_modules']
    for fetched in (False, True):
        for place in places:
            wanted = [place / package / folder / name for package, (folder, names) in LIBRARIES.items() for name in names]
            if all(path.exists() for path in wanted):
                return place
        if not fetched and arguments.npm:
            fetch_libraries(arguments.tests, arguments.npm, arguments.cache)
    return None


def library_text(path, name):
    """The file without its source map; bare imports made relative ones, as no browser knows npm."""
    up = '../' * (1 + name.count('/'))
    lines = path.read_text(encoding='utf-8').splitlines()
    kept = '\n'.join(line for line in lines if not line.startswith('//# sourceMappingURL')) + '\n'
    return re.sub(r"""from (['"])@noble/([a-z]+)/([\w-]+?)(?:\.js)?\1""", rf"from '{up}\2/\3.js'", kept)


def library_pieces(modules):
    for package, (folder, names) in LIBRARIES.items():
        home = pathlib.Path(package.lstrip('@'))
        for name in names:
            text = library_text(modules / package / folder / name, name)
            yield (home / name).with_suffix('.js'), text.encode()
        yield home / 'LICENSE', (modules / package / 'LICENSE').read_bytes()


def maskable(icon):
    """The icon on a ground that has no edge: a phone cuts it round, or however it likes."""
    ground = '</defs>\n  <rect width="128" height="128" fill="#093d43"/>'
    return icon.replace('</defs>', ground, 1)


def render(renderer, picture, n_dots):
    """The square picture as PNG, or None where the program cannot: gdk-pixbuf has its loader of SVG from elsewhere."""
    side = str(n_dots)
    with tempfile.TemporaryDirectory() as name:
        drawing, dots = pathlib.Path(name) / 'icon.svg', pathlib.Path(name) / 'icon.png'
        drawing.write_text(picture, encoding='utf-8')
        is_rsvg = pathlib.Path(renderer).name == 'rsvg-convert'
        how = ['-w', side, '-h', side, '-o', dots, drawing] if is_rsvg else ['-s', side, drawing, dots]
        try:
            subprocess.run([renderer, *how], timeout=RENDER_SECONDS, check=True,
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return dots.read_bytes()
        except (subprocess.SubprocessError, OSError) as error:
            print(f'web: no icon for phones of Apple: {error}', file=sys.stderr)
            return None


def add_apple_icon(renderer, icon, pieces):
    """The icon, or a page that does not name it."""
    dots = renderer and render(renderer, icon, APPLE_ICON_DOTS)
    if dots:
        pieces[APPLE_ICON] = dots
        return
    page = pieces[INDEX].decode()
    assert APPLE_ICON_LINE in page
    pieces[INDEX] = page.replace(APPLE_ICON_LINE, '').encode()


def name_files(worker, pieces):
    """The worker that keeps the page: with the names of its files, and a version that is theirs."""
    assert UNFILLED_SHELL in worker
    kept = {path: data for path, data in pieces.items() if path != OFFLINE_WORKER and path.name != 'LICENSE'}
    version = hashlib.sha256()
    for path, data in sorted(kept.items()):
        version.update(f'{path} {len(data)}\n'.encode() + data)
    files = ['/' if path == INDEX else f'/{path}' for path in sorted(kept)]
    shell = json.dumps({'version': version.hexdigest()[:16], 'files': files})
    return worker.replace(UNFILLED_SHELL, f'const SHELL = {shell};')


def add_languages(folder, pieces):
    """A file for each language, and their names where the page chooses."""
    ours = {path: data for path, data in pieces.items() if path.parts[0] not in LIBRARY_FOLDERS}
    scripts = [data.decode() for path, data in ours.items() if path.suffix == '.js']
    languages = dict(catalogue_pieces(folder, scripts))
    pieces.update({pathlib.Path('lang') / f'{code}.json': data for code, data in languages.items()})
    script = pieces[CATALOGUE].decode()
    assert UNFILLED_LANGUAGES in script
    pieces[CATALOGUE] = script.replace(UNFILLED_LANGUAGES, f'const LANGUAGES = {json.dumps(list(languages))};').encode()


def minify(esbuild, pieces):
    """Scripts and style sheets without comments, in short names; the rest as it is."""
    with tempfile.TemporaryDirectory() as name:
        plain, small = pathlib.Path(name) / 'plain', pathlib.Path(name) / 'small'
        paths = [path for path in pieces if path.suffix in ('.js', '.css')]
        for path in paths:
            write_if_changed(plain / path, pieces[path])
        subprocess.run([esbuild, '--minify', '--format=esm', '--target=es2022', '--legal-comments=none',
                        '--log-level=error', f'--outbase={plain}', f'--outdir={small}', *(plain / path for path in paths)],
                       check=True, stdin=subprocess.DEVNULL)
        return {**pieces, **{path: (small / path).read_bytes() for path in paths}}


def remove_leftovers(output, wanted):
    libraries = [path for folder in LIBRARY_FOLDERS for path in output.glob(f'{folder}/**/*')]
    for path in [*output.glob('*.js*'), *output.glob('*.png*'), *output.glob('views/*'), *output.glob('lang/*'), *libraries]:
        plain = path.with_suffix('') if path.suffix == '.gz' else path
        if path.is_file() and plain.relative_to(output) not in wanted:
            path.unlink()


def parse_arguments():
    parser = argparse.ArgumentParser(description='Puts the web page together.')
    parser.add_argument('--output', required=True, help='folder; relative to the prefix while meson installs')
    parser.add_argument('--source', type=pathlib.Path, required=True)
    parser.add_argument('--icon', type=pathlib.Path, required=True)
    parser.add_argument('--po', type=pathlib.Path, required=True, help='translations, and LINGUAS')
    parser.add_argument('--tests', type=pathlib.Path, required=True, help='where package.json and node_modules are')
    parser.add_argument('--cache', type=pathlib.Path, required=True, help='where npm may fetch to')
    parser.add_argument('--npm', help='the program, if there is one')
    parser.add_argument('--renderer', help='rsvg-convert or gdk-pixbuf-thumbnailer, if there is one')
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    output = pathlib.Path(os.environ.get('MESON_INSTALL_DESTDIR_PREFIX', '.')) / arguments.output
    pieces = {path: (arguments.source / path).read_bytes() for path in page_files(arguments.source)}
    icon = arguments.icon.read_text(encoding='utf-8')
    pieces[pathlib.Path('icon.svg')] = icon.encode()
    pieces[pathlib.Path('icon-maskable.svg')] = maskable(icon).encode()
    add_apple_icon(arguments.renderer, maskable(icon), pieces)

    add_languages(arguments.po, pieces)
    modules = find_modules(arguments)
    if modules is None:
        print('web: a page without its libraries: no private rooms, no QR code; slower and forgetful over plain http',
              file=sys.stderr)
    else:
        pieces.update(library_pieces(modules))
        if (modules / '.bin/esbuild').exists():
            pieces = minify(modules / '.bin/esbuild', pieces)
    worker = (arguments.source / OFFLINE_WORKER).read_text(encoding='utf-8')
    pieces[OFFLINE_WORKER] = name_files(worker, pieces).encode()

    remove_leftovers(output, pieces)
    for path, data in pieces.items():
        write_if_changed(output / path, data)
        # The server hands these to whoever takes them packed. The same input is the same file.
        write_if_changed(output / f'{path}.gz', gzip.compress(data, mtime=0))


if __name__ == '__main__':
    main()
