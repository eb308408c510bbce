// invite: a code, an invite or a link, as a person types or pastes it. Pure.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { foldSecret } from './phrase.js';
import { _ } from './words.js';

/** Where to: `secret` is folded, '' for none. @typedef {{ code: string, secret: string, server: string }} Invite */

const CODE = /^[a-z0-9]{6}$/i;
const CODE_AND_SECRET = /^([a-z0-9]{6})(?:-(.*))?$/is;

/** It leads nowhere; the message says why, to a person. */
export class BadInvite extends Error {}

/**
 * What stands behind the # of a link, folded. A % that encodes nothing (RFC 3986 section 2.4) is most often where a
 * link was cut: to take it as it stands would be a wrong guess.
 *
 * @param {string} fragment
 * @returns {string | null} null for what is not readable
 */
export function readSecret(fragment) {
  try {
    return foldSecret(decodeURIComponent(fragment));
  } catch {
    return null;
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

/** @returns {string} to a person */
export const notReadable = () => _('The secret at the end of this link is not readable.');

/**
 * @param {string} code
 * @param {string | undefined} text its secret as it stands there
 * @param {(text: string) => string | null} read
 * @param {string} server
 * @returns {Invite}
 */
function make(code, text, read, server) {
  // Somebody's selection ended too early: without its secret it would be another kind of room.
  if (text === '') throw new BadInvite(_('The secret at the end of this link is missing. Copy the whole link once more.'));
  const secret = text === undefined ? '' : read(text);
  if (secret === null) throw new BadInvite(notReadable());
  return { code: code.toUpperCase(), secret, server };
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
  if (code !== undefined) return make(code, secret, foldSecret, origin);

  const [address = '', fragment] = trimmed.split(/#(.*)/s);
  const url = readAddress(address);
  const linkCode = url?.searchParams.get('code') ?? '';
  if (!url || !/^https?:$/.test(url.protocol) || !CODE.test(linkCode))
    throw new BadInvite(_('A room code has six letters and digits, like BOOK23.'));
  return make(linkCode, fragment, readSecret, url.origin);
}
