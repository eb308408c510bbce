// seal: what two members say to each other through the server, so that it cannot read or change it.
// PROTOCOL.md section 3.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { concat, lvCat, utf8 } from './lv.js';

/** @typedef {import('./seal-library.js').SealLibrary} SealLibrary */
/** @typedef {import('./cpace.js').Role} Role */

const SALT = utf8('snug-seal-2');
const LABEL = 'snug-sealed-2';
const KEY_SIZE = 32;

/** @param {number} n big endian, 64 bits */
function toBytes(n) {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(n));
  return new Uint8Array(view.buffer);
}

export class Seal {
  #primitives;
  #toThem;
  #toUs;
  #code;
  #ownId;
  #theirId;
  #nSent = 0;
  #nReceived = 0;

  /**
   * @param {object} options
   * @param {SealLibrary} options.primitives
   * @param {Role} options.role ours in the exchange
   * @param {Uint8Array} options.key its ISK
   * @param {Uint8Array} options.sid
   * @param {string} options.code the room's
   * @param {string} options.ownId
   * @param {string} options.theirId
   */
  constructor({ primitives, role, key, sid, code, ownId, theirId }) {
    const prk = primitives.hkdfExtract(key, SALT);
    const expand = (/** @type {string} */ way) => primitives.hkdfExpand(prk, concat(utf8(way), sid), KEY_SIZE);
    this.#primitives = primitives;
    this.#toThem = expand(role === 'a' ? 'a2b' : 'b2a');
    this.#toUs = expand(role === 'a' ? 'b2a' : 'a2b');
    this.#code = code;
    this.#ownId = ownId;
    this.#theirId = theirId;
    this.sid = sid;
    prk.fill(0);
  }

  /** @param {Uint8Array} key @param {string} from @param {string} to @param {number} n */
  #cipher(key, from, to, n) {
    const number = toBytes(n);
    const ad = lvCat(LABEL, this.sid, this.#code, from, to, number);
    return this.#primitives.gcm(key, concat(new Uint8Array(4), number), ad);
  }

  /** @param {string} text @returns {{ n: number, box: Uint8Array }} */
  close(text) {
    const n = ++this.#nSent;
    return { n, box: this.#cipher(this.#toThem, this.#ownId, this.#theirId, n).encrypt(utf8(text)) };
  }

  /**
   * Takes numbers greater than the last one that was right, gaps allowed.
   *
   * @param {number} n
   * @param {Uint8Array} box
   * @returns {Uint8Array | null} null for what is not from the other side, not for us, altered or was there before
   */
  open(n, box) {
    if (n <= this.#nReceived) return null;
    try {
      const text = this.#cipher(this.#toUs, this.#theirId, this.#ownId, n).decrypt(box);
      this.#nReceived = n;
      return text;
    } catch {
      return null;
    }
  }

  forget() {
    this.#toThem.fill(0);
    this.#toUs.fill(0);
  }
}
