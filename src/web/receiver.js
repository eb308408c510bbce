// receiver: takes one file channel's texts and binaries, checks each piece, hands it to the sink.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { chooseEntries } from './choice.js';
import { crc32 } from './crc32.js';
import { toBase64Url } from './digest.js';
import { BadJson } from './json-gate.js';
import { advance, parseManifest, placeOf, settle, totalSize } from './manifest.js';
import { pieceSizeAt, sameBytes } from './transfer.js';
import { decodeFileText } from './wire.js';

/** @typedef {import('./digest.js').Sha256} Sha256 */
/** @typedef {import('./manifest.js').Entry} Entry */
/** @typedef {import('./transfer.js').PieceHashes} PieceHashes */
/** @typedef {import('./wire.js').ManifestOffer} ManifestOffer */

/**
 * What is remembered of a piece that was checked. `crc` is the checksum of its entry up to its end.
 *
 * @typedef {{ hash: Uint8Array, crc: number, length: number }} Mark
 *
 * @typedef {object} Sink
 * @property {(entry: number) => Promise<void>} begin bytes of this entry follow, or it has none
 * @property {(piece: Uint8Array, mark: Mark) => Promise<void>} write the piece is ours from now on
 * @property {(bytes: Uint8Array, entries: Entry[]) => Promise<void>} keepManifest
 */

/** What came does not follow the protocol, or is not what its hash says. */
export class BadTransfer extends Error {}

export class Receiver {
  #size;
  #entries;
  #manifest;
  #only;
  #hashes;
  #sink;
  #sha256;
  #onProgress;
  #place = { entry: 0, offset: 0 };
  #nBytes = 0;
  #crc;
  #manifestBytes = /** @type {Uint8Array | null} */ (null);
  #nManifest = 0;
  #piece = /** @type {Uint8Array | null} */ (null);
  #nPiece = 0;
  #isEntryOpen = false;
  #isStopped = false;

  /**
   * @param {object} options
   * @param {number} options.size what was offered, of all entries
   * @param {Entry[] | null} options.entries null: of a folder whose manifest is still to come
   * @param {ManifestOffer | null} [options.manifest] of a folder
   * @param {string} [options.only] what was chosen of a folder; without it, everything
   * @param {PieceHashes} options.hashes of the pieces that are here; grows by the checked ones
   * @param {number} [options.crc] of the entry that the last of them belongs to
   * @param {Sink} options.sink
   * @param {Sha256} options.sha256
   * @param {(bytes: number) => void} options.onProgress
   */
  constructor({ size, entries, manifest = null, only, hashes, crc = 0, sink, sha256, onProgress }) {
    this.#size = size;
    this.#entries = entries;
    this.#manifest = manifest;
    this.#only = only;
    this.#hashes = hashes;
    this.#crc = crc;
    this.#sink = sink;
    this.#sha256 = sha256;
    this.#onProgress = onProgress;
    if (entries) this.#goOn(this.#chosenOf(entries));
  }

  /** @param {Entry[]} entries all of them */
  #chosenOf(entries) {
    const chosen = chooseEntries(entries, this.#only);
    if (!chosen) throw new BadTransfer('not a choice of these');
    return chosen;
  }

  /** @param {Entry[]} entries */
  #goOn(entries) {
    const { entry, offset, nBytes } = placeOf(entries, this.#hashes.length);
    this.#place = { entry, offset };
    this.#nBytes = nBytes;
    this.#entries = entries;
    if (offset === 0) this.#crc = 0;
  }

  /** What to ask for. @returns {{ entry: number | 'manifest', offset: number }} */
  get from() {
    return this.#entries ? this.#place : { entry: 'manifest', offset: 0 };
  }

  /** Checked so far. */
  get bytes() {
    return this.#nBytes;
  }

