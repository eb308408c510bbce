// wire: the messages on the data channels, version 2 (PROTOCOL.md, section 4). Pure: text in, object out.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { fromBase64Url } from './digest.js';
import { isOneEmoji, MAX_EMOJI_BYTES } from './emoji.js';
import {
  BadJson,
  isWithin,
  parseJson,
  peekBoolean,
  peekInteger,
  peekObject,
  peekString,
  peekStrings,
  required,
} from './json-gate.js';
import { isResumePoint } from './transfer.js';

/** @typedef {import('./json-gate.js').JsonObject} JsonObject */

export const SESSION_LABEL = 'session';
export const SESSION_PROTOCOL = 'snug.2';
export const FILE_LABEL = 'file';

const MAX_MESSAGE_BYTES = 80 * 1024;
export const MAX_CHAT_BYTES = 64 * 1024;
export const MAX_ID_BYTES = 64;
export const MAX_NAME_BYTES = 1024;
const MAX_WORD_BYTES = 64;
const MAX_REASON_BYTES = 256;
const MAX_FEATURES = 32;
const MAX_RECEIPTS = 256;
/** In one piece-hashes. */
const MAX_HASHES = 1024;
const MAX_VERSION = 1000;
const HASH_BYTES = 32;
/** A bit for each of 100,000 entries. */
const MAX_ONLY_BYTES = 12500;

/** What a hello says that its member reads: `edit` is edits and deletions. */
const FEATURES = Object.freeze(['edit', 'react', 'phrase']);

/** What offers and answers say of us, and what hello fills in. */
export const CAPS = Object.freeze({ v: 2, features: [] });

/**
 * @typedef {{ type: 'hello', v: number, name: string, app: string, device: string, features: string[] }} Hello
 * @typedef {{ type: 'chat', id: string, text: string, ts: number, reply?: string }} Chat
 * @typedef {{ type: 'chat-received', ids: string[] }} ChatReceived
 * @typedef {{ type: 'edit', id: string, of: string, text: string }} Edit
 * @typedef {{ type: 'delete', id: string, of: string }} Delete
 * @typedef {{ type: 'react', id: string, of: string, emoji: string, on: boolean }} React
 * @typedef {{ type: 'phrase-commit', c: string }} PhraseCommit
 * @typedef {{ type: 'phrase-reveal', nonce: string }} PhraseReveal
 * @typedef {{ type: 'typing', on: boolean }} Typing
 * @typedef {{ type: 'away', on: boolean }} Away
 * @typedef {{ type: 'removed', peer: string }} Removed
 * @typedef {{ type: 'ping', t: number }} Ping
 * @typedef {{ type: 'pong', t: number }} Pong
 * @typedef {{ type: 'file-offer', id: string, name: string, size: number, mimeType: string, mtime: number,
 *   kind: 'file' | 'folder', count: number, manifest?: ManifestOffer }} FileOffer
 * @typedef {{ size: number, sha256: string }} ManifestOffer
 * @typedef {{ type: 'file-decline', id: string }} FileDecline
 * @typedef {{ type: 'file-withdraw', id: string }} FileWithdraw
 * @typedef {{ type: 'file-get', id: string, entry: number | 'manifest', offset: number, have?: string,
 *   only?: string }} FileGet
 * @typedef {{ type: 'file-done', id: string, fingerprint: string }} FileDone
 * @typedef {{ type: 'file-pause', id: string, on: boolean, busy: boolean }} FilePause
 * @typedef {{ type: 'file-cancel', id: string, reason: string }} FileCancel
 * @typedef {{ type: 'file-pass' | 'file-from', id: string, via: string, peer: string }} FileVia
 * @typedef {{ type: 'file-heir', id: string, via: string, peer: string, only?: string }} FileHeir
 * @typedef {{ type: 'file-passing', id: string, via: string, on: boolean }} FilePassing
 * @typedef {{ type: 'piece-hashes', id: string, first: number, hashes: string }} PieceHashes
 * @typedef {{ type: 'have-pieces', id: string, n: number, ask: boolean, paused: boolean }} HavePieces
 * @typedef {Hello | Chat | ChatReceived | Edit | Delete | React | PhraseCommit | PhraseReveal | Typing | Away | Removed | Ping | Pong | FileOffer | FileDecline
 *   | FileWithdraw | FileGet | FileDone | FilePause | FileCancel | FileVia | FileHeir | FilePassing | PieceHashes | HavePieces} Message
 * @typedef {{ type: 'entry', entry: number | 'manifest', offset: number, size: number }} EntryHeader
 * @typedef {{ type: 'piece', sha256: Uint8Array }} PieceHash
 */

