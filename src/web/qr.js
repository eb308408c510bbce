// qr: a text as a QR code, ISO/IEC 18004: bytes, error correction M, versions 1 to 10. Pure.
//
// Ours, as it is small, and a library would be the only one that the page could not do without.
//
// SPDX-License-Identifier: GPL-3.0-or-later

/** By version (table 9): codewords, those of error correction in a block, blocks. */
const VERSIONS = [
  [26, 10, 1], [44, 16, 1], [70, 26, 1], [100, 18, 2], [134, 24, 2], [172, 16, 4], [196, 18, 4], [242, 22, 4], [292, 22, 5], [346, 26, 5],
].map(([nAll = 0, nCheck = 0, nBlocks = 0]) => ({ nCheck, nBlocks, nData: nAll - nCheck * nBlocks }));
const FIRST_WITH_LONG_COUNT = 10;
const FIRST_WITH_NUMBER = 7;
const MODE_BYTES = 0b0100;
const PADDING = [0xec, 0x11];

// ---- error correction: Reed-Solomon over GF(256), x^8 + x^4 + x^3 + x^2 + 1

const EXP = new Uint8Array(255);
const LOG = new Uint8Array(256);
for (let i = 0, x = 1; i < 255; i++) {
  EXP[i] = x;
  LOG[x] = i;
  x = (x << 1) ^ (x & 0x80 ? 0x11d : 0);
}

/** @param {number} a @param {number} b */
const times = (a, b) => (a === 0 || b === 0 ? 0 : Number(EXP[(Number(LOG[a]) + Number(LOG[b])) % 255]));

/** The generator polynomial of this degree, without its leading 1. @param {number} degree */
function generator(degree) {
  let poly = [1];
  for (let i = 0; i < degree; i++) poly = [...poly, 0].map((c, j) => c ^ times(poly[j - 1] ?? 0, Number(EXP[i])));
  return poly.slice(1);
}

/** @param {number[]} data @param {number} nCheck @returns {number[]} the remainder */
function checkWords(data, nCheck) {
  const divisor = generator(nCheck);
  let rest = Array(nCheck).fill(0);
  for (const word of data) {
    const factor = word ^ rest[0];
    rest = [...rest.slice(1), 0].map((c, i) => c ^ times(Number(divisor[i]), factor));
  }
  return rest;
}

/** What is left of `value`, times 2^degree, divided by a polynomial of that degree: BCH codes of annexes C and D. @param {number} value @param {number} degree @param {number} divisor */
function remainder(value, degree, divisor) {
  let rest = value;
  for (let i = 0; i < degree; i++) rest = (rest << 1) ^ ((rest >> (degree - 1)) & 1 ? divisor : 0);
  return rest & ((1 << degree) - 1);
}

// ---- words

/** @param {number} version @param {number} nBytes */
const nBitsFor = (version, nBytes) => 4 + (version < FIRST_WITH_LONG_COUNT ? 8 : 16) + 8 * nBytes;

/** @param {Uint8Array} bytes @param {number} version @param {number} nData @returns {number[]} */
function dataWords(bytes, version, nData) {
  const bits = /** @type {number[]} */ ([]);
  const add = (/** @type {number} */ value, /** @type {number} */ n) => {
    for (let i = n - 1; i >= 0; i--) bits.push((value >> i) & 1);
  };
  add(MODE_BYTES, 4);
  add(bytes.length, version < FIRST_WITH_LONG_COUNT ? 8 : 16);
  for (const byte of bytes) add(byte, 8);
  add(0, Math.min(4, nData * 8 - bits.length));
  add(0, (8 - (bits.length % 8)) % 8);
  const words = Array.from({ length: bits.length / 8 }, (_, i) => bits.slice(8 * i, 8 * i + 8).reduce((sum, bit) => sum * 2 + bit, 0));
  for (let i = 0; words.length < nData; i++) words.push(Number(PADDING[i % 2]));
  return words;
}

/** Blocks take turns, in data and in error correction; the last ones may have one word more. @param {number[]} words @param {typeof VERSIONS[0]} version */
function interleave(words, { nData, nBlocks, nCheck }) {
  const short = Math.floor(nData / nBlocks);
  const firstLong = nBlocks - (nData % nBlocks);
  let at = 0;
  const blocks = Array.from({ length: nBlocks }, (_, i) => words.slice(at, (at += short + (i < firstLong ? 0 : 1))));
  const checks = blocks.map((block) => checkWords(block, nCheck));
  const inTurn = (/** @type {number[][]} */ rows, /** @type {number} */ n) =>
    Array.from({ length: n }, (_, i) => rows.flatMap((row) => row[i] ?? [])).flat();
  return [...inTurn(blocks, short + 1), ...inTurn(checks, nCheck)];
}

// ---- modules

