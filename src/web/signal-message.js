// signal-message: the frames of the signaling WebSocket that come to a client (PROTOCOL.md, section 2).
// Pure: text in, object out. The fields keep the names they have on the wire.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import {
  BadJson,
  parseJson,
  peekArray,
  peekBoolean,
  peekInteger,
  peekObject,
  peekString,
  required,
} from './json-gate.js';

/** @typedef {import('./json-gate.js').JsonObject} JsonObject */

const MAX_FRAME_BYTES = 64 * 1024;
const MAX_TYPE_BYTES = 32;
const MAX_ID_BYTES = 32;
const MAX_TOKEN_BYTES = 512;
const MAX_TEXT_BYTES = 1024;
const MAX_SDP_BYTES = 32 * 1024;
const MAX_UFRAG_BYTES = 256;
const MAX_CANDIDATE_BYTES = 1024;
const MAX_MEMBERS = 16;
const MAX_ICE_SERVERS = 4;

/**
 * @typedef {{ id: string, seq: number, role?: string, legacy: boolean, away: boolean }} Peer
 * @typedef {{ urls: string, username?: string, credential?: string }} IceServer
 * @typedef {{ type: 'welcome', v: number, self: string, seq: number, token: string, host: string,
 *   members: Peer[], capacity: number, locked: boolean, expires: number, iceServers: IceServer[],
 *   private: boolean, resumed: boolean, lost: boolean, pending: boolean }} Welcome
 * @typedef {{ type: 'peer-joined', peer: string, seq: number, legacy: boolean }} PeerJoined
 * @typedef {{ type: 'peer-left', peer: string, reason: string }} PeerLeft
 * @typedef {{ type: 'peer-pending' | 'peer-away' | 'peer-back' | 'host', peer: string }} PeerNews
 * @typedef {{ type: 'room', locked: boolean, capacity: number, expires: number }} RoomNews
 * @typedef {{ type: 'goodbye', reason: string, again_after: number }} Goodbye
 * @typedef {{ type: 'pong', t: number }} Pong
 * @typedef {{ type: 'error', code: string, message: string }} ErrorFrame
 * @typedef {{ type: 'offer' | 'answer', from: string, sdp: string, neg: number, of: string }} Description
 * @typedef {{ candidate: string, sdpMid: string | null, sdpMLineIndex: number }} CandidateInit
 * @typedef {{ type: 'ice-candidate', from: string, candidate: CandidateInit, neg: number }} Candidate
 * @typedef {{ type: 'restart', from: string, neg: number }} Restart
 * @typedef {Description | Candidate | Restart} PeerFrame of another member, for the link to it
 * @typedef {{ type: 'pake' | 'sealed', from: string, body: JsonObject }} PrivateFrame kept whole, for private-message
 * @typedef {Welcome | PeerJoined | PeerLeft | PeerNews | RoomNews | Goodbye | Pong | ErrorFrame | PeerFrame |
 *   PrivateFrame} Frame
 */

/**
 * A field that may be absent or null, but not of another type or size.
 *
 * @template T
 * @param {JsonObject} o
 * @param {string} name
 * @param {T} fallback
 * @param {(o: JsonObject, name: string) => T | undefined} peek
 * @returns {T}
 */
function maybe(o, name, fallback, peek) {
  const isAbsent = !Object.prototype.hasOwnProperty.call(o, name) || o[name] === null;
  return isAbsent ? fallback : required(peek(o, name), name);
}

/** @param {number} maxBytes @returns {(o: JsonObject, name: string) => string | undefined} */
const string = (maxBytes) => (o, name) => peekString(o, name, maxBytes);

/** @param {JsonObject} o @param {string} name */
function peekId(o, name) {
  const id = peekString(o, name, MAX_ID_BYTES);
  return id !== undefined && /^[A-Za-z0-9_-]+$/.test(id) ? id : undefined;
}

/** @param {JsonObject} o @param {string} name */
function peekRole(o, name) {
  const role = peekString(o, name, 8);
  return role === 'sender' || role === 'receiver' ? role : undefined;
}

/** @param {JsonObject} o @param {string} name */
const integer = (o, name) => maybe(o, name, 0, peekInteger);

/** @param {JsonObject} o @param {string} name */
const boolean = (o, name) => maybe(o, name, false, peekBoolean);

/** @param {JsonObject} o @param {string} name */
const text = (o, name) => maybe(o, name, '', string(MAX_TEXT_BYTES));

/** @param {JsonObject} o @param {string} name */
const id = (o, name) => maybe(o, name, '', peekId);

/** @param {JsonObject} o */
const from = (o) => id(o, 'from');

/** @param {unknown} value @returns {JsonObject} */
function element(value) {
  return required(peekObject({ value }, 'value'), 'element');
}

/** @param {unknown} value @returns {Peer} */
function readMember(value) {
  const o = element(value);
  const seq = required(peekInteger(o, 'seq'), 'seq');
  if (seq === 0) throw new BadJson('seq 0');
  const role = maybe(o, 'role', '', peekRole);
  const member = { id: required(peekId(o, 'id'), 'id'), seq, legacy: boolean(o, 'legacy'), away: boolean(o, 'away') };
  return role === '' ? member : { ...member, role };
}

/** Only addresses of the kinds that ICE knows: a server cannot make the page call anything else. @param {unknown} value @returns {IceServer} */
function readIceServer(value) {
  const o = element(value);
  const urls = text(o, 'urls');
  if (!/^(stun|turns?):/.test(urls)) throw new BadJson('not a STUN or TURN server');
  const username = text(o, 'username');
  const credential = text(o, 'credential');
  return username === '' ? { urls } : { urls, username, credential };
}

