// pairing: what two members of a private room need before they can talk: a key that the server does not have.
//
// One object is our side of one pair: it starts or answers attempts (CPace, four frames) and seals what is
// said once one was right. What it may pair by, and how many guesses there are, is its owner's business
// (admission.js). PROTOCOL.md section 3.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { Cpace, SID_SIZE } from './cpace.js';
import { BadJson } from './json-gate.js';
import { equalBytes, lvCat } from './lv.js';
import { readContent, readPake, readSealed, writePake, writeSealed } from './private-message.js';
import { Seal } from './seal.js';

/** @typedef {import('./cpace.js').Role} Role */
/** @typedef {import('./json-gate.js').JsonObject} JsonObject */
/** @typedef {import('./private-message.js').SealedContent} SealedContent */
/** @typedef {import('./private-message.js').ShareMessage} ShareMessage */
/** @typedef {import('./private-message.js').TagMessage} TagMessage */
/** @typedef {import('./seal-library.js').SealLibrary} SealLibrary */
/** @typedef {import('./signal-message.js').PrivateFrame} PrivateFrame */
/** @typedef {'secret' | 'room-key'} Kind */
/** @typedef {{ cpace: Cpace, kind: Kind, isConfirmed: boolean }} Attempt */

/**
 * @typedef {object} PairingOwner
 * @property {(frame: JsonObject & { type: string }) => void} send without `to`
 * @property {() => { kind: Kind, secret: Uint8Array } | null} choose for an attempt of ours: what by
 * @property {(kind: Kind) => Uint8Array | 'not-now' | null} answer for one of theirs; null: it is left unanswered
 * @property {(kind: Kind) => void} held as A: they say that no attempt of ours is answered now
 * @property {(kind: Kind) => boolean} confirm we are about to let them try a guess
 * @property {(kind: Kind, role: Role) => void} paired there is a key, or a new one
 * @property {(kind: Kind, role: Role, left: number | null) => void} refused as B: their tag was wrong. As A: they say
 *   that ours was, and how many guesses are answered yet
 * @property {(kind: Kind) => number | null} left as B, then: what is to be said of that
 * @property {(content: SealedContent) => void} content what was in a box of theirs
 */

const THEIRS_TO_START_MS = 4000;
const AGAIN_AFTER_MS = [1000, 4000, 15_000];
const MAX_TEXT_BYTES = 45_056 - 16;

/** The first word; others are of later versions. @param {string} features @returns {Kind | null} */
function kindOf(features) {
  const [word] = features.split(' ');
  return word === 'secret' || word === 'room-key' ? word : null;
}

export class Pairing {
  #primitives;
  #code;
  #ownId;
  #theirId;
  #isLater;
  #owner;
  #ours = /** @type {Attempt | null} */ (null);
  #theirs = /** @type {Attempt | null} */ (null);
  #seal = /** @type {Seal | null} */ (null);
  #unanswered = /** @type {ShareMessage | null} */ (null);
  #timer = 0;
  #nAttempts = 0;
  #isOver = false;

  /**
   * @param {object} options
   * @param {SealLibrary} options.primitives
   * @param {string} options.code
   * @param {string} options.ownId
   * @param {string} options.theirId
   * @param {boolean} options.isLater whether we are the later one of the two: then our attempts go before theirs
   * @param {PairingOwner} options.owner
   */
  constructor({ primitives, code, ownId, theirId, isLater, owner }) {
    this.#primitives = primitives;
    this.#code = code;
    this.#ownId = ownId;
    this.#theirId = theirId;
    this.#isLater = isLater;
    this.#owner = owner;
  }

  get isPaired() {
    return this.#seal !== null;
  }

  /** @param {boolean} [atOnce] instead of when they have had time to start */
  begin(atOnce = this.#isLater) {
    if (this.#isOver || this.#seal || this.#ours) return;
    if (atOnce) this.#start();
    else if (this.#timer === 0) this.#arm(THEIRS_TO_START_MS);
  }

  /** A `pake` or `sealed` of theirs. @param {PrivateFrame} frame */
  handle(frame) {
    if (this.#isOver) return;
    try {
      if (frame.type === 'pake') this.#onPake(frame.body);
      else this.#onSealed(frame.body);
    } catch (error) {
      // A stranger's nonsense is no reason to stop.
      if (!(error instanceof BadJson)) throw error;
      console.debug('pairing: frame dropped:', error.message);
    }
  }

  /** Answers what was left unanswered, if that may be now. */
  answerNow() {
    if (!this.#isOver && this.#unanswered) this.#onStart(this.#unanswered);
  }

  /** Seals and sends. @param {JsonObject & { type: string }} content @returns {boolean} false if there is no key */
  send(content) {
    const text = JSON.stringify(content);
    if (!this.#seal || new TextEncoder().encode(text).length > MAX_TEXT_BYTES) return false;
    this.#owner.send(writeSealed({ sid: this.#seal.sid, ...this.#seal.close(text) }));
    return true;
  }

  /** No more attempts of ours. */
  stop() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#dropOurs();
  }

  /** Nothing is said any more, and keys are wiped. */
  end() {
    this.stop();
    this.#isOver = true;
    this.#theirs?.cpace.forget();
    this.#theirs = null;
    this.#seal?.forget();
    this.#seal = null;
  }

  // ---- ours

  #dropOurs() {
    this.#ours?.cpace.forget();
    this.#ours = null;
  }

  /** @param {number} delayMs */
  #arm(delayMs) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#start();
    }, delayMs);
  }

