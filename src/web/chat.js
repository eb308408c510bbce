// chat: what is said, to whom it is still on its way, and who has it.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { randomId } from './digest.js';
import { isOneEmoji } from './emoji.js';
import { safeText } from './names.js';
import { reachableMembers, react } from './room-store.js';
import { encode, fitsInOneMessage } from './wire.js';

/** @typedef {import('./room-store.js').RoomStore} RoomStore */
/** @typedef {import('./room-store.js').Delivery} Delivery */
/** @typedef {(memberId: string, text: string) => boolean} SendText */

const TYPING_REPEAT_MS = 4_000;
const TYPING_FORGOTTEN_MS = 8_000;
const MAX_REMEMBERED_IDS = 5_000;

/**
 * Something said until everybody has it.
 *
 * @typedef {object} Outgoing
 * @property {import('./wire.js').Chat | import('./wire.js').Edit | import('./wire.js').Delete
 *   | import('./wire.js').React} said
 * @property {string} key of the message that it is, or is about
 * @property {Set<string>} unsent members whose channel has not taken it
 * @property {Set<string>} handed members to whose channel it was handed, this one or one that is gone
 * @property {Set<string>} unconfirmed members who have not said that they have it
 * @property {number} nConfirmed
 * @property {boolean} isForAnybody nobody was there: it goes to who comes first
 */

/** @param {Outgoing} outgoing @returns {Delivery} */
function deliveryOf({ unsent, unconfirmed, nConfirmed, isForAnybody }) {
  if (isForAnybody || unsent.size > 0) return 'queued';
  return unconfirmed.size === 0 && nConfirmed > 0 ? 'delivered' : 'sent';
}

/** The feature without which a member is not sent this. @param {Outgoing['said']} said */
const featureOf = ({ type }) => (type === 'delete' ? 'edit' : type);

/** Whether `later` says what is left of `earlier`: the same change of the same message. @param {Outgoing} earlier @param {Outgoing} later */
function isOvertaken({ said, key }, later) {
  if (key !== later.key || said.type === 'chat') return false;
  if (later.said.type === 'delete') return true;
  if (said.type === 'react') return later.said.type === 'react' && said.emoji === later.said.emoji;
  return said.type === later.said.type;
}

/** @param {string} memberId @param {string} id */
const keyOf = (memberId, id) => `${memberId}/${id}`;

export class Chat {
  #store;
  #sendText;
  #outgoing = /** @type {Map<string, Outgoing>} */ (new Map());
  #heard = /** @type {Map<string, Set<string>>} */ (new Map());
  #typingTimers = /** @type {Map<string, number>} */ (new Map());
  #typingSaidAt = 0;
  #nSaid = 0;
  /** Which of all that was said here an own message is, from 1; by its id. */
  #numbers = /** @type {Map<string, number>} */ (new Map());
  /** By member: the first own message that was for them. */
  #hearsFrom = /** @type {Map<string, number>} */ (new Map());

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
   * @param {string} [replyKey] of the message that it answers
   * @returns {boolean} false if it is empty or too long
   */
  say(text, replyKey = '') {
    if (!fitsInOneMessage(text)) return false;

    const id = randomId();
    const now = Date.now();
    const original = this.#store.message(replyKey);
    /** @type {import('./wire.js').Chat} */
    const said = { type: 'chat', id, text, ts: now, ...(original?.id ? { reply: original.id } : {}) };
    this.#show(id, { id, own: true, senderId: '', senderName: '', text, time: now, delivery: 'queued', replyKey });
    this.#numbers.set(id, ++this.#nSaid);
    this.#send(said, id);
    this.setTyping(false);
    return true;
  }

  /**
   * Everybody who has the message, or gets it, gets it like this; if they read such things.
   *
   * @param {string} key of an own message
   * @param {string} text
   * @returns {boolean} false if it is empty or too long
   */
  edit(key, text) {
    if (!fitsInOneMessage(text)) return false;
    const message = this.#store.message(key);
    if (!message?.own || message.deleted || message.kind !== 'text' || message.text === text) return true;
    const chat = this.#outgoing.get(message.id);
    if (chat?.said.type === 'chat') chat.said = { ...chat.said, text };
    this.#store.apply({ type: 'message-changed', key, values: { text, edited: true } });
    this.#send({ type: 'edit', id: randomId(), of: message.id, text }, key);
    return true;
  }

