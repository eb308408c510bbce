// The libraries of private rooms, from where npm puts them.
// SPDX-License-Identifier: GPL-3.0-or-later
import { assembleSealLibrary } from '../../src/web/seal-library.js';

const modules = {
  'hashes/sha2.js': () => import('@noble/hashes/sha2.js'),
  'hashes/hmac.js': () => import('@noble/hashes/hmac.js'),
  'hashes/hkdf.js': () => import('@noble/hashes/hkdf.js'),
  'ciphers/aes.js': () => import('@noble/ciphers/aes.js'),
  'curves/ed25519.js': () => import('@noble/curves/ed25519.js'),
};

export const library = await assembleSealLibrary((name) => modules[name]());
