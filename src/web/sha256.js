// sha256: FIPS 180-4, for a page on plain http, where the browser's own is not to be had.
//
// SPDX-License-Identifier: GPL-3.0-or-later

const BLOCK = 64;

/** The first 32 bits of the fractional part of a root. */
const fraction = (/** @type {number} */ root) => ((root - Math.floor(root)) * 2 ** 32) | 0;

/** FIPS 180-4 sections 4.2.2 and 5.3.3: cube roots of the first 64 primes, square roots of the first 8. */
function makeConstants() {
  /** @type {number[]} */
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return {
    rounds: Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime))),
    start: Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime))),
  };
}

const { rounds, start } = makeConstants();
const schedule = new Int32Array(64);

/**
 * Section 6.2.2: one block into the state.
 *
 * @param {Int32Array} state
 * @param {DataView} view
 * @param {number} at
 */
function mix(state, view, at) {
  const w = schedule;
  for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + 4 * i);
  for (let i = 16; i < 64; i++) {
    const x = /** @type {number} */ (w[i - 15]);
    const y = /** @type {number} */ (w[i - 2]);
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (((/** @type {number} */ (w[i - 16]) + s0) | 0) + ((/** @type {number} */ (w[i - 7]) + s1) | 0)) | 0;
  }

  let [a, b, c, d, e, f, g, h] = /** @type {[number, number, number, number, number, number, number, number]} */ (
    /** @type {unknown} */ (state));
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (((h + s1) | 0) + ((((e & f) ^ (~e & g)) + /** @type {number} */ (rounds[i])) | 0) + /** @type {number} */ (w[i])) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => { state[i] = /** @type {number} */ (state[i]) + word; });
}

/**
 * Section 5.1.1: what is left over, a one bit, zeros, and the length in bits.
 *
 * @param {Uint8Array} bytes
 * @param {number} nWhole bytes that are in whole blocks
 */
function lastBlocks(bytes, nWhole) {
  const nLeft = bytes.length - nWhole;
  const last = new Uint8Array(nLeft + 9 <= BLOCK ? BLOCK : 2 * BLOCK);
  last.set(bytes.subarray(nWhole));
  last[nLeft] = 0x80;
  const view = new DataView(last.buffer);
  view.setUint32(last.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(last.length - 4, bytes.length << 3);
  return view;
}

/**
 * @param {Uint8Array} bytes
 * @returns {Uint8Array} 32 bytes
 */
export function sha256(bytes) {
  const state = Int32Array.from(start);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const nWhole = bytes.length - (bytes.length % BLOCK);
  const last = lastBlocks(bytes, nWhole);
  for (let at = 0; at < nWhole; at += BLOCK) mix(state, view, at);
  for (let at = 0; at < last.byteLength; at += BLOCK) mix(state, last, at);

  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, i) => digest.setInt32(4 * i, word));
  return new Uint8Array(digest.buffer);
}
