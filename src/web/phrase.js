// phrase: secrets that people say to each other.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { SECRET_WORDS } from './secret-words.js';

const N_WORDS = 3;
const MAX_BYTES = 512;

/** @param {number} below @returns {number} by the system's randomness, each as likely as the others */
function randomIndex(below) {
  const most = Math.floor(0x1_0000_0000 / below) * below;
  for (;;) {
    const value = /** @type {number} */ (crypto.getRandomValues(new Uint32Array(1))[0]);
    if (value < most) return value % below;
  }
}

/** "otter-velvet-canoe" @param {number} [nWords] */
export function makePhrase(nWords = N_WORDS) {
  return Array.from({ length: nWords }, () => SECRET_WORDS[randomIndex(SECRET_WORDS.length)]).join('-');
}

/** The one word that begins so. @param {string} beginning */
export function completeWord(beginning) {
  const found = SECRET_WORDS.filter((word) => word.startsWith(toLower(beginning)));
  return found.length === 1 ? /** @type {string} */ (found[0]) : null;
}

/** Only of ASCII: no other letter is one of a word. @param {string} text */
const toLower = (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** @param {string} secret @returns {string | null} */
function foldWords(secret) {
  const parts = toLower(secret).split(/[ -]+/).filter((part) => part !== '');
  return parts.length === N_WORDS && parts.every((part) => SECRET_WORDS.includes(part)) ? parts.join('-') : null;
}

/**
 * Prepared as RFC 8265 section 4.2 says (OpaqueString): every kind of space is a space, NFC, nothing else changes.
 * Three words of the list then, in either case, with spaces or hyphens between them, become "otter-velvet-canoe";
 * anything else is a password of the person's own. What is folded stays as it is when it is folded again.
 *
 * @param {string} secret what a person typed
 * @returns {string | null} null if it is empty, too long or has control characters
 */
export function foldSecret(secret) {
  const fits = (/** @type {string} */ text) => new TextEncoder().encode(text).length <= MAX_BYTES;
  if (secret === '' || !fits(secret) || /\p{Cc}|\p{Cs}/u.test(secret)) return null;
  const prepared = secret.replace(/\p{Zs}/gu, ' ').normalize('NFC');
  const folded = foldWords(prepared) ?? prepared;
  return fits(folded) ? folded : null;
}
