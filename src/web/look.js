// look: the manifest of a folder that somebody offers, and nothing else of it: so that a person can choose. Nothing
// is accepted by that (PROTOCOL.md, section 4: Choosing files of a folder).
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { PieceHashes } from './transfer.js';
import { Receiver } from './receiver.js';
import { encode, fileGet } from './wire.js';

/** @typedef {import('./digest.js').Sha256} Sha256 */
/** @typedef {import('./manifest.js').Entry} Entry */
/** @typedef {import('./wire.js').ManifestOffer} ManifestOffer */

export class Look {
  #receiver;
  #channel = /** @type {RTCDataChannel | null} */ (null);
  #isOver = false;
  #settle = /** @type {(entries: Entry[] | null) => void} */ (() => {});
  #fail = /** @type {(error: unknown) => void} */ (() => {});
  /** What is in it, or null if the way was lost or the person has gone on. Rejects with BadTransfer. */
  entries = /** @type {Promise<Entry[] | null>} */ (
    new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    }));

  /**
   * @param {number} size of all that is offered
   * @param {ManifestOffer} manifest
   * @param {Sha256} sha256
   */
  constructor(size, manifest, sha256) {
    const sink = {
      begin: async () => {},
      write: async () => {},
      keepManifest: async (/** @type {Uint8Array} */ _bytes, /** @type {Entry[]} */ entries) => this.#end(() => this.#settle(entries)),
    };
    const hashes = new PieceHashes(sha256);
    this.#receiver = new Receiver({ size, entries: null, manifest, hashes, sink, sha256, onProgress() {} });
  }

  /** What to say to the one who offers it. @param {string} id of the offer */
  static question(id) {
    return encode(fileGet(id, { entry: 'manifest', offset: 0 }, { only: '' }));
  }

  /** The answer: whoever has it closes the channel. @param {RTCDataChannel} channel @returns {boolean} whether it was asked for */
  take(channel) {
    if (this.#channel || this.#isOver) return false;
    this.#channel = channel;
    let work = Promise.resolve();
    channel.binaryType = 'arraybuffer';
    channel.onmessage = ({ data }) => {
      work = work.then(() => this.#receiver.take(data)).catch((error) => this.#end(() => this.#fail(error)));
    };
    channel.onclose = () => work.then(() => this.stop());
    return true;
  }

  stop() {
    this.#end(() => this.#settle(null));
  }

  /** @param {() => void} tell */
  #end(tell) {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#receiver.stop();
    tell();
    this.#channel?.close();
  }
}
