// tree: a folder with all that folders have, on the disk, and what is in one that arrived.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** 2001, so that it is seen to be kept. */
export const MTIME = 1_000_000_000;

const FILES = {
  'first.txt': Buffer.from('hello\n'),
  'without bytes': Buffer.alloc(0),
  'Grüße 日本語 😀/файл.bin': randomBytes(70_000),
  'deep/er/and deeper/three pieces.bin': randomBytes(2_500_000),
};
const EMPTY_FOLDERS = ['nothing in here', 'deep/nothing either'];

/** Writes it as `name` in `folder`. @returns {Promise<string>} its path */
export async function makeTree(folder, name) {
  const root = join(folder, name);
  for (const path of EMPTY_FOLDERS) await mkdir(join(root, path), { recursive: true });
  for (const [path, bytes] of Object.entries(FILES)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
    await utimes(join(root, path), MTIME, MTIME);
  }
  return root;
}

/** Path → SHA-256 of the file, or "folder". @param {string} root @param {string} [below] @returns {Promise<Record<string, string>>} */
export async function readTree(root, below = '') {
  const seen = {};
  for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (entry.isDirectory()) Object.assign(seen, { [path]: 'folder' }, await readTree(root, path));
    else seen[path] = entry.isFile() ? hashOf(await readFile(join(root, path))) : 'neither';
  }
  return seen;
}

const UNZIP = `
import hashlib, json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    names = z.namelist()
    assert len(set(names)) == len(names), 'a name twice'
    print(json.dumps({i.filename: 'folder' if i.is_dir() else hashlib.sha256(z.read(i)).hexdigest() for i in z.infolist()}))
`;

/** The same of a ZIP archive, read by Python. @param {Buffer} bytes */
export async function readZip(bytes) {
  const folder = await mkdtemp(join(tmpdir(), 'snug-zip-'));
  try {
    const path = join(folder, 'a.zip');
    await writeFile(path, bytes);
    const seen = JSON.parse(execFileSync('/usr/bin/python3', ['-c', UNZIP, path], { encoding: 'utf8', maxBuffer: 2 ** 26 }));
    return Object.fromEntries(Object.entries(seen).map(([name, what]) => [name.replace(/\/$/, ''), what]));
  } finally {
    await rm(folder, { recursive: true });
  }
}
