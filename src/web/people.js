// people: who is in the room with us, and the link to each of them. Tells the store what becomes of them, and the room
// what they say.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { Companion } from './companion.js';
import { BadJson } from './json-gate.js';
import { safeDisplayName } from './names.js';
import { PeerLink } from './peer-link.js';
import { Safety } from './safety.js';
import { decodeMessage, encode, hello } from './wire.js';
import { _ } from './words.js';

/** @typedef {import('./admission.js').Admission} Admission */
/** @typedef {import('./json-gate.js').JsonObject} JsonObject */
/** @typedef {import('./room-store.js').RoomStore} RoomStore */
/** @typedef {import('./signal-message.js').Peer} Peer */
/** @typedef {import('./wire.js').Message} Message */

const MAX_MEMBERS = 16;
const PING_EVERY_MS = 5_000;

/** What a phone is, as far as a page can tell. */
function deviceKind() {
  return matchMedia('(pointer: coarse) and (hover: none)').matches ? 'phone' : 'browser';
}

const microseconds = () => Math.round(performance.now() * 1000);

/**
 * Events, all with the member's id in their detail: `connected`, `lost`, `features` (what they read is known), `left`,
 * `message` (detail: { id, message }), `file-channel` (detail: { id, channel }), and `alone`, without one: somebody broke
 * the rules of the safety phrase, and nobody else is here.
 */
export class People extends EventTarget {
  #store;
  /** Of a private room: nobody is here who has not paired with us. */
  #admission;
  #certificates;
  #hash;
  #send;
  #companions = /** @type {Map<string, Companion>} */ (new Map());
  #missed = /** @type {Set<string>} */ (new Set());
  /** Who has yet to pair with us. */
  #peers = /** @type {Map<string, { peer: Peer, isReturn: boolean }>} */ (new Map());
  #pingTimer;
  /** Our own number in the room: of two members the one with the lower number offers. */
  seq = 0;
  #iceServers = /** @type {RTCIceServer[]} */ ([]);

  /**
   * @param {object} options
   * @param {RoomStore} options.store
   * @param {Admission | null} options.admission
   * @param {RTCCertificate[]} options.certificates
   * @param {import('./safety-words.js').Hash} options.hash
   * @param {(frame: JsonObject & { type: string }) => void} options.send to the server, for somebody
   */
  constructor({ store, admission, certificates, hash, send }) {
    super();
    this.#store = store;
    this.#admission = admission;
    this.#certificates = certificates;
    this.#hash = hash;
    this.#send = send;
    this.#pingTimer = setInterval(() => this.#ping(), PING_EVERY_MS);
  }

