// names: a stranger's names, made fit to be shown and to be a file name (ui.md, "A stranger's names").
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { byteLength } from './json-gate.js';

export const MAX_FILE_NAME_BYTES = 255;
const MAX_DISPLAY_NAME_CHARS = 64;

/** What hides or reorders what stands around it: control, format, separators, private use, halves, unassigned. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Cn}]/gu;

const SPACE = /[\p{Zs}\p{Zl}\p{Zp}\t\n\r\f]/gu;

/** Families, flags of regions and Persian words need the joiners. */
const JOINERS = /[\u200c\u200d]/;

/** Tab, line feed, joiners, left-to-right and right-to-left mark, the tags in the flags of England and others. */
const KEPT_IN_TEXT = /[\t\n\u200c-\u200f\u{e0020}-\u{e007f}]/u;

const RESERVED_ON_WINDOWS = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\.|$)/i;

/** An extension longer than this is part of the name. */
const MAX_EXTENSION_BYTES = 32;

/**
 * The longest start of `text` within `maxBytes` that splits no character.
 *
 * @param {string} text
 * @param {number} maxBytes
 */
function clip(text, maxBytes) {
  let kept = '';
  let nBytes = 0;
  for (const char of text) {
    nBytes += byteLength(char);
    if (nBytes > maxBytes) break;
    kept += char;
  }
  return kept;
}

/** @param {string} name */
function splitExtension(name) {
  const dot = name.lastIndexOf('.');
  if (dot <= 0 || byteLength(name.slice(dot)) > MAX_EXTENSION_BYTES) return [name, ''];
  return [name.slice(0, dot), name.slice(dot)];
}

/** @param {string} name */
const stripEnds = (name) => name.replace(/^[. ]+|[. ]+$/g, '');

/** The cut may fall behind a space. @param {string} name */
function cut(name) {
  const [stem = '', extension = ''] = splitExtension(name);
  return stripEnds(clip(stem, MAX_FILE_NAME_BYTES - byteLength(extension)) + extension);
}

/**
 * One path component that is safe to show and to save (PROTOCOL.md, section 4: Names).
 *
 * @param {string} raw
 */
export function safeFileName(raw) {
  const filtered = raw
    .normalize('NFC')
    .replace(SPACE, ' ')
    .replace(/[/\\]/g, '_')
    .replace(/[:*?"<>|]/g, '')
    .replace(UNSAFE, (char) => (JOINERS.test(char) ? char : ''));
  // What stood on both sides of something that is gone may be composed again.
  const name = cut(stripEnds(filtered.normalize('NFC')));

  if (name === '') return 'file';
  return RESERVED_ON_WINDOWS.test(name) ? cut(`_${name}`) : name;
}

/**
 * "holiday (2).jpg", within the length of a name.
 *
 * @param {string} name safe
 * @param {number} n
 */
export function numberedName(name, n) {
  const [stem = '', extension = ''] = splitExtension(name);
  const middle = ` (${n})`;
  return clip(stem, MAX_FILE_NAME_BYTES - byteLength(middle + extension)) + middle + extension;
}

/**
 * A person's name on one line, or "" if nothing is left of it.
 *
 * @param {string} raw
 */
export function safeDisplayName(raw) {
  const name = raw.normalize('NFC').replace(SPACE, ' ').replace(UNSAFE, '').normalize('NFC').replace(/ +/g, ' ').trim();
  const chars = Array.from(name);
  if (chars.length <= MAX_DISPLAY_NAME_CHARS) return name;
  return `${chars.slice(0, MAX_DISPLAY_NAME_CHARS - 1).join('')}…`;
}

/**
 * A message of several lines: line feeds and tabs stay, and the joiners and marks that emoji and scripts
 * need; what can reorder or hide the text around it goes.
 *
 * @param {string} raw
 */
export function safeText(raw) {
  return raw.replace(UNSAFE, (char) => (KEPT_IN_TEXT.test(char) ? char : '')).normalize('NFC').trim();
}

/**
 * Tells people of one name apart: "Ana", "Ana (2)".
 *
 * @param {string} name
 * @param {Iterable<string>} taken
 */
export function distinctName(name, taken) {
  const used = new Set(taken);
  if (!used.has(name)) return name;
  for (let n = 2; ; n++) {
    const candidate = `${name} (${n})`;
    if (!used.has(candidate)) return candidate;
  }
}

/**
 * A long name shortened in the middle, so that its extension stays to be seen.
 *
 * @param {string} name
 * @param {number} [maxChars]
 */
export function ellipsise(name, maxChars = 42) {
  const chars = Array.from(name);
  if (chars.length <= maxChars) return name;
  const nEnd = Math.floor(maxChars / 3);
  return `${chars.slice(0, maxChars - nEnd - 1).join('')}…${chars.slice(-nEnd).join('')}`;
}

/** What of a name stays to be seen, however narrow the place: its extension, and what stands before that. */
const END_CHARS = 10;

/**
 * A name in two parts, the first of which a view may cut short.
 *
 * @param {string} name
 * @returns {[start: string, end: string]} the end is "" of what is short anyway
 */
export function splitName(name) {
  const chars = Array.from(name);
  if (chars.length <= 2 * END_CHARS) return [name, ''];
  const end = chars.slice(-END_CHARS).join('').trimStart();
  // A space at the seam is of the start: where that is cut short none is left before the end.
  return [name.slice(0, name.length - end.length), end];
}
