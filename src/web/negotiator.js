// negotiator: the descriptions and candidates of one pair, session after session (PROTOCOL.md, section 2).
//
// For the whole life of a pair the member with the lower `seq` offers, ICE restarts included; the other asks:
// `restart {neg}` to mend the session that offer `neg` stands for, `restart {}` for a new session. `neg` counts the
// offers of one session from 1.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { CAPS, SESSION_LABEL, SESSION_PROTOCOL } from './wire.js';

/** @typedef {import('./json-gate.js').JsonObject} JsonObject */
/** @typedef {import('./signal-message.js').PeerFrame} PeerFrame */

const MAX_EARLY_CANDIDATES = 100;
/** Each restart costs a gathering. */
const RESTART_SPACING_MS = 1_000;

/**
 * What the link hears of it.
 *
 * @typedef {object} Listener
 * @property {(configuration: RTCConfiguration) => RTCPeerConnection} connect a new session begins; the old one is closed
 * @property {(channel: RTCDataChannel) => void} channel the session channel that we opened
 * @property {() => void} heard the other side's description came
 * @property {() => void} described ours went
 */

/** @param {string | undefined} sdp */
function fingerprintOf(sdp) {
  return /^a=fingerprint:\s*(\S+\s+\S+)/m.exec(sdp ?? '')?.[1]?.toLowerCase() ?? '';
}

/** @param {string | undefined} sdp */
function ufragOf(sdp) {
  return /^a=ice-ufrag:\s*(\S+)/m.exec(sdp ?? '')?.[1] ?? '';
}

export class Negotiator {
  #offers;
  #configuration;
  #send;
  #listener;
  #pc = /** @type {RTCPeerConnection | null} */ (null);
  #neg = 0;
  #described = 0;
  #earlyCandidates = /** @type {{ neg: number, init: RTCIceCandidateInit }[]} */ ([]);
  #offeredAt = 0;

  /**
   * @param {object} options
   * @param {boolean} options.offers whether our `seq` is the lower one
   * @param {RTCConfiguration} options.configuration
   * @param {(frame: JsonObject & { type: string }) => void} options.send
   * @param {Listener} options.listener
   */
  constructor({ offers, configuration, send, listener }) {
    this.#offers = offers;
    this.#configuration = configuration;
    this.#send = send;
    this.#listener = listener;
  }

  /** Of the session that there is. */
  get pc() {
    return this.#pc;
  }

  /** Whom to ask whenever it gathers again. @param {RTCIceServer[]} iceServers */
  useServers(iceServers) {
    this.#configuration = { ...this.#configuration, iceServers };
    this.#pc?.setConfiguration(this.#configuration);
  }

  /** As the one who offers. */
  async beginSession() {
    const pc = this.#connect();
    this.#neg = 0;
    this.#listener.channel(pc.createDataChannel(SESSION_LABEL, { protocol: SESSION_PROTOCOL }));
    await this.#offer(pc);
  }

  /** A new route for the session that there is. */
  async restartIce() {
    if (this.#pc) await this.#offer(this.#pc, { iceRestart: true });
  }

  /** As the one who does not offer. @param {boolean} isAlive whether the session only lacks a route */
  askForRestart(isAlive) {
    this.#send(isAlive ? { type: 'restart', neg: this.#neg } : { type: 'restart' });
  }

  /** @param {PeerFrame} frame that the server relayed, one after the other */
  async handle(frame) {
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

  close() {
    this.#pc?.close();
    this.#pc = null;
  }

  #connect() {
    const pc = this.#listener.connect(this.#configuration);
    this.#pc = pc;
    pc.onicecandidate = ({ candidate }) => pc === this.#pc && this.#sendCandidate(candidate);
    return pc;
  }

  // ---- descriptions

  /** @param {RTCPeerConnection} pc @param {RTCOfferOptions} [options] */
  async #offer(pc, options) {
    const neg = ++this.#neg;
    this.#offeredAt = Date.now();
    const offer = await pc.createOffer(options);
    this.#described = neg;
    await pc.setLocalDescription(offer);
    this.#send({ type: 'offer', neg, sdp: pc.localDescription?.sdp ?? '', caps: CAPS });
    this.#listener.described();
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

    const pc = isNew || this.#pc === null ? this.#connect() : this.#pc;
    this.#neg = neg;
    this.#listener.heard();
    await pc.setRemoteDescription({ type: 'offer', sdp });
    await this.#flushCandidates(pc, neg);
    const answer = await pc.createAnswer();
    this.#described = neg;
    await pc.setLocalDescription(answer);
    this.#send({ type: 'answer', neg, sdp: pc.localDescription?.sdp ?? '', caps: CAPS, of: ufragOf(sdp) });
    this.#listener.described();
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
    if (known !== '' && known !== fingerprintOf(sdp)) return this.beginSession();

    this.#listener.heard();
    await pc.setRemoteDescription({ type: 'answer', sdp });
    await this.#flushCandidates(pc, neg);
  }

  /** At most one in a while. @param {number} neg 0: a new session */
  async #onRestart(neg) {
    if (Date.now() - this.#offeredAt < RESTART_SPACING_MS) return;
    if (neg === 0 || this.#pc === null) await this.beginSession();
    else if (neg === this.#neg) await this.restartIce();
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
}
