// signaling: words through the server (PROTOCOL.md, section 2). One WebSocket, reopened with growing,
// jittered delay; knows nothing of peer connections.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { randomId } from './digest.js';
import { BadJson } from './json-gate.js';
import { decodeFrame } from './signal-message.js';

/** @typedef {import('./json-gate.js').JsonObject} JsonObject */
/** @typedef {import('./signal-message.js').Frame} Frame */
/** @typedef {import('./signal-message.js').Welcome} Welcome */
/** @typedef {'idle' | 'connecting' | 'open' | 'reconnecting' | 'closed'} SignalingState */
/** @typedef {{ member: string, token: string }} Membership */

const WELCOME_WITHIN_MS = 10_000;
const PING_EVERY_MS = 20_000;
const DEAD_AFTER_MS = 60_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
const LONGEST_PAUSE_S = 600;

/** After these the server will not change its mind, so asking again by ourselves would be nagging. */
const FINAL_CODES = new Set([
  'room-not-found', 'room-full', 'locked', 'denied', 'removed', 'replaced', 'in-use', 'expired', 'private', 'version',
]);

/** @type {Record<SignalingState, SignalingState[]>} */
const MOVES = {
  idle: ['connecting', 'closed'],
  connecting: ['open', 'reconnecting', 'closed'],
  open: ['reconnecting', 'closed'],
  reconnecting: ['open', 'closed'],
  closed: [],
};

/** A refusal by the server, or why it cannot be reached. */
class SignalingError extends Error {
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
 * Events: `state`; `frame` (detail: Frame): first `welcome`, again after each reconnection, then the rest in
 * order. `ping`, `goodbye` and most of `error` stay inside.
 */
export class Signaling extends EventTarget {
  #url;
  #membership = /** @type {Membership | null} */ (null);
  /** Of this page as it is loaded now: another tab may have the same membership. */
  #client = randomId();
  #socket = /** @type {WebSocket | null} */ (null);
  #state = /** @type {SignalingState} */ ('idle');
  #error = /** @type {SignalingError | null} */ (null);
  #nTries = 0;
  #pause = 0;
  #retryTimer = 0;
  #welcomeTimer = 0;
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
    socket.onopen = () => this.#write({ type: 'enter', ...this.#membership, client: this.#client });
    socket.onmessage = (event) => this.#onFrame(socket, event.data);
    socket.onclose = () => this.#onClosed(socket);
    this.#pulseTimer = setInterval(() => this.#pulse(), PING_EVERY_MS);
    this.#welcomeTimer = setTimeout(() => this.#drop(), WELCOME_WITHIN_MS);
  }

  #clearTimers() {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#welcomeTimer);
    clearInterval(this.#pulseTimer);
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
      this.#take(decodeFrame(text));
    } catch (error) {
      if (!(error instanceof BadJson)) throw error;
      console.debug('signaling: frame dropped:', error.message);
    }
  }

  /** @param {Frame | null} frame */
  #take(frame) {
    if (frame?.type === 'welcome') this.#onWelcome(frame);
    else if (frame?.type === 'error') this.#onError(frame.code, frame.message);
    else if (frame?.type === 'goodbye') this.#onGoodbye(frame.again_after);
    else if (frame !== null && this.#state === 'open') this.#hand(frame);
  }

  /** @param {Welcome} welcome */
  #onWelcome(welcome) {
    this.#membership = welcome.token === '' ? null : { member: welcome.self, token: welcome.token };
    this.#nTries = 0;
    clearTimeout(this.#welcomeTimer);
    if (this.#state !== 'open') this.#enter('open');
    this.#hand(welcome);
  }

  /**
   * @param {string} code
   * @param {string} message
   */
  #onError(code, message) {
    // Who has a seat hears of somebody else, whom they let in; who waits for a seat has no token yet.
    if (code === 'room-full' && this.#state === 'open' && this.#membership !== null) this.#hand({ type: 'error', code, message });
    else if (FINAL_CODES.has(code)) this.#finish(new SignalingError(code, message));
    // The server has forgotten this membership; the person has not left, so they come in as somebody new.
    else if (code === 'bad-token') this.#membership = null;
    else console.debug('signaling: the server says', code, message);
  }

  /** A server that starts anew says when it will be back; else the room is over. @param {number} seconds */
  #onGoodbye(seconds) {
    if (seconds === 0) this.#finish(new SignalingError('expired'));
    else this.#pause = Math.min(seconds, LONGEST_PAUSE_S) * 1000;
  }

  /** @param {WebSocket} socket */
  #onClosed(socket) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.#clearTimers();
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
    this.#clearTimers();
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

  /** @param {Frame} frame */
  #hand(frame) {
    this.dispatchEvent(new CustomEvent('frame', { detail: frame }));
  }
}
