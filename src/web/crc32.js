// crc32: the checksum of ZIP archives (ISO 3309), eight bytes a step.
//
// SPDX-License-Identifier: GPL-3.0-or-later

const POLYNOMIAL = 0xedb88320;

function makeTables() {
  const tables = Array.from({ length: 8 }, () => new Uint32Array(256));
  const [first = new Uint32Array()] = tables;
  for (let i = 0; i < 256; i++) {
    let c = i;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ POLYNOMIAL : c >>> 1;
    first[i] = c;
  }
  for (let i = 0; i < 256; i++) {
    let c = /** @type {number} */ (first[i]);
    for (const table of tables.slice(1)) {
      c = (c >>> 8) ^ /** @type {number} */ (first[c & 255]);
      table[i] = c;
    }
  }
  return tables;
}

const [T0, T1, T2, T3, T4, T5, T6, T7] = /** @type {any[]} */ (makeTables());

/**
 * @param {Uint8Array} bytes
 * @param {number} [before] of what stands before them
 * @returns {number} unsigned
 */
export function crc32(bytes, before = 0) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let crc = ~before;
  let at = 0;
  for (; at + 8 <= bytes.length; at += 8) {
    const a = view.getUint32(at, true) ^ crc;
    const b = view.getUint32(at + 4, true);
    crc = T7[a & 255] ^ T6[(a >>> 8) & 255] ^ T5[(a >>> 16) & 255] ^ T4[a >>> 24]
      ^ T3[b & 255] ^ T2[(b >>> 8) & 255] ^ T1[(b >>> 16) & 255] ^ T0[b >>> 24];
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ T0[(crc ^ view.getUint8(at)) & 255];
  return ~crc >>> 0;
}