/**
 * A field that may be absent, but not of another type or size.
 *
 * @template T
 * @param {JsonObject} o
 * @param {string} name
 * @param {T} fallback
 * @param {(o: JsonObject, name: string) => T | undefined} peek
 * @returns {T}
 */
function optional(o, name, fallback, peek) {
  return Object.prototype.hasOwnProperty.call(o, name) ? required(peek(o, name), name) : fallback;
}

/** @param {JsonObject} o @param {string} name @param {number} maxBytes */
const optionalString = (o, name, maxBytes) => optional(o, name, '', (_o, n) => peekString(_o, n, maxBytes));

/** @param {JsonObject} o @param {string} name */
const optionalInteger = (o, name) => optional(o, name, 0, peekInteger);

/** @param {JsonObject} o @param {string} [name] */
function id(o, name = 'id') {
  const value = required(peekString(o, name, MAX_ID_BYTES), name);
  if (value === '') throw new BadJson(`an empty ${name}`);
  return value;
}

/** @param {JsonObject} o @param {string} name */
const on = (o, name) => required(peekBoolean(o, name), name);

/** @param {JsonObject} o @param {string} name @param {number} [max] */
const integer = (o, name, max) => required(peekInteger(o, name, max), name);

/** A hash as it travels, checked to be one. @param {JsonObject} o @param {string} name */
function hash(o, name) {
  const text = required(peekString(o, name, MAX_WORD_BYTES), name);
  if (fromBase64Url(text, HASH_BYTES) === null) throw new BadJson(`"${name}" is not a hash`);
  return text;
}

/** @param {JsonObject} o @returns {Chat} */
function decodeChat(o) {
  const reply = optionalString(o, 'reply', MAX_ID_BYTES);
  return {
    type: 'chat',
    id: id(o),
    text: required(peekString(o, 'text', MAX_CHAT_BYTES), 'text'),
    ts: optionalInteger(o, 'ts'),
    ...(reply === '' ? {} : { reply }),
  };
}

/** @param {JsonObject} o @returns {React} */
function decodeReact(o) {
  const emoji = required(peekString(o, 'emoji', MAX_EMOJI_BYTES), 'emoji');
  if (!isOneEmoji(emoji)) throw new BadJson('no emoji, or several');
  return { type: 'react', id: id(o), of: id(o, 'of'), emoji, on: on(o, 'on') };
}

/** @param {JsonObject} o @returns {Hello} */
function decodeHello(o) {
  const v = integer(o, 'v', MAX_VERSION);
  if (v < CAPS.v) throw new BadJson('an older version than this channel carries');
  return {
    type: 'hello',
    v,
    name: optionalString(o, 'name', MAX_NAME_BYTES),
    app: optionalString(o, 'app', MAX_WORD_BYTES),
    device: optionalString(o, 'device', MAX_WORD_BYTES),
    features: peekStrings(o, 'features', MAX_FEATURES, MAX_WORD_BYTES) ?? [],
  };
}

/** @param {JsonObject} o */
function kind(o) {
  const text = optional(o, 'kind', 'file', (_o, n) => peekString(_o, n, MAX_WORD_BYTES));
  if (text !== 'file' && text !== 'folder') throw new BadJson('an unknown kind of offer');
  return text;
}

/** @param {JsonObject} o @returns {FileOffer} */
function decodeFileOffer(o) {
  return {
    type: 'file-offer',
    id: id(o),
    name: required(peekString(o, 'name', MAX_NAME_BYTES), 'name'),
    size: integer(o, 'size'),
    mimeType: optionalString(o, 'mimeType', MAX_REASON_BYTES),
    mtime: optionalInteger(o, 'mtime'),
    kind: kind(o),
    count: optionalInteger(o, 'count'),
    ...(o.kind === 'folder' && 'manifest' in o ? { manifest: manifest(o) } : {}),
  };
}

