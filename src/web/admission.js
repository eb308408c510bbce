// admission: who may be talked to in a private room. Holds the secret, the room-key and a pairing with each
// other member, and counts guesses. Everything that members of a private room say to each other through the
// server goes through here, sealed; nothing goes past it. PROTOCOL.md section 3.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { utf8 } from './lv.js';
import { safeDisplayName } from './names.js';
import { Pairing } from './pairing.js';
import { writeRoomKey } from './private-message.js';
import { Throttle } from './throttle.js';

/** @typedef {import('./cpace.js').Role} Role */
/** @typedef {import('./json-gate.js').JsonObject} JsonObject */
/** @typedef {import('./pairing.js').Kind} Kind */
/** @typedef {import('./private-message.js').SealedContent} SealedContent */
/** @typedef {import('./seal-library.js').SealLibrary} SealLibrary */
/** @typedef {import('./signal-message.js').PeerFrame} PeerFrame */
/** @typedef {import('./signal-message.js').PrivateFrame} PrivateFrame */
/** @typedef {import('./signal-message.js').Welcome} Welcome */

/** How many guesses whoever plays the host, or a newcomer, may make. */
const MAX_OPEN_CONFIRMATIONS = 3;
const MAX_WRONG_TAGS = 5;
const ANSWERS_PER_SECOND = 5;
const ANSWERS_BURST = 20;
/** Whatever a server says, there is an end to whom we pair with. */
const MAX_PAIRINGS = 32;
const ROOM_KEY_BYTES = 32;

/**
 * @typedef {object} Entry
 * @property {Pairing} pairing
 * @property {number} seq 0: not known
 * @property {boolean} isPending asks us to be let in
 * @property {boolean} isLetIn the server was told so
 * @property {boolean} isKeyRefused as the host it has a newer room-key than we have
 * @property {string | null} name what they called themselves when they knocked
 */

/**
 * Events: `paired` (detail: id): there is a key for this member, which has a seat; `content` (detail: { id, frame });
 * `failed` (detail: "wrong-secret" or "no-answer"): we do not get in; `room-key`; `changed`: guesses, knocks.
 */
export class Admission extends EventTarget {
  #primitives;
  #code;
  #secret;
  #name;
  #send;
  #roomKey;
  #entries = /** @type {Map<string, Entry>} */ (new Map());
  #answers = new Throttle(ANSWERS_PER_SECOND, ANSWERS_BURST);
  #ownId = '';
  #ownSeq = 0;
  #hostId = '';
  #isPending = false;
  /** Says the server. */
  #isLocked = false;
  /** Our person wants to be asked, whatever the server says. */
  #asks = false;
  #nOpen = 0;
  #nWrong = 0;
  #nAllowed = 0;
  #isReturn;
  #isHeld = false;

  /**
   * @param {object} options
   * @param {SealLibrary} options.primitives
   * @param {string} options.code
   * @param {string} options.secret as foldSecret() made it
   * @param {string} options.name own display name, told sealed to whoever lets us in
   * @param {Uint8Array | null} options.roomKey kept from before a reload
   * @param {(frame: JsonObject & { type: string }) => void} options.send
   */
  constructor({ primitives, code, secret, name, roomKey, send }) {
    super();
    this.#primitives = primitives;
    this.#code = code;
    this.#secret = utf8(secret);
    this.#name = name;
    this.#roomKey = roomKey;
    this.#isReturn = roomKey !== null;
    this.#send = send;
  }

  /** After "wrong-secret": how many more are answered, as far as that is said. */
  triesLeft = /** @type {number | null} */ (null);

  get roomKey() {
    return this.#roomKey;
  }

  /** So many wrong secrets were tried that nobody is answered until a person says so. */
  get isGuessed() {
    return this.#nWrong >= MAX_WRONG_TAGS + this.#nAllowed;
  }

  /** As a newcomer: too many wrong secrets were tried, and the host's person has to allow a try first. */
  get isHeld() {
    return this.#isPending && this.#isHeld;
  }

  /** Who asks to be let into a locked room. @returns {{ id: string, name: string } | null} */
  get knock() {
    for (const [id, { isPending, name }] of this.#entries)
      if (isPending && name !== null && this.#isAskedFirst) return { id, name };
    return null;
  }

  get #isHost() {
    return !this.#isPending && this.#ownId !== '' && this.#ownId === this.#hostId;
  }

  get #isAskedFirst() {
    return this.#isLocked || this.#asks;
  }

  // ---- the server's words

