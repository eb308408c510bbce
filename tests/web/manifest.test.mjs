// Manifests of folders, good and bad, and the places in them.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadJson } from '../../src/web/json-gate.js';
import {
  advance, believableMtime, encodeManifest, MAX_DEPTH, MAX_ENTRIES, parseManifest, piecesBefore, placeOf, settle, totalSize,
} from '../../src/web/manifest.js';

const MIB = 1024 * 1024;
const parse = (text) => parseManifest(new TextEncoder().encode(text));
const line = (path, size = 1) => `${JSON.stringify({ path, size })}\n`;
const dir = (path) => `${JSON.stringify({ path, dir: true })}\n`;
const paths = (entries) => entries.map(({ path }) => path.join('/'));

test('what is written is read again', () => {
  const entries = [
    { path: ['a'], size: 0, mtime: 1700000000, isFolder: true },
    { path: ['a', 'Grüße 日本語.txt'], size: 5, mtime: 1700000001, isFolder: false },
    { path: ['leer'], size: 0, mtime: 0, isFolder: true },
    { path: ['b.bin'], size: 3 * MIB, mtime: 0, isFolder: false },
  ];
  assert.deepEqual(parseManifest(encodeManifest(entries)), entries);
  assert.deepEqual(parse(''), []);
});

test('names are safe, stay beneath the root, and are distinct', () => {
  const evil = [line(['..', '..', 'etc', 'passwd']), line(['.ssh', 'authorized_keys']), line(['a\\b']), line(['C:', 'x']), line(['con']), line(['\u202egpj.exe'])];
  for (const path of paths(parse(evil.join('')))) {
    assert.doesNotMatch(path, /(^|\/)\.|\\|:|\u202e|^\//, path);
    assert.ok(path.split('/').every((name) => name !== ''), path);
  }
  assert.deepEqual(paths(parse(line(['a.txt']) + line(['a.txt']) + line(['a?.txt']) + line(['a (2).txt']))),
    ['a.txt', 'a (2).txt', 'a (3).txt', 'a (2) (2).txt']);
  // Disks of phones and of Windows tell no case apart.
  assert.deepEqual(paths(parse(line(['A.txt']) + line(['a.TXT']))), ['A.txt', 'a (2).TXT']);
});

test('what is beneath two folders of one safe name stays apart; a file where a folder is gets a number', () => {
  assert.deepEqual(paths(parse(dir(['x?']) + dir(['x']) + line(['x?', 'f']) + line(['x', 'f']))), ['x', 'x (2)', 'x/f', 'x (2)/f']);
  assert.deepEqual(paths(parse(line(['x', 'f']) + line(['x']))), ['x/f', 'x (2)']);
  assert.deepEqual(paths(parse(dir(['x']) + line(['x', 'f']) + dir(['x']))), ['x', 'x/f', 'x']);
});

test('nonsense is refused', () => {
  const deep = Array(MAX_DEPTH).fill('d');
  assert.equal(parse(line(deep)).length, 1);
  for (const text of [
    'x', '{}\n', '\n', line(['a']).trimEnd(), line([]), line(['']), line(['a/b']), line('a'), line([1]), line([...deep, 'd']),
    '{"path":["a"]}\n', '{"path":["a"],"size":-1}\n', '{"path":["a"],"size":"1"}\n', '{"path":["a"],"dir":1}\n',
    '{"path":["a"],"size":1,"mtime":"x"}\n', line(['a'], Number.MAX_SAFE_INTEGER) + line(['b'], 1), line(['x'.repeat(1025)]), '{"path":["a"],"size":1}\r',
  ])
    assert.throws(() => parse(text), BadJson, text.slice(0, 60));
  assert.throws(() => parseManifest(Uint8Array.of(0xff, 10)), BadJson);
});

/** Of so many bytes, without its end. */
const padded = (nBytes) => '{"path":["a"],"size":0}'.padEnd(nBytes);

test('the longest manifest, line and name are taken, and a byte more is not', () => {
  const [whole, longest] = [16 * MIB, 32 * 1024];
  const all = `${padded(longest - 1)}\n`.repeat(whole / longest - 1);
  for (const [most, more] of [
    [`${all}${padded(longest - 1)}\n`, `${all}${padded(longest)}\n`],
    [`${padded(longest)}\n`, `${padded(longest + 1)}\n`],
    [line(['x'.repeat(1024)]), line(['x'.repeat(1025)])],
    [line(['é'.repeat(512)]), line(['é'.repeat(513)])],
  ]) {
    assert.doesNotThrow(() => parse(most));
    assert.throws(() => parse(more), BadJson);
  }
});

test('a hundred thousand entries of one name are numbered soon, one more is refused', () => {
  const same = line(['same']);
  const entries = parse(same.repeat(MAX_ENTRIES));
  assert.deepEqual(entries.at(-1).path, [`same (${MAX_ENTRIES})`]);
  assert.throws(() => parse(same.repeat(MAX_ENTRIES + 1)), BadJson);
});

test('times are believed between 1980 and tomorrow', () => {
  const now = Math.floor(Date.now() / 1000);
  assert.deepEqual([0, 315532799, 315532800, now, now + 86_000, now + 90_000].map(believableMtime), [0, 0, 315532800, now, now + 86_000, 0]);
});

test('places: folders are stepped over, empty files are places, the end is behind all', () => {
  const file = (size) => ({ path: ['f'], size, mtime: 0, isFolder: false });
  const folder = { path: ['d'], size: 0, mtime: 0, isFolder: true };
  const entries = [folder, file(MIB + 5), folder, file(0), file(7), folder];
  assert.equal(totalSize(entries), MIB + 12);
  assert.deepEqual(settle(entries, { entry: 0, offset: 0 }), { entry: 1, offset: 0 });
  assert.deepEqual(advance(entries, { entry: 1, offset: 0 }, MIB), { entry: 1, offset: MIB });
  assert.deepEqual(advance(entries, { entry: 1, offset: MIB }, 5), { entry: 3, offset: 0 });
  assert.deepEqual(advance(entries, { entry: 4, offset: 0 }, 7), { entry: 6, offset: 0 });
  assert.deepEqual([0, 1, 2, 3].map((n) => placeOf(entries, n)), [
    { entry: 1, offset: 0, nBytes: 0 }, { entry: 1, offset: MIB, nBytes: MIB },
    { entry: 3, offset: 0, nBytes: MIB + 5 }, { entry: 6, offset: 0, nBytes: MIB + 12 },
  ]);
  assert.equal(piecesBefore(entries, { entry: 1, offset: MIB }), 1);
  assert.equal(piecesBefore(entries, { entry: 4, offset: 0 }), 2);
  assert.deepEqual(settle([folder, folder], { entry: 0, offset: 0 }), { entry: 2, offset: 0 });
});
