// words: what a person reads. Every sentence goes through _(), so that a catalogue can stand behind it.
//
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * @param {string} text
 * @param {Record<string, string | number>} [values] for {placeholders}
 */
export function _(text, values = {}) {
  return text.replace(/\{(\w+)\}/g, (whole, key) => String(values[key] ?? whole));
}

/**
 * @param {string} one
 * @param {string} many
 * @param {number} n also {n} in the text
 * @param {Record<string, string | number>} [values]
 */
export function n_(one, many, n, values = {}) {
  return _(n === 1 ? one : many, { n: formatNumber(n), ...values });
}

/** @param {number} n @param {number} [maximumFractionDigits] */
export function formatNumber(n, maximumFractionDigits = 0) {
  return new Intl.NumberFormat(undefined, { maximumFractionDigits }).format(n);
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
  return new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' }).format(timeMs);
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
