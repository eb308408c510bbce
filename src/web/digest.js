// digest: SHA-256 and base64url.
//
// On https the browser has SHA-256 itself. A page over plain http on a local network has not (crypto.subtle
// exists in secure contexts only), so the build copies @noble/hashes beside the page; where it was built
// without npm, as `make run` promises to work, our own does as well.
//
// SPDX-License-Identifier: GPL-3.0-or-later

/** @typedef {(bytes: Uint8Array) => Promise<Uint8Array>} Sha256 */

/** Where assemble.py puts the library. */
const LIBRARY = './noble/hashes/sha2.js';

/** @type {Sha256} */
const bySubtle = async (bytes) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', /** @type {BufferSource} */ (bytes)));

/** The library's, or our own where there is none. @returns {Promise<(bytes: Uint8Array) => Uint8Array>} */
export async function loadSha256() {
  try {
    return /** @type {{ sha256(bytes: Uint8Array): Uint8Array }} */ (await import(LIBRARY)).sha256;
  } catch {
    return (await import('./sha256.js')).sha256;
  }
}

/** In a worker, so that typing never waits for it. @returns {Promise<Sha256>} */
async function hashBeside() {
  const { Jobs } = await import('./workers.js');
  const jobs = new Jobs('./hash-worker.js');
  const sha256 = async (/** @type {Uint8Array} */ bytes) => (await jobs.do({ bytes })).hash;
  try {
    await jobs.probe(sha256(new Uint8Array(0)));
    return sha256;
  } catch (error) {
    jobs.close();
    throw error;
  }
}

/**
 * The best way to hash that this page has.
 *
 * @returns {Promise<Sha256>}
 */
export async function findSha256() {
  if (globalThis.crypto?.subtle) return bySubtle;
  try {
    return await hashBeside();
  } catch (error) {
    console.debug('digest: no worker:', String(error));
    const sha256 = await loadSha256();
    return async (bytes) => sha256(bytes);
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/**
 * Base64url without padding (RFC 4648 section 5), which is how binary values travel.
 *
 * @param {Uint8Array} bytes
 */
export function toBase64Url(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const nChars = Math.min(bytes.length - i, 3) + 1;
    for (let j = 0; j < nChars; j++) text += ALPHABET[(group >> (18 - 6 * j)) & 63];
  }
  return text;
}

/**
 * @param {string} text
 * @param {number} nBytes the exact decoded size asked for
 * @returns {Uint8Array | null} null unless `text` is the one true spelling of `nBytes` bytes
 */
export function fromBase64Url(text, nBytes) {
  if (text.length !== Math.ceil((nBytes * 4) / 3)) return null;

  const bytes = new Uint8Array(nBytes);
  let bits = 0;
  let nBits = 0;
  let at = 0;
  for (const char of text) {
    const value = ALPHABET.indexOf(char);
    if (value < 0) return null;
    bits = ((bits << 6) | value) & 0xffff;
    nBits += 6;
    if (nBits >= 8) {
      nBits -= 8;
      bytes[at++] = bits >> nBits;
    }
  }
  return (bits & ((1 << nBits) - 1)) === 0 ? bytes : null;
}

/** A name that nobody else makes: 96 random bits. */
export function randomId() {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(12)));
}

/**
 * @param {Uint8Array} bytes
 */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
