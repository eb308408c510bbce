// chat: what is said, to whom it is still on its way, and who has it.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { randomId } from './digest.js';
import { safeText } from './names.js';
import { reachableMembers } from './room-store.js';
import { encode, fitsInOneMessage } from './wire.js';

/** @typedef {import('./room-store.js').RoomStore} RoomStore */
/** @typedef {import('./room-store.js').Delivery} Delivery */
/** @typedef {import('./json-gate.js').JsonObject} JsonObject */
/** @typedef {(memberId: string, text: string) => boolean} SendText */

const TYPING_REPEAT_MS = 4_000;
const TYPING_FORGOTTEN_MS = 8_000;
const MAX_REMEMBERED_IDS = 5_000;

/**
 * One own message until everybody has it.
 *
 * @typedef {object} Outgoing
 * @property {string} id
 * @property {string} encoded
 * @property {Set<string>} unsent members whose channel has not taken it
 * @property {Set<string>} unconfirmed members who have not said that they have it
 * @property {number} nConfirmed
 * @property {boolean} isForAnybody nobody was there: it goes to who comes first
 */

/** @param {Outgoing} outgoing @returns {Delivery} */
function deliveryOf({ unsent, unconfirmed, nConfirmed, isForAnybody }) {
  if (isForAnybody || unsent.size > 0) return 'queued';
  return unconfirmed.size === 0 && nConfirmed > 0 ? 'delivered' : 'sent';
}

export class Chat {
  #store;
  #sendText;
  #outgoing = /** @type {Map<string, Outgoing>} */ (new Map());
  #heard = /** @type {Map<string, Set<string>>} */ (new Map());
  #typingTimers = /** @type {Map<string, number>} */ (new Map());
  #typingSaidAt = 0;

  /**
   * @param {RoomStore} store
   * @param {SendText} sendText
   */
  constructor(store, sendText) {
    this.#store = store;
    this.#sendText = sendText;
  }

  /**
   * Shows the message at once and sends it to everybody; queued while nobody is there.
   *
   * @param {string} text
   * @returns {boolean} false if it is empty or too long
   */
  say(text) {
    if (!fitsInOneMessage(text)) return false;

    const id = randomId();
    const now = Date.now();
    const memberIds = reachableMembers(this.#store.state);
    /** @type {Outgoing} */
    const outgoing = {
      id,
      encoded: encode({ type: 'chat', id, text, ts: now }),
      unsent: new Set(memberIds),
      unconfirmed: new Set(memberIds),
      nConfirmed: 0,
      isForAnybody: memberIds.length === 0,
    };
    this.#outgoing.set(id, outgoing);
    this.#show(id, { own: true, senderId: '', senderName: '', text, time: now, delivery: 'queued' });
    for (const memberId of memberIds) this.#sendTo(memberId, outgoing);
    this.#update(outgoing);
    this.setTyping(false);
    return true;
  }

  /** Tells the others, at most once in a while. @param {boolean} on */
  setTyping(on) {
    const now = Date.now();
    if (on ? now - this.#typingSaidAt < TYPING_REPEAT_MS : this.#typingSaidAt === 0) return;
    this.#typingSaidAt = on ? now : 0;
    const encoded = encode({ type: 'typing', on });
    for (const memberId of this.#store.state.members.keys()) this.#sendText(memberId, encoded);
  }

  /**
   * The member's channel is open, for the first time or again: everything that they have not confirmed
   * goes out once more, in order; they know what they have by its id.
   *
   * @param {string} memberId
   */
  onConnected(memberId) {
    for (const outgoing of this.#outgoing.values()) {
      if (outgoing.isForAnybody) {
        outgoing.isForAnybody = false;
        outgoing.unconfirmed.add(memberId);
      }
      if (outgoing.unconfirmed.has(memberId)) this.#sendTo(memberId, outgoing);
      this.#update(outgoing);
    }
  }

  /** @param {string} memberId */
  onLeft(memberId) {
    this.#heard.delete(memberId);
    clearTimeout(this.#typingTimers.get(memberId));
    for (const outgoing of this.#outgoing.values()) {
      const wasNeverSent = outgoing.unsent.delete(memberId);
      outgoing.unconfirmed.delete(memberId);
      const isNobodyLeft = outgoing.unconfirmed.size === 0 && outgoing.nConfirmed === 0;
      if (wasNeverSent && isNobodyLeft) outgoing.isForAnybody = true;
      this.#update(outgoing);
    }
  }

  /**
   * @param {string} memberId
   * @param {import('./wire.js').Chat} message
   */
  onChat(memberId, message) {
    this.#sendText(memberId, encode({ type: 'chat-received', ids: [message.id] }));
    const text = safeText(message.text);
    if (text === '' || !this.#isNew(memberId, message.id)) return;

    const senderName = this.#store.member(memberId)?.displayName ?? '';
    const key = `${memberId}/${message.id}`;
    this.#show(key, { own: false, senderId: memberId, senderName, text, time: Date.now(), delivery: 'none' });
    this.onTyping(memberId, false);
  }

  /**
   * @param {string} memberId
   * @param {string[]} ids
   */
  onReceived(memberId, ids) {
    for (const id of ids) {
      const outgoing = this.#outgoing.get(id);
      if (!outgoing?.unconfirmed.delete(memberId)) continue;
      outgoing.nConfirmed++;
      this.#update(outgoing);
    }
  }

  /**
   * @param {string} memberId
   * @param {boolean} typing
   */
  onTyping(memberId, typing) {
    clearTimeout(this.#typingTimers.get(memberId));
    if (this.#store.member(memberId)?.typing !== typing)
      this.#store.apply({ type: 'member-changed', id: memberId, values: { typing } });
    if (typing)
      this.#typingTimers.set(memberId, setTimeout(() => this.onTyping(memberId, false), TYPING_FORGOTTEN_MS));
  }

  /** Dedupe by (member, id), never by id alone. @param {string} memberId @param {string} id */
  #isNew(memberId, id) {
    const heard = this.#heard.get(memberId) ?? new Set();
    this.#heard.set(memberId, heard);
    if (heard.has(id)) return false;
    heard.add(id);
    if (heard.size > MAX_REMEMBERED_IDS) heard.delete(heard.values().next().value ?? '');
    return true;
  }

  /**
   * @param {string} memberId
   * @param {Outgoing} outgoing
   */
  #sendTo(memberId, outgoing) {
    if (this.#sendText(memberId, outgoing.encoded)) outgoing.unsent.delete(memberId);
    else outgoing.unsent.add(memberId);
  }

  /** @param {Outgoing} outgoing */
  #update(outgoing) {
    const delivery = deliveryOf(outgoing);
    this.#store.apply({ type: 'delivery', key: outgoing.id, delivery });
    if (delivery !== 'queued' && outgoing.unconfirmed.size === 0) this.#outgoing.delete(outgoing.id);
  }

  /**
   * @param {string} key
   * @param {Omit<import('./room-store.js').Message, 'key' | 'kind'>} message
   */
  #show(key, message) {
    this.#store.apply({ type: 'message', message: { key, kind: 'text', ...message } });
  }
}
