// signaling: words through the server (PROTOCOL.md, section 2). One WebSocket, reopened with growing,
// jittered delay; knows nothing of peer connections.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { BadJson, parseJson, peekArray, peekBoolean, peekInteger, peekString } from './json-gate.js';

/** @typedef {import('./json-gate.js').JsonObject} JsonObject */
/** @typedef {'idle' | 'connecting' | 'open' | 'reconnecting' | 'closed'} SignalingState */
/** @typedef {{ member: string, token: string }} Membership */
/** @typedef {{ id: string, seq: number, away: boolean }} Peer */
/** @typedef {{ self: string, seq: number, token: string, host: string, members: Peer[], capacity: number,
 *   locked: boolean, expires: number, iceServers: RTCIceServer[], isPrivate: boolean, resumed: boolean,
 *   lost: boolean }} Welcome */

const MAX_FRAME_BYTES = 64 * 1024;
const MAX_ID_BYTES = 32;
const MAX_TOKEN_BYTES = 2048;
const MAX_URL_BYTES = 512;
const MAX_MEMBERS = 16;
const MAX_ICE_SERVERS = 4;
const WELCOME_WITHIN_MS = 10_000;
const PING_EVERY_MS = 20_000;
const DEAD_AFTER_MS = 60_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;

/** After these the server will not change its mind, so asking again by ourselves would be nagging. */
const FINAL_CODES = new Set([
  'room-not-found', 'room-full', 'locked', 'denied', 'removed', 'replaced', 'in-use', 'not-allowed',
  'expired', 'private', 'version',
]);

/** @type {Record<SignalingState, SignalingState[]>} */
const MOVES = {
  idle: ['connecting', 'closed'],
  connecting: ['open', 'reconnecting', 'closed'],
  open: ['reconnecting', 'closed'],
  reconnecting: ['open', 'closed'],
  closed: [],
};

/**
 * @param {unknown} value
 * @returns {Peer | null}
 */
function readPeer(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const object = /** @type {JsonObject} */ (value);
  const id = peekString(object, 'id', MAX_ID_BYTES);
  const seq = peekInteger(object, 'seq');
  return id && seq !== undefined ? { id, seq, away: peekBoolean(object, 'away') ?? false } : null;
}

/**
 * Only addresses of the kinds that ICE knows; a server cannot make the page call anything else.
 *
 * @param {unknown} value
 * @returns {RTCIceServer[]}
 */
function readIceServer(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const object = /** @type {JsonObject} */ (value);
  const one = peekString(object, 'urls', MAX_URL_BYTES) ?? peekString(object, 'url', MAX_URL_BYTES);
  const many = one === undefined ? peekArray(object, 'urls', MAX_ICE_SERVERS) ?? [] : [one];
  const urls = many.filter((url) => typeof url === 'string' && /^(stun|turns?):[^\s]{1,500}$/.test(url));
  const username = peekString(object, 'username', MAX_URL_BYTES);
  const credential = peekString(object, 'credential', MAX_URL_BYTES);
  if (urls.length === 0) return [];
  return [{ urls: /** @type {string[]} */ (urls), ...(username && credential ? { username, credential } : {}) }];
}

/**
 * @param {JsonObject} o
 * @returns {Welcome}
 */
function readWelcome(o) {
  const self = peekString(o, 'self', MAX_ID_BYTES);
  const seq = peekInteger(o, 'seq');
  const members = peekArray(o, 'members', MAX_MEMBERS);
  if (!self || seq === undefined || !members) throw new BadJson('not a welcome');
  return {
    self,
    seq,
    token: peekString(o, 'token', MAX_TOKEN_BYTES) ?? '',
    host: peekString(o, 'host', MAX_ID_BYTES) ?? '',
    members: members.flatMap((value) => readPeer(value) ?? []).filter((peer) => peer.id !== self),
    capacity: peekInteger(o, 'capacity', MAX_MEMBERS) ?? 0,
    locked: peekBoolean(o, 'locked') ?? false,
    expires: peekInteger(o, 'expires') ?? 0,
    iceServers: (peekArray(o, 'iceServers', 64) ?? []).flatMap(readIceServer).slice(0, MAX_ICE_SERVERS),
    isPrivate: peekBoolean(o, 'private') ?? false,
    resumed: peekBoolean(o, 'resumed') ?? false,
    lost: peekBoolean(o, 'lost') ?? false,
  };
}

/** A refusal by the server, or why it cannot be reached. */
export class SignalingError extends Error {
  /**
   * @param {string} code one of the protocol's, or `unreachable`
   * @param {string} [message]
   */
  constructor(code, message = code) {
    super(message);
    this.code = code;
  }
}

/**
 * Events: `state`; `welcome` (detail: Welcome), again after each reconnection; `frame` (detail: JsonObject),
 * every other frame in order.
 */
export class Signaling extends EventTarget {
  #url;
  #membership = /** @type {Membership | null} */ (null);
  #socket = /** @type {WebSocket | null} */ (null);
  #state = /** @type {SignalingState} */ ('idle');
  #error = /** @type {SignalingError | null} */ (null);
  #nTries = 0;
  #pause = 0;
  #retryTimer = 0;
  #pulseTimer = 0;
  #lastHeard = 0;

  /**
   * @param {{ origin: string, code: string, membership: Membership | null }} options `origin` is
   *   "http[s]://HOST[:PORT]"
   */
  constructor({ origin, code, membership }) {
    super();
    this.#url = `${origin.replace(/^http/, 'ws')}/api/ws?code=${encodeURIComponent(code)}&v=2`;
    this.#membership = membership;
  }

  get state() {
    return this.#state;
  }

  /** Why it is `closed` or `reconnecting`. */
  get error() {
    return this.#error;
  }

