// peer-link: one other member, from the first offer to the open channel and through every loss of the route.
//
// Joins a peer connection with the signaling frames of one member (PROTOCOL.md, sections 2 and 4). For the
// whole life of a pair the member with the lower `seq` offers, ICE restarts included; the other asks:
// `restart {neg}` to mend the session that offer `neg` stands for, `restart {}` for a new session. `neg`
// counts the offers of one session from 1.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { findRoute } from './route.js';
import { soleFingerprint } from './safety.js';
import { CAPS, FILE_LABEL, SESSION_LABEL, SESSION_PROTOCOL } from './wire.js';

/** @typedef {import('./json-gate.js').JsonObject} JsonObject */
/** @typedef {import('./signal-message.js').PeerFrame} PeerFrame */
/** @typedef {'connecting' | 'connected' | 'reconnecting' | 'failed' | 'closed'} LinkState */
/** @typedef {'waiting' | 'running' | 'done' | 'failed'} StepState */
/** The checklist that a person sees. @typedef {{ answered: StepState, route: StepState, keys: StepState }} Steps */

const MAX_EARLY_CANDIDATES = 100;
/** A short loss heals by itself; after this the offerer restarts ICE (PROTOCOL.md, section 1). */
const DISCONNECTED_FOR_MS = 3_000;
/** No offer, no answer or no channel in this time: ask once more. */
const ASK_AGAIN_AFTER_MS = 10_000;
/** Whoever waits to meet somebody is told in half a minute that it does not work; a loss of half a minute is survived. */
const GIVE_UP_MEETING_AFTER_MS = 30_000;
const GIVE_UP_MENDING_AFTER_MS = 35_000;
const RESTART_SPACING_MS = 1_000;
/** After a reload the other side may not know yet that the old session is gone. */
const RETURN_PATIENCE_MS = 1_500;
/** The first word on a channel comes at once; one that stays silent is deaf (PROTOCOL.md, section 4, hello). */
const FIRST_WORD_AFTER_MS = 10_000;
/** Until it comes ours is said again, in case that it was lost: they may be waiting for it. */
const SAY_AGAIN_AFTER_MS = 1_500;
const MAX_SILENT_SESSIONS = 3;

/** @type {Record<LinkState, LinkState[]>} */
const MOVES = {
  connecting: ['connected', 'failed', 'closed'],
  connected: ['reconnecting', 'closed'],
  reconnecting: ['connected', 'failed', 'closed'],
  failed: ['connecting', 'connected', 'closed'],
  closed: [],
};

/** @param {string | undefined} sdp */
function fingerprintOf(sdp) {
  return /^a=fingerprint:\s*(\S+\s+\S+)/m.exec(sdp ?? '')?.[1]?.toLowerCase() ?? '';
}

/** @param {string | undefined} sdp */
function ufragOf(sdp) {
  return /^a=ice-ufrag:\s*(\S+)/m.exec(sdp ?? '')?.[1] ?? '';
}

/**
 * Events: `open`: it is our turn to say the first word on a new session channel, or to say it again; `state`: connected
 * once the other one was heard on it; `steps`; `text` (detail: what the session channel delivered); `file-channel` (detail:
 * RTCDataChannel, to be wanted or closed by the listener).
 */
export class PeerLink extends EventTarget {
  #offers;
  #configuration;
  #send;
  #pc = /** @type {RTCPeerConnection | null} */ (null);
  #channel = /** @type {RTCDataChannel | null} */ (null);
  #state = /** @type {LinkState} */ ('connecting');
  #steps = /** @type {Steps} */ ({ answered: 'running', route: 'waiting', keys: 'waiting' });
  #nSessions = 0;
  #neg = 0;
  #described = 0;
  #earlyCandidates = /** @type {{ neg: number, init: RTCIceCandidateInit }[]} */ ([]);
  #work = Promise.resolve();
  #offeredAt = 0;
  #repairTimer = 0;
  #giveUpTimer = 0;
  #isToldOpen = false;
  #isHeard = false;
  #nSilent = 0;
  #silenceTimer = 0;
  #againTimer = 0;

  /**
   * @param {object} options
   * @param {boolean} options.offers whether our `seq` is the lower one
   * @param {RTCConfiguration} options.configuration servers, and the certificate of this membership
   * @param {(frame: JsonObject & { type: string }) => void} options.send to this member, by the server
   */
  constructor({ offers, configuration, send }) {
    super();
    this.#offers = offers;
    this.#configuration = configuration;
    this.#send = send;
  }

