// seal-library: what private rooms are built of: ristretto255, SHA-512, HMAC, HKDF and AES-256-GCM, of the
// audited @noble libraries.
//
// The build copies them beside the page; a browser has no ristretto255 at all, and over plain http none of
// the others either. A page that was built without them cannot enter private rooms, and says so.
//
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * @typedef {object} GroupElement
 * @property {(scalar: bigint) => GroupElement} multiply
 * @property {() => boolean} is0
 * @property {() => Uint8Array} toBytes
 *
 * @typedef {(bytes: Uint8Array) => Uint8Array} Hash
 *
 * @typedef {object} SealLibrary
 * @property {Hash} sha512
 * @property {Hash} sha256
 * @property {(key: Uint8Array, message: Uint8Array) => Uint8Array} hmacSha512
 * @property {(key: Uint8Array, salt: Uint8Array) => Uint8Array} hkdfExtract with SHA-256
 * @property {(prk: Uint8Array, info: Uint8Array, nBytes: number) => Uint8Array} hkdfExpand with SHA-256
 * @property {(key: Uint8Array, nonce: Uint8Array, ad: Uint8Array) =>
 *   { encrypt(text: Uint8Array): Uint8Array, decrypt(box: Uint8Array): Uint8Array }} gcm throws for a wrong tag
 * @property {(uniform: Uint8Array) => GroupElement} elementFromHash of 64 bytes
 * @property {(bytes: Uint8Array) => GroupElement} elementFromBytes throws for what is none
 */

/** Where assemble.py puts it. */
const LIBRARY = './noble/';

/**
 * @param {(module: string) => Promise<any>} load
 * @returns {Promise<SealLibrary>}
 */
export async function assembleSealLibrary(load) {
  const [{ sha256, sha512 }, { hmac }, hkdf, { gcm }, { ristretto255 }] = await Promise.all([
    load('hashes/sha2.js'), load('hashes/hmac.js'), load('hashes/hkdf.js'),
    load('ciphers/aes.js'), load('curves/ed25519.js'),
  ]);
  return {
    sha256,
    sha512,
    hmacSha512: (key, message) => hmac(sha512, key, message),
    hkdfExtract: (key, salt) => hkdf.extract(sha256, key, salt),
    hkdfExpand: (prk, info, nBytes) => hkdf.expand(sha256, prk, info, nBytes),
    gcm,
    // Version 1 of the library calls the map of 64 uniform bytes so (RFC 9496 section 4.3.4).
    elementFromHash: (uniform) => ristretto255.Point.hashToCurve(uniform),
    elementFromBytes: (bytes) => ristretto255.Point.fromBytes(bytes),
  };
}

/** @type {Promise<SealLibrary | null> | null} */
let found = null;

/** @returns {Promise<SealLibrary | null>} null where the page was built without it */
export function findSealLibrary() {
  found ??= assembleSealLibrary((module) => import(LIBRARY + module)).catch((error) => {
    console.debug('seal: no library:', String(error));
    return null;
  });
  return found;
}