  /** @param {string} key of an own message */
  delete(key) {
    const message = this.#store.message(key);
    if (!message?.own || message.deleted || message.kind !== 'text') return;
    this.#showDeleted(key);
    this.#send({ type: 'delete', id: randomId(), of: message.id }, key);
    // Who does not have it yet need not get it any more.
    this.#outgoing.delete(message.id);
  }

  /**
   * @param {string} key
   * @param {string} emoji
   * @param {boolean} on
   */
  react(key, emoji, on) {
    const message = this.#store.message(key);
    if (message && message.id !== '' && isOneEmoji(emoji) && this.#showReaction(key, { emoji, on, id: '', name: '' }))
      this.#send({ type: 'react', id: randomId(), of: message.id, emoji, on }, key);
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
    for (const outgoing of [...this.#outgoing.values()]) this.#sendAgain(memberId, outgoing);
  }

  /** What they read is known now: changes of what was said can go out, too. @param {string} memberId */
  onFeatures(memberId) {
    for (const outgoing of [...this.#outgoing.values()])
      if (outgoing.said.type !== 'chat') this.#sendAgain(memberId, outgoing);
  }

  /** @param {string} memberId */
  onLeft(memberId) {
    this.#heard.delete(memberId);
    this.#hearsFrom.delete(memberId);
    clearTimeout(this.#typingTimers.get(memberId));
    for (const outgoing of [...this.#outgoing.values()]) this.#forget(memberId, outgoing);
  }

  /**
   * @param {string} memberId
   * @param {Outgoing} outgoing
   */
  #sendAgain(memberId, outgoing) {
    const isKnown = outgoing.said.type === 'chat' || this.#store.member(memberId)?.features;
    if (!isKnown) return;
    if (!this.#reads(memberId, outgoing.said)) {
      this.#forget(memberId, outgoing);
      return;
    }
    if (outgoing.isForAnybody) {
      outgoing.isForAnybody = false;
      outgoing.unconfirmed.add(memberId);
    }
    if (outgoing.unconfirmed.has(memberId)) this.#sendTo(memberId, outgoing);
    this.#update(outgoing);
  }

  /**
   * @param {string} memberId
   * @param {Outgoing} outgoing
   */
  #forget(memberId, outgoing) {
    const wasNeverSent = outgoing.unsent.delete(memberId);
    outgoing.unconfirmed.delete(memberId);
    const isNobodyLeft = outgoing.unconfirmed.size === 0 && outgoing.nConfirmed === 0;
    if (outgoing.said.type === 'chat' && wasNeverSent && isNobodyLeft) outgoing.isForAnybody = true;
    this.#update(outgoing);
  }

  /**
   * @param {string} memberId
   * @param {import('./wire.js').Chat} message
   */
  onChat(memberId, { id, text: raw, reply }) {
    this.#confirm(memberId, id);
    const text = safeText(raw);
    if (text === '' || !this.#isNew(memberId, id)) return;

    const senderName = this.#store.member(memberId)?.displayName ?? '';
    const replyKey = reply ? (this.#store.messageOfId(reply)?.key ?? '') : '';
    this.#show(keyOf(memberId, id), { id, own: false, senderId: memberId, senderName, text, time: Date.now(), replyKey });
    this.onTyping(memberId, false);
  }

  /** Nobody changes the words of somebody else: they are looked for among their own. @param {string} memberId @param {import('./wire.js').Edit} message */
  onEdit(memberId, { id, of, text: raw }) {
    this.#confirm(memberId, id);
    const text = safeText(raw);
    const key = keyOf(memberId, of);
    const before = this.#store.message(key);
    if (!this.#isNew(memberId, id) || !before || before.deleted || text === '' || text === before.text) return;
    this.#store.apply({ type: 'message-changed', key, values: { text, edited: true } });
  }

  /** @param {string} memberId @param {import('./wire.js').Delete} message */
  onDelete(memberId, { id, of }) {
    this.#confirm(memberId, id);
    if (this.#isNew(memberId, id)) this.#showDeleted(keyOf(memberId, of));
  }

  /** @param {string} memberId @param {import('./wire.js').React} message */
  onReact(memberId, { id, of, emoji, on }) {
    this.#confirm(memberId, id);
    const message = this.#store.messageOfId(of);
    const name = this.#store.member(memberId)?.displayName ?? '';
    if (this.#isNew(memberId, id) && message) this.#showReaction(message.key, { emoji, on, id: memberId, name });
  }

  /** @param {string} memberId @param {string} id */
  #confirm(memberId, id) {
    this.#sendText(memberId, encode({ type: 'chat-received', ids: [id] }));
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
   * @param {Outgoing['said']} said
   * @param {string} key
   */
  #send(said, key) {
    const members = reachableMembers(this.#store.state);
    const memberIds = members.filter((id) => this.#isFor(id, said));
    const isChange = said.type === 'edit' || said.type === 'delete';
    /** @type {Outgoing} */
    const outgoing = {
      said,
      key,
      unsent: new Set(memberIds),
      handed: new Set(),
      unconfirmed: new Set(memberIds),
      nConfirmed: 0,
      isForAnybody: !isChange && members.length === 0,
    };
    this.#overtake(outgoing);
    this.#outgoing.set(said.id, outgoing);
    for (const memberId of memberIds) this.#sendTo(memberId, outgoing);
    this.#update(outgoing);
  }

  /** What an older change still waited for, the newer one waits for. @param {Outgoing} later */
  #overtake(later) {
    for (const [id, earlier] of this.#outgoing) {
      if (!isOvertaken(earlier, later)) continue;
      for (const memberId of earlier.said.type === later.said.type ? earlier.unconfirmed : []) {
        if (!later.unconfirmed.has(memberId)) later.unsent.add(memberId);
        later.unconfirmed.add(memberId);
      }
      this.#outgoing.delete(id);
    }
  }

  /** @param {string} memberId @param {Outgoing['said']} said */
  #reads(memberId, said) {
    return said.type === 'chat' || (this.#store.member(memberId)?.features?.includes(featureOf(said)) ?? false);
  }

  /** Who came later does not have it, and who waits for it gets it as it reads then. @param {string} memberId @param {Outgoing['said']} said */
  #isFor(memberId, said) {
    if (said.type === 'chat') return true;
    if (this.#store.member(memberId)?.features && !this.#reads(memberId, said)) return false;
    if (said.type === 'react') return true;
    const chat = this.#outgoing.get(said.of);
    const first = this.#hearsFrom.get(memberId) ?? Infinity;
    const isWaiting = chat?.unsent.has(memberId) && !chat.handed.has(memberId);
    return first <= (this.#numbers.get(said.of) ?? 0) && !isWaiting;
  }

  /**
   * @param {string} memberId
   * @param {Outgoing} outgoing
   */
  #sendTo(memberId, outgoing) {
    const { said } = outgoing;
    if (said.type === 'chat' && !this.#hearsFrom.has(memberId))
      this.#hearsFrom.set(memberId, this.#numbers.get(said.id) ?? 0);
    if (this.#reads(memberId, said) && this.#sendText(memberId, encode(said))) {
      outgoing.unsent.delete(memberId);
      outgoing.handed.add(memberId);
    } else {
      outgoing.unsent.add(memberId);
    }
  }

  /** @param {Outgoing} outgoing */
  #update(outgoing) {
    const { said, key, unconfirmed, isForAnybody } = outgoing;
    const delivery = deliveryOf(outgoing);
    if (said.type === 'chat') this.#store.apply({ type: 'message-changed', key, values: { delivery } });
    if (!isForAnybody && unconfirmed.size === 0) this.#outgoing.delete(said.id);
  }

  /** @param {string} key */
  #showDeleted(key) {
    const values = { text: '', deleted: true, edited: false, reactions: [], replyKey: '' };
    if (this.#store.message(key)?.deleted === false) this.#store.apply({ type: 'message-changed', key, values });
  }

  /** @param {string} key @param {{ emoji: string, on: boolean, id: string, name: string }} change */
  #showReaction(key, change) {
    const message = this.#store.message(key);
    const reactions = message && !message.deleted && message.kind === 'text' ? react(message.reactions, change) : null;
    if (reactions) this.#store.apply({ type: 'message-changed', key, values: { reactions } });
    return reactions !== null;
  }

  /**
   * @param {string} key
   * @param {Omit<import('./room-store.js').Message, 'key' | 'kind' | 'edited' | 'deleted' | 'reactions' | 'delivery'>
   *   & { delivery?: Delivery }} message
   */
  #show(key, message) {
    this.#store.apply({ type: 'message', message: { key, kind: 'text', ...message } });
  }
}
