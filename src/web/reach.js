// reach: where others find the server. A page that was opened on the server's own computer has an address that leads
// everybody to themselves (PROTOCOL.md, section 2: /api/health); any other page has one that is good for others, too.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { parseJsonBytes, peekString } from './json-gate.js';

/** @typedef {Pick<import('./room-store.js').State, 'linkOrigin' | 'isReachable'>} Reach */

const OWN_NAME = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const MAX_ANSWER_BYTES = 4096;
const MAX_ADDRESS_BYTES = 64;
const ADDRESS = /^http:\/\/(\d{1,3}(\.\d{1,3}){3}|\[[\da-f:.]+\]):\d{1,5}$/;

/** Whether every computer has this address for itself. @param {string} origin */
export const isOwnAddress = (origin) => OWN_NAME.test(new URL(origin).hostname);

/** @param {string} address */
function originOf(address) {
  try {
    return new URL(address).origin;
  } catch {
    return null;
  }
}

/** @param {Uint8Array} answer of the server @returns {string | null} an origin */
export function readAddress(answer) {
  const address = peekString(parseJsonBytes(answer, MAX_ANSWER_BYTES), 'address', MAX_ADDRESS_BYTES) ?? '';
  const origin = ADDRESS.test(address) ? originOf(address) : null;
  return origin === null || isOwnAddress(origin) ? null : origin;
}

/** @param {string} origin of this page */
async function askForAddress(origin) {
  try {
    const answer = await fetch(`${origin}/api/health`);
    return readAddress(new Uint8Array(await answer.arrayBuffer()));
  } catch (error) {
    console.debug('reach: no answer:', String(error));
    return null;
  }
}

/** @param {string} origin of this page @returns {Promise<Reach>} */
export async function findReach(origin) {
  if (!isOwnAddress(origin)) return { linkOrigin: origin, isReachable: true };
  // On https somebody has a certificate for the name, which the address is not in.
  const address = origin.startsWith('http:') ? await askForAddress(origin) : null;
  return { linkOrigin: address ?? origin, isReachable: address !== null };
}
