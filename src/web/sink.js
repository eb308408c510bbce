// sink: where the checked pieces of a file being received go.
//
// One kind so far: blobs, folded so that the browser can move them out of the page's memory.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { PIECE_BYTES } from './transfer.js';

/** The most that this page takes as one file: beyond it, tabs were seen to die. */
export const MAX_FILE_BYTES = 2 * 1000 ** 3;

/** Loose pieces are folded into one blob at this many bytes; a blob of a finished size can live on disk. */
const FOLD_BYTES = 8 * PIECE_BYTES;

/** Never a document of our origin (PROTOCOL.md, section 6). */
const BLOB_TYPE = 'application/octet-stream';

export class BlobSink {
  #folded = /** @type {Blob[]} */ ([]);
  #loose = /** @type {BlobPart[]} */ ([]);
  #nLoose = 0;

  /** @param {Uint8Array} piece checked; ours from now on */
  write(piece) {
    this.#loose.push(/** @type {BlobPart} */ (piece));
    this.#nLoose += piece.length;
    if (this.#nLoose >= FOLD_BYTES) this.#fold();
  }

  /** The whole. */
  finish() {
    this.#fold();
    return new Blob(this.#folded, { type: BLOB_TYPE });
  }

  /** Everything is forgotten. */
  clear() {
    this.#folded = [];
    this.#loose = [];
    this.#nLoose = 0;
  }

  #fold() {
    if (this.#nLoose > 0) this.#folded.push(new Blob(this.#loose, { type: BLOB_TYPE }));
    this.#loose = [];
    this.#nLoose = 0;
  }
}
