// cipher: what is kept in the browser of a page on plain http is kept encrypted.
//
// An http://192.168.… origin may be another machine tomorrow, whose page would find it. The key is in
// sessionStorage and goes with the tab. ChaCha20 alone: that what is read back is what was written is not
// what this is for, as whoever can change the table can change the page. Web Crypto is missing there.
//
// SPDX-License-Identifier: GPL-3.0-or-later

/** Where assemble.py puts the library. */
const LIBRARY = './noble/ciphers/chacha.js';

export const KEY_BYTES = 32;

/** @typedef {(key: Uint8Array, nonce: Uint8Array, bytes: Uint8Array) => Uint8Array} StreamCipher */

/** @returns {Promise<StreamCipher | null>} null: the page was built without npm */
export async function findCipher() {
  try {
    return (await import(LIBRARY)).chacha20;
  } catch {
    return null;
  }
}

/** RFC 8439: 96 bits, never twice with a key. @param {number} kind @param {number} n */
export function nonce(kind, n) {
  const view = new DataView(new ArrayBuffer(12));
  view.setUint32(0, kind);
  view.setBigUint64(4, BigInt(n));
  return new Uint8Array(view.buffer);
}
