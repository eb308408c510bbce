// cpace: CPACE-RISTR255-SHA512 of draft-irtf-cfrg-cpace, initiator and responder. One object is one side of
// one exchange.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { concat, equalBytes, lvCat, utf8 } from './lv.js';

/** @typedef {import('./seal-library.js').SealLibrary} SealLibrary */
/** @typedef {'a' | 'b'} Role a speaks first */

const DSI = 'CPaceRistretto255';
const S_IN_BYTES = 128;
export const SID_SIZE = 16;

/** The draft's sample_scalar for this group: 252 random bits are always below its order. */
function sampleScalar() {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  bytes[31] = /** @type {number} */ (bytes[31]) & 0x0f;
  return bytes;
}

/** @param {Uint8Array} bytes little endian */
function toScalar(bytes) {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/**
 * @param {Uint8Array} secret
 * @param {Uint8Array} ci
 * @param {Uint8Array} sid
 */
function generatorString(secret, ci, sid) {
  const nBefore = 1 + lvCat(secret).length + lvCat(DSI).length;
  return lvCat(DSI, secret, new Uint8Array(Math.max(0, S_IN_BYTES - nBefore)), ci, sid);
}

export class Cpace {
  #primitives;
  #role;
  #scalar;
  #key = /** @type {Uint8Array | null} */ (null);
  /** @type {Uint8Array} */
  #tag = new Uint8Array(0);
  /** @type {Uint8Array} */
  #expectedTag = new Uint8Array(0);

  /**
   * @param {object} options
   * @param {SealLibrary} options.primitives
   * @param {Role} options.role
   * @param {Uint8Array} options.secret PRS
   * @param {Uint8Array} options.ci the channel identifier, the same on both sides
   * @param {Uint8Array} options.sid 16 bytes that A chose, fresh for each exchange
   * @param {Uint8Array} options.ad ADa of A, ADb of B
   * @param {Uint8Array} [options.scalar] for golden data
   */
  constructor({ primitives, role, secret, ci, sid, ad, scalar = sampleScalar() }) {
    this.#primitives = primitives;
    this.#role = role;
    this.#scalar = scalar;
    this.sid = sid;
    this.ad = ad;
    const generator = primitives.elementFromHash(primitives.sha512(generatorString(secret, ci, sid)));
    this.share = generator.multiply(toScalar(scalar)).toBytes();
  }

  /**
   * @param {Uint8Array} share of the other side
   * @param {Uint8Array} ad of the other side
   * @returns {boolean} false if it is no element, leads to the identity or is our own: the exchange is over
   */
  takeShare(share, ad) {
    if (this.#key || equalBytes(share, this.share)) return false;
    const k = this.#secretPoint(share);
    if (k === null) return false;

    const [first, second] = this.#role === 'a'
      ? [lvCat(this.share, this.ad), lvCat(share, ad)] : [lvCat(share, ad), lvCat(this.share, this.ad)];
    this.#key = this.#primitives.sha512(concat(lvCat(`${DSI}_ISK`, this.sid, k), first, second));
    const macKey = this.#primitives.sha512(concat(utf8('CPaceMac'), this.sid, this.#key));
    this.#tag = this.#primitives.hmacSha512(macKey, lvCat(this.share, this.ad));
    this.#expectedTag = this.#primitives.hmacSha512(macKey, lvCat(share, ad));
    for (const bytes of [k, macKey, this.#scalar]) bytes.fill(0);
    return true;
  }

  /** The library makes a point of the identity; it is ours to refuse. @param {Uint8Array} share */
  #secretPoint(share) {
    try {
      const element = this.#primitives.elementFromBytes(share);
      if (element.is0()) return null;
      const k = element.multiply(toScalar(this.#scalar));
      return k.is0() ? null : k.toBytes();
    } catch {
      return null;
    }
  }

  /** Proves to the other side that we knew the secret. */
  get tag() {
    return this.#tag;
  }

  /** Only after this was true is the key known to be the same on both sides. @param {Uint8Array} tag */
  verify(tag) {
    return this.#key !== null && equalBytes(tag, this.#expectedTag);
  }

  /** ISK. */
  get key() {
    return this.#key ?? new Uint8Array(0);
  }

  forget() {
    for (const bytes of [this.#scalar, this.#key, this.#tag, this.#expectedTag]) bytes?.fill(0);
  }
}
