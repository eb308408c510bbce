// sender: reads what is offered in pieces and pushes them through one file channel, no faster than it drains.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { toBase64Url } from './digest.js';
import { piecesBefore, placeOf } from './manifest.js';
import { FileChanged } from './source.js';
import { CHUNK_BYTES, PIECE_BYTES, sameBytes } from './transfer.js';
import { encode, entryHeader, pieceHash } from './wire.js';

/** @typedef {import('./digest.js').Sha256} Sha256 */
/** @typedef {import('./source.js').Source} Source */
/** @typedef {import('./source.js').Step} Step */
/** @typedef {import('./transfer.js').PieceHashes} PieceHashes */

/** The disk is read only while less than this waits in the channel: the only pacing there is. */
const HIGH_WATER_BYTES = 2 * 1024 * 1024;
const LOW_WATER_BYTES = 1024 * 1024;
/** Read and hashed ahead of the channel; small files are many. */
const MAX_AHEAD_BYTES = 2 * PIECE_BYTES;
const MAX_AHEAD_STEPS = 64;

/** @typedef {{ step: Step, length: number, bytes: Promise<Uint8Array>, hash: Promise<Uint8Array> }} Ready */

/** @param {RTCDataChannel} channel */
function isGone(channel) {
  return channel.readyState === 'closing' || channel.readyState === 'closed';
}

export class Sender {
  #channel;
  #source;
  #steps;
  #hashes;
  #sha256;
  #onProgress;
  #chunkBytes;
  #ahead = /** @type {Ready[]} */ ([]);
  #nAhead = 0;
  #index = 0;
  #nBytes = 0;
  #isPaused = false;
  #isStopped = false;
  #wake = () => {};

  /**
   * @param {object} options
   * @param {RTCDataChannel} options.channel
   * @param {Source} options.source
   * @param {{ entry: number | 'manifest', offset: number }} options.from a place between two pieces
   * @param {PieceHashes} options.hashes of the pieces before `from`, at least; grows by those that pass
   * @param {Sha256} options.sha256
   * @param {number} options.maxMessageBytes
   * @param {(bytes: number) => void} options.onProgress
   */
  constructor({ channel, source, from, hashes, sha256, maxMessageBytes, onProgress }) {
    this.#channel = channel;
    this.#source = source;
    this.#steps = source.steps(from);
    this.#hashes = hashes;
    this.#sha256 = sha256;
    this.#onProgress = onProgress;
    if (from.entry !== 'manifest') {
      this.#index = piecesBefore(source.entries, { entry: from.entry, offset: from.offset });
      this.#nBytes = placeOf(source.entries, this.#index).nBytes;
    }
    // RFC 8841 section 6: 0 is no limit.
    this.#chunkBytes = Math.min(CHUNK_BYTES, maxMessageBytes || CHUNK_BYTES);
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
    const wake = () => this.#wake();
    channel.onopen = wake;
    channel.onbufferedamountlow = wake;
    channel.onclose = wake;
  }

  /** Bytes of files before what comes next. */
  get bytes() {
    return this.#nBytes;
  }

  /**
   * Resolves when everything is in the channel, or the channel is gone.
   *
   * @throws {FileChanged}
   */
  async run() {
    await this.#until(() => this.#channel.readyState === 'open');
    for (let ready = this.#next(); ready && !this.#isOver(); ready = this.#next()) {
      if (ready.step.isHeader) await this.#sendHeader(ready.step);
      else await this.#sendPiece(ready, ready.step.entry === 'manifest');
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

  /** The next step, and reading begun of those behind it. */
  #next() {
    while (this.#ahead.length === 0 || (this.#nAhead < MAX_AHEAD_BYTES && this.#ahead.length < MAX_AHEAD_STEPS)) {
      const { value: step, done } = this.#steps.next();
      if (done) break;
      this.#ahead.push(this.#read(step));
      this.#nAhead += step.isHeader ? 0 : step.length;
    }
    const ready = this.#ahead.shift();
    this.#nAhead -= ready?.length ?? 0;
    return ready;
  }

  /** @param {Step} step @returns {Ready} */
  #read(step) {
    const bytes = step.isHeader ? Promise.resolve(new Uint8Array(0)) : this.#source.read(step);
    const hash = bytes.then((piece) => (step.isHeader ? piece : this.#sha256(piece)));
    // Whoever waits for them hears of it; what is never sent fails in silence.
    hash.catch(() => {});
    return { step, length: step.isHeader ? 0 : step.length, bytes, hash };
  }

  /** @param {{ entry: number | 'manifest', offset: number, size: number }} step */
  async #sendHeader({ entry, offset, size }) {
    await this.#until(() => !this.#isPaused && this.#channel.bufferedAmount < HIGH_WATER_BYTES);
    this.#send(encode(entryHeader(entry, offset, size)));
  }

  /** @param {Ready} ready @param {boolean} isManifest */
  async #sendPiece({ bytes, hash }, isManifest) {
    const piece = await bytes;
    for (let at = 0; at < piece.length; at += this.#chunkBytes) {
      await this.#until(() => !this.#isPaused && this.#channel.bufferedAmount < HIGH_WATER_BYTES);
      const chunk = piece.subarray(at, at + this.#chunkBytes);
      this.#send(chunk);
      if (!isManifest) this.#onProgress(Math.max(0, this.#nBytes + at + chunk.length - this.#channel.bufferedAmount));
    }
    const own = await hash;
    if (!isManifest) this.#remember(own, piece.length);
    this.#send(encode(pieceHash(toBase64Url(own))));
  }

  /**
   * Another member may have been sent this piece before: then it must be the same still.
   *
   * @param {Uint8Array} hash
   * @param {number} length
   */
  #remember(hash, length) {
    const known = this.#hashes.at(this.#index);
    if (known === undefined) this.#hashes.push(hash);
    else if (!sameBytes(known, hash)) throw new FileChanged();
    this.#index++;
    this.#nBytes += length;
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
