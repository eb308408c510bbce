// qr-library: a text as a QR code (ISO/IEC 18004), by lean-qr.
//
// The build copies it beside the page. A page that was built without it shows the link of its room, and no code.
//
// SPDX-License-Identifier: GPL-3.0-or-later

/** @typedef {(text: string) => boolean[][]} EncodeQr rows of modules, true is dark, without a margin */

/** Where assemble.py puts it. */
const LIBRARY = './lean-qr/index.js';

/**
 * @param {any} library
 * @returns {EncodeQr} which throws for more than 2,331 bytes
 */
export function encoderOf({ generate, mode, correction: { M } }) {
  // Bytes as they are, and said to be UTF-8 where they are not ASCII.
  const options = { modes: [mode.ascii, mode.utf8], minCorrectionLevel: M, maxCorrectionLevel: M };
  return (text) => {
    const code = generate(text, options);
    const indices = Array.from({ length: code.size }, (_, i) => i);
    return indices.map((y) => indices.map((x) => code.get(x, y)));
  };
}

/** @type {Promise<EncodeQr | null> | null} */
let found = null;

/** @returns {Promise<EncodeQr | null>} null where the page was built without it */
export function findQrEncoder() {
  found ??= import(LIBRARY).then(encoderOf).catch((error) => {
    console.debug('qr: no library:', String(error));
    return null;
  });
  return found;
}
