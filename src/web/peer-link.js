// peer-link: one other member, from the first offer to the open channel and through every loss of the route.
//
// Its sessions are agreed on by a Negotiator; here is what becomes of them, what a person sees of it, and when they are
// mended (PROTOCOL.md, sections 1, 2 and 4).
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { FirstWord } from './first-word.js';
import { Negotiator } from './negotiator.js';
import { findRoute } from './route.js';
import { soleFingerprint } from './safety.js';
import { FILE_LABEL, SESSION_LABEL } from './wire.js';

/** @typedef {import('./json-gate.js').JsonObject} JsonObject */
/** @typedef {import('./signal-message.js').PeerFrame} PeerFrame */
/** @typedef {'connecting' | 'connected' | 'reconnecting' | 'failed' | 'closed'} LinkState */
/** @typedef {'waiting' | 'running' | 'done' | 'failed'} StepState */
/** The checklist that a person sees. @typedef {{ answered: StepState, route: StepState, keys: StepState }} Steps */

/** A short loss heals by itself; after this the offerer restarts ICE (PROTOCOL.md, section 1). */
const DISCONNECTED_FOR_MS = 3_000;
/** No offer, no answer or no channel in this time: ask once more. */
const ASK_AGAIN_AFTER_MS = 10_000;
/** Whoever waits to meet somebody is told in half a minute that it does not work; a loss of half a minute is survived. */
const GIVE_UP_MEETING_AFTER_MS = 30_000;
const GIVE_UP_MENDING_AFTER_MS = 35_000;
/** After a reload the other side may not know yet that the old session is gone. */
const RETURN_PATIENCE_MS = 1_500;

/** @type {Record<LinkState, LinkState[]>} */
const MOVES = {
  connecting: ['connected', 'failed', 'closed'],
  connected: ['reconnecting', 'closed'],
  reconnecting: ['connected', 'failed', 'closed'],
  failed: ['connecting', 'connected', 'closed'],
  closed: [],
};

/**
 * Events: `open`: it is our turn to say the first word on a new session channel, or to say it again; `state`: connected
 * once the other one was heard on it; `steps`; `text` (detail: what the session channel delivered); `file-channel` (detail:
 * RTCDataChannel, to be wanted or closed by the listener).
 */
export class PeerLink extends EventTarget {
  #offers;
  #negotiator;
  #firstWord;
  #channel = /** @type {RTCDataChannel | null} */ (null);
  #state = /** @type {LinkState} */ ('connecting');
  #steps = /** @type {Steps} */ ({ answered: 'running', route: 'waiting', keys: 'waiting' });
  #nSessions = 0;
  #work = Promise.resolve();
  #repairTimer = 0;
  #giveUpTimer = 0;

