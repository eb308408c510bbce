// search: which messages have a word in them. Pure.
//
// SPDX-License-Identifier: GPL-3.0-or-later

/** @typedef {import('./room-store.js').Message} Message */

/** Large or small, composed or not, is all the same. @param {string} text */
const fold = (text) => text.normalize('NFKC').toLocaleLowerCase();

/** @param {Message[]} messages @param {string} query @returns {string[]} their keys, the newest first */
export function findMessages(messages, query) {
  const wanted = fold(query.trim());
  if (wanted === '') return [];
  const has = (/** @type {Message} */ { kind, deleted, text }) => kind === 'text' && !deleted && fold(text).includes(wanted);
  return messages.filter(has).map(({ key }) => key).reverse();
}