  #start() {
    const by = this.#owner.choose();
    this.#dropOurs();
    if (by === null) return;
    const sid = crypto.getRandomValues(new Uint8Array(SID_SIZE));
    const cpace = this.#makeCpace('a', by.secret, sid, by.kind);
    this.#ours = { cpace, kind: by.kind, isConfirmed: false };
    this.#arm(/** @type {number} */ (AGAIN_AFTER_MS[Math.min(this.#nAttempts++, AGAIN_AFTER_MS.length - 1)]));
    this.#owner.send(writePake({ step: 1, sid, share: cpace.share, features: by.kind }));
  }

  /** @param {Role} role @param {Uint8Array} secret @param {Uint8Array} sid @param {string} features */
  #makeCpace(role, secret, sid, features) {
    const [idA, idB] = role === 'a' ? [this.#ownId, this.#theirId] : [this.#theirId, this.#ownId];
    const ci = lvCat('snug-pair-2', this.#code, idA, idB);
    return new Cpace({ primitives: this.#primitives, role, secret, ci, sid, ad: lvCat(role.toUpperCase(), '2', features) });
  }

  /** @param {JsonObject} body */
  #onPake(body) {
    const message = readPake(body);
    switch (message.step) {
      case 1:
        this.#onStart(message);
        break;
      case 2:
        this.#onTheirShare(message);
        break;
      case 3:
        this.#onTheirProof(message);
        break;
      case 4:
        this.#onTheirAnswer(message);
        break;
    }
  }

  /** We prove it first, so that a guess of ours can be counted there before anything is said here. @param {ShareMessage} message */
  #onTheirShare({ sid, share, features }) {
    const ours = this.#ours;
    if (!ours || ours.isConfirmed || !equalBytes(ours.cpace.sid, sid)) return;
    if (!ours.cpace.takeShare(share, lvCat('B', '2', features)) || !this.#owner.confirm(ours.kind)) {
      this.#dropOurs();
      return;
    }
    ours.isConfirmed = true;
    this.#owner.send(writePake({ step: 3, sid, tag: ours.cpace.tag }));
  }

  /** @param {TagMessage} message */
  #onTheirAnswer({ sid, tag, left = null }) {
    const ours = this.#ours;
    if (!ours || !equalBytes(ours.cpace.sid, sid)) return;
    if (!ours.isConfirmed) {
      // Nothing of ours was tried yet: "not now".
      if (tag === null && left === 0) this.#owner.held(ours.kind);
      return;
    }
    if (tag !== null && ours.cpace.verify(tag)) {
      this.#become(ours, 'a');
      return;
    }
    this.#dropOurs();
    if (tag === null) this.#owner.refused(ours.kind, 'a', left);
  }

  // ---- theirs

  /** @param {ShareMessage} message */
  #onStart(message) {
    const kind = kindOf(message.features);
    // Both have started: the one whose part it is goes on. And what is being answered is not answered twice: a
    // repetition would make the tag wrong that is to come.
    if (kind === null || (this.#ours && this.#isLater)) return;
    if (this.#theirs && equalBytes(this.#theirs.cpace.sid, message.sid)) return;
    const answer = this.#owner.answer(kind);
    const secret = answer === 'not-now' ? null : answer;
    this.#unanswered = secret === null && kind === 'secret' ? message : null;
    if (answer === 'not-now') this.#owner.send(writePake({ step: 4, sid: message.sid, tag: null, left: 0 }));
    if (secret === null) return;
    this.#dropOurs();
    this.#theirs?.cpace.forget();
    const cpace = this.#makeCpace('b', secret, message.sid, '');
    this.#theirs = cpace.takeShare(message.share, lvCat('A', '2', message.features)) ? { cpace, kind, isConfirmed: false } : null;
    if (this.#theirs) this.#owner.send(writePake({ step: 2, sid: message.sid, share: cpace.share, features: '' }));
  }

  /** @param {TagMessage} message */
  #onTheirProof({ sid, tag }) {
    const theirs = this.#theirs;
    if (!theirs || tag === null || !equalBytes(theirs.cpace.sid, sid)) return;
    if (theirs.cpace.verify(tag)) {
      this.#owner.send(writePake({ step: 4, sid, tag: theirs.cpace.tag }));
      this.#become(theirs, 'b');
      return;
    }
    theirs.cpace.forget();
    this.#theirs = null;
    this.#owner.refused(theirs.kind, 'b', null);
    this.#owner.send(writePake({ step: 4, sid, tag: null, left: this.#owner.left(theirs.kind) }));
  }

  /** The exchange was right: from now on there is this key. @param {Attempt} attempt @param {Role} role */
  #become({ cpace, kind }, role) {
    this.#seal?.forget();
    this.#seal = new Seal({
      primitives: this.#primitives, role, key: cpace.key, sid: cpace.sid, code: this.#code, ownId: this.#ownId, theirId: this.#theirId,
    });
    this.stop();
    this.#theirs?.cpace.forget();
    this.#theirs = null;
    this.#unanswered = null;
    this.#nAttempts = 0;
    this.#owner.paired(kind, role);
  }

  // ---- sealed

  /** @param {JsonObject} body */
  #onSealed(body) {
    const { sid, n, box } = readSealed(body);
    if (!this.#seal || !equalBytes(sid, this.#seal.sid)) return;
    const text = this.#seal.open(n, box);
    if (text !== null) this.#owner.content(readContent(text));
  }
}
