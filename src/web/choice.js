// choice: which entries of a folder are wanted (PROTOCOL.md, section 4: Choosing files of a folder). Pure.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { fromBase64Url, toBase64Url } from './digest.js';

/** @typedef {import('./manifest.js').Entry} Entry */

/**
 * As if a folder had the chosen entries only. The others have no header and no bytes, as folders have none, and
 * nothing is made of them; the chosen ones keep their numbers.
 *
 * @param {Entry[]} entries
 * @param {string | undefined} only as it travels; entry n has the bit n mod 8 of byte n div 8. undefined: all of them
 * @returns {Entry[] | null} null: that cannot be chosen
 */
export function chooseEntries(entries, only) {
  if (only === undefined) return entries;
  const bits = fromBase64Url(only, Math.floor((only.length * 3) / 4));
  if (!bits) return null;
  const isChosen = (/** @type {number} */ n) => (((bits[n >> 3] ?? 0) >> (n & 7)) & 1) === 1;
  for (let n = entries.length; n < bits.length * 8; n++) if (isChosen(n)) return null;
  return entries.map((entry, n) => (isChosen(n) ? entry : { ...entry, size: 0, isFolder: true, isLeftOut: true }));
}

/** @param {Entry[]} entries of a choice @returns {Entry[]} those that are made */
export const madeOf = (entries) => entries.filter(({ isLeftOut }) => !isLeftOut);

/** What a person is choosing. In the beginning it is everything. */
export class Choice {
  #paths;
  #chosen;

  /** @param {Entry[]} entries */
  constructor(entries) {
    this.entries = entries;
    this.#paths = entries.map(({ path }) => path.join('/'));
    this.#chosen = entries.map(() => true);
  }

  /** @param {number} n */
  has(n) {
    return this.#chosen[n] ?? false;
  }

  /** What is in a folder goes with it; and a file that is wanted wants the folders it is in. @param {number} n @param {boolean} on */
  set(n, on) {
    const changed = this.#paths[n] ?? '';
    this.#paths.forEach((path, i) => {
      if (i === n || path.startsWith(`${changed}/`) || (on && changed.startsWith(`${path}/`))) this.#chosen[i] = on;
    });
  }

  /** @param {boolean} on */
  setAll(on) {
    this.#chosen.fill(on);
  }

  /** How many are chosen, and the bytes in them. */
  get total() {
    let count = 0;
    let size = 0;
    this.entries.forEach((entry, n) => {
      if (!this.#chosen[n]) return;
      count++;
      size += entry.size;
    });
    return { count, size };
  }

  /** As it travels: without zero bytes at its end; undefined if it is everything. */
  get only() {
    const last = this.#chosen.lastIndexOf(true);
    if (!this.#chosen.includes(false)) return undefined;
    const bits = new Uint8Array((last >> 3) + 1);
    for (let n = 0; n <= last; n++) if (this.#chosen[n]) bits[n >> 3] = (bits[n >> 3] ?? 0) | (1 << (n & 7));
    return toBase64Url(bits);
  }
}
