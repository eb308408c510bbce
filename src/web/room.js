// room: our presence in one room. Joins signaling, people, chat and transfers; tells the store.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { Chat } from './chat.js';
import { findSha256, fromBase64Url, loadSha256, toBase64Url } from './digest.js';
import { parseJsonBytes, peekString } from './json-gate.js';
import { eraseMembership, loadMembership, loadSecret, saveMembership, saveName, saveSecret } from './membership.js';
import { safeDisplayName } from './names.js';
import { People } from './people.js';
import { makePhrase } from './phrase.js';
import { Signaling } from './signaling.js';
import { Transfers } from './transfers.js';
import { _ } from './words.js';

/** @typedef {import('./admission.js').Admission} Admission */
/** @typedef {import('./json-gate.js').JsonObject} JsonObject */
/** @typedef {import('./room-store.js').RoomStore} RoomStore */
/** @typedef {import('./signaling.js').Membership} Membership */
/** @typedef {import('./signal-message.js').Frame} Frame */
/** @typedef {import('./signal-message.js').Welcome} Welcome */
/** @typedef {import('./wire.js').Message} Message */

const MAX_ID_BYTES = 32;
const DEFAULT_CAPACITY = 8;
const ROOM_KEY_BYTES = 32;

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

export class Room {
  #store;
  #origin;
  #signaling = /** @type {Signaling | null} */ (null);
  /** Of a private room: nothing that members say through the server goes past it. */
  #admission = /** @type {Admission | null} */ (null);
  #people = /** @type {People | null} */ (null);
  #chat;
  #transfers = /** @type {Transfers | null} */ (null);
  /** Those that the server names, used or not. */
  #iceServers = /** @type {RTCIceServer[]} */ ([]);