  /**
   * @param {object} options
   * @param {boolean} options.offers whether our `seq` is the lower one
   * @param {RTCConfiguration} options.configuration servers, and the certificate of this membership
   * @param {(frame: JsonObject & { type: string }) => void} options.send to this member, by the server
   */
  constructor({ offers, configuration, send }) {
    super();
    this.#offers = offers;
    this.#negotiator = new Negotiator({ offers, configuration, send, listener: {
      connect: (current) => this.#connect(current),
      channel: (channel) => this.#adopt(channel),
      heard: () => this.#setSteps({ answered: 'done' }),
      described: () => this.#repairIn(ASK_AGAIN_AFTER_MS),
    } });
    this.#firstWord = new FirstWord({
      say: () => this.dispatchEvent(new Event('open')),
      canSay: () => this.canSend,
      onSilence: () => this.#onSilence(),
    });
  }

  /** Whom to ask whenever it gathers again. @param {RTCIceServer[]} iceServers */
  useServers(iceServers) {
    this.#queue(async () => this.#negotiator.useServers(iceServers));
  }

  get state() {
    return this.#state;
  }

  get steps() {
    return this.#steps;
  }

  /** @param {{ isReturn?: boolean }} [options] whether the member may hold an old session with us */
  start({ isReturn = false } = {}) {
    this.#expectConnection();
    if (this.#offers) this.#queue(() => this.#negotiator.beginSession());
    else if (isReturn) this.#repairIn(RETURN_PATIENCE_MS);
  }

  /** The server works again, or the person asks: what is not connected is tried now. */
  retry() {
    if (this.#state === 'connected' || this.#state === 'closed') return;
    if (this.#state === 'failed') this.#enter('connecting');
    this.#expectConnection();
    this.#repair();
  }

  /**
   * A frame that the server relayed from this member. Handled one after the other: an answer must not
   * overtake the offer before it.
   *
   * @param {PeerFrame} frame
   */
  receive(frame) {
    this.#queue(() => this.#negotiator.handle(frame));
  }

  get canSend() {
    return this.#channel?.readyState === 'open';
  }

  /**
   * @param {string} text
   * @returns {boolean} whether the channel took it
   */
  sendText(text) {
    if (!this.canSend) return false;
    this.#channel?.send(text);
    return true;
  }

  /**
   * @param {string} protocol
   * @returns {RTCDataChannel | null}
   */
  openFileChannel(protocol) {
    if (this.#state !== 'connected') return null;
    return this.#negotiator.pc?.createDataChannel(FILE_LABEL, { protocol }) ?? null;
  }

  /** The largest message the other side takes. */
  get maxMessageBytes() {
    return this.#negotiator.pc?.sctp?.maxMessageSize ?? 65536;
  }

  /** Counts the peer connections: another number, another DTLS session. */
  get session() {
    return this.#nSessions;
  }

  /** Of the two certificates of this session; null for what is not announced as it has to be. */
  get fingerprints() {
    const { pc } = this.#negotiator;
    return { own: soleFingerprint(pc?.localDescription?.sdp), theirs: soleFingerprint(pc?.remoteDescription?.sdp) };
  }

  async route() {
    const { pc } = this.#negotiator;
    return pc ? findRoute(pc) : null;
  }

  close() {
    if (this.#state === 'closed') return;
    this.#enter('closed');
    this.#dropConnection();
  }

  /** @param {() => Promise<void>} step */
  #queue(step) {
    this.#work = this.#work.then(async () => {
      if (this.#state === 'closed') return;
      try {
        await step();
      } catch (error) {
        // A stranger's description that the browser refuses is no reason to stop.
        console.debug('link: dropped:', String(error));
      }
    });
  }

  // ---- sessions

  /** @param {RTCConfiguration} configuration */
  #connect(configuration) {
    this.#dropConnection();
    this.#setSteps({ answered: 'running', route: 'waiting', keys: 'waiting' });
    const pc = new RTCPeerConnection(configuration);
    this.#nSessions++;
    const isOurs = () => pc === this.#negotiator.pc;
    pc.ondatachannel = ({ channel }) => isOurs() && this.#onChannel(channel);
    pc.oniceconnectionstatechange = () => isOurs() && this.#onIceState(pc.iceConnectionState);
    pc.onconnectionstatechange = () => isOurs() && this.#onConnectionState(pc.connectionState);
    return pc;
  }

  #dropConnection() {
    clearTimeout(this.#repairTimer);
    this.#firstWord.stop();
    this.#channel = null;
    this.#negotiator.close();
    if (this.#state === 'connected') this.#onLost(ASK_AGAIN_AFTER_MS);
  }

  // ---- channels and states

  /** @param {RTCDataChannel} channel */
  #onChannel(channel) {
    if (channel.label === SESSION_LABEL && !this.#offers && this.#channel === null) this.#adopt(channel);
    else if (channel.label === FILE_LABEL) this.#emit('file-channel', channel);
    else channel.close();
  }

  /** @param {RTCDataChannel} channel */
  #adopt(channel) {
    this.#channel = channel;
    this.#firstWord.begin();
    channel.binaryType = 'arraybuffer';
    channel.onopen = () => channel === this.#channel && this.#onOpen();
    channel.onmessage = ({ data }) => channel === this.#channel && this.#onWord(data);
    channel.onclose = () => channel === this.#channel && this.#onLost(1000);
    if (channel.readyState === 'open') this.#onOpen();
  }

  /**
   * Chromium 156 loses what is said, now and then, while a channel that the other side opened is not quite open:
   * send() takes it, and it is never sent. So there the other one, who says hello at once, has the first word.
   */
  #onOpen() {
    this.#setSteps({ answered: 'done', route: 'done', keys: 'done' });
    if (this.#firstWord.isHeard) this.#onConnected();
    else if (this.#offers) this.#firstWord.say();
    this.#expectFirstWord();
  }

  #onConnected() {
    clearTimeout(this.#repairTimer);
    clearTimeout(this.#giveUpTimer);
    if (this.#state !== 'connected') this.#enter('connected');
  }

  /** @param {unknown} text */
  #onWord(text) {
    if (this.#firstWord.hear()) {
      this.#firstWord.say();
      this.#onConnected();
    }
    this.#emit('text', text);
  }

  #expectFirstWord() {
    if (this.#firstWord.expect()) clearTimeout(this.#repairTimer);
  }

  #onSilence() {
    console.debug('link: silent, so a new session');
    if (this.#offers) this.#queue(() => this.#negotiator.beginSession());
    else this.#negotiator.askForRestart(false);
    this.#expectFirstWord();
  }

  /** @param {RTCIceConnectionState} state */
  #onIceState(state) {
    if (state === 'checking') this.#setSteps({ route: 'running' });
    if (state === 'connected' || state === 'completed') this.#onRoute();
    if (state === 'disconnected') this.#onLost(DISCONNECTED_FOR_MS);
    if (state === 'failed') this.#onNoRoute();
  }

  #onRoute() {
    this.#setSteps({ route: 'done', keys: this.#steps.keys === 'done' ? 'done' : 'running' });
    // The channel outlives a loss of the route, so it will not say "open" again.
    if (this.#channel?.readyState === 'open') this.#onOpen();
  }

  #onNoRoute() {
    if (this.#state === 'connecting') this.#setSteps({ route: 'failed' });
    this.#onLost(0);
  }

  /** @param {RTCPeerConnectionState} state */
  #onConnectionState(state) {
    // ICE can be well while DTLS is not, e.g. when the certificate is not the announced one.
    const isIceWell = ['connected', 'completed'].includes(this.#negotiator.pc?.iceConnectionState ?? '');
    if (state === 'failed' && isIceWell) this.#setSteps({ keys: 'failed' });
    if (state === 'failed') this.#onLost(0);
  }

  /** @param {number} graceMs */
  #onLost(graceMs) {
    if (this.#state === 'connected') {
      this.#enter('reconnecting');
      this.#expectConnection();
    }
    if (this.#state !== 'failed') this.#repairIn(graceMs);
  }

  #expectConnection() {
    clearTimeout(this.#giveUpTimer);
    const patienceMs = this.#state === 'connecting' ? GIVE_UP_MEETING_AFTER_MS : GIVE_UP_MENDING_AFTER_MS;
    this.#giveUpTimer = setTimeout(() => this.#giveUp(), patienceMs);
    this.#repairIn(ASK_AGAIN_AFTER_MS);
  }

  #giveUp() {
    if (this.#state !== 'connecting' && this.#state !== 'reconnecting') return;
    clearTimeout(this.#repairTimer);
    const failed = /** @type {const} */ (['answered', 'route', 'keys']).find((s) => this.#steps[s] !== 'done');
    this.#setSteps({ [failed ?? 'route']: 'failed' });
    this.#enter('failed');
  }

  /** @param {number} delayMs */
  #repairIn(delayMs) {
    clearTimeout(this.#repairTimer);
    if (this.#state === 'connected') return;
    this.#repairTimer = setTimeout(() => this.#repair(), delayMs);
  }

  #repair() {
    if (this.#state !== 'connecting' && this.#state !== 'reconnecting') return;
    if (this.#isTrying()) console.debug('link: still looking for a route');
    else if (this.#offers) this.#queue(() => this.#mend());
    else this.#negotiator.askForRestart(this.#isSessionAlive());
    this.#repairIn(ASK_AGAIN_AFTER_MS);
  }

  /** Both sides have spoken and ICE is at work: it says itself when it fails. */
  #isTrying() {
    const { pc } = this.#negotiator;
    return pc?.remoteDescription && pc.signalingState === 'stable' && pc.iceConnectionState === 'checking';
  }

  /** A dead session needs a new one; a lost route only a new route. */
  #mend() {
    return this.#isSessionAlive() ? this.#negotiator.restartIce() : this.#negotiator.beginSession();
  }

  /** Whether DTLS came up once and the channel is still there: then only the route is missing. */
  #isSessionAlive() {
    return this.#channel?.readyState === 'open' && this.#negotiator.pc?.connectionState !== 'closed';
  }

  /** @param {Partial<Steps>} steps */
  #setSteps(steps) {
    this.#steps = { ...this.#steps, ...steps };
    this.dispatchEvent(new Event('steps'));
  }

  /** @param {LinkState} state */
  #enter(state) {
    if (!MOVES[this.#state].includes(state)) throw new Error(`link: ${this.#state} → ${state}`);
    console.debug(`link: ${this.#state} → ${state}`);
    this.#state = state;
    if (state === 'closed') clearTimeout(this.#giveUpTimer);
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