/** @param {JsonObject} o @returns {Welcome} */
function readWelcome(o) {
  const iceServers = maybe(o, 'iceServers', [], (_o, name) => peekArray(_o, name, MAX_ICE_SERVERS));
  return {
    type: 'welcome',
    v: required(peekInteger(o, 'v'), 'v'),
    self: required(peekId(o, 'self'), 'self'),
    seq: required(peekInteger(o, 'seq'), 'seq'),
    token: maybe(o, 'token', '', string(MAX_TOKEN_BYTES)),
    host: id(o, 'host'),
    members: required(peekArray(o, 'members', MAX_MEMBERS), 'members').map(readMember),
    capacity: integer(o, 'capacity'),
    locked: boolean(o, 'locked'),
    expires: integer(o, 'expires'),
    iceServers: iceServers.map(readIceServer),
    private: boolean(o, 'private'),
    resumed: boolean(o, 'resumed'),
    lost: boolean(o, 'lost'),
    pending: boolean(o, 'pending'),
  };
}

/** Version 1 names a role only; version 2 a peer and its seq. @param {JsonObject} o @returns {PeerJoined} */
function readPeerJoined(o) {
  const peer = id(o, 'peer');
  const seq = integer(o, 'seq');
  const role = maybe(o, 'role', '', peekRole);
  if (peer === '' ? role === '' : seq === 0) throw new BadJson('nobody joined');
  return { type: 'peer-joined', peer, seq, legacy: boolean(o, 'legacy') };
}

/** @param {PeerNews['type']} type @returns {(o: JsonObject) => PeerNews} */
const readPeerNews = (type) => (o) => ({ type, peer: required(peekId(o, 'peer'), 'peer') });

/** @param {Description['type']} type @returns {(o: JsonObject) => Description} */
const readDescription = (type) => (o) => {
  maybe(o, 'caps', {}, peekObject);
  const of = maybe(o, 'of', '', string(MAX_UFRAG_BYTES));
  return { type, from: from(o), sdp: required(peekString(o, 'sdp', MAX_SDP_BYTES), 'sdp'), neg: integer(o, 'neg'), of };
};

/** The candidate is a string that holds JSON, so it passes the gate again. @param {JsonObject} o @returns {Candidate} */
function readCandidate(o) {
  const inner = parseJson(peekString(o, 'candidate', 2 * MAX_CANDIDATE_BYTES), 2 * MAX_CANDIDATE_BYTES);
  const candidate = required(peekString(inner, 'candidate', MAX_CANDIDATE_BYTES), 'candidate');
  const sdpMid = maybe(inner, 'sdpMid', '', string(MAX_ID_BYTES)) || null;
  // There is one m-line, so its index is 0; the browser finds the line by either.
  return { type: 'ice-candidate', from: from(o), candidate: { candidate, sdpMid, sdpMLineIndex: 0 }, neg: integer(o, 'neg') };
}

/** @param {'pake' | 'sealed'} type @returns {(o: JsonObject) => PrivateFrame} */
const readPrivate = (type) => (o) => ({ type, from: from(o), body: o });

/** @type {Record<string, (o: JsonObject) => Frame>} */
const READERS = {
  welcome: readWelcome,
  'peer-joined': readPeerJoined,
  'peer-left': (o) => ({ type: 'peer-left', peer: id(o, 'peer'), reason: text(o, 'reason') }),
  'peer-pending': readPeerNews('peer-pending'),
  'peer-away': readPeerNews('peer-away'),
  'peer-back': readPeerNews('peer-back'),
  host: readPeerNews('host'),
  room: (o) => ({ type: 'room', locked: boolean(o, 'locked'), capacity: integer(o, 'capacity'), expires: integer(o, 'expires') }),
  goodbye: (o) => ({ type: 'goodbye', reason: text(o, 'reason'), again_after: integer(o, 'again_after') }),
  pong: (o) => ({ type: 'pong', t: integer(o, 't') }),
  error: (o) => ({ type: 'error', code: text(o, 'code'), message: text(o, 'message') }),
  offer: readDescription('offer'),
  answer: readDescription('answer'),
  'ice-candidate': readCandidate,
  restart: (o) => ({ type: 'restart', from: from(o), neg: integer(o, 'neg') }),
  pake: readPrivate('pake'),
  sealed: readPrivate('sealed'),
};

/** What a client reads. */
export const FRAME_TYPES = Object.freeze(Object.keys(READERS));

/**
 * @param {JsonObject} o what came through the gate
 * @returns {Frame | null} null for a type that this client does not know: ignored
 * @throws {BadJson} for nonsense
 */
export function decodeObject(o) {
  const type = required(peekString(o, 'type', MAX_TYPE_BYTES), 'type');
  if (type === '') throw new BadJson('a frame without a type');
  maybe(o, 'from', '', peekId);
  maybe(o, 'to', '', peekId);
  const read = Object.prototype.hasOwnProperty.call(READERS, type) ? READERS[type] : undefined;
  return read ? read(o) : null;
}

/**
 * @param {unknown} frame
 * @returns {Frame | null} null for a type that this client does not know: ignored
 * @throws {BadJson} for nonsense
 */
export function decodeFrame(frame) {
  return decodeObject(parseJson(frame, MAX_FRAME_BYTES));
}
