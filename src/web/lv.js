// lv: lv_cat of draft-irtf-cfrg-cpace: parts, each with its length in front, so that no two lists of parts
// are the same bytes; and what else is done with bytes.
//
// SPDX-License-Identifier: GPL-3.0-or-later

const encoder = new TextEncoder();

/** @param {string} text */
export const utf8 = (text) => encoder.encode(text);

/** @param {Uint8Array[]} parts */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** In time that does not depend on where they differ. @param {Uint8Array} a @param {Uint8Array} b */
export function equalBytes(a, b) {
  if (a.length !== b.length) return false;
  return a.reduce((difference, byte, i) => difference | (byte ^ /** @type {number} */ (b[i])), 0) === 0;
}

/** Unsigned LEB128. @param {number} length */
function prefix(length) {
  const bytes = [];
  for (; length >= 128; length = Math.floor(length / 128)) bytes.push((length % 128) | 128);
  bytes.push(length);
  return Uint8Array.from(bytes);
}

/** @param {(Uint8Array | string)[]} parts */
export function lvCat(...parts) {
  return concat(...parts.flatMap((part) => {
    const bytes = typeof part === 'string' ? utf8(part) : part;
    return [prefix(bytes.length), bytes];
  }));
}