  /** Those that the last welcome named; for links that are there already, too. @param {RTCIceServer[]} iceServers */
  useServers(iceServers) {
    this.#iceServers = iceServers;
    for (const { link } of this.#companions.values()) link.useServers(iceServers);
  }

  /** The room is over. */
  close() {
    clearInterval(this.#pingTimer);
    this.#peers.clear();
    for (const id of this.#companions.keys()) this.#drop(id);
  }

  /** @param {string} id */
  companion(id) {
    return this.#companions.get(id);
  }

  // ---- what is said to them

  /** @param {string} id @param {string} text @returns {boolean} whether it is on its way */
  say(id, text) {
    return this.#companions.get(id)?.say(text) ?? false;
  }

  /** @param {JsonObject} message */
  broadcast(message) {
    const text = encode(message);
    for (const companion of this.#companions.values()) companion.say(text);
  }

  /** Our name is another one. */
  introduce() {
    this.broadcast(this.#hello());
  }

  #hello() {
    return hello(this.#store.state.ownName, deviceKind());
  }

  /** Whatever does not work just now: at once instead of later. */
  retry() {
    for (const { link } of this.#companions.values()) link.retry();
  }

  // ---- coming and going

  /** @param {Peer[]} peers everybody who is there @param {boolean} isReturn */
  meet(peers, isReturn) {
    const present = new Set(peers.map((peer) => peer.id));
    this.#admission?.reconcile(present);
    for (const id of this.#store.state.members.keys()) if (!present.has(id)) this.#miss(id);
    for (const peer of peers) {
      this.#missed.delete(peer.id);
      const companion = this.#companions.get(peer.id);
      this.change(peer.id, { away: peer.away });
      // What was said to the server while it was away is said again.
      if (companion) companion.link.retry();
      else if (!this.#store.member(peer.id)) this.#encounter(peer, isReturn);
    }
  }

  /** @param {Peer} peer */
  onJoined(peer) {
    if (peer.id === '' || peer.id === this.#store.state.selfId) return;
    if (this.#missed.delete(peer.id) && this.#store.member(peer.id)?.seq === peer.seq) return;
    if (this.#store.member(peer.id)) this.part(peer.id);
    this.#encounter(peer, false);
  }

  /** @param {string} id */
  onBack(id) {
    this.change(id, { away: false });
    this.#companions.get(id)?.link.retry();
  }

  /** In a private room: they have shown that they know the secret. @param {string} id */
  onPaired(id) {
    const met = this.#peers.get(id);
    this.#peers.delete(id);
    if (met && !this.#store.member(id)) this.#add(met.peer, met.isReturn);
  }

  /** A member is gone for good. @param {string} id */
  part(id) {
    this.#admission?.part(id);
    this.#peers.delete(id);
    const member = this.#store.member(id);
    if (!member) return;
    this.#tell('left', id);
    this.#drop(id);
    this.#store.apply({ type: 'member-left', id });
    if (member.name !== '') this.note(_('{name} left', { name: member.displayName }));
  }

  /** We are somebody new to everybody. */
  forgetAll() {
    for (const id of this.#store.state.members.keys()) this.part(id);
  }

  /** In a private room nobody is here who has not paired with us, and nobody of version 1. @param {Peer} peer @param {boolean} isReturn */
  #encounter(peer, isReturn) {
    if (!this.#admission) {
      this.#add(peer, isReturn);
      return;
    }
    if (peer.legacy) return;
    if (!this.#peers.has(peer.id)) this.#makeRoom();
    this.#peers.set(peer.id, { peer, isReturn });
    this.#admission.meet(peer.id, peer.seq);
    if (this.#admission.isPaired(peer.id)) this.onPaired(peer.id);
  }

  /** Whoever the server invents does not pair, and makes room for whoever comes after. */
  #makeRoom() {
    const [oldest] = this.#peers.keys();
    if (oldest === undefined || this.#peers.size < MAX_MEMBERS) return;
    this.#peers.delete(oldest);
    this.#admission?.part(oldest);
  }

  /**
   * The server does not list them (any more). After a restart it lists only who came back before us: whoever
   * we are still connected to stays, and has left only when that connection is given up, too.
   *
   * @param {string} id
   */
  #miss(id) {
    if (this.#companions.get(id)?.link.state === 'connected') this.#missed.add(id);
    else this.part(id);
  }

  /** @param {Peer} peer @param {boolean} isReturn whether we were here before */
  #add(peer, isReturn) {
    if (this.#store.state.members.size >= MAX_MEMBERS) return;
    this.#store.apply({ type: 'member-joined', ...peer });
    // A page of version 1 speaks another language on its channel: it is seen, not heard.
    if (!peer.legacy) this.#addCompanion(peer, isReturn);
  }

  /** @param {Peer} peer @param {boolean} isReturn */
  #addCompanion({ id, seq }, isReturn) {
    const offers = this.seq < seq;
    const link = new PeerLink({
      offers,
      configuration: { iceServers: this.#iceServers, certificates: this.#certificates },
      send: (frame) => {
        if (this.#admission) this.#admission.send(id, frame);
        else this.#send({ ...frame, to: id });
      },
    });
    const safety = new Safety({ sha256: this.#hash, offers, say: (message) => companion.say(encode(message)) });
    const companion = new Companion(link, safety);
    this.#companions.set(id, companion);
    safety.addEventListener('change', () => this.#onSafety(id, companion));
    link.addEventListener('open', () => companion.say(encode(this.#hello())));
    link.addEventListener('state', () => this.#onLinkState(id, companion));
    link.addEventListener('steps', () => this.change(id, { steps: link.steps }));
    link.addEventListener('text', (event) => this.#onText(id, /** @type {CustomEvent} */ (event).detail));
    link.addEventListener('file-channel', (event) =>
      this.#tell('file-channel', { id, channel: /** @type {CustomEvent<RTCDataChannel>} */ (event).detail }),
    );
    link.start({ isReturn });
  }

  /** @param {string} id */
  #drop(id) {
    const companion = this.#companions.get(id);
    this.#companions.delete(id);
    this.#missed.delete(id);
    companion?.close();
  }

  // ---- links

  /** @param {string} id @param {Companion} companion */
  #onLinkState(id, companion) {
    if (this.#companions.get(id) !== companion) return;
    const { state } = companion.link;
    this.change(id, { link: state, lostAt: state === 'reconnecting' ? Date.now() : 0 });
    if (state === 'failed' && this.#missed.has(id)) {
      this.part(id);
    } else if (state === 'connected') {
      if (document.hidden) companion.say(encode({ type: 'away', on: true }));
      this.#tell('connected', id);
      this.#measure(id, companion.link);
    } else {
      companion.forgetWaiting();
      this.#tell('lost', id);
    }
    this.#showSafety(id, companion);
  }

  #ping() {
    for (const [id, companion] of this.#companions) {
      if (companion.link.state !== 'connected') continue;
      companion.say(encode({ type: 'ping', t: microseconds() }));
      this.#measure(id, companion.link);
    }
  }

  /** @param {string} id @param {PeerLink} link */
  async #measure(id, link) {
    const route = await link.route();
    if (route && link.state === 'connected') this.change(id, { route });
  }

  // ---- the safety phrase

  /** @param {string} id @param {Companion} companion */
  #showSafety(id, { link, safety }) {
    const canCompare = link.state === 'connected' && safety.canStart && (this.#store.member(id)?.features?.includes('phrase') ?? false);
    this.change(id, { safety: safety.state, phrase: safety.words, canCompare });
  }

  /** @param {string} id @param {Companion} companion */
  #onSafety(id, companion) {
    if (this.#companions.get(id) !== companion) return;
    if (companion.safety.state === 'not-safe') this.#onUnsafe(id, companion);
    else this.#showSafety(id, companion);
  }

  /**
   * Whoever breaks the rules of the safety phrase loses us, for good; having nobody else ends the room.
   *
   * @param {string} id
   * @param {Companion} companion
   */
  #onUnsafe(id, companion) {
    companion.link.close();
    this.#showSafety(id, companion);
    this.change(id, { link: 'failed', steps: { answered: 'done', route: 'done', keys: 'failed' } });
    if (![...this.#companions.values()].some(({ link }) => link.state === 'connected')) this.#tell('alone', null);
  }

  /** @param {string} id */
  #beginSafety(id) {
    const companion = this.#companions.get(id);
    if (!companion) return;
    const { link, safety, safetySession } = companion;
    if (safetySession !== link.session) safety.beginSession(link.fingerprints);
    companion.safetySession = link.session;
    this.#showSafety(id, companion);
  }

  // ---- what they say

  /** @param {string} id @param {unknown} text */
  #onText(id, text) {
    try {
      const message = decodeMessage(text);
      if (message !== null && this.#companions.get(id)?.hears(message.type)) this.#onMessage(id, message);
    } catch (error) {
      // A peer's nonsense is no reason to stop.
      if (!(error instanceof BadJson)) throw error;
      console.debug('people: message dropped:', error.message);
    }
  }

  /** What is about themselves; the rest is for others. @param {string} id @param {Message} message */
  #onMessage(id, message) {
    switch (message.type) {
      case 'hello':
        this.#onHello(id, message);
        break;
      case 'phrase-commit':
      case 'phrase-reveal':
        this.#companions.get(id)?.safety.handle(message);
        break;
      case 'away':
        this.change(id, { away: message.on });
        break;
      case 'ping':
        this.say(id, encode({ type: 'pong', t: message.t }));
        break;
      case 'pong':
        this.change(id, { rttMs: Math.max(0, microseconds() - message.t) / 1000 });
        break;
      default:
        this.#tell('message', { id, message });
    }
  }

  /** @param {string} id @param {import('./wire.js').Hello} message */
  #onHello(id, message) {
    const before = this.#store.member(id);
    const name = safeDisplayName(message.name) || _('Guest');
    const isNews = before?.name !== name || before.device !== message.device;
    if (this.#companions.get(id)?.hearHello(isNews)) this.say(id, encode(this.#hello()));
    this.change(id, { features: message.features });
    this.#beginSafety(id);
    this.#tell('features', id);
    if (!isNews) return;
    const oldName = before?.displayName ?? '';
    this.change(id, { name, device: message.device });
    const newName = this.#store.member(id)?.displayName ?? name;
    if (before?.name === '') this.note(_('{name} joined', { name: newName }));
    else if (oldName !== newName) this.note(_('{old} is now {name}', { old: oldName, name: newName }));
  }

  /** @param {string} text */
  note(text) {
    this.#store.apply({ type: 'system', text, time: Date.now() });
  }

  /** @param {string} id @param {Partial<import('./room-store.js').Member>} values */
  change(id, values) {
    this.#store.apply({ type: 'member-changed', id, values });
  }

  /** @param {string} type @param {unknown} detail */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
