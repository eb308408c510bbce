// Folders as archives: read by Python's zipfile, which is not ours; large ones by their headers.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { crc32 } from '../../src/web/crc32.js';
import { centralDirectory, localHeader, zipFolder } from '../../src/web/zip.js';

const READ = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    print(json.dumps([[i.filename, i.file_size, i.external_attr >> 16, i.date_time[0], i.extra.hex(), z.read(i).decode()] for i in z.infolist()]))
`;

/** The directory of one with very many, and who is last in it: to read each would take Python half a minute. */
const READ_DIRECTORY = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    names = z.namelist()
    print(json.dumps([len(names), names[-1], z.read(names[-1]).decode()]))
`;

function readZip(t, bytes, program = READ) {
  const folder = mkdtempSync(join(tmpdir(), 'snug-zip-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'a.zip');
  writeFileSync(path, bytes);
  return JSON.parse(execFileSync('/usr/bin/python3', ['-c', program, path], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }));
}

test('the checksum is the one everybody has', () => {
  const bytes = new TextEncoder().encode('123456789');
  assert.equal(crc32(bytes), 0xcbf43926);
  assert.equal(crc32(bytes.subarray(4), crc32(bytes.subarray(0, 4))), 0xcbf43926);
  assert.equal(crc32(new Uint8Array(0)), 0);
  const long = Uint8Array.from({ length: 1000 }, (_, i) => i * 7);
  assert.equal(crc32(long.subarray(13), crc32(long.subarray(0, 13))), crc32(long));
});

test('a folder unpacks into one folder, with its names, times and empty folders', async (t) => {
  const files = { 'one.txt': 'eins', 'leer.txt': '', 'Grüße 日本語 😀.txt': 'unicode' };
  const entries = [
    { path: ['leer'], size: 0, mtime: 0, isFolder: true },
    ...Object.entries(files).map(([name, text]) => ({ path: ['unter', name], size: Buffer.byteLength(text), mtime: 1_600_000_000, isFolder: false })),
  ];
  const crcs = [0, ...Object.values(files).map((text) => crc32(Buffer.from(text)))];
  const blob = zipFolder('Ferien', entries, crcs, new Blob(Object.values(files)));
  const seen = readZip(t, Buffer.from(await blob.arrayBuffer()));
  assert.deepEqual(seen.map(([name, size, , , , text]) => [name, size, text]), [
    ['Ferien/', 0, ''], ['Ferien/leer/', 0, ''], ['Ferien/unter/one.txt', 4, 'eins'], ['Ferien/unter/leer.txt', 0, ''], ['Ferien/unter/Grüße 日本語 😀.txt', 7, 'unicode'],
  ]);
  assert.deepEqual(seen.slice(1, 3).map(([, , mode]) => mode), [0o40755, 0o100644]);
  assert.equal(seen[2][3], 2020);
  assert.equal(seen[2][4], `5554050001${Buffer.from(Uint32Array.of(1_600_000_000).buffer).toString('hex')}`);
  assert.equal(blob.type, 'application/octet-stream');
});

test('more than 65,535 entries need the larger directory, and have it', async (t) => {
  const entries = Array.from({ length: 70_000 }, (_, i) => ({ path: [`${i}`], size: 0, mtime: 0, isFolder: false }));
  const blob = zipFolder('many', entries, [], new Blob());
  assert.deepEqual(readZip(t, Buffer.from(await blob.arrayBuffer()), READ_DIRECTORY), [70_001, 'many/69999', '']);
});

test('files and places beyond 4 GiB are written in 64 bits', () => {
  const five = 5 * 2 ** 30;
  const entry = { path: ['f'], size: five, mtime: 0, isFolder: false, crc: 1, at: 6 * 2 ** 30 };
  const local = Buffer.from(localHeader(entry, 'r'));
  assert.equal(local.readUInt32LE(18), 0xffffffff);
  assert.deepEqual([33, 35, 37, 45].map((at, i) => (i < 2 ? local.readUInt16LE(at) : Number(local.readBigUInt64LE(at)))), [1, 16, five, five]);
  const [central, end] = centralDirectory([entry], 'r', 11 * 2 ** 30).map((part) => Buffer.from(part));
  assert.equal(central.readUInt32LE(42), 0xffffffff);
  assert.deepEqual([53, 61, 69].map((at) => Number(central.readBigUInt64LE(at))), [five, five, 6 * 2 ** 30]);
  assert.equal(Number(end.readBigUInt64LE(48)), 11 * 2 ** 30);
  // The same just below needs none of it.
  assert.equal(localHeader({ ...entry, size: 0xfffffffe }, 'r').length, 30 + 3);
});