/**
 * A number, or a word for the manifest of a folder.
 * @param {JsonObject} o
 */
function entryNumber(o) {
  return o.entry === 'manifest' ? 'manifest' : integer(o, 'entry');
}

/**
 * Of a folder: how large its manifest is, and its SHA-256.
 * @param {JsonObject} o
 * @returns {ManifestOffer}
 */
function manifest(o) {
  const found = required(peekObject(o, 'manifest'), 'manifest');
  return { size: integer(found, 'size'), sha256: hash(found, 'sha256') };
}

/** Which entries of a folder, as it travels, checked to be that. @param {JsonObject} o */
function only(o) {
  const text = required(peekString(o, 'only', Math.ceil((MAX_ONLY_BYTES * 4) / 3)), 'only');
  if (fromBase64Url(text, Math.floor((text.length * 3) / 4)) === null) throw new BadJson('a wrong choice');
  return text;
}

/** @param {JsonObject} o @returns {FileGet} */
function decodeFileGet(o) {
  const from = required(peekObject(o, 'from'), 'from');
  const offset = integer(from, 'offset');
  const have = optional(o, 'have', undefined, hash);
  // Resuming needs proof of content.
  if (!isResumePoint(Infinity, offset) || (offset > 0 && have === undefined)) throw new BadJson('a wrong offset');
  const chosen = optional(o, 'only', undefined, only);
  return {
    type: 'file-get',
    id: id(o),
    entry: entryNumber(from),
    offset,
    ...(have ? { have } : {}),
    ...(chosen === undefined ? {} : { only: chosen }),
  };
}

/** @template {'file-pass' | 'file-from'} T @param {JsonObject} o @param {T} type @returns {FileVia} */
const via = (o, type) => ({ type, id: id(o), via: id(o, 'via'), peer: id(o, 'peer') });

/** @param {JsonObject} o @returns {FileHeir} */
function decodeFileHeir(o) {
  const chosen = optional(o, 'only', undefined, only);
  const heir = { id: id(o), via: id(o, 'via'), peer: id(o, 'peer') };
  return { type: 'file-heir', ...heir, ...(chosen === undefined ? {} : { only: chosen }) };
}

/** Hashes in a row, as they travel, checked to be that. @param {JsonObject} o */
function hashes(o) {
  const text = required(peekString(o, 'hashes', Math.ceil((MAX_HASHES * HASH_BYTES * 4) / 3)), 'hashes');
  const bytes = Math.floor((text.length * 3) / 4);
  if (bytes === 0 || bytes % HASH_BYTES !== 0 || fromBase64Url(text, bytes) === null) throw new BadJson('no hashes');
  return text;
}

