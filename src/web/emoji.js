// emoji: whether a stranger's text is one emoji, and nothing else. By ranges and not by a table of names, so that an
// emoji of next year is one too; C and JavaScript read the same tests/data/wire/emoji.json.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { isWithin } from './json-gate.js';

export const MAX_EMOJI_BYTES = 32;

/** Where Unicode keeps its pictures. */
const PICTURE =
  '[\\u00a9\\u00ae\\u203c\\u2049\\u2122\\u2139\\u2190-\\u21ff\\u2300-\\u23ff\\u24c2\\u25a0-\\u27bf\\u2900-\\u297f' +
  '\\u2b00-\\u2bff\\u3030\\u303d\\u3297\\u3299\\u{1f000}-\\u{1f1e5}\\u{1f200}-\\u{1faff}]';
/** Colours and styles of what stands before, and the tags in the flags of England and others. */
const MODIFIER = '[\\ufe0f\\u{1f3fb}-\\u{1f3ff}\\u{e0020}-\\u{e007f}]';
const JOINED = `${PICTURE}${MODIFIER}*(?:\\u200d${PICTURE}${MODIFIER}*)*`;
const FLAG = '[\\u{1f1e6}-\\u{1f1ff}]{2}';
const KEYCAP = '[0-9#*]\\ufe0f?\\u20e3';
/** UTS #51. */
const ONE = new RegExp(`^(?:${JOINED}|${FLAG}|${KEYCAP})$`, 'u');

/** @param {string} text */
export function isOneEmoji(text) {
  return isWithin(text, MAX_EMOJI_BYTES) && ONE.test(text);
}