  /**
   * @param {RoomStore} store
   * @param {string} origin "http[s]://HOST[:PORT]" of the server
   */
  constructor(store, origin) {
    this.#store = store;
    this.#origin = origin;
    this.#chat = this.#makeChat();
    document.addEventListener('visibilitychange', () => this.#people?.broadcast({ type: 'away', on: document.hidden }));
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
    if (this.#store.member(id)?.canCompare) this.#people?.companion(id)?.safety.start();
  }

  /** What our person says of the words, having asked the other one. @param {string} id @param {boolean} isSame */
  confirmPhrase(id, isSame) {
    const { phrase = '' } = this.#store.member(id) ?? {};
    if (phrase !== '') this.#people?.companion(id)?.safety.confirm(isSame);
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
    this.#people?.retry();
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
    this.#people?.introduce();
  }

  get transfers() {
    return this.#transfers;
  }

  /** What a check-up of the connection starts from. */
  get surroundings() {
    return { origin: this.#origin, iceServers: this.#iceServers, isPrivate: this.#admission !== null };
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
    this.#people = this.#makePeople(admission, certificates, hash);
    this.#chat = this.#makeChat();
    const companionOf = (/** @type {string} */ id) => this.#people?.companion(id);
    this.#transfers = new Transfers({ store: this.#store, sha256, companionOf });
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
    admission.addEventListener('paired', (event) => this.#people?.onPaired(/** @type {CustomEvent<string>} */ (event).detail));
    admission.addEventListener('content', (event) => {
      const { id, frame } = /** @type {CustomEvent} */ (event).detail;
      this.#people?.companion(id)?.link.receive(frame);
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

  /**
   * @param {Admission | null} admission
   * @param {RTCCertificate[]} certificates
   * @param {import('./safety-words.js').Hash} hash
   */
  #makePeople(admission, certificates, hash) {
    const people = new People({ store: this.#store, admission, certificates, hash, send: (frame) => this.#signaling?.send(frame) });
    const on = (/** @type {string} */ type, /** @type {(detail: any) => void} */ action) =>
      people.addEventListener(type, (event) => action(/** @type {CustomEvent} */ (event).detail));
    on('connected', (id) => {
      this.#chat.onConnected(id);
      this.#transfers?.onConnected(id);
    });
    on('lost', (id) => this.#transfers?.onLost(id));
    on('features', (id) => this.#chat.onFeatures(id));
    on('left', (id) => {
      this.#transfers?.onLeft(id);
      this.#chat.onLeft(id);
    });
    on('message', ({ id, message }) => this.#onMessage(id, message));
    on('file-channel', ({ id, channel }) => this.#transfers?.onChannel(id, channel));
    on('alone', () => this.#end('not-safe'));
    return people;
  }

  #makeChat() {
    return new Chat(this.#store, (id, text) => this.#people?.say(id, text) ?? false);
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
    this.#transfers?.close();
    this.#transfers = null;
    this.#people?.close();
    this.#people = null;
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

  // ---- frames of the server

  /** @param {Welcome} welcome */
  #onWelcome(welcome) {
    // Whoever has a secret is in a private room, whatever the server says.
    if (welcome.private && !this.#admission) {
      this.#end('private');
      return;
    }
    const people = this.#people;
    if (!people) return;
    const { self, seq, host, capacity, locked, expires, pending } = welcome;
    // Also a server that was started anew, and resumes nothing, knows us by id and seq.
    if (self !== this.#store.state.selfId || seq !== people.seq) people.forgetAll();
    people.seq = seq;
    this.#store.apply({ type: 'changed', values: { selfId: self, isPending: pending } });
    this.#admission?.welcome(welcome);
    // The door is asked; a second welcome comes when it opens.
    if (pending) return;
    // A relay sees everybody's address: not one that a server chose that is not to be trusted.
    this.#iceServers = welcome.iceServers;
    people.useServers(welcome.iceServers.filter(({ urls }) => !this.#admission || urls.startsWith('stun:')));
    this.#store.apply({ type: 'changed', values: { hostId: host, capacity, locked, expires } });
    if (this.#store.state.phase === 'joining') this.#onInside(welcome);
    this.#save();
    people.meet(welcome.members, welcome.resumed);
  }

  /** @param {Welcome} welcome */
  #onInside(welcome) {
    this.#store.apply({ type: 'phase', phase: 'inside' });
    this.#tellWhoLeft(welcome);
    const text = _('Earlier messages are not shown.');
    if (welcome.members.length > 0) this.#store.apply({ type: 'beginning', text, time: Date.now() });
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
        if (!this.#admission) this.#people?.companion(frame.from)?.link.receive(frame);
        break;
      case 'pake':
      case 'sealed':
        this.#admission?.handle(frame);
        break;
      case 'peer-pending':
        this.#admission?.hearKnock(frame.peer);
        break;
      case 'peer-joined':
        this.#people?.onJoined({ id: frame.peer, seq: frame.seq, legacy: frame.legacy, away: false });
        break;
      case 'peer-left':
        this.#people?.part(frame.peer);
        break;
      case 'peer-away':
        this.#people?.change(frame.peer, { away: true });
        break;
      case 'peer-back':
        this.#people?.onBack(frame.peer);
        break;
      case 'host':
        this.#admission?.setHost(frame.peer);
        this.#store.apply({ type: 'changed', values: { hostId: frame.peer } });
        break;
      case 'room':
        this.#onRoom(frame);
        break;
      case 'error':
        if (frame.code === 'room-full' && this.#admission?.takeFull()) this.#people?.note(_('The room is full.'));
        break;
    }
  }

  /** @param {import('./signal-message.js').RoomNews} news */
  #onRoom({ locked, capacity, expires }) {
    this.#admission?.setLocked(locked);
    this.#store.apply({ type: 'changed', values: { locked, capacity, expires } });
  }

  // ---- messages of members

  /** @param {string} id @param {Message} message */
  #onMessage(id, message) {
    switch (message.type) {
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
      case 'typing':
        this.#chat.onTyping(id, message.on);
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
}