/** @type {Record<string, (o: JsonObject) => Message>} */
const DECODERS = {
  hello: decodeHello,
  chat: decodeChat,
  'chat-received': (o) => ({
    type: 'chat-received',
    ids: required(peekStrings(o, 'ids', MAX_RECEIPTS, MAX_ID_BYTES), 'ids'),
  }),
  edit: (o) => ({
    type: 'edit',
    id: id(o),
    of: id(o, 'of'),
    text: required(peekString(o, 'text', MAX_CHAT_BYTES), 'text'),
  }),
  delete: (o) => ({ type: 'delete', id: id(o), of: id(o, 'of') }),
  react: decodeReact,
  'phrase-commit': (o) => ({ type: 'phrase-commit', c: hash(o, 'c') }),
  'phrase-reveal': (o) => ({ type: 'phrase-reveal', nonce: hash(o, 'nonce') }),
  typing: (o) => ({ type: 'typing', on: on(o, 'on') }),
  away: (o) => ({ type: 'away', on: on(o, 'on') }),
  removed: (o) => ({ type: 'removed', peer: required(peekString(o, 'peer', MAX_WORD_BYTES), 'peer') }),
  ping: (o) => ({ type: 'ping', t: integer(o, 't') }),
  pong: (o) => ({ type: 'pong', t: integer(o, 't') }),
  'file-offer': decodeFileOffer,
  'file-decline': (o) => ({ type: 'file-decline', id: id(o) }),
  'file-withdraw': (o) => ({ type: 'file-withdraw', id: id(o) }),
  'file-get': decodeFileGet,
  'file-done': (o) => ({ type: 'file-done', id: id(o), fingerprint: hash(o, 'fingerprint') }),
  'file-pause': (o) => ({
    type: 'file-pause',
    id: id(o),
    on: on(o, 'on'),
    busy: optional(o, 'busy', false, peekBoolean),
  }),
  'file-cancel': (o) => ({
    type: 'file-cancel',
    id: id(o),
    reason: optionalString(o, 'reason', MAX_REASON_BYTES),
  }),
  // Of the features of holders and heirs, which this page does not have: read, and not acted on.
  'file-pass': (o) => via(o, 'file-pass'),
  'file-from': (o) => via(o, 'file-from'),
  'file-passing': (o) => ({ type: 'file-passing', id: id(o), via: id(o, 'via'), on: on(o, 'on') }),
  'piece-hashes': (o) => ({ type: 'piece-hashes', id: id(o), first: integer(o, 'first'), hashes: hashes(o) }),
  'have-pieces': (o) => ({
    type: 'have-pieces',
    id: id(o),
    n: integer(o, 'n'),
    ask: optional(o, 'ask', false, peekBoolean),
    paused: optional(o, 'paused', false, peekBoolean),
  }),
  'file-heir': decodeFileHeir,
};

/**
 * One message of the session channel.
 *
 * @param {unknown} text
 * @returns {Message | null} null for a type that this version does not know: ignored
 * @throws {BadJson} for nonsense
 */
export function decodeMessage(text) {
  const o = parseJson(text, MAX_MESSAGE_BYTES);
  const type = required(peekString(o, 'type', MAX_WORD_BYTES), 'type');
  const decode = Object.prototype.hasOwnProperty.call(DECODERS, type) ? DECODERS[type] : undefined;
  return decode ? decode(o) : null;
}

/**
 * One text of a file channel: the header of an entry, or the hash of the piece that just passed.
 *
 * @param {unknown} text
 * @returns {EntryHeader | PieceHash}
 * @throws {BadJson}
 */
export function decodeFileText(text) {
  const o = parseJson(text, MAX_MESSAGE_BYTES);
  if (o.sha256 !== undefined) {
    const sha256 = fromBase64Url(hash(o, 'sha256'), HASH_BYTES);
    return { type: 'piece', sha256: required(sha256 ?? undefined, 'sha256') };
  }
  const size = integer(o, 'size');
  return { type: 'entry', entry: entryNumber(o), offset: integer(o, 'offset', size), size };
}

/**
 * @param {JsonObject} message
 */
export function encode(message) {
  return JSON.stringify(message);
}

/** Why one side gives a transfer up. */
export const Reason = Object.freeze({
  USER: 'user',
  CHANGED: 'changed',
  BAD_REQUEST: 'bad-request',
  BAD_DATA: 'bad-data',
  STALLED: 'stalled',
  DISK: 'disk',
});

/** @param {string} name @param {string} device */
export function hello(name, device) {
  return { type: 'hello', v: CAPS.v, name, app: 'snug-web', device, features: [...FEATURES] };
}

/**
 * @param {string} fileId
 * @param {{ entry: number | 'manifest', offset: number }} from
 * @param {{ have?: string, only?: string }} [what] is there already, and is wanted of a folder
 */
export function fileGet(fileId, { entry, offset }, { have, only } = {}) {
  const choice = only === undefined ? {} : { only };
  return { type: 'file-get', id: fileId, from: { entry, offset }, ...(have ? { have } : {}), ...choice };
}

/** @param {number | 'manifest'} entry @param {number} offset @param {number} size */
export function entryHeader(entry, offset, size) {
  return { entry, offset, size };
}

/** @param {string} sha256 */
export function pieceHash(sha256) {
  return { sha256 };
}

/**
 * Whether a text may be said as one message.
 *
 * @param {string} text
 */
export function fitsInOneMessage(text) {
  return text.trim() !== '' && isWithin(text, MAX_CHAT_BYTES);
}