  /** @param {Welcome} welcome */
  welcome(welcome) {
    // Somebody else to the others than before: nothing of the old pairs holds.
    if (welcome.self !== this.#ownId || welcome.seq !== this.#ownSeq) for (const id of this.#entries.keys()) this.part(id);
    this.#ownId = welcome.self;
    this.#ownSeq = welcome.seq;
    this.#isPending = welcome.pending;
    this.#isLocked = welcome.locked;
    this.setHost(welcome.host);
  }

  /** @param {string} id */
  setHost(id) {
    // Another one may have counted less.
    if (id !== this.#hostId) this.#isHeld = false;
    this.#hostId = id;
    if (!this.#isHost) for (const [other, { isPending }] of this.#entries) if (isPending) this.part(other);
    if (this.#isHost && this.#roomKey === null) this.#setRoomKey(crypto.getRandomValues(new Uint8Array(ROOM_KEY_BYTES)));
    if (this.#isPending && id !== '') this.meet(id, 0);
    this.#beginAll();
  }

  /** @param {boolean} isLocked */
  setLocked(isLocked) {
    this.#isLocked = isLocked;
    this.#letAllIn();
  }

  /** Somebody with a seat. @param {string} id @param {number} seq */
  meet(id, seq) {
    if (id === '' || id === this.#ownId) return;
    const known = this.#entries.get(id);
    if (known && known.seq !== 0 && known.seq !== seq) this.part(id);
    const entry = this.#entries.get(id) ?? this.#addEntry(id, this.#isPending || this.#ownSeq > seq);
    if (!entry) return;
    entry.seq = seq;
    entry.isPending = false;
    this.#begin(entry);
  }

  /** Somebody asks the host, us, to be let in. @param {string} id */
  hearKnock(id) {
    if (!this.#isHost || id === '' || id === this.#ownId || this.#entries.has(id)) return;
    const entry = this.#addEntry(id, false);
    if (entry) entry.isPending = true;
  }

  /** @param {string} id */
  part(id) {
    this.#entries.get(id)?.pairing.end();
    if (this.#entries.delete(id)) this.#changed();
  }

  /** Whoever has not paired and is not there any more. @param {Set<string>} present */
  reconcile(present) {
    for (const [id, { isPending, pairing }] of this.#entries)
      if (!isPending && !pairing.isPaired && !present.has(id)) this.part(id);
  }

  /** @param {PrivateFrame} frame */
  handle(frame) {
    this.#entries.get(frame.from)?.pairing.handle(frame);
  }

  // ---- what is asked of it

  /** Whether that member, with a seat, may be talked to. @param {string} id */
  isPaired(id) {
    return !this.#isPending && (this.#entries.get(id)?.pairing.isPaired ?? false);
  }

  /** Dropped if there is no key for it. @param {string} id @param {JsonObject & { type: string }} frame */
  send(id, frame) {
    this.#entries.get(id)?.pairing.send(frame);
  }

  letThemTry() {
    if (!this.isGuessed) return;
    this.#nAllowed = this.#nWrong - MAX_WRONG_TAGS + 1;
    for (const { pairing } of this.#entries.values()) pairing.answerNow();
    this.#changed();
  }

  letIn() {
    if (this.knock) this.#admit(this.knock.id);
  }

  /** @param {string} id */
  #admit(id) {
    const entry = this.#entries.get(id);
    if (entry) entry.isLetIn = true;
    this.#send({ type: 'admit', peer: id });
  }

  /** The server says that the room is full. @returns {boolean} whether that is news about somebody whom we let in */
  takeFull() {
    const entry = [...this.#entries.values()].find(({ isPending, isLetIn }) => isPending && isLetIn);
    if (entry) entry.isLetIn = false;
    return entry !== undefined;
  }

  turnAway() {
    if (this.knock) this.#send({ type: 'deny', peer: this.knock.id });
  }

  /** What our person wants of the lock. @param {boolean} on */
  askFirst(on) {
    this.#asks = on;
    this.#letAllIn();
  }

  /** Nobody is asked about those who wait, once nobody wants to be. */
  #letAllIn() {
    if (!this.#isHost || this.#isAskedFirst) return;
    for (const [id, { isPending, pairing }] of this.#entries)
      if (isPending && pairing.isPaired) this.#admit(id);
  }

  /** For good. They know the room-key, so everybody else gets another one. @param {string} id */
  remove(id) {
    if (!this.#isHost) return;
    this.#asks = true;
    this.#send({ type: 'remove', peer: id });
    const key = crypto.getRandomValues(new Uint8Array(ROOM_KEY_BYTES));
    this.#setRoomKey(key);
    for (const [other, { pairing }] of this.#entries) if (other !== id) pairing.send(writeRoomKey(key));
  }

  /** Keys are wiped, nothing is said any more. */
  close() {
    for (const id of this.#entries.keys()) this.part(id);
    this.#secret.fill(0);
    this.#roomKey = null;
  }

  // ---- pairings

  #changed() {
    this.dispatchEvent(new Event('changed'));
  }

  /** After a reload it is ours to start, whoever came first. @param {Entry} entry */
  #begin(entry) {
    entry.pairing.begin(this.#isReturn || undefined);
  }

  #beginAll() {
    for (const entry of this.#entries.values()) if (!entry.isPending) this.#begin(entry);
  }

  /** Whoever the server invents has not paired, and makes room for whoever comes after. */
  #makeRoom() {
    if (this.#entries.size < MAX_PAIRINGS) return true;
    for (const [id, { pairing }] of this.#entries) {
      if (pairing.isPaired) continue;
      this.part(id);
      return true;
    }
    return false;
  }

  /** @param {string} id @param {boolean} isLater @returns {Entry | null} */
  #addEntry(id, isLater) {
    if (!this.#makeRoom()) return null;
    const pairing = new Pairing({
      primitives: this.#primitives,
      code: this.#code,
      ownId: this.#ownId,
      theirId: id,
      isLater,
      owner: {
        send: (frame) => this.#send({ ...frame, to: id }),
        choose: () => this.#choose(id, entry),
        answer: (kind) => this.#answer(entry, kind),
        held: (kind) => this.#onHeld(kind),
        confirm: (kind) => this.#confirm(kind),
        paired: (kind, role) => this.#onPaired(id, entry, kind, role),
        refused: (kind, role, left) => this.#onRefused(entry, kind, role, left),
        left: (kind) => (kind === 'secret' ? Math.max(0, MAX_WRONG_TAGS + this.#nAllowed - this.#nWrong) : null),
        content: (content) => this.#onContent(id, entry, content),
      },
    });
    /** @type {Entry} */
    const entry = { pairing, seq: 0, isPending: false, isLetIn: false, isKeyRefused: false, name: null };
    this.#entries.set(id, entry);
    return entry;
  }

  /** @param {string} id @param {Entry} entry @returns {{ kind: Kind, secret: Uint8Array } | null} */
  #choose(id, entry) {
    const isWithHost = id === this.#hostId;
    if (this.#roomKey && !this.#isPending && !(isWithHost && entry.isKeyRefused)) return { kind: 'room-key', secret: this.#roomKey };
    return isWithHost ? { kind: 'secret', secret: this.#secret } : null;
  }

  /** One oracle only: the secret is the host's to answer. @param {Entry} entry @param {Kind} kind */
  #answer(entry, kind) {
    if (!this.#answers.take(Date.now())) return null;
    if (kind === 'room-key') return entry.isPending || this.#isPending ? null : this.#roomKey;
    if (!this.#isHost) return null;
    return this.isGuessed ? 'not-now' : this.#secret;
  }

  /** As with a wrong secret, whoever says so may lie. @param {Kind} kind */
  #onHeld(kind) {
    if (kind !== 'secret' || this.#isHeld) return;
    this.#isHeld = true;
    this.#changed();
  }

  /** @param {Kind} kind */
  #confirm(kind) {
    if (kind === 'room-key') return true;
    if (this.#nOpen < MAX_OPEN_CONFIRMATIONS) {
      this.#nOpen++;
      return true;
    }
    this.#fail('no-answer');
    return false;
  }

  /** Who is in already stays in: it only tries no more. @param {'wrong-secret' | 'no-answer'} why */
  #fail(why) {
    for (const { pairing } of this.#entries.values()) pairing.stop();
    if (this.#isPending) this.dispatchEvent(new CustomEvent('failed', { detail: why }));
  }

  /** @param {string} id @param {Entry} entry @param {Kind} kind @param {Role} role */
  #onPaired(id, entry, kind, role) {
    if (kind === 'secret' && role === 'a') {
      this.#isHeld = false;
      this.#nOpen--;
      entry.pairing.send({ type: 'knock', name: this.#name });
    } else if (kind === 'secret') {
      this.#welcomeNewcomer(id, entry);
    }
    if (!entry.isPending && !this.#isPending) this.dispatchEvent(new CustomEvent('paired', { detail: id }));
  }

  /** @param {string} id @param {Entry} entry */
  #welcomeNewcomer(id, entry) {
    if (this.#roomKey) entry.pairing.send(writeRoomKey(this.#roomKey));
    if (entry.isPending && !this.#isAskedFirst) this.#admit(id);
  }

  /** @param {Entry} entry @param {Kind} kind @param {Role} role @param {number | null} left */
  #onRefused(entry, kind, role, left) {
    if (kind === 'room-key') {
      entry.isKeyRefused = true;
    } else if (role === 'a') {
      // Whoever says this may lie: it is for the person to know, nothing follows from it.
      this.triesLeft = left;
      this.#fail('wrong-secret');
    } else {
      this.#nWrong++;
      this.#changed();
    }
  }

  /** @param {string} id @param {Entry} entry @param {SealedContent} content */
  #onContent(id, entry, content) {
    if (content.type === 'room-key') {
      if (id === this.#hostId) this.#takeRoomKey(entry, content.key);
    } else if (content.type === 'knock') {
      entry.name = safeDisplayName(content.name);
      this.#changed();
    } else if (!entry.isPending && !this.#isPending) {
      this.dispatchEvent(new CustomEvent('content', { detail: { id, frame: /** @type {PeerFrame} */ (content) } }));
    }
  }

  /** @param {Entry} entry @param {Uint8Array} key */
  #takeRoomKey(entry, key) {
    entry.isKeyRefused = false;
    this.#setRoomKey(key);
    this.#beginAll();
  }

  /** @param {Uint8Array} key */
  #setRoomKey(key) {
    this.#roomKey = key;
    this.dispatchEvent(new Event('room-key'));
  }
}
