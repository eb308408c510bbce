// receiver: takes one file channel's texts and binaries, checks each piece, hands it to the sink.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { BadJson } from './json-gate.js';
import { pieceSizeAt, sameBytes } from './transfer.js';
import { decodeFileText } from './wire.js';

/** @typedef {import('./digest.js').Sha256} Sha256 */
/** @typedef {import('./transfer.js').PieceHashes} PieceHashes */
/** @typedef {{ write(piece: Uint8Array): void }} Sink */

/** What came does not follow the protocol, or is not what its hash says. */
export class BadTransfer extends Error {}

export class Receiver {
  #size;
  #offset;
  #hashes;
  #sink;
  #sha256;
  #onProgress;
  #piece = /** @type {Uint8Array | null} */ (null);
  #nPiece = 0;
  #hasHeader = false;
  #isStopped = false;

  /**
   * @param {object} options
   * @param {number} options.size what was offered
   * @param {number} options.offset where we asked to begin
   * @param {PieceHashes} options.hashes of the pieces before `offset`; grows by the checked ones
   * @param {Sink} options.sink
   * @param {Sha256} options.sha256
   * @param {(bytes: number) => void} options.onProgress
   */
  constructor({ size, offset, hashes, sink, sha256, onProgress }) {
    this.#size = size;
    this.#offset = offset;
    this.#hashes = hashes;
    this.#sink = sink;
    this.#sha256 = sha256;
    this.#onProgress = onProgress;
  }

  /** Whether every byte is here and checked. */
  get isWhole() {
    return this.#hasHeader && this.#offset === this.#size;
  }

  /** Whatever is still under way changes nothing any more: another receiver goes on from what is checked. */
  stop() {
    this.#isStopped = true;
  }

  /**
   * One message of the channel; the next only after this one is done.
   *
   * @param {string | ArrayBuffer} data
   * @throws {BadTransfer}
   */
  async take(data) {
    if (this.#isStopped) return;
    if (data instanceof ArrayBuffer) this.#onBytes(new Uint8Array(data));
    else await this.#onText(data);
  }

  /** @param {Uint8Array} bytes */
  #onBytes(bytes) {
    if (!this.#hasHeader) throw new BadTransfer('bytes before the header');
    const expected = pieceSizeAt(this.#size, this.#offset);
    if (this.#nPiece + bytes.length > expected) throw new BadTransfer('more bytes than announced');
    this.#piece ??= new Uint8Array(expected);
    this.#piece.set(bytes, this.#nPiece);
    this.#nPiece += bytes.length;
    this.#onProgress(this.#offset + this.#nPiece);
  }

  /** @param {string} text */
  async #onText(text) {
    const message = this.#decode(text);
    if (message.type === 'piece') await this.#onPiece(message.sha256);
    else this.#onHeader(message);
  }

  /** @param {string} text */
  #decode(text) {
    try {
      return decodeFileText(text);
    } catch (error) {
      if (error instanceof BadJson) throw new BadTransfer(error.message);
      throw error;
    }
  }

  /** @param {import('./wire.js').EntryHeader} header */
  #onHeader({ entry, offset, size }) {
    if (this.#hasHeader || entry !== 0 || offset !== this.#offset || size !== this.#size)
      throw new BadTransfer('not the file that was offered');
    this.#hasHeader = true;
  }

  /** @param {Uint8Array} announced */
  async #onPiece(announced) {
    const piece = this.#piece ?? new Uint8Array(0);
    if (this.#nPiece !== pieceSizeAt(this.#size, this.#offset)) throw new BadTransfer('a hash in the wrong place');

    const hash = await this.#sha256(piece);
    if (this.#isStopped) return;
    if (!sameBytes(hash, announced)) throw new BadTransfer('a piece is damaged');
    this.#piece = null;
    this.#nPiece = 0;
    // An empty file is no piece, whether or not a hash of nothing was sent.
    if (piece.length === 0) return;
    this.#hashes.push(hash);
    this.#sink.write(piece);
    this.#offset += piece.length;
  }
}
