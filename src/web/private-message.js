// private-message: what members of a private room say to each other through the server: `pake`, `sealed`, and
// the messages that only travel sealed (PROTOCOL.md, section 3). Pure.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { fromBase64Url, toBase64Url } from './digest.js';
import { BadJson, parseJsonBytes, peekBoolean, peekInteger, peekString } from './json-gate.js';
import { decodeObject } from './signal-message.js';

/** @typedef {import('./json-gate.js').JsonObject} JsonObject */
/** @typedef {import('./signal-message.js').PeerFrame} PeerFrame */

const SID_BYTES = 16;
const SHARE_BYTES = 32;
const TAG_BYTES = 64;
const MAX_FEATURES_BYTES = 256;
const SEAL_TAG_BYTES = 16;
const MAX_BOX_BYTES = 45_056;
const ROOM_KEY_BYTES = 32;
const MAX_LEFT = 100;
const MAX_NAME_BYTES = 1024;

/**
 * @typedef {{ step: 1 | 2, sid: Uint8Array, share: Uint8Array, features: string }} ShareMessage
 * @typedef {{ step: 3 | 4, sid: Uint8Array, tag: Uint8Array | null, left?: number | null }} TagMessage without a tag:
 *   fail, and how many guesses are answered yet; null: not said
 * @typedef {ShareMessage | TagMessage} PakeMessage
 * @typedef {{ sid: Uint8Array, n: number, box: Uint8Array }} SealedMessage
 * @typedef {{ type: 'room-key', key: Uint8Array }} RoomKey
 * @typedef {{ type: 'knock', name: string }} Knock
 * @typedef {PeerFrame | RoomKey | Knock} SealedContent
 */

/** @param {JsonObject} o @param {string} name @param {number} least @param {number} [most] */
function bytes(o, name, least, most = least) {
  const text = peekString(o, name, Math.ceil((most * 4) / 3));
  const nBytes = text === undefined ? -1 : Math.floor((text.length * 3) / 4);
  const read = text !== undefined && nBytes >= least && nBytes <= most ? fromBase64Url(text, nBytes) : null;
  if (read === null) throw new BadJson(`no usable "${name}"`);
  return read;
}

/** A field that may be absent, or null. @param {JsonObject} o */
function left(o) {
  if (o.left === undefined || o.left === null) return null;
  const value = peekInteger(o, 'left', MAX_LEFT);
  if (value === undefined) throw new BadJson('no usable "left"');
  return value;
}

/** @param {JsonObject} o @returns {PakeMessage} @throws {BadJson} */
export function readPake(o) {
  const step = peekInteger(o, 'step');
  const sid = bytes(o, 'sid', SID_BYTES);
  if (step === 1 || step === 2) {
    const features = peekString(o, 'ad', MAX_FEATURES_BYTES);
    if (features === undefined) throw new BadJson('no usable "ad"');
    return { step, sid, share: bytes(o, 'y', SHARE_BYTES), features };
  }
  if (step === 4 && peekBoolean(o, 'fail') === true) return { step, sid, tag: null, left: left(o) };
  if (step === 3 || step === 4) return { step, sid, tag: bytes(o, 'tag', TAG_BYTES) };
  throw new BadJson('no usable "step"');
}

/** @param {PakeMessage} message */
export function writePake(message) {
  const head = { type: 'pake', step: message.step, sid: toBase64Url(message.sid) };
  if ('share' in message) return { ...head, y: toBase64Url(message.share), ad: message.features };
  if (message.tag !== null) return { ...head, tag: toBase64Url(message.tag) };
  const { left: said } = message;
  return { ...head, fail: true, ...(typeof said === 'number' && { left: said }) };
}

/** @param {JsonObject} o @returns {SealedMessage} @throws {BadJson} */
export function readSealed(o) {
  const sid = bytes(o, 'sid', SID_BYTES);
  const n = peekInteger(o, 'n');
  if (n === undefined) throw new BadJson('no usable "n"');
  return { sid, n, box: bytes(o, 'box', SEAL_TAG_BYTES, MAX_BOX_BYTES) };
}

/** @param {SealedMessage} message */
export function writeSealed({ sid, n, box }) {
  return { type: 'sealed', sid: toBase64Url(sid), n, box: toBase64Url(box) };
}

/**
 * What was in a box.
 *
 * @param {Uint8Array} text
 * @returns {SealedContent}
 * @throws {BadJson} for nonsense, and for what has no business there
 */
export function readContent(text) {
  const o = parseJsonBytes(text, MAX_BOX_BYTES);
  const type = peekString(o, 'type', 32);
  if (type === 'room-key') return { type, key: bytes(o, 'key', ROOM_KEY_BYTES) };
  if (type === 'knock') {
    const name = peekString(o, 'name', MAX_NAME_BYTES);
    if (name === undefined) throw new BadJson('no usable "name"');
    return { type, name };
  }
  const frame = decodeObject(o);
  switch (frame?.type) {
    case 'offer':
    case 'answer':
    case 'ice-candidate':
    case 'restart':
      return frame;
    default:
      throw new BadJson('that has no business in a box');
  }
}

/** @param {Uint8Array} key */
export const writeRoomKey = (key) => ({ type: 'room-key', key: toBase64Url(key) });