const MASKS = /** @type {((x: number, y: number) => boolean)[]} */ ([
  (x, y) => (x + y) % 2 === 0, (_x, y) => y % 2 === 0, (x) => x % 3 === 0, (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0, (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
]);

class Grid {
  /** @param {number} version from 1 */
  constructor(version) {
    this.size = 17 + 4 * version;
    const rows = () => Array.from({ length: this.size }, () => /** @type {boolean[]} */ (Array(this.size).fill(false)));
    this.dark = rows();
    /** Not for words. */
    this.taken = rows();
    this.#drawPatterns(version);
  }

  /** @param {number} x @param {number} y @param {boolean} isDark */
  set(x, y, isDark) {
    const [dark, taken] = [this.dark[y], this.taken[y]];
    if (!dark || !taken || x < 0 || x >= this.size) return;
    dark[x] = isDark;
    taken[x] = true;
  }

  /** Rings around a place, dark if their distance from it says so. @param {number} x @param {number} y @param {number} radius @param {number[]} light */
  #drawRings(x, y, radius, light) {
    for (let dy = -radius; dy <= radius; dy++)
      for (let dx = -radius; dx <= radius; dx++) this.set(x + dx, y + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
  }

  /** @param {number} version */
  #drawPatterns(version) {
    const last = this.size - 7;
    for (let i = 0; i < this.size; i++) {
      this.set(6, i, i % 2 === 0);
      this.set(i, 6, i % 2 === 0);
    }
    for (const [x, y] of /** @type {[number, number][]} */ ([[3, 3], [this.size - 4, 3], [3, this.size - 4]])) this.#drawRings(x, y, 4, [2, 4]);
    const places = version === 1 ? [] : version < FIRST_WITH_NUMBER ? [6, last] : [6, (6 + last) / 2, last];
    for (const x of places)
      for (const y of places) if (!(x === 6 && y !== places[1] && (y === 6 || y === last)) && !(x === last && y === 6)) this.#drawRings(x, y, 2, [1]);
    this.drawFormat(0);
    if (version >= FIRST_WITH_NUMBER) this.#drawNumber((version << 12) | remainder(version, 12, 0x1f25));
  }

  /** Annex D. @param {number} bits */
  #drawNumber(bits) {
    for (let i = 0; i < 18; i++) {
      const [a, b] = [this.size - 11 + (i % 3), Math.floor(i / 3)];
      this.set(a, b, ((bits >> i) & 1) === 1);
      this.set(b, a, ((bits >> i) & 1) === 1);
    }
  }

  /** Annex C, twice; M is 00. @param {number} mask */
  drawFormat(mask) {
    const bits = ((mask << 10) | remainder(mask, 10, 0x537)) ^ 0x5412;
    for (let i = 0; i < 15; i++) {
      const isDark = ((bits >> i) & 1) === 1;
      this.set(8, i < 6 ? i : i < 8 ? i + 1 : this.size - 15 + i, isDark);
      this.set(i < 8 ? this.size - 1 - i : i === 8 ? 7 : 14 - i, 8, isDark);
    }
    this.set(8, this.size - 8, true);
  }

  /** Two columns at a time, up and down from the right; the column of the timing pattern is none. @param {number[]} words */
  drawWords(words) {
    let i = 0;
    for (let right = this.size - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5;
      const isUp = ((right + 1) & 2) === 0;
      for (let step = 0; step < this.size; step++)
        for (const x of [right, right - 1]) {
          const y = isUp ? this.size - 1 - step : step;
          if (this.taken[y]?.[x]) continue;
          const row = /** @type {boolean[]} */ (this.dark[y]);
          row[x] = ((Number(words[i >> 3] ?? 0) >> (7 - (i & 7))) & 1) === 1;
          i++;
        }
    }
  }

  /** There and back. @param {number} mask */
  applyMask(mask) {
    const flips = /** @type {(x: number, y: number) => boolean} */ (MASKS[mask]);
    this.dark.forEach((row, y) => row.forEach((isDark, x) => {
      if (!this.taken[y]?.[x]) row[x] = isDark !== flips(x, y);
    }));
  }

  /** How hard it is to read (7.8.3): runs, blocks, what looks like a corner, too much of one colour. */
  penalty() {
    const lines = [...this.dark, ...this.dark.map((_, x) => this.dark.map((row) => row[x] ?? false))];
    let sum = 0;
    for (const line of lines) {
      const text = line.map(Number).join('');
      for (const run of text.match(/0{5,}|1{5,}/g) ?? []) sum += run.length - 2;
      for (const _ of text.matchAll(/(?=00001011101|10111010000)/g)) sum += 40;
    }
    for (let y = 1; y < this.size; y++)
      for (let x = 1; x < this.size; x++)
        if (new Set([this.dark[y]?.[x], this.dark[y - 1]?.[x], this.dark[y]?.[x - 1], this.dark[y - 1]?.[x - 1]]).size === 1) sum += 3;
    const share = this.dark.flat().filter(Boolean).length / this.size ** 2;
    return sum + 10 * Math.floor(Math.abs(share - 0.5) * 20);
  }
}

/**
 * @param {string} text
 * @returns {boolean[][] | null} rows of modules, true is dark, without a margin; null if it is too long
 */
export function encodeQr(text) {
  const bytes = new TextEncoder().encode(text);
  const index = VERSIONS.findIndex(({ nData }, i) => nBitsFor(i + 1, bytes.length) <= nData * 8);
  const version = VERSIONS[index];
  if (!version) return null;
  const grid = new Grid(index + 1);
  grid.drawWords(interleave(dataWords(bytes, index + 1, version.nData), version));
  const penalties = MASKS.map((_, mask) => {
    grid.applyMask(mask);
    grid.drawFormat(mask);
    const penalty = grid.penalty();
    grid.applyMask(mask);
    return penalty;
  });
  const best = penalties.indexOf(Math.min(...penalties));
  grid.applyMask(best);
  grid.drawFormat(best);
  return grid.dark;
}
