// manifest: what a transfer consists of, entries in order; a file is a manifest of one entry. Pure.
//
// What a stranger wrote is safe when it is parsed: paths are made of safe names, stay beneath their root and
// are distinct (PROTOCOL.md, section 4: Folders).
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { BadJson, isWithin, parseJson, peekBoolean, peekInteger, required } from './json-gate.js';
import { numberedName, safeFileName } from './names.js';
import { pieceCount, pieceSizeAt } from './transfer.js';

export const MAX_MANIFEST_BYTES = 16 * 1024 * 1024;
export const MAX_ENTRIES = 100_000;
export const MAX_DEPTH = 32;
const MAX_LINE_BYTES = MAX_DEPTH * 1024;
const MAX_COMPONENT_BYTES = 1024;
const YEAR_1980 = 315_532_800;
const DAY = 86_400;

/**
 * @typedef {object} Entry
 * @property {string[]} path names from the root down, without the root itself
 * @property {number} size bytes
 * @property {number} mtime unix seconds, 0: unknown
 * @property {boolean} isFolder
 * @property {boolean} [isLeftOut] it was not chosen, and counts as a folder that nobody makes
 *
 * @typedef {{ entry: number, offset: number }} Place between two pieces
 */

/** Anything else than 1980 … tomorrow is as good as unknown. @param {number} mtime */
export function believableMtime(mtime) {
  return mtime >= YEAR_1980 && mtime <= Date.now() / 1000 + DAY ? mtime : 0;
}

/** @param {Entry[]} entries @returns {number} bytes of all */
export function totalSize(entries) {
  return entries.reduce((sum, { size }) => sum + size, 0);
}

/** One JSON object a line. @param {Entry[]} entries */
export function encodeManifest(entries) {
  const lines = entries.map(({ path, size, mtime, isFolder }) =>
    `${JSON.stringify({ path, ...(isFolder ? { dir: true } : { size }), ...(mtime > 0 ? { mtime } : {}) })}\n`);
  return new TextEncoder().encode(lines.join(''));
}

// ---- reading

/** What is taken already, and which folder of the sender's is which of ours. */
class Names {
  /** Path, in one case, as some disks tell none apart → the number to try next. */
  #taken = /** @type {Map<string, number>} */ (new Map());
  #folders = /** @type {Map<string, string[]>} */ (new Map());

  /** Two names may be the same when they are safe: then the second gets a number. @param {string[]} parent @param {string} raw */
  take(parent, raw) {
    const safe = safeFileName(raw);
    const keyOf = (/** @type {string[]} */ path) => path.join('/').toLowerCase();
    const first = keyOf([...parent, safe]);
    for (let n = this.#taken.get(first) ?? 1; ; n++) {
      const path = [...parent, n === 1 ? safe : numberedName(safe, n)];
      if (this.#taken.has(keyOf(path)) && n > 1) continue;
      this.#taken.set(keyOf(path), 2);
      this.#taken.set(first, n + 1);
      return path;
    }
  }

  /** Our path of their folder. @param {string[]} theirs @returns {string[]} */
  folder(theirs) {
    if (theirs.length === 0) return [];
    const key = theirs.join('/');
    const known = this.#folders.get(key);
    if (known) return known;
    const made = this.take(this.folder(theirs.slice(0, -1)), theirs.at(-1) ?? '');
    this.#folders.set(key, made);
    return made;
  }
}

/** @param {import('./json-gate.js').JsonObject} o @returns {string[]} */
function readPath(o) {
  const { path } = o;
  if (!Array.isArray(path) || path.length === 0 || path.length > MAX_DEPTH) throw new BadJson('no usable path');
  for (const name of path)
    if (typeof name !== 'string' || name === '' || name.includes('/') || !isWithin(name, MAX_COMPONENT_BYTES))
      throw new BadJson('no usable name in a path');
  return /** @type {string[]} */ (path);
}

/** @param {import('./json-gate.js').JsonObject} o @param {string} name @param {number} [max] */
function optionalInteger(o, name, max) {
  if (!(name in o)) return 0;
  return required(peekInteger(o, name, max), name);
}

/** @param {string} line @param {Names} names @returns {Entry} */
function readLine(line, names) {
  const o = parseJson(line, MAX_LINE_BYTES);
  const path = readPath(o);
  const isFolder = 'dir' in o ? required(peekBoolean(o, 'dir'), 'dir') : false;
  const mtime = believableMtime(optionalInteger(o, 'mtime'));
  if (isFolder) return { path: names.folder(path), size: 0, mtime, isFolder };
  const size = required(peekInteger(o, 'size'), 'size');
  return { path: names.take(names.folder(path.slice(0, -1)), path.at(-1) ?? ''), size, mtime, isFolder };
}

/**
 * @param {Uint8Array} bytes
 * @returns {Entry[]} with safe, distinct paths
 * @throws {BadJson}
 */
export function parseManifest(bytes) {
  if (bytes.length > MAX_MANIFEST_BYTES) throw new BadJson('a manifest too long');
  const lines = decodeText(bytes).split('\n');
  if (lines.pop() !== '') throw new BadJson('a line without an end');
  if (lines.length > MAX_ENTRIES) throw new BadJson('too many entries');
  const names = new Names();
  let left = Number.MAX_SAFE_INTEGER;
  return lines.map((line) => {
    const entry = readLine(line, names);
    left -= entry.size;
    if (left < 0) throw new BadJson('more bytes than a number holds');
    return entry;
  });
}

/** @param {Uint8Array} bytes */
function decodeText(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new BadJson('not UTF-8');
  }
}

// ---- places

/** The next place that has or is a file; behind all, `entry` is their number. @param {Entry[]} entries @param {Place} place */
export function settle(entries, place) {
  let { entry, offset } = place;
  while (entries[entry]?.isFolder) {
    entry++;
    offset = 0;
  }
  return { entry, offset };
}

/** Behind `nBytes` more of the entry at the place. @param {Entry[]} entries @param {Place} place @param {number} nBytes @returns {Place} */
export function advance(entries, { entry, offset }, nBytes) {
  const isAll = offset + nBytes >= (entries[entry]?.size ?? 0);
  return settle(entries, isAll ? { entry: entry + 1, offset: 0 } : { entry, offset: offset + nBytes });
}

/**
 * The place behind the first `nPieces` pieces, and the bytes before it. Files without bytes, which have no
 * pieces, are stepped over only between two pieces: the last ones are asked for again.
 *
 * @param {Entry[]} entries
 * @param {number} nPieces
 * @returns {Place & { nBytes: number }}
 */
export function placeOf(entries, nPieces) {
  let place = settle(entries, { entry: 0, offset: 0 });
  let nBytes = 0;
  for (let left = nPieces; left > 0 && place.entry < entries.length; ) {
    const { size } = /** @type {Entry} */ (entries[place.entry]);
    const n = Math.max(0, pieceSizeAt(size, place.offset));
    if (n > 0) left--;
    nBytes += n;
    place = advance(entries, place, n);
  }
  return { ...place, nBytes };
}

/**
 * How many pieces are before a place.
 *
 * @param {Entry[]} entries
 * @param {Place} place
 */
export function piecesBefore(entries, { entry, offset }) {
  const before = entries.slice(0, entry).reduce((sum, { size }) => sum + pieceCount(size), 0);
  return before + pieceCount(offset);
}