  /** Whether every byte is here and checked. */
  get isWhole() {
    return this.#entries !== null && this.#place.entry >= this.#entries.length;
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

  /** Bytes that the piece under way has, or is to have. */
  #expected() {
    if (this.#manifestBytes) return pieceSizeAt(this.#manifestBytes.length, this.#nManifest);
    if (!this.#isEntryOpen) return 0;
    return pieceSizeAt(this.#entries?.[this.#place.entry]?.size ?? 0, this.#place.offset);
  }

  /** @param {Uint8Array} bytes */
  #onBytes(bytes) {
    const expected = this.#expected();
    if (bytes.length === 0 || this.#nPiece + bytes.length > expected) throw new BadTransfer('more bytes than announced');
    this.#piece ??= new Uint8Array(expected);
    this.#piece.set(bytes, this.#nPiece);
    this.#nPiece += bytes.length;
    if (!this.#manifestBytes) this.#onProgress(this.#nBytes + this.#nPiece);
  }

  /** @param {string} text */
  async #onText(text) {
    const message = this.#decode(text);
    if (message.type === 'piece') await this.#onPiece(message.sha256);
    else if (this.#piece !== null) throw new BadTransfer('a header too early');
    else if (message.entry === 'manifest') await this.#beginManifest(message);
    else await this.#beginEntry(message);
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

  /** @param {Uint8Array} announced */
  async #onPiece(announced) {
    const piece = this.#piece;
    if (piece === null || this.#nPiece !== piece.length) throw new BadTransfer('a hash in the wrong place');

    const hash = await this.#sha256(piece);
    if (this.#isStopped) return;
    if (!sameBytes(hash, announced)) throw new BadTransfer('a piece is damaged');
    this.#piece = null;
    this.#nPiece = 0;
    if (this.#manifestBytes) await this.#addToManifest(this.#manifestBytes, piece);
    else await this.#keep(piece, hash);
  }

  // ---- the manifest of a folder

  /** @param {import('./wire.js').EntryHeader} header */
  async #beginManifest({ offset, size }) {
    if (this.#entries || this.#manifestBytes || offset !== 0 || size !== this.#manifest?.size)
      throw new BadTransfer('not the manifest that was offered');
    this.#manifestBytes = new Uint8Array(size);
    if (size === 0) await this.#takeManifest(this.#manifestBytes);
  }

  /** @param {Uint8Array} all @param {Uint8Array} piece */
  async #addToManifest(all, piece) {
    all.set(piece, this.#nManifest);
    this.#nManifest += piece.length;
    if (this.#nManifest === all.length) await this.#takeManifest(all);
  }

  /** @param {Uint8Array} bytes */
  async #takeManifest(bytes) {
    const hash = toBase64Url(await this.#sha256(bytes));
    const entries = hash === this.#manifest?.sha256 ? this.#parse(bytes) : null;
    if (!entries || totalSize(entries) !== this.#size) throw new BadTransfer('not the manifest that was offered');
    this.#manifestBytes = null;
    const chosen = this.#chosenOf(entries);
    await this.#sink.keepManifest(bytes, chosen);
    this.#goOn(chosen);
  }

  /** @param {Uint8Array} bytes */
  #parse(bytes) {
    try {
      return parseManifest(bytes);
    } catch (error) {
      if (error instanceof BadJson) throw new BadTransfer(error.message);
      throw error;
    }
  }

  // ---- entries

  /** @param {import('./wire.js').EntryHeader} header */
  async #beginEntry({ entry, offset, size }) {
    const { entry: expected, offset: from } = this.#place;
    if (this.#isEntryOpen || entry !== expected || offset !== from || size !== this.#entries?.[expected]?.size)
      throw new BadTransfer('not the entry that comes next');
    await this.#sink.begin(expected);
    this.#isEntryOpen = size > 0;
    if (size === 0) this.#place = settle(this.#entries ?? [], { entry: expected + 1, offset: 0 });
  }

  /** @param {Uint8Array} piece @param {Uint8Array} hash */
  async #keep(piece, hash) {
    const entries = /** @type {Entry[]} */ (this.#entries);
    // Of a single file nobody wants a checksum.
    const crc = this.#manifest ? crc32(piece, this.#crc) : 0;
    // A sink that has no room now keeps the piece, and says so by an error: it counts all the same.
    this.#hashes.push(hash);
    const { entry } = this.#place;
    this.#nBytes += piece.length;
    this.#place = advance(entries, this.#place, piece.length);
    this.#isEntryOpen = this.#place.entry === entry;
    this.#crc = this.#isEntryOpen ? crc : 0;
    await this.#sink.write(piece, { hash, crc, length: piece.length });
  }
}
