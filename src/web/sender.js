// sender: reads a file in pieces and pushes them through one file channel, no faster than it drains.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { toBase64Url } from './digest.js';
import { CHUNK_BYTES, PIECE_BYTES, pieceSizeAt, sameBytes } from './transfer.js';
import { encode, entryHeader, pieceHash } from './wire.js';

/** @typedef {import('./digest.js').Sha256} Sha256 */
/** @typedef {import('./transfer.js').PieceHashes} PieceHashes */

/** The disk is read only while less than this waits in the channel: the only pacing there is. */
const HIGH_WATER_BYTES = 2 * 1024 * 1024;
const LOW_WATER_BYTES = 1024 * 1024;

/** The file is not what it was when it was offered. */
export class FileChanged extends Error {}

/** @param {RTCDataChannel} channel */
function isGone(channel) {
  return channel.readyState === 'closing' || channel.readyState === 'closed';
}

export class Sender {
  #channel;
  #file;
  #offset;
  #hashes;
  #sha256;
  #onProgress;
  #chunkBytes;
  #isPaused = false;
  #isStopped = false;
  #wake = () => {};

  /**
   * @param {object} options
   * @param {RTCDataChannel} options.channel
   * @param {Blob} options.file
   * @param {number} options.offset a multiple of the piece size
   * @param {PieceHashes} options.hashes of the pieces before `offset`; grows by those that pass
   * @param {Sha256} options.sha256
   * @param {number} options.maxMessageBytes
   * @param {(bytes: number) => void} options.onProgress
   */
  constructor({ channel, file, offset, hashes, sha256, maxMessageBytes, onProgress }) {
    this.#channel = channel;
    this.#file = file;
    this.#offset = offset;
    this.#hashes = hashes;
    this.#sha256 = sha256;
    this.#onProgress = onProgress;
    // RFC 8841 section 6: 0 is no limit.
    this.#chunkBytes = Math.min(CHUNK_BYTES, maxMessageBytes || CHUNK_BYTES);
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
    const wake = () => this.#wake();
    channel.onopen = wake;
    channel.onbufferedamountlow = wake;
    channel.onclose = wake;
  }

  /**
   * Resolves when everything is in the channel, or the channel is gone.
   *
   * @throws {FileChanged}
   */
  async run() {
    await this.#until(() => this.#channel.readyState === 'open');
    this.#send(encode(entryHeader(this.#offset, this.#file.size)));
    let next = this.#read(this.#offset);
    while (this.#offset < this.#file.size && !this.#isOver()) {
      const piece = await next;
      next = this.#read(this.#offset + piece.length);
      next.catch(() => {});
      await this.#sendPiece(piece);
    }
  }

  /** @param {boolean} on */
  pause(on) {
    this.#isPaused = on;
    this.#wake();
  }

  stop() {
    this.#isStopped = true;
    this.#channel.close();
    this.#wake();
  }

  /** @param {number} offset */
  async #read(offset) {
    const size = Math.max(pieceSizeAt(this.#file.size, offset), 0);
    try {
      const bytes = new Uint8Array(await this.#file.slice(offset, offset + size).arrayBuffer());
      if (bytes.length === size) return bytes;
    } catch {
      // Falls through: a file that cannot be read any more is as good as a changed one.
    }
    throw new FileChanged();
  }

  /** @param {Uint8Array} piece */
  async #sendPiece(piece) {
    const hashing = this.#sha256(piece);
    for (let at = 0; at < piece.length; at += this.#chunkBytes) {
      await this.#until(() => !this.#isPaused && this.#channel.bufferedAmount < HIGH_WATER_BYTES);
      this.#send(piece.subarray(at, at + this.#chunkBytes));
      this.#onProgress(this.#offset + at + this.#chunkBytes - this.#channel.bufferedAmount);
    }
    const hash = await hashing;
    this.#remember(hash);
    this.#send(encode(pieceHash(toBase64Url(hash))));
    this.#offset += piece.length;
  }

  /**
   * Another member may have been sent this piece before: then it must be the same still.
   *
   * @param {Uint8Array} hash
   */
  #remember(hash) {
    const known = this.#hashes.at(this.#offset / PIECE_BYTES);
    if (known === undefined) this.#hashes.push(hash);
    else if (!sameBytes(known, hash)) throw new FileChanged();
  }

  /** @param {string | Uint8Array} data */
  #send(data) {
    if (this.#isOver()) return;
    if (typeof data === 'string') this.#channel.send(data);
    else this.#channel.send(/** @type {ArrayBufferView<ArrayBuffer>} */ (data));
  }

  #isOver() {
    return this.#isStopped || isGone(this.#channel);
  }

  /** @param {() => boolean} condition */
  async #until(condition) {
    while (!this.#isOver() && !condition()) await new Promise((resolve) => (this.#wake = () => resolve(null)));
  }
}
