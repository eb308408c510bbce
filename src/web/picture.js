// picture: what a received file begins with, if it is a picture that is shown in the chat, and how large it is. Pure.
//
// Only PNG, JPEG, GIF and WebP, by their first bytes, never by name or what somebody says. A picture whose sides are
// not found is not shown: nobody knows what a decoder would need for it.
//
// SPDX-License-Identifier: GPL-3.0-or-later

export const MAX_PICTURE_BYTES = 32 * 1024 * 1024;
/** Enough for the sides of a photo whose camera wrote a thumbnail before them. */
export const HEAD_BYTES = 512 * 1024;
const MAX_SIDE_PX = 16_384;
const MAX_PIXELS = 36_000_000;

/** @typedef {{ type: string, width: number, height: number }} Picture */

/** @param {Uint8Array} bytes @param {number} at @param {string} text */
function has(bytes, at, text) {
  return [...text].every((char, i) => bytes[at + i] === char.charCodeAt(0));
}

/** @param {DataView} view */
function ofPng(view) {
  return { type: 'image/png', width: view.getUint32(16), height: view.getUint32(20) };
}

/** @param {DataView} view */
function ofGif(view) {
  return { type: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** The frame header is behind any number of segments (ITU T.81, B.2.2). @param {DataView} view */
function ofJpeg(view) {
  for (let at = 2; view.getUint8(at) === 0xff; ) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { type: 'image/jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

/** Lossy, lossless and extended (RFC 9649). @param {Uint8Array} bytes @param {DataView} view */
function ofWebP(bytes, view) {
  const type = 'image/webp';
  if (has(bytes, 12, 'VP8 ')) return { type, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  if (has(bytes, 12, 'VP8L')) {
    const bits = view.getUint32(21, true);
    return { type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (!has(bytes, 12, 'VP8X')) return null;
  const side = (/** @type {number} */ at) => 1 + view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
  return { type, width: side(24), height: side(27) };
}

/** @param {Uint8Array} bytes @param {DataView} view */
function read(bytes, view) {
  if (has(bytes, 0, '\x89PNG\r\n\x1a\n') && has(bytes, 12, 'IHDR')) return ofPng(view);
  if (has(bytes, 0, 'GIF87a') || has(bytes, 0, 'GIF89a')) return ofGif(view);
  if (has(bytes, 0, '\xff\xd8\xff')) return ofJpeg(view);
  if (has(bytes, 0, 'RIFF') && has(bytes, 8, 'WEBP')) return ofWebP(bytes, view);
  return null;
}

/**
 * @param {Uint8Array} head the first bytes of a file
 * @returns {Picture | null} null if it is none, or one too large to be shown
 */
export function sniffPicture(head) {
  try {
    const found = read(head, new DataView(head.buffer, head.byteOffset, head.byteLength));
    if (!found || found.width < 1 || found.height < 1) return null;
    const isTooLarge = found.width > MAX_SIDE_PX || found.height > MAX_SIDE_PX || found.width * found.height > MAX_PIXELS;
    return isTooLarge ? null : found;
  } catch {
    return null; // behind the end
  }
}
