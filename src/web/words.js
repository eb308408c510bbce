// words: what a person reads. Every sentence goes through _() or n_(), and a catalogue may stand behind them.
//
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What catalogues.py made of a translation: a text or its forms for numbers, and which form each number takes.
 *
 * @typedef {{ forms: string, words: Record<string, string | string[]> }} Catalogue
 */

/** From here on a number takes the form of its last two digits, from 100 (catalogues.py). */
const FORMS_LISTED = 200;
let forms = '';
let translations = /** @type {Map<string, string | string[]>} */ (new Map());

/** @param {Catalogue} catalogue */
export function useCatalogue(catalogue) {
  forms = catalogue.forms;
  translations = new Map(Object.entries(catalogue.words));
}

/** @param {string} text @param {Record<string, string | number>} values */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, key) => String(values[key] ?? whole));
}

/**
 * @param {string} text
 * @param {Record<string, string | number>} [values] for {placeholders}
 */
export function _(text, values = {}) {
  const translation = translations.get(text);
  return fill(typeof translation === 'string' ? translation : text, values);
}

/** @param {string | string[] | undefined} translation @param {number} n @returns {string | undefined} */
function formFor(translation, n) {
  if (!Array.isArray(translation)) return translation;
  return translation[Number(forms[n < FORMS_LISTED ? n : 100 + (n % 100)])];
}

/**
 * @param {string} one
 * @param {string} many
 * @param {number} n also {n} in the text
 * @param {Record<string, string | number>} [values]
 */
export function n_(one, many, n, values = {}) {
  const text = formFor(translations.get(one), n) ?? (n === 1 ? one : many);
  return fill(text, { n: formatNumber(n), ...values });
}

// Made once: to make one takes far longer than what it does then, and numbers change several times a second.
const numberFormats = [0, 1].map((maximumFractionDigits) => new Intl.NumberFormat(undefined, { maximumFractionDigits }));
const timeFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** @param {number} n @param {0 | 1} [maximumFractionDigits] */
export function formatNumber(n, maximumFractionDigits = 0) {
  return /** @type {Intl.NumberFormat} */ (numberFormats[maximumFractionDigits]).format(n);
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** "174 MB", "1.5 GB": decimal units, at most one digit behind the point. @param {number} bytes */
export function formatSize(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${formatNumber(value, value < 10 && unit > 0 ? 1 : 0)} ${UNITS[unit]}`;
}

/** @param {number} bytesPerSecond */
export function formatSpeed(bytesPerSecond) {
  return `${formatSize(bytesPerSecond)}/s`;
}

/** "14 s", "3 min", "2 h 5 min". @param {number} seconds */
export function formatDuration(seconds) {
  if (seconds < 60) return _('{n} s', { n: formatNumber(seconds) });
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return _('{n} min', { n: formatNumber(minutes) });
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return n_('{n} day', '{n} days', Math.round(hours / 24));
  return minutes % 60 === 0
    ? _('{n} h', { n: formatNumber(hours) })
    : _('{h} h {m} min', { h: formatNumber(hours), m: formatNumber(minutes % 60) });
}

/** @param {number} timeMs */
export function formatTime(timeMs) {
  return timeFormat.format(timeMs);
}

/** @param {number} timeMs */
export function formatDay(timeMs) {
  return new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' }).format(timeMs);
}

/** "Ana", "Ana and Ben", "Ana, Ben and 3 more". @param {string[]} names */
export function formatNames(names) {
  if (names.length <= 1) return names[0] ?? '';
  if (names.length === 2) return _('{a} and {b}', { a: names[0] ?? '', b: names[1] ?? '' });
  const n = names.length - 2;
  return n_('{a}, {b} and {n} more', '{a}, {b} and {n} more', n, { a: names[0] ?? '', b: names[1] ?? '' });
}