  /** Who the server says we are; kept so that a reload comes back as the same member. */
  get membership() {
    return this.#membership;
  }

  open() {
    this.#enter('connecting');
    globalThis.addEventListener?.('online', this.#onOnline);
    globalThis.document?.addEventListener('visibilitychange', this.#onOnline);
    this.#connect();
  }

  /**
   * Dropped unless open: descriptions are made again after a reconnection.
   *
   * @param {JsonObject & { type: string }} frame
   */
  send(frame) {
    if (this.#state === 'open') this.#write(frame);
  }

  /** Goes for good, and says so. */
  close() {
    if (this.#state === 'closed') return;
    this.send({ type: 'leave' });
    this.#finish(null);
  }

  /** Now instead of when the delay is over. */
  retry() {
    if (this.#state !== 'reconnecting' || this.#socket !== null) return;
    clearTimeout(this.#retryTimer);
    this.#connect();
  }

  #connect() {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#lastHeard = Date.now();
    // The first frame is ours (PROTOCOL.md, section 2).
    socket.onopen = () => this.#write({ type: 'enter', ...this.#membership });
    socket.onmessage = (event) => this.#onFrame(socket, event.data);
    socket.onclose = () => this.#onClosed(socket);
    clearInterval(this.#pulseTimer);
    this.#pulseTimer = setInterval(() => this.#pulse(), PING_EVERY_MS);
    setTimeout(() => this.#expectWelcome(socket), WELCOME_WITHIN_MS);
  }

  /** @param {WebSocket} socket */
  #expectWelcome(socket) {
    if (this.#socket === socket && this.#state !== 'open' && this.#state !== 'closed') this.#drop();
  }

  #pulse() {
    if (Date.now() - this.#lastHeard > DEAD_AFTER_MS) this.#drop();
    else this.send({ type: 'ping', t: Date.now() });
  }

  /** Back on a network, or back in sight: a phone's socket may have died in its sleep. */
  #onOnline = () => {
    if (globalThis.document?.hidden) return;
    this.send({ type: 'ping', t: Date.now() });
    this.retry();
  };

  /** Gives the socket up without waiting for its close handshake. */
  #drop() {
    const socket = this.#socket;
    if (socket === null) return;
    this.#onClosed(socket);
    socket.close();
  }

  /** @param {JsonObject & { type: string }} frame */
  #write(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  /**
   * @param {WebSocket} socket
   * @param {unknown} text
   */
  #onFrame(socket, text) {
    if (socket !== this.#socket) return;
    this.#lastHeard = Date.now();
    try {
      this.#take(parseJson(text, MAX_FRAME_BYTES));
    } catch (error) {
      if (!(error instanceof BadJson)) throw error;
      console.debug('signaling: frame dropped:', error.message);
    }
  }

  /** @param {JsonObject} frame */
  #take(frame) {
    switch (peekString(frame, 'type', 64)) {
      case 'welcome':
        this.#onWelcome(readWelcome(frame));
        break;
      case 'error':
        this.#onError(peekString(frame, 'code', 64) ?? '', peekString(frame, 'message', 1024));
        break;
      case 'goodbye':
        this.#onGoodbye(peekInteger(frame, 'again_after', 3600) ?? 0);
        break;
      case 'ping':
      case 'pong':
        break;
      default:
        if (this.#state === 'open') this.#emit('frame', frame);
    }
  }

  /** @param {Welcome} welcome */
  #onWelcome(welcome) {
    this.#membership = welcome.token ? { member: welcome.self, token: welcome.token } : null;
    this.#nTries = 0;
    if (this.#state !== 'open') this.#enter('open');
    this.#emit('welcome', welcome);
  }

  /**
   * @param {string} code
   * @param {string} [message]
   */
  #onError(code, message) {
    if (FINAL_CODES.has(code)) this.#finish(new SignalingError(code, message));
    // The server has forgotten this membership; the person has not left, so they come in as somebody new.
    else if (code === 'bad-token') this.#membership = null;
    else console.debug('signaling: the server says', code, message);
  }

  /** A server that starts anew says when it will be back; else the room is over. @param {number} seconds */
  #onGoodbye(seconds) {
    if (seconds === 0) this.#finish(new SignalingError('expired'));
    else this.#pause = seconds * 1000;
  }

  /** @param {WebSocket} socket */
  #onClosed(socket) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    clearInterval(this.#pulseTimer);
    if (this.#state !== 'reconnecting') this.#enter('reconnecting', new SignalingError('unreachable'));

    const ceiling = Math.min(FIRST_DELAY_MS * 2 ** this.#nTries++, LONGEST_DELAY_MS);
    const delay = this.#pause + ceiling * (0.5 + Math.random() / 2);
    this.#pause = 0;
    this.#retryTimer = setTimeout(() => this.#connect(), delay);
  }

  /** @param {SignalingError | null} error */
  #finish(error) {
    const socket = this.#socket;
    this.#socket = null;
    clearTimeout(this.#retryTimer);
    clearInterval(this.#pulseTimer);
    globalThis.removeEventListener?.('online', this.#onOnline);
    globalThis.document?.removeEventListener('visibilitychange', this.#onOnline);
    socket?.close();
    this.#enter('closed', error);
  }

  /**
   * @param {SignalingState} state
   * @param {SignalingError | null} [error]
   */
  #enter(state, error = null) {
    if (!MOVES[this.#state].includes(state)) throw new Error(`signaling: ${this.#state} → ${state}`);
    console.debug(`signaling: ${this.#state} → ${state}`);
    this.#state = state;
    this.#error = error;
    this.dispatchEvent(new Event('state'));
  }

  /**
   * @param {string} type
   * @param {unknown} detail
   */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