  /** Whom to ask whenever it gathers again. @param {RTCIceServer[]} iceServers */
  useServers(iceServers) {
    this.#configuration = { ...this.#configuration, iceServers };
    this.#queue(async () => this.#pc?.setConfiguration(this.#configuration));
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
    if (this.#offers) this.#queue(() => this.#beginSession());
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
    this.#queue(() => this.#handle(frame));
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
    if (this.#state !== 'connected' || this.#pc === null) return null;
    return this.#pc.createDataChannel(FILE_LABEL, { protocol });
  }

  /** The largest message the other side takes. */
  get maxMessageBytes() {
    return this.#pc?.sctp?.maxMessageSize ?? 65536;
  }

  /** Counts the peer connections: another number, another DTLS session. */
  get session() {
    return this.#nSessions;
  }

  /** Of the two certificates of this session; null for what is not announced as it has to be. */
  get fingerprints() {
    return { own: soleFingerprint(this.#pc?.localDescription?.sdp), theirs: soleFingerprint(this.#pc?.remoteDescription?.sdp) };
  }

  async route() {
    return this.#pc ? findRoute(this.#pc) : null;
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

  // ---- descriptions

  #makeConnection() {
    this.#dropConnection();
    this.#setSteps({ answered: 'running', route: 'waiting', keys: 'waiting' });
    const pc = new RTCPeerConnection(this.#configuration);
    this.#nSessions++;
    this.#pc = pc;
    pc.onicecandidate = ({ candidate }) => pc === this.#pc && this.#sendCandidate(candidate);
    pc.ondatachannel = ({ channel }) => pc === this.#pc && this.#onChannel(channel);
    pc.oniceconnectionstatechange = () => pc === this.#pc && this.#onIceState(pc.iceConnectionState);
    pc.onconnectionstatechange = () => pc === this.#pc && this.#onConnectionState(pc.connectionState);
    return pc;
  }

  #dropConnection() {
    clearTimeout(this.#repairTimer);
    this.#stopAwaiting();
    this.#channel = null;
    this.#pc?.close();
    this.#pc = null;
    if (this.#state === 'connected') this.#onLost(ASK_AGAIN_AFTER_MS);
  }

  async #beginSession() {
    const pc = this.#makeConnection();
    this.#neg = 0;
    this.#adopt(pc.createDataChannel(SESSION_LABEL, { protocol: SESSION_PROTOCOL }));
    await this.#offer(pc);
  }

  /** @param {RTCPeerConnection} pc @param {RTCOfferOptions} [options] */
  async #offer(pc, options) {
    const neg = ++this.#neg;
    this.#offeredAt = Date.now();
    const offer = await pc.createOffer(options);
    this.#described = neg;
    await pc.setLocalDescription(offer);
    this.#send({ type: 'offer', neg, sdp: pc.localDescription?.sdp ?? '', caps: CAPS });
    this.#repairIn(ASK_AGAIN_AFTER_MS);
  }

  /** @param {PeerFrame} frame */
  async #handle(frame) {
    switch (frame.type) {
      case 'offer':
        if (!this.#offers) await this.#onOffer(frame.neg, frame.sdp);
        break;
      case 'answer':
        if (this.#offers) await this.#onAnswer(frame.neg, frame.sdp, frame.of);
        break;
      case 'ice-candidate':
        await this.#onCandidate(frame.neg, frame.candidate);
        break;
      case 'restart':
        if (this.#offers) await this.#onRestart(frame.neg);
        break;
    }
  }

  /**
   * @param {number} neg
   * @param {string} sdp
   */
  async #onOffer(neg, sdp) {
    const isNew = this.#isNewSession(neg, sdp);
    // It mends a session that we no longer have.
    if (isNew && neg > 1) return this.#send({ type: 'restart' });
    if (!isNew && neg <= this.#neg) return;

    const pc = isNew || this.#pc === null ? this.#makeConnection() : this.#pc;
    this.#neg = neg;
    this.#setSteps({ answered: 'done' });
    await pc.setRemoteDescription({ type: 'offer', sdp });
    await this.#flushCandidates(pc, neg);
    const answer = await pc.createAnswer();
    this.#described = neg;
    await pc.setLocalDescription(answer);
    this.#send({ type: 'answer', neg, sdp: pc.localDescription?.sdp ?? '', caps: CAPS, of: ufragOf(sdp) });
    this.#repairIn(ASK_AGAIN_AFTER_MS);
  }

  /** The first offer with other credentials than before. @param {number} neg @param {string} sdp */
  #isNewSession(neg, sdp) {
    const pc = this.#pc;
    if (pc === null || ['failed', 'closed'].includes(pc.connectionState)) return true;
    return neg <= 1 && ufragOf(sdp) !== ufragOf(pc.remoteDescription?.sdp);
  }

  /**
   * @param {number} neg
   * @param {string} sdp
   * @param {string} of the offer that it is to; '': not said
   */
  async #onAnswer(neg, sdp, of) {
    const pc = this.#pc;
    if (pc === null || neg !== this.#neg) return;
    // Each session counts from 1: an answer that waited may be to an offer of an earlier one.
    if (of && of !== ufragOf(pc.localDescription?.sdp)) return;
    if (pc.signalingState !== 'have-local-offer') return;

    // Another certificate than the session's: the member came back without its session.
    const known = fingerprintOf(pc.remoteDescription?.sdp);
    if (known !== '' && known !== fingerprintOf(sdp)) return this.#beginSession();

    this.#setSteps({ answered: 'done' });
    await pc.setRemoteDescription({ type: 'answer', sdp });
    await this.#flushCandidates(pc, neg);
  }

  /** At most one in a while: each costs a gathering. @param {number} neg 0: a new session */
  async #onRestart(neg) {
    if (Date.now() - this.#offeredAt < RESTART_SPACING_MS) return;
    if (neg === 0 || this.#pc === null) await this.#beginSession();
    else if (neg === this.#neg) await this.#offer(this.#pc, { iceRestart: true });
  }

  // ---- candidates

  /** @param {RTCIceCandidate | null} candidate */
  #sendCandidate(candidate) {
    if (!candidate?.candidate) return;
    const { sdpMid, sdpMLineIndex, usernameFragment } = candidate;
    const json = JSON.stringify({ candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment });
    this.#send({ type: 'ice-candidate', neg: this.#described, candidate: json });
  }

  /**
   * @param {number} neg
   * @param {RTCIceCandidateInit} init
   */
  async #onCandidate(neg, init) {
    if (this.#earlyCandidates.length < MAX_EARLY_CANDIDATES) this.#earlyCandidates.push({ neg, init });
    const pc = this.#pc;
    if (pc?.remoteDescription && pc.signalingState === 'stable') await this.#flushCandidates(pc, this.#neg);
  }

  /** Candidates may come before their description. @param {RTCPeerConnection} pc @param {number} neg */
  async #flushCandidates(pc, neg) {
    const ready = this.#earlyCandidates.filter((early) => early.neg === neg);
    this.#earlyCandidates = this.#earlyCandidates.filter((early) => early.neg > neg);
    for (const { init } of ready) {
      try {
        await pc.addIceCandidate(init);
      } catch (error) {
        console.debug('link: candidate dropped:', String(error));
      }
    }
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
    this.#isToldOpen = false;
    this.#isHeard = false;
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
    if (this.#isHeard) this.#onConnected();
    else if (this.#offers) this.#tellOpen();
    this.#awaitFirstWord();
  }

  #tellOpen() {
    if (this.#isToldOpen) return;
    this.#isToldOpen = true;
    this.dispatchEvent(new Event('open'));
  }

  #onConnected() {
    clearTimeout(this.#repairTimer);
    clearTimeout(this.#giveUpTimer);
    if (this.#state !== 'connected') this.#enter('connected');
  }

  /** @param {unknown} text */
  #onWord(text) {
    this.#stopAwaiting();
    this.#nSilent = 0;
    if (!this.#isHeard) {
      this.#isHeard = true;
      this.#tellOpen();
      this.#onConnected();
    }
    this.#emit('text', text);
  }

  #awaitFirstWord() {
    this.#stopAwaiting();
    if (this.#isHeard || this.#nSilent === MAX_SILENT_SESSIONS) return;
    clearTimeout(this.#repairTimer);
    this.#silenceTimer = setTimeout(() => this.#onSilence(), FIRST_WORD_AFTER_MS);
    this.#sayAgainLater();
  }

  #stopAwaiting() {
    clearTimeout(this.#silenceTimer);
    clearTimeout(this.#againTimer);
  }

  #sayAgainLater() {
    this.#againTimer = setTimeout(() => {
      this.#sayAgainLater();
      if (!this.canSend) return;
      this.#isToldOpen = false;
      this.#tellOpen();
    }, SAY_AGAIN_AFTER_MS);
  }

  #onSilence() {
    this.#nSilent++;
    console.debug('link: silent, so a new session');
    if (this.#offers) this.#queue(() => this.#beginSession());
    else this.#send({ type: 'restart' });
    this.#awaitFirstWord();
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
    const isIceWell = ['connected', 'completed'].includes(this.#pc?.iceConnectionState ?? '');
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
    else this.#send(this.#isSessionAlive() ? { type: 'restart', neg: this.#neg } : { type: 'restart' });
    this.#repairIn(ASK_AGAIN_AFTER_MS);
  }

  /** Both sides have spoken and ICE is at work: it says itself when it fails. */
  #isTrying() {
    const pc = this.#pc;
    return pc?.remoteDescription && pc.signalingState === 'stable' && pc.iceConnectionState === 'checking';
  }

  /** A dead session needs a new one; a lost route only a new route. */
  #mend() {
    return this.#pc !== null && this.#isSessionAlive()
      ? this.#offer(this.#pc, { iceRestart: true })
      : this.#beginSession();
  }

  /** Whether DTLS came up once and the channel is still there: then only the route is missing. */
  #isSessionAlive() {
    return this.#channel?.readyState === 'open' && this.#pc?.connectionState !== 'closed';
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
