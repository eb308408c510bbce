// shelf: how the pieces of one transfer are kept in the browser, in the ways that there are (vault.js).
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { nonce } from './cipher.js';
import { decodeMarks } from './keeper.js';
import { PIECE_BYTES } from './transfer.js';

/** @typedef {import('./cipher.js').StreamCipher} StreamCipher */
/** @typedef {import('./disk.js').Disk} Disk */
/** @typedef {import('./keeper.js').Shelf} Shelf */
/** @typedef {import('./records.js').Key} Key */
/** @typedef {import('./records.js').Records} Records */

/** Never a document of our origin (PROTOCOL.md, section 6). */
const BLOB_TYPE = 'application/octet-stream';
/** Blobs of this size were seen to leave memory soonest. */
const FOLD_BYTES = 8 * PIECE_BYTES;

/** Kinds of records, and of nonces. */
const DATA = 1;
const MARKS = 2;
const MANIFEST = 3;
const ASIDE = 4;

/** @implements {Shelf} */
export class DiskShelf {
  #disk;
  #records;
  #prefix;
  #name;
  #size = 0;

  /** @param {Disk} disk @param {Records} records @param {Key} prefix */
  constructor(disk, records, prefix) {
    this.#disk = disk;
    this.#records = records;
    this.#prefix = prefix;
    this.#name = prefix.join('.');
  }

  /** @param {number} n @param {Uint8Array} data @param {Uint8Array} marks */
  async append(n, data, marks) {
    await this.#disk.write(this.#name, this.#size, data);
    await this.#records.put([[...this.#prefix, MARKS, n], marks]);
    this.#size += data.length;
  }

  /** @param {Uint8Array} bytes */
  putManifest(bytes) {
    return this.#records.put([[...this.#prefix, MANIFEST, 0], bytes]);
  }

  /** What is not in the file does not count, whatever the marks say. */
  async load() {
    const size = await this.#disk.size(this.#name);
    const keys = await this.#records.keys([...this.#prefix, MARKS]);
    const kept = [];
    for (const batch of await this.#records.all([...this.#prefix, MARKS])) {
      const nBytes = decodeMarks(batch).reduce((sum, { length }) => sum + length, 0);
      if (this.#size + nBytes > size) break;
      this.#size += nBytes;
      kept.push(batch);
    }
    for (const key of keys.slice(kept.length)) await this.#records.remove(key);
    const manifest = (await this.#records.get([...this.#prefix, MANIFEST, 0])) ?? null;
    return { marks: kept, manifest, n: Number(keys.at(-1)?.at(-1) ?? -1) + 1 };
  }

  async whole() {
    if (this.#size === 0) return new Blob([], { type: BLOB_TYPE });
    const file = await this.#disk.file(this.#name);
    return new Blob([file.slice(0, this.#size)], { type: BLOB_TYPE });
  }

  async remove() {
    await this.#disk.remove(this.#name);
    await this.#records.remove(this.#prefix);
  }
}

/** @implements {Shelf} */
export class EncryptedShelf {
  #records;
  #prefix;
  #cipher;
  #key;

  /** @param {Records} records @param {Key} prefix @param {StreamCipher} cipher @param {Uint8Array} key */
  constructor(records, prefix, cipher, key) {
    this.#records = records;
    this.#prefix = prefix;
    this.#cipher = cipher;
    this.#key = key;
  }

  /** There and back. @param {number} kind @param {number} n @param {Uint8Array} bytes */
  #crypt(kind, n, bytes) {
    return this.#cipher(this.#key, nonce(kind, n), bytes);
  }

  /** @param {number} n @param {Uint8Array} data @param {Uint8Array} marks */
  append(n, data, marks) {
    return this.#records.put(
      [[...this.#prefix, DATA, n], this.#crypt(DATA, n, data)], [[...this.#prefix, MARKS, n], this.#crypt(MARKS, n, marks)]);
  }

  /** @param {Uint8Array} bytes */
  putManifest(bytes) {
    return this.#records.put([[...this.#prefix, MANIFEST, 0], this.#crypt(MANIFEST, 0, bytes)]);
  }

  async load() {
    // A page that ended while it set something aside.
    await this.#records.remove([...this.#prefix, ASIDE]);
    const keys = await this.#records.keys([...this.#prefix, MARKS]);
    const batches = await this.#records.all([...this.#prefix, MARKS]);
    const marks = batches.map((batch, i) => this.#crypt(MARKS, Number(keys[i]?.at(-1)), batch));
    const manifest = await this.#records.get([...this.#prefix, MANIFEST, 0]);
    return { marks, manifest: manifest ? this.#crypt(MANIFEST, 0, manifest) : null, n: Number(keys.at(-1)?.at(-1) ?? -1) + 1 };
  }

  /** Legible, in blobs that no table has: who comes to this address tomorrow finds none. */
  async whole() {
    const folder = new Folder(this.#records, this.#prefix);
    for (const key of await this.#records.keys([...this.#prefix, DATA]))
      await folder.add(this.#crypt(DATA, Number(key.at(-1)), await this.#records.get(key)));
    return folder.whole();
  }

  remove() {
    return this.#records.remove(this.#prefix);
  }
}

/** Bytes folded into blobs, which are set aside as they fill. */
class Folder {
  #records;
  #prefix;
  #blobs = /** @type {Blob[]} */ ([]);
  #loose = /** @type {Uint8Array[]} */ ([]);
  #nLoose = 0;

  /** @param {Records | null} records null: they stay in memory @param {Key} prefix */
  constructor(records, prefix) {
    this.#records = records;
    this.#prefix = prefix;
  }

  /** @param {Uint8Array} bytes */
  async add(bytes) {
    this.#loose.push(bytes);
    this.#nLoose += bytes.length;
    if (this.#nLoose < FOLD_BYTES) return;
    const blob = new Blob(/** @type {BlobPart[]} */ (this.#loose));
    this.#loose = [];
    this.#nLoose = 0;
    const key = [...this.#prefix, ASIDE, this.#blobs.length];
    this.#blobs.push(await this.#setAside(key, blob));
  }

  /** Where there is no room on the disk, memory must do. @param {Key} key @param {Blob} blob */
  async #setAside(key, blob) {
    try {
      return (await this.#records?.setAside(key, blob)) ?? blob;
    } catch (error) {
      console.debug('shelf: not set aside:', String(error));
      return blob;
    }
  }

  whole() {
    return new Blob([...this.#blobs, .../** @type {BlobPart[]} */ (this.#loose)], { type: BLOB_TYPE });
  }

  clear() {
    this.#blobs = [];
    this.#loose = [];
    this.#nLoose = 0;
  }
}

/** @implements {Shelf} */
export class AsideShelf {
  #folder;
  #manifest = /** @type {Uint8Array | null} */ (null);

  /** @param {Records | null} records @param {Key} prefix */
  constructor(records, prefix) {
    this.#folder = new Folder(records, prefix);
  }

  /** @param {number} _n @param {Uint8Array} data */
  append(_n, data) {
    return this.#folder.add(data);
  }

  /** @param {Uint8Array} bytes */
  async putManifest(bytes) {
    this.#manifest = bytes;
  }

  async load() {
    return { marks: [], manifest: this.#manifest, n: 0 };
  }

  async whole() {
    return this.#folder.whole();
  }

  async remove() {
    this.#folder.clear();
  }
}
