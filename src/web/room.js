// room: our presence in one room. Joins signaling, links, chat and transfers; tells the store.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { Chat } from './chat.js';
import { Companion } from './companion.js';
import { findSha256, fromBase64Url, loadSha256, toBase64Url } from './digest.js';
import { BadJson, parseJsonBytes, peekString } from './json-gate.js';
import { eraseMembership, loadMembership, loadSecret, saveMembership, saveName, saveSecret } from './membership.js';
import { safeDisplayName } from './names.js';
import { PeerLink } from './peer-link.js';
import { makePhrase } from './phrase.js';
import { Safety } from './safety.js';
import { Signaling } from './signaling.js';
import { Transfers } from './transfers.js';
import { decodeMessage, encode, hello } from './wire.js';
import { _ } from './words.js';

/** @typedef {import('./admission.js').Admission} Admission */
/** @typedef {import('./json-gate.js').JsonObject} JsonObject */
/** @typedef {import('./room-store.js').RoomStore} RoomStore */
/** @typedef {import('./signaling.js').Membership} Membership */
/** @typedef {import('./signal-message.js').Frame} Frame */
/** @typedef {import('./signal-message.js').Peer} Peer */
/** @typedef {import('./signal-message.js').Welcome} Welcome */
/** @typedef {import('./wire.js').Message} Message */

const MAX_MEMBERS = 16;
const MAX_ID_BYTES = 32;
const PING_EVERY_MS = 5_000;
const DEFAULT_CAPACITY = 8;
const ROOM_KEY_BYTES = 32;

/** What a phone is, as far as a page can tell. */
function deviceKind() {
  return matchMedia('(pointer: coarse) and (hover: none)').matches ? 'phone' : 'browser';
}

/** One membership, one certificate: who checked it once need not check it again. */
async function makeCertificate() {
  try {
    /** @type {EcKeyGenParams} */
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    return [await RTCPeerConnection.generateCertificate(algorithm)];
  } catch {
    return [];
  }
}

const microseconds = () => Math.round(performance.now() * 1000);

export class Room {
  #store;
  #origin;
  #signaling = /** @type {Signaling | null} */ (null);
  /** Of a private room: nothing that members say through the server goes past it. */
  #admission = /** @type {Admission | null} */ (null);
  #companions = /** @type {Map<string, Companion>} */ (new Map());
  #missed = /** @type {Set<string>} */ (new Set());
  /** Who has yet to pair with us. */
  #peers = /** @type {Map<string, { peer: Peer, isReturn: boolean }>} */ (new Map());
  #chat;
  #transfers = /** @type {Transfers | null} */ (null);
  #certificates = /** @type {RTCCertificate[]} */ ([]);
  #iceServers = /** @type {RTCIceServer[]} */ ([]);
  #seq = 0;
  #hash = /** @type {import('./safety-words.js').Hash} */ (() => new Uint8Array(0));
  #pingTimer = 0;

