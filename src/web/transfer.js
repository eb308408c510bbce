// transfer: the arithmetic of files in pieces. No I/O, no clock of its own.
//
// SPDX-License-Identifier: GPL-3.0-or-later

/** @typedef {import('./digest.js').Sha256} Sha256 */

/** One binary message of a file channel. */
export const CHUNK_BYTES = 64 * 1024;

/** What one hash covers; resuming starts at a multiple of it. */
export const PIECE_BYTES = 1024 * 1024;

const HASH_BYTES = 32;

/**
 * How many pieces `size` bytes are. An empty file has none.
 *
 * @param {number} size
 */
export function pieceCount(size) {
  return Math.ceil(size / PIECE_BYTES);
}

/**
 * Bytes of the piece that starts at `offset`.
 *
 * @param {number} size
 * @param {number} offset
 */
export function pieceSizeAt(size, offset) {
  return Math.min(PIECE_BYTES, size - offset);
}

/**
 * Whether a transfer of `size` bytes may be asked for, or go on, from `offset`.
 *
 * @param {number} size
 * @param {number} offset
 */
export function isResumePoint(size, offset) {
  return offset <= size && offset % PIECE_BYTES === 0;
}

/** The hashes of the pieces that passed, in order. */
export class PieceHashes {
  #hashes = /** @type {Uint8Array[]} */ ([]);
  #sha256;

  /** @param {Sha256} sha256 */
  constructor(sha256) {
    this.#sha256 = sha256;
  }

  get length() {
    return this.#hashes.length;
  }

  /** @param {Uint8Array} hash */
  push(hash) {
    this.#hashes.push(hash);
  }

  /** @param {number} index @returns {Uint8Array | undefined} */
  at(index) {
    return this.#hashes[index];
  }

  /**
   * SHA-256 over the first `nPieces` piece hashes in order: the fingerprint of a whole file, or the proof
   * of what a receiver has of it.
   *
   * @param {number} [nPieces]
   */
  fingerprint(nPieces = this.#hashes.length) {
    const all = new Uint8Array(nPieces * HASH_BYTES);
    this.#hashes.slice(0, nPieces).forEach((hash, i) => all.set(hash, i * HASH_BYTES));
    return this.#sha256(all);
  }
}

/**
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
export function sameBytes(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** How fast it goes, calmly: a moving mean with a time constant of three seconds. */
export class SpeedMeter {
  static #TIME_CONSTANT_MS = 3000;
  #speed = 0;
  #bytes = 0;
  #at = -1;

  /**
   * @param {number} bytes done so far
   * @param {number} nowMs
   */
  update(bytes, nowMs) {
    const elapsedMs = nowMs - this.#at;
    if (this.#at < 0 || bytes < this.#bytes) this.#speed = 0;
    else if (elapsedMs <= 0) return;
    else this.#blend(((bytes - this.#bytes) * 1000) / elapsedMs, elapsedMs);
    this.#bytes = bytes;
    this.#at = nowMs;
  }

  /** @param {number} current @param {number} elapsedMs */
  #blend(current, elapsedMs) {
    const weight = this.#speed === 0 ? 1 : 1 - Math.exp(-elapsedMs / SpeedMeter.#TIME_CONSTANT_MS);
    this.#speed += (current - this.#speed) * weight;
  }

  /** Bytes a second; 0 while unknown. */
  get speed() {
    return this.#speed;
  }

  /** @param {number} size @returns {number} seconds, or -1 while unknown */
  secondsLeft(size) {
    return this.#speed > 0 ? Math.ceil((size - this.#bytes) / this.#speed) : -1;
  }
}
