// safety-words: what two people compare to find out whether somebody stands between them. Pure; PROTOCOL.md,
// section 4, "The safety phrase".
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { lvCat } from './lv.js';
import { SECRET_WORDS } from './secret-words.js';

/** @typedef {(bytes: Uint8Array) => Uint8Array} Hash SHA-256, at once */
/** @typedef {{ offerer: Uint8Array, answerer: Uint8Array }} Pair the fingerprints of the two certificates of a session */

export const NONCE_BYTES = 32;
export const COMMITMENT_BYTES = 32;
/** 41 bits, and one guess at them. */
const N_WORDS = 4;

/** @param {Hash} sha256 @param {Pair} pair @param {boolean} ofOfferer whose it is @param {Uint8Array} nonce */
export function commitTo(sha256, { offerer, answerer }, ofOfferer, nonce) {
  return sha256(lvCat('snug-phrase-2', ofOfferer ? 'O' : 'A', offerer, answerer, nonce));
}

/**
 * "otter velvet canoe lamp"
 *
 * @param {Hash} sha256
 * @param {Pair} pair
 * @param {{ offerer: Uint8Array, answerer: Uint8Array }} nonces
 */
export function safetyWords(sha256, { offerer, answerer }, nonces) {
  const digest = sha256(lvCat('snug-words-2', offerer, answerer, nonces.offerer, nonces.answerer));
  // Below 2^42: no step leaves the integers that a number holds.
  const nPhrases = SECRET_WORDS.length ** N_WORDS;
  let rest = digest.reduce((value, byte) => (value * 256 + byte) % nPhrases, 0);
  const words = [];
  for (let i = 0; i < N_WORDS; i++) {
    words.unshift(SECRET_WORDS[rest % SECRET_WORDS.length]);
    rest = Math.floor(rest / SECRET_WORDS.length);
  }
  return words.join(' ');
}
