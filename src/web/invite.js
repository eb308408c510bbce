// invite: a code, an invite or a link, as a person types or pastes it. Pure.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { _ } from './words.js';

/** Where to: `secret` is as it stands there, '' for none. @typedef {{ code: string, secret: string, server: string }} Invite */

const CODE = /^[a-z0-9]{6}$/i;
const CODE_AND_SECRET = /^([a-z0-9]{6})(?:-(.*))?$/is;

/** It leads nowhere; the message says why, to a person. */
export class BadInvite extends Error {}

/** What stands behind the # of a link; as it is, where nobody encoded it. @param {string} fragment */
export function decodeSecret(fragment) {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

/** @param {string} text */
function readAddress(text) {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** @param {string} code @param {string | undefined} secret @param {string} server @returns {Invite} */
function make(code, secret, server) {
  // Somebody's selection ended too early: without its secret it would be another kind of room.
  if (secret === '') throw new BadInvite(_('The secret at the end of this link is missing. Copy the whole link once more.'));
  return { code: code.toUpperCase(), secret: secret ?? '', server };
}

/**
 * @param {string} text
 * @param {string} origin the server of what names none
 * @returns {Invite}
 * @throws {BadInvite}
 */
export function readInvite(text, origin) {
  const trimmed = text.trim();
  const [, code, secret] = CODE_AND_SECRET.exec(trimmed) ?? [];
  if (code !== undefined) return make(code, secret, origin);

  const [address = '', fragment] = trimmed.split(/#(.*)/s);
  const url = readAddress(address);
  const linkCode = url?.searchParams.get('code') ?? '';
  if (!url || !/^https?:$/.test(url.protocol) || !CODE.test(linkCode))
    throw new BadInvite(_('A room code has six letters and digits, like BOOK23.'));
  return make(linkCode, fragment === undefined ? undefined : decodeSecret(fragment), url.origin);
}
