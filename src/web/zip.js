// zip: a folder as one file: stored, not packed, in the order of its manifest (PKWARE APPNOTE 6.3).
//
// Only headers are made here. Sizes and checksums are known when they are, as the pieces were all checked and
// kept before: so an archive is a Blob of headers and slices of what is kept, and nothing is copied. That is
// why this is ours: libraries that write ZIP want to see every byte.
//
// SPDX-License-Identifier: GPL-3.0-or-later

/** @typedef {import('./manifest.js').Entry} Entry */
/** @typedef {Entry & { crc: number, at: number }} Placed with its checksum and where its header stands */

const MAX_16 = 0xffff;
const MAX_32 = 0xffffffff;
const VERSION_20 = 20;
const VERSION_45 = 45;
/** APPNOTE 4.4.4, bit 11: names are UTF-8. */
const FLAG_UTF8 = 0x0800;
/** APPNOTE 4.4.2: attributes are those of Unix. */
const MADE_ON_UNIX = 3 << 8;
const FILE_MODE = 0o100644;
const FOLDER_MODE = 0o40755;
const DOS_FOLDER = 0x10;
const EXTRA_ZIP64 = 0x0001;
const EXTRA_TIME = 0x5455;

/** Little-endian fields in a row. A number is [value, bytes]. Byte by byte: a view for each took three times as long. */
class Fields {
  #bytes = /** @type {number[]} */ ([]);

  /** @param {...[number, 1 | 2 | 4 | 8]} numbers */
  add(...numbers) {
    for (const [value, nBytes] of numbers)
      for (let i = 0, rest = value; i < nBytes; i++, rest = Math.floor(rest / 256)) this.#bytes.push(rest % 256);
    return this;
  }

  /** @param {Uint8Array} bytes */
  bytes(bytes) {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  join() {
    return new Uint8Array(this.#bytes);
  }
}

/** APPNOTE 4.4.6, in local time, as is the custom; 1980 is the first year. @param {number} mtime */
function dosTime(mtime) {
  const date = new Date(mtime > 0 ? mtime * 1000 : Date.now());
  const time = (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1);
  const year = Math.min(Math.max(date.getFullYear() - 1980, 0), 127);
  return { time, date: (year << 9) | ((date.getMonth() + 1) << 5) | date.getDate() };
}

/** The modification time to the second, if it fits; whoever knows it prefers it. @param {number} mtime */
function timeExtra(mtime) {
  return mtime > 0 && mtime <= 0x7fffffff ? new Fields().add([EXTRA_TIME, 2], [5, 2], [1, 1], [mtime, 4]).join() : new Uint8Array(0);
}

/** @param {number[]} values that do not fit into 32 bits */
function zip64Extra(values) {
  if (values.length === 0) return new Uint8Array(0);
  return new Fields().add([EXTRA_ZIP64, 2], [8 * values.length, 2], ...values.map((v) => /** @type {[number, 8]} */ ([v, 8]))).join();
}

/** @param {Entry} entry @param {string} root */
function nameOf({ path, isFolder }, root) {
  return new TextEncoder().encode([root, ...path].join('/') + (isFolder ? '/' : ''));
}

/** What stands before the bytes of an entry. @param {Entry & { crc: number }} entry @param {string} root */
export function localHeader(entry, root) {
  const isLarge = entry.size >= MAX_32;
  const name = nameOf(entry, root);
  // APPNOTE 4.5.3: here both sizes must be in it.
  const extra = new Fields().bytes(zip64Extra(isLarge ? [entry.size, entry.size] : [])).bytes(timeExtra(entry.mtime)).join();
  const { time, date } = dosTime(entry.mtime);
  const size = isLarge ? MAX_32 : entry.size;
  return new Fields()
    .add([0x04034b50, 4], [isLarge ? VERSION_45 : VERSION_20, 2], [FLAG_UTF8, 2], [0, 2], [time, 2], [date, 2])
    .add([entry.crc, 4], [size, 4], [size, 4], [name.length, 2], [extra.length, 2])
    .bytes(name).bytes(extra).join();
}

/** @param {Placed} entry @param {string} root */
function centralHeader(entry, root) {
  const isLarge = entry.size >= MAX_32;
  const isFar = entry.at >= MAX_32;
  const name = nameOf(entry, root);
  const extra = new Fields()
    .bytes(zip64Extra([...(isLarge ? [entry.size, entry.size] : []), ...(isFar ? [entry.at] : [])]))
    .bytes(timeExtra(entry.mtime)).join();
  const version = isLarge || isFar ? VERSION_45 : VERSION_20;
  const { time, date } = dosTime(entry.mtime);
  const size = isLarge ? MAX_32 : entry.size;
  const attributes = ((entry.isFolder ? FOLDER_MODE : FILE_MODE) * 0x10000 + (entry.isFolder ? DOS_FOLDER : 0)) >>> 0;
  return new Fields()
    .add([0x02014b50, 4], [MADE_ON_UNIX | version, 2], [version, 2], [FLAG_UTF8, 2], [0, 2], [time, 2], [date, 2])
    .add([entry.crc, 4], [size, 4], [size, 4], [name.length, 2], [extra.length, 2], [0, 2], [0, 2], [0, 2])
    .add([attributes, 4], [isFar ? MAX_32 : entry.at, 4])
    .bytes(name).bytes(extra).join();
}

/** APPNOTE 4.3.14 to 4.3.16. @param {number} count @param {number} size @param {number} at */
function endOfCentral(count, size, at) {
  const fields = new Fields();
  const isLarge = count >= MAX_16 || size >= MAX_32 || at >= MAX_32;
  if (isLarge)
    fields
      .add([0x06064b50, 4], [44, 8], [MADE_ON_UNIX | VERSION_45, 2], [VERSION_45, 2], [0, 4], [0, 4])
      .add([count, 8], [count, 8], [size, 8], [at, 8])
      .add([0x07064b50, 4], [0, 4], [at + size, 8], [1, 4]);
  const few = Math.min(count, MAX_16);
  return fields
    .add([0x06054b50, 4], [0, 2], [0, 2], [few, 2], [few, 2], [Math.min(size, MAX_32), 4], [Math.min(at, MAX_32), 4], [0, 2])
    .join();
}

/** The directory at the end of the archive, which stands at `at`. @param {Placed[]} entries @param {string} root @param {number} at */
export function centralDirectory(entries, root, at) {
  const headers = entries.map((entry) => centralHeader(entry, root));
  const size = headers.reduce((sum, header) => sum + header.length, 0);
  return [...headers, endOfCentral(entries.length, size, at)];
}

/**
 * The archive of a folder: everything in it stands below `root`, so that it unpacks into one folder.
 *
 * @param {string} root a safe name
 * @param {Entry[]} entries
 * @param {number[]} crcs one an entry
 * @param {Blob} bytes of all files, in order
 */
export function zipFolder(root, entries, crcs, bytes) {
  const all = [{ path: [], size: 0, mtime: 0, isFolder: true }, ...entries];
  const parts = /** @type {BlobPart[]} */ ([]);
  let at = 0;
  let from = 0;
  const placed = all.map((entry, i) => {
    const known = { ...entry, crc: (i > 0 && crcs[i - 1]) || 0, at };
    const header = localHeader(known, root);
    parts.push(header);
    if (entry.size > 0) parts.push(bytes.slice(from, from + entry.size));
    from += entry.size;
    at += header.length + entry.size;
    return known;
  });
  return new Blob([...parts, .../** @type {BlobPart[]} */ (centralDirectory(placed, root, at))], { type: 'application/octet-stream' });
}
