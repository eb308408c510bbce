// keeper: what is checked of one transfer, and what is remembered of each piece, so that it can go on.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { PIECE_BYTES, PieceHashes } from './transfer.js';

/** @typedef {import('./digest.js').Sha256} Sha256 */
/** @typedef {import('./receiver.js').Mark} Mark */

/** A hash, and two numbers of 32 bits. */
const MARK_BYTES = 40;

/** @param {Uint8Array[]} parts */
function join(parts) {
  if (parts.length === 1) return /** @type {Uint8Array} */ (parts[0]);
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** @param {Mark[]} marks */
function encodeMarks(marks) {
  const bytes = new Uint8Array(marks.length * MARK_BYTES);
  const view = new DataView(bytes.buffer);
  marks.forEach(({ hash, crc, length }, i) => {
    bytes.set(hash, i * MARK_BYTES);
    view.setUint32(i * MARK_BYTES + 32, crc);
    view.setUint32(i * MARK_BYTES + 36, length);
  });
  return bytes;
}

/** @param {Uint8Array} bytes @returns {Mark[]} */
export function decodeMarks(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: Math.floor(bytes.length / MARK_BYTES) }, (_, i) => ({
    hash: bytes.slice(i * MARK_BYTES, i * MARK_BYTES + 32),
    crc: view.getUint32(i * MARK_BYTES + 32),
    length: view.getUint32(i * MARK_BYTES + 36),
  }));
}

/**
 * How the pieces of one transfer are kept. `n` counts batches and is never used twice.
 *
 * @typedef {object} Shelf
 * @property {(n: number, data: Uint8Array, marks: Uint8Array) => Promise<void>} append
 * @property {(bytes: Uint8Array) => Promise<void>} putManifest
 * @property {() => Promise<{ marks: Uint8Array[], manifest: Uint8Array | null, n: number }>} load
 * @property {() => Promise<Blob>} whole
 * @property {() => Promise<void>} remove
 */

/** What is received of one transfer. A sink of Receiver's. */
export class Keeper {
  #shelf;
  #n = 0;
  #waiting = /** @type {{ pieces: Uint8Array[], marks: Mark[], nBytes: number }} */ ({ pieces: [], marks: [], nBytes: 0 });
  #work = /** @type {Promise<unknown>} */ (Promise.resolve());
  marks = /** @type {Mark[]} */ ([]);
  hashes;
  manifest = /** @type {Uint8Array | null} */ (null);

  /** @param {string} id @param {string} key of the cipher @param {Shelf} shelf @param {Sha256} sha256 */
  constructor(id, key, shelf, sha256) {
    this.id = id;
    this.key = key;
    this.#shelf = shelf;
    this.hashes = new PieceHashes(sha256);
  }

  /** What was kept before the page was loaded again. */
  async load() {
    const { marks, manifest, n } = await this.#shelf.load();
    this.marks = marks.flatMap(decodeMarks);
    for (const { hash } of this.marks) this.hashes.push(hash);
    this.manifest = manifest;
    this.#n = n;
  }

  async begin() {}

  /** @param {Uint8Array} bytes */
  async keepManifest(bytes) {
    this.manifest = bytes;
    await this.#shelf.putManifest(bytes);
  }

  /**
   * Small ones are kept by the batch.
   *
   * @param {Uint8Array} piece checked; ours from now on
   * @param {Mark} mark
   * @throws {NoRoom} and has the piece all the same: it is kept with the next
   */
  async write(piece, mark) {
    this.marks.push(mark);
    this.#waiting.pieces.push(piece);
    this.#waiting.marks.push(mark);
    this.#waiting.nBytes += piece.length;
    if (this.#waiting.nBytes >= PIECE_BYTES) await this.flush();
  }

  /** @throws {NoRoom} */
  flush() {
    const flushed = this.#work.then(() => this.#flush());
    this.#work = flushed.catch(() => {});
    return flushed;
  }

  async #flush() {
    const { pieces, marks, nBytes } = this.#waiting;
    if (pieces.length === 0) return;
    this.#waiting = { pieces: [], marks: [], nBytes: 0 };
    try {
      await this.#shelf.append(this.#n++, join(pieces), encodeMarks(marks));
    } catch (error) {
      const later = this.#waiting;
      this.#waiting = { pieces: [...pieces, ...later.pieces], marks: [...marks, ...later.marks], nBytes: nBytes + later.nBytes };
      throw error;
    }
  }

  /** All bytes, in order. */
  async whole() {
    await this.flush();
    return this.#shelf.whole();
  }

  async remove() {
    await this.#work;
    await this.#shelf.remove();
  }
}