  /**
   * @param {RoomStore} store
   * @param {string} origin "http[s]://HOST[:PORT]" of the server
   */
  constructor(store, origin) {
    this.#store = store;
    this.#origin = origin;
    this.#chat = this.#makeChat();
    document.addEventListener('visibilitychange', () => this.#broadcast({ type: 'away', on: document.hidden }));
  }

  // ---- what the person does

  /** @param {string} code @param {string} name @param {string} [secret] folded; '' for an open room */
  async join(code, name, secret = '') {
    await this.#enter({ code, name, secret });
  }

  /** After a reload: the same member again. @param {string} code @returns {boolean} whether there was one */
  resume(code) {
    const saved = loadMembership(code);
    if (saved === null) return false;
    const { name, member, token, roomKey = '' } = saved;
    this.#enter({ code, name, secret: loadSecret(code), membership: { member, token }, roomKey: fromBase64Url(roomKey, ROOM_KEY_BYTES) });
    return true;
  }

  /** Makes a room and enters it. @param {string} name @param {boolean} isOpen @returns {Promise<boolean>} */
  async create(name, isOpen) {
    const answer = await this.#post('/api/create-room', { v: 2, capacity: DEFAULT_CAPACITY, private: !isOpen });
    const code = answer && peekString(answer, 'code', 6);
    const member = answer && peekString(answer, 'member', MAX_ID_BYTES);
    const token = answer && peekString(answer, 'token', 2048);
    if (!code || !member || !token) return false;
    await this.#enter({ code, name, secret: isOpen ? '' : makePhrase(), membership: { member, token } });
    return true;
  }

  /** One more wrong secret may be tried. */
  letThemTry() {
    this.#admission?.letThemTry();
  }

  letIn() {
    this.#admission?.letIn();
  }

  /** Not somebody who asks to be let in. */
  refuse() {
    this.#admission?.turnAway();
  }

  /** The safety phrase: works it out with them. @param {string} id */
  compare(id) {
    if (this.#store.member(id)?.canCompare) this.#companions.get(id)?.safety.start();
  }

  /** What our person says of the words, having asked the other one. @param {string} id @param {boolean} isSame */
  confirmPhrase(id, isSame) {
    const { phrase = '' } = this.#store.member(id) ?? {};
    if (phrase !== '') this.#companions.get(id)?.safety.confirm(isSame);
    if (phrase !== '' && !isSame && this.#signaling) this.#end('not-safe');
  }

  /** As the host: whoever comes now has to be let in. @param {boolean} on */
  lock(on) {
    this.#admission?.askFirst(on);
    this.#signaling?.send({ type: 'lock', on });
  }

  /** As the host: for good, and the room is locked. @param {string} id */
  remove(id) {
    if (this.#admission) this.#admission.remove(id);
    else this.#signaling?.send({ type: 'remove', peer: id });
  }

  leave() {
    this.#end('left');
  }

  /** Whatever does not work just now: at once instead of later. */
  retry() {
    if (this.#signaling === null) {
      const { code, ownName, secret } = this.#store.state;
      this.join(code, ownName, secret);
      return;
    }
    this.#signaling.retry();
    for (const { link } of this.#companions.values()) link.retry();
  }

  /** @param {string} text @param {string} [replyKey] of the message that it answers */
  say(text, replyKey) {
    return this.#chat.say(text, replyKey);
  }

  /** @param {string} key of an own message @param {string} text */
  edit(key, text) {
    return this.#chat.edit(key, text);
  }

  /** @param {string} key of an own message */
  delete(key) {
    this.#chat.delete(key);
  }

  /** @param {string} key @param {string} emoji @param {boolean} on */
  react(key, emoji, on) {
    this.#chat.react(key, emoji, on);
  }

  /** @param {boolean} on */
  setTyping(on) {
    this.#chat.setTyping(on);
  }

  /** @param {string} name */
  rename(name) {
    const ownName = safeDisplayName(name);
    saveName(ownName);
    this.#store.apply({ type: 'changed', values: { ownName } });
    this.#save();
    this.#broadcast(hello(ownName, deviceKind()));
  }

  get transfers() {
    return this.#transfers;
  }

  // ---- coming and going

  /**
   * @param {object} options
   * @param {string} options.code
   * @param {string} options.name
   * @param {string} options.secret
   * @param {Membership | null} [options.membership]
   * @param {Uint8Array | null} [options.roomKey]
   */
  async #enter({ code, name, secret, membership = null, roomKey = null }) {
    const ownName = safeDisplayName(name);
    saveName(ownName);
    if (secret !== '') saveSecret(code, secret);
    this.#store.apply({ type: 'phase', phase: 'joining', code });
    this.#store.apply({ type: 'changed', values: { ownName, secret, isGuessed: false, isHeld: false, knock: null } });
    const [certificates, sha256, hash, library] = await Promise.all([makeCertificate(), findSha256(), loadSha256(), secret === '' ? null : this.#findLibrary()]);
    if (this.#store.state.phase !== 'joining') return;
    if (secret !== '' && library === null) {
      this.#end('no-library');
      return;
    }
    const admission = library === null ? null : await this.#makeAdmission(library, code, secret, roomKey);
    if (this.#store.state.phase !== 'joining') return;

    this.#admission = admission;
    this.#certificates = certificates;
    this.#hash = hash;
    this.#chat = this.#makeChat();
    const companionOf = (/** @type {string} */ id) => this.#companions.get(id);
    this.#transfers = new Transfers({ store: this.#store, sha256, companionOf });
    this.#pingTimer = setInterval(() => this.#ping(), PING_EVERY_MS);
    this.#openSignaling(code, membership);
  }

  /** Whether private rooms can be made and entered: whether the page was built with what they need. */
  async canBePrivate() {
    return (await this.#findLibrary()) !== null;
  }

  async #findLibrary() {
    const { findSealLibrary } = await import('./seal-library.js');
    return findSealLibrary();
  }

  /**
   * Loaded when it is needed, as the library is.
   *
   * @param {import('./seal-library.js').SealLibrary} library
   * @param {string} code
   * @param {string} secret
   * @param {Uint8Array | null} roomKey
   */
  async #makeAdmission(library, code, secret, roomKey) {
    const { Admission } = await import('./admission.js');
    const name = this.#store.state.ownName;
    const admission = new Admission({ primitives: library, code, secret, name, roomKey, send: (frame) => this.#signaling?.send(frame) });
    admission.addEventListener('paired', (event) => this.#onPaired(/** @type {CustomEvent<string>} */ (event).detail));
    admission.addEventListener('content', (event) => {
      const { id, frame } = /** @type {CustomEvent} */ (event).detail;
      this.#companions.get(id)?.link.receive(frame);
    });
    admission.addEventListener('failed', (event) => {
      this.#store.apply({ type: 'changed', values: { triesLeft: admission.triesLeft } });
      this.#end(/** @type {CustomEvent<string>} */ (event).detail);
    });
    admission.addEventListener('room-key', () => this.#save());
    admission.addEventListener('changed', () => {
      const { isGuessed, isHeld, knock } = admission;
      this.#store.apply({ type: 'changed', values: { isGuessed, isHeld, knock: knock?.name ?? null } });
    });
    return admission;
  }

  #makeChat() {
    return new Chat(this.#store, (id, text) => this.#companions.get(id)?.say(text) ?? false);
  }

  /** @param {string} code @param {Membership | null} membership */
  #openSignaling(code, membership) {
    const signaling = new Signaling({ origin: this.#origin, code, membership });
    this.#signaling = signaling;
    signaling.addEventListener('state', () => signaling === this.#signaling && this.#onSignalingState(signaling));
    signaling.addEventListener('frame', (event) =>
      this.#onFrame(/** @type {CustomEvent<Frame>} */ (event).detail),
    );
    signaling.open();
  }

  /** @param {Signaling} signaling */
  #onSignalingState(signaling) {
    const { state, error } = signaling;
    if (state === 'closed') this.#end(error?.code ?? 'left');
    else if (state !== 'idle') this.#store.apply({ type: 'changed', values: { server: state } });
  }

  /** @param {string} refusal */
  #end(refusal) {
    const signaling = this.#signaling;
    this.#signaling = null;
    this.#admission?.close();
    this.#admission = null;
    this.#peers.clear();
    this.#transfers?.close();
    this.#transfers = null;
    clearInterval(this.#pingTimer);
    for (const id of this.#companions.keys()) this.#drop(id);
    signaling?.close();
    eraseMembership();
    const phase = refusal === 'private' || refusal === 'wrong-secret' ? 'secret' : 'over';
    this.#store.apply({ type: 'phase', phase, refusal });
  }

  #save() {
    const membership = this.#signaling?.membership;
    const { code, ownName } = this.#store.state;
    const roomKey = this.#admission?.roomKey;
    if (membership) saveMembership({ code, name: ownName, ...membership, ...(roomKey && { roomKey: toBase64Url(roomKey) }) });
  }

  /** @param {string} path @param {object} body @returns {Promise<JsonObject | null>} */
  async #post(path, body) {
    try {
      const headers = { 'Content-Type': 'application/json' };
      const answer = await fetch(this.#origin + path, { method: 'POST', headers, body: JSON.stringify(body) });
      return parseJsonBytes(new Uint8Array(await answer.arrayBuffer()), 64 * 1024);
    } catch (error) {
      console.debug('room: no answer:', String(error));
      return null;
    }
  }

  // ---- members

  /** @param {Welcome} welcome */
  #onWelcome(welcome) {
    // Whoever has a secret is in a private room, whatever the server says.
    if (welcome.private && !this.#admission) {
      this.#end('private');
      return;
    }
    const { self, host, capacity, locked, expires, pending } = welcome;
    // Also a server that was started anew, and resumes nothing, knows us by id and seq.
    if (self !== this.#store.state.selfId || welcome.seq !== this.#seq) this.#forgetOthers();
    this.#seq = welcome.seq;
    this.#store.apply({ type: 'changed', values: { selfId: self, isPending: pending } });
    this.#admission?.welcome(welcome);
    // The door is asked; a second welcome comes when it opens.
    if (pending) return;
    // A relay sees everybody's address: not one that a server chose that is not to be trusted.
    this.#iceServers = welcome.iceServers.filter(({ urls }) => !this.#admission || urls.startsWith('stun:'));
    this.#store.apply({ type: 'changed', values: { hostId: host, capacity, locked, expires } });
    if (this.#store.state.phase === 'joining') this.#onInside(welcome);
    this.#save();
    this.#meet(welcome.members, welcome.resumed);
  }

  /** @param {Welcome} welcome */
  #onInside(welcome) {
    this.#store.apply({ type: 'phase', phase: 'inside' });
    this.#tellWhoLeft(welcome);
    if (welcome.members.length > 0) this.#note(_('Earlier messages are not shown.'));
  }

  /**
   * After a reload there are transfers with members whom we have not met yet. A server that was started anew
   * does not know of all who are here; to be somebody else is as good as all having left.
   *
   * @param {Welcome} welcome
   */
  #tellWhoLeft({ self, resumed, members }) {
    const isSame = loadMembership(this.#store.state.code)?.member === self;
    if (resumed) this.#transfers?.onPresent(new Set(members.map(({ id }) => id)));
    else if (!isSame) this.#transfers?.onPresent(new Set());
  }

  /** @param {Peer[]} peers everybody who is there @param {boolean} isReturn */
  #meet(peers, isReturn) {
    const present = new Set(peers.map((peer) => peer.id));
    this.#admission?.reconcile(present);
    for (const id of this.#store.state.members.keys()) if (!present.has(id)) this.#miss(id);
    for (const peer of peers) {
      this.#missed.delete(peer.id);
      const companion = this.#companions.get(peer.id);
      this.#change(peer.id, { away: peer.away });
      // What was said to the server while it was away is said again.
      if (companion) companion.link.retry();
      else if (!this.#store.member(peer.id)) this.#encounter(peer, isReturn);
    }
  }

  /** In a private room nobody is here who has not paired with us, and nobody of version 1. @param {Peer} peer @param {boolean} [isReturn] */
  #encounter(peer, isReturn = false) {
    if (!this.#admission) {
      this.#add(peer, isReturn);
      return;
    }
    if (peer.legacy) return;
    this.#peers.set(peer.id, { peer, isReturn });
    this.#admission.meet(peer.id, peer.seq);
    if (this.#admission.isPaired(peer.id)) this.#onPaired(peer.id);
  }

  /** @param {string} id */
  #onPaired(id) {
    const met = this.#peers.get(id);
    this.#peers.delete(id);
    if (met && !this.#store.member(id)) this.#add(met.peer, met.isReturn);
  }

  /**
   * The server does not list them (any more). After a restart it lists only who came back before us: whoever
   * we are still connected to stays, and has left only when that connection is given up, too.
   *
   * @param {string} id
   */
  #miss(id) {
    if (this.#companions.get(id)?.link.state === 'connected') this.#missed.add(id);
    else this.#part(id);
  }

  /** We are somebody new to everybody. */
  #forgetOthers() {
    for (const id of this.#store.state.members.keys()) this.#part(id);
  }

  /** @param {Peer} peer @param {boolean} [isReturn] whether we were here before */
  #add(peer, isReturn = false) {
    if (this.#store.state.members.size >= MAX_MEMBERS) return;
    this.#store.apply({ type: 'member-joined', ...peer });
    // A page of version 1 speaks another language on its channel: it is seen, not heard.
    if (!peer.legacy) this.#addCompanion(peer, isReturn);
  }

  /** @param {Peer} peer @param {boolean} isReturn */
  #addCompanion({ id, seq }, isReturn) {
    const offers = this.#seq < seq;
    const link = new PeerLink({
      offers,
      configuration: { iceServers: this.#iceServers, certificates: this.#certificates },
      send: (frame) => {
        if (this.#admission) this.#admission.send(id, frame);
        else this.#signaling?.send({ ...frame, to: id });
      },
    });
    const safety = new Safety({ sha256: this.#hash, offers, say: (message) => companion.say(encode(message)) });
    const companion = new Companion(link, safety);
    this.#companions.set(id, companion);
    safety.addEventListener('change', () => this.#onSafety(id, companion));
    link.addEventListener('open', () => companion.say(encode(hello(this.#store.state.ownName, deviceKind()))));
    link.addEventListener('state', () => this.#onLinkState(id, companion));
    link.addEventListener('steps', () => this.#change(id, { steps: link.steps }));
    link.addEventListener('text', (event) => this.#onText(id, /** @type {CustomEvent} */ (event).detail));
    link.addEventListener('file-channel', (event) =>
      this.#transfers?.onChannel(id, /** @type {CustomEvent<RTCDataChannel>} */ (event).detail),
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

  /** A member is gone for good. @param {string} id */
  #part(id) {
    this.#admission?.part(id);
    this.#peers.delete(id);
    const member = this.#store.member(id);
    if (!member) return;
    this.#transfers?.onLeft(id);
    this.#chat.onLeft(id);
    this.#drop(id);
    this.#store.apply({ type: 'member-left', id });
    if (member.name !== '') this.#note(_('{name} left', { name: member.displayName }));
  }

  /** @param {string} id @param {Companion} companion */
  #onLinkState(id, companion) {
    if (this.#companions.get(id) !== companion) return;
    const { state } = companion.link;
    this.#change(id, { link: state, lostAt: state === 'reconnecting' ? Date.now() : 0 });
    if (state === 'failed' && this.#missed.has(id)) {
      this.#part(id);
    } else if (state === 'connected') {
      this.#onConnected(id, companion);
    } else {
      companion.forgetWaiting();
      this.#transfers?.onLost(id);
    }
    this.#showSafety(id, companion);
  }

  /** @param {string} id @param {Companion} companion */
  #onConnected(id, companion) {
    if (document.hidden) companion.say(encode({ type: 'away', on: true }));
    this.#chat.onConnected(id);
    this.#transfers?.onConnected(id);
    this.#measure(id, companion.link);
  }

  /** @param {string} id @param {Companion} companion */
  #showSafety(id, { link, safety }) {
    const canCompare = link.state === 'connected' && safety.canStart && (this.#store.member(id)?.features?.includes('phrase') ?? false);
    this.#change(id, { safety: safety.state, phrase: safety.words, canCompare });
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
    this.#change(id, { link: 'failed', steps: { answered: 'done', route: 'done', keys: 'failed' } });
    if (![...this.#companions.values()].some(({ link }) => link.state === 'connected')) this.#end('not-safe');
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
    if (route && link.state === 'connected') this.#change(id, { route });
  }

  // ---- frames of the server

  /** @param {Frame} frame */
  #onFrame(frame) {
    switch (frame.type) {
      case 'welcome':
        this.#onWelcome(frame);
        break;
      case 'offer':
      case 'answer':
      case 'ice-candidate':
      case 'restart':
        // Unsealed, in a private room: the server's own words.
        if (!this.#admission) this.#companions.get(frame.from)?.link.receive(frame);
        break;
      case 'pake':
      case 'sealed':
        this.#admission?.handle(frame);
        break;
      case 'peer-pending':
        this.#admission?.hearKnock(frame.peer);
        break;
      case 'peer-joined':
        this.#onPeerJoined({ id: frame.peer, seq: frame.seq, legacy: frame.legacy, away: false });
        break;
      case 'peer-left':
        this.#part(frame.peer);
        break;
      case 'peer-away':
        this.#change(frame.peer, { away: true });
        break;
      case 'peer-back':
        this.#change(frame.peer, { away: false });
        this.#companions.get(frame.peer)?.link.retry();
        break;
      case 'host':
        this.#admission?.setHost(frame.peer);
        this.#store.apply({ type: 'changed', values: { hostId: frame.peer } });
        break;
      case 'room':
        this.#onRoom(frame);
        break;
      case 'error':
        if (frame.code === 'room-full' && this.#admission?.takeFull()) this.#note(_('The room is full.'));
        break;
    }
  }

  /** @param {Peer} peer */
  #onPeerJoined(peer) {
    if (peer.id === '' || peer.id === this.#store.state.selfId) return;
    if (this.#missed.delete(peer.id) && this.#store.member(peer.id)?.seq === peer.seq) return;
    if (this.#store.member(peer.id)) this.#part(peer.id);
    this.#encounter(peer);
  }

  /** @param {import('./signal-message.js').RoomNews} news */
  #onRoom({ locked, capacity, expires }) {
    this.#admission?.setLocked(locked);
    this.#store.apply({ type: 'changed', values: { locked, capacity, expires } });
  }

  // ---- messages of members

  /** @param {string} id @param {unknown} text */
  #onText(id, text) {
    try {
      const message = decodeMessage(text);
      if (message !== null && this.#companions.get(id)?.hears(message.type)) this.#onMessage(id, message);
    } catch (error) {
      // A peer's nonsense is no reason to stop.
      if (!(error instanceof BadJson)) throw error;
      console.debug('room: message dropped:', error.message);
    }
  }

  /** @param {string} id @param {Message} message */
  #onMessage(id, message) {
    switch (message.type) {
      case 'hello':
        this.#onHello(id, message);
        break;
      case 'chat':
        this.#chat.onChat(id, message);
        break;
      case 'chat-received':
        this.#chat.onReceived(id, message.ids);
        break;
      case 'edit':
        this.#chat.onEdit(id, message);
        break;
      case 'delete':
        this.#chat.onDelete(id, message);
        break;
      case 'react':
        this.#chat.onReact(id, message);
        break;
      case 'phrase-commit':
      case 'phrase-reveal':
        this.#companions.get(id)?.safety.handle(message);
        break;
      case 'typing':
        this.#chat.onTyping(id, message.on);
        break;
      case 'away':
        this.#change(id, { away: message.on });
        break;
      case 'ping':
        this.#companions.get(id)?.say(encode({ type: 'pong', t: message.t }));
        break;
      case 'pong':
        this.#change(id, { rttMs: Math.max(0, microseconds() - message.t) / 1000 });
        break;
      default:
        this.#onFileMessage(id, message);
    }
  }

  /** @param {string} id @param {Message} message */
  #onFileMessage(id, message) {
    const transfers = this.#transfers;
    switch (message.type) {
      case 'file-offer':
        transfers?.onOffer(id, message);
        break;
      case 'file-decline':
      case 'file-withdraw':
        transfers?.onRefusal(id, message);
        break;
      case 'file-get':
        transfers?.onGet(id, message);
        break;
      case 'file-done':
        transfers?.onDone(id, message);
        break;
      case 'file-pause':
        transfers?.onPause(id, message);
        break;
      case 'file-cancel':
        transfers?.onCancel(id, message);
        break;
    }
  }

  /** @param {string} id @param {import('./wire.js').Hello} message */
  #onHello(id, message) {
    const before = this.#store.member(id);
    this.#change(id, { features: message.features });
    this.#beginSafety(id);
    this.#chat.onFeatures(id);
    const name = safeDisplayName(message.name) || _('Guest');
    if (before?.name === name && before.device === message.device) return;
    const oldName = before?.displayName ?? '';
    this.#change(id, { name, device: message.device });
    const newName = this.#store.member(id)?.displayName ?? name;
    if (before?.name === '') this.#note(_('{name} joined', { name: newName }));
    else if (oldName !== newName) this.#note(_('{old} is now {name}', { old: oldName, name: newName }));
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

  /** @param {string} text */
  #note(text) {
    this.#store.apply({ type: 'system', text, time: Date.now() });
  }

  /** @param {string} id @param {Partial<import('./room-store.js').Member>} values */
  #change(id, values) {
    this.#store.apply({ type: 'member-changed', id, values });
  }

  /** @param {JsonObject} message */
  #broadcast(message) {
    const text = encode(message);
    for (const companion of this.#companions.values()) companion.say(text);
  }
}
