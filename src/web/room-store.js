// room-store: everything that the page shows, in one place. Views read it and render; only apply() writes.
//
// No I/O here: room.js, chat.js and transfers.js do things and tell the store what became of them.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { distinctName } from './names.js';
import { _ } from './words.js';

/** @typedef {import('./peer-link.js').LinkState} LinkState */
/** @typedef {import('./peer-link.js').Steps} Steps */
/** @typedef {import('./route.js').Route} Route */
/** @typedef {import('./safety.js').SafetyState} SafetyState */

/**
 * Where the page stands: outside a room, asking whether to join, asking for the secret (the reason says why), on its
 * way in, inside, or outside again with a reason.
 *
 * @typedef {'empty' | 'asking' | 'secret' | 'joining' | 'inside' | 'over'} Phase
 * @typedef {'connecting' | 'open' | 'reconnecting'} ServerState
 *
 * @typedef {object} Member one other person
 * @property {string} id
 * @property {number} seq
 * @property {string} name as they gave it, made safe; "" until their hello
 * @property {string} displayName
 * @property {string} device
 * @property {string[] | null} features what they said that they read; null before their hello
 * @property {LinkState} link
 * @property {boolean} legacy a page of version 1
 * @property {boolean} away
 * @property {boolean} typing
 * @property {number} lostAt ms, while the link is reconnecting
 * @property {Steps} steps
 * @property {Route | null} route
 * @property {number} rttMs -1 unknown
 * @property {SafetyState} safety what is known of the safety phrase with them
 * @property {string} phrase '': not known (yet)
 * @property {boolean} canCompare whether a phrase may be asked for
 *
 * @typedef {'none' | 'queued' | 'sent' | 'delivered'} Delivery
 *
 * @typedef {object} Reaction one emoji below a message, and whose it is
 * @property {string} emoji
 * @property {{ id: string, name: string }[]} people "" is us; in the order in which they came
 *
 * @typedef {object} Message one line of the chat
 * @property {string} key
 * @property {string} id of its sender's choice, "" if it has none
 * @property {'text' | 'system' | 'file'} kind
 * @property {boolean} own
 * @property {string} senderId
 * @property {string} senderName
 * @property {string} text of a file: the offer's id
 * @property {number} time our clock, ms
 * @property {Delivery} delivery
 * @property {string} replyKey of the message that it answers, "" if none
 * @property {boolean} edited
 * @property {boolean} deleted its text is "" then
 * @property {Reaction[]} reactions
 *
 * @typedef {'offered' | 'accepted' | 'running' | 'paused' | 'done' | 'declined' | 'cancelled' | 'failed'}
 *   TransferState
 *
 * @typedef {object} Transfer one file or folder on its way between us and one member
 * @property {string} key
 * @property {string} id of the offer; an offer to three members is three transfers
 * @property {'in' | 'out'} direction
 * @property {string} memberId "" while nobody is there
 * @property {string} memberName
 * @property {string} name
 * @property {string} mimeType
 * @property {number} size
 * @property {'file' | 'folder'} kind
 * @property {number} count entries of a folder
 * @property {boolean} canAccept of an incoming offer
 * @property {boolean} isFileGone the page was loaded again: what we offered has to be chosen once more
 * @property {TransferState} state
 * @property {boolean} wasDone it had come before the page was loaded again, and is only put together once more
 * @property {number} bytes
 * @property {number} speed bytes a second
 * @property {number} secondsLeft -1 unknown
 * @property {boolean} pausedByUs
 * @property {string} reason a sentence
 * @property {Blob | null} blob the whole, checked; null of what is saved already
 * @property {string} fingerprint hex
 * @property {number} time
 *
 * @typedef {object} State
 * @property {Phase} phase
 * @property {string} code
 * @property {string} linkOrigin of links to the room: "http[s]://HOST[:PORT]"
 * @property {boolean} isReachable whether other devices find the server by them
 * @property {string} secret of a private room; '' for an open one
 * @property {boolean} isGuessed so many wrong secrets were tried that nobody new is answered
 * @property {number | null} triesLeft of a wrong secret: how many more are answered; null: that was not said
 * @property {string | null} knock the name of somebody who asks to be let in
 * @property {string} ownName
 * @property {string} selfId
 * @property {string} hostId
 * @property {number} capacity
 * @property {boolean} locked
 * @property {number} expires unix seconds
 * @property {boolean} isPending somebody inside is asked whether we may come in
 * @property {boolean} isHeld and has to allow it first, as too many wrong secrets were tried
 * @property {ServerState} server
 * @property {string} refusal why the page is outside again: a code of the protocol, or "left"; "unreadable-secret" of a link
 * @property {Map<string, Member>} members in order of entry
 * @property {Message[]} messages
 * @property {Map<string, Transfer>} transfers
 * @property {number} unread
 * @property {boolean} isChatSeen
 */

/** @type {Steps} */
const FIRST_STEPS = { answered: 'running', route: 'waiting', keys: 'waiting' };
/** In memory only, so an endless talker costs a bounded amount: above either limit the oldest go. */
export const MAX_MESSAGES = 10_000;
const MAX_TEXT_CHARS = 64 * 1024 * 1024;
/** Of one message, whatever strangers ask for (PROTOCOL.md, section 4). */
const MAX_REACTIONS_OF_MEMBER = 8;
const MAX_EMOJI = 20;
const MAX_PEOPLE = 64;

/**
 * What a message begins with, but for what it is.
 *
 * @type {Pick<Message, 'id' | 'replyKey' | 'edited' | 'deleted' | 'reactions' | 'delivery'>}
 */
const PLAIN = Object.freeze({ id: '', replyKey: '', edited: false, deleted: false, reactions: [], delivery: 'none' });

/**
 * @param {Reaction[]} reactions
 * @param {{ emoji: string, on: boolean, id: string, name: string }} change
 * @returns {Reaction[] | null} null if nothing changes: what is there already, or is one too many
 */
export function react(reactions, { emoji, on, id, name }) {
  const isOf = (/** @type {Reaction} */ reaction) => reaction.people.some((person) => person.id === id);
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  if (!on) {
    if (!known || !isOf(known)) return null;
    const people = known.people.filter((person) => person.id !== id);
    return reactions.map((r) => (r === known ? { emoji, people } : r)).filter((r) => r.people.length > 0);
  }
  if (known ? isOf(known) || known.people.length >= MAX_PEOPLE : reactions.length >= MAX_EMOJI) return null;
  if (reactions.filter(isOf).length >= MAX_REACTIONS_OF_MEMBER) return null;
  if (!known) return [...reactions, { emoji, people: [{ id, name }] }];
  return reactions.map((r) => (r === known ? { emoji, people: [...r.people, { id, name }] } : r));
}

/** @returns {State} */
function initialState() {
  return {
    phase: 'empty',
    code: '',
    linkOrigin: '',
    isReachable: true,
    secret: '',
    isGuessed: false,
    triesLeft: null,
    knock: null,
    ownName: '',
    selfId: '',
    hostId: '',
    capacity: 0,
    locked: false,
    expires: 0,
    isPending: false,
    isHeld: false,
    server: 'connecting',
    refusal: '',
    members: new Map(),
    messages: [],
    transfers: new Map(),
    unread: 0,
    isChatSeen: true,
  };
}

/**
 * @typedef {{ type: 'changed', values: Partial<Pick<State, 'linkOrigin' | 'isReachable' | 'secret' | 'isGuessed' | 'triesLeft' | 'knock' | 'ownName' | 'selfId' | 'hostId' | 'capacity'
 *     | 'locked' | 'expires' | 'isPending' | 'isHeld' | 'server' | 'isChatSeen'>> }
 *   | { type: 'phase', phase: Phase, code?: string, refusal?: string }
 *   | { type: 'member-joined', id: string, seq: number, legacy: boolean, away: boolean }
 *   | { type: 'member-changed', id: string, values: Partial<Member> }
 *   | { type: 'member-left', id: string }
 *   | { type: 'message', message: Omit<Message, keyof typeof PLAIN> & Partial<Message> }
 *   | { type: 'message-changed', key: string, values: Partial<Message> }
 *   | { type: 'system', text: string, time: number }
 *   | { type: 'beginning', text: string, time: number }
 *   | { type: 'transfer', transfer: Transfer }
 *   | { type: 'transfer-changed', key: string, values: Partial<Transfer> }
 *   | { type: 'transfer-forgotten', key: string }} Action
 */

/** Events: `change`, once for all that happened in one turn. */
export class RoomStore extends EventTarget {
  #state = initialState();
  #isChangeDue = false;
  #nSystem = 0;
  #nChars = 0;

  /** Borrowed: read, never write. */
  get state() {
    return this.#state;
  }

  /** @param {string} id */
  member(id) {
    return this.#state.members.get(id);
  }

  /** @param {string} key */
  message(key) {
    return this.#state.messages.find((message) => message.key === key);
  }

  /** Anybody's, the first one if several chose the same id. @param {string} id */
  messageOfId(id) {
    return this.#state.messages.find((message) => message.id === id);
  }

  /** @param {string} key */
  transfer(key) {
    return this.#state.transfers.get(key);
  }

  /** @param {Action} action */
  apply(action) {
    switch (action.type) {
      case 'changed':
        this.#change(action.values);
        break;
      case 'phase':
        this.#enterPhase(action);
        break;
      case 'member-joined':
        this.#addMember(action);
        break;
      case 'member-changed':
        this.#changeMember(action.id, action.values);
        break;
      case 'member-left':
        this.#removeMember(action.id);
        break;
      case 'message':
        this.#addMessage({ ...PLAIN, ...action.message });
        break;
      case 'system':
        this.#addMessage(this.#systemMessage(action.text, action.time));
        break;
      case 'beginning':
        this.#putFirst(this.#systemMessage(action.text, action.time));
        break;
      case 'message-changed':
        this.#changeMessage(action.key, action.values);
        break;
      case 'transfer':
        this.#changeTransfer(action.transfer.key, action.transfer);
        break;
      case 'transfer-changed':
        if (this.#state.transfers.has(action.key)) this.#changeTransfer(action.key, action.values);
        break;
      case 'transfer-forgotten':
        this.#forgetTransfer(action.key);
        break;
    }
    this.#announce();
  }

  #announce() {
    if (this.#isChangeDue) return;
    this.#isChangeDue = true;
    queueMicrotask(() => {
      this.#isChangeDue = false;
      this.dispatchEvent(new Event('change'));
    });
  }

  /** @param {Partial<State>} values */
  #change(values) {
    this.#state = { ...this.#state, ...values };
    if (values.isChatSeen) this.#state.unread = 0;
  }

  /** @param {{ phase: Phase, code?: string, refusal?: string }} action */
  #enterPhase({ phase, code = this.#state.code, refusal = '' }) {
    const { ownName, isChatSeen, linkOrigin, isReachable } = this.#state;
    // A new room begins empty; what was said and received stays readable until then.
    if (phase === 'joining') {
      this.#state = { ...initialState(), ownName, isChatSeen, linkOrigin, isReachable };
      this.#nChars = 0;
    }
    this.#change({ phase, code, refusal });
    if (phase === 'over') this.#change({ members: new Map() });
  }

  /** @param {{ id: string, seq: number, legacy: boolean, away: boolean }} peer */
  #addMember({ id, seq, legacy, away }) {
    const others = [...this.#state.members.values()].filter((member) => member.id !== id);
    others.push({
      id,
      seq,
      name: '',
      displayName: '',
      device: '',
      features: null,
      link: legacy ? 'failed' : 'connecting',
      legacy,
      away,
      typing: false,
      lostAt: 0,
      steps: FIRST_STEPS,
      route: null,
      rttMs: -1,
      safety: 'unchecked',
      phrase: '',
      canCompare: false,
    });
    others.sort((a, b) => a.seq - b.seq);
    this.#setMembers(others);
  }

  /**
   * @param {string} id
   * @param {Partial<Member>} values
   */
  #changeMember(id, values) {
    const member = this.#state.members.get(id);
    if (!member) return;
    const members = [...this.#state.members.values()].map((m) => (m === member ? { ...m, ...values } : m));
    this.#setMembers(members);
    if (values.name !== undefined) this.#renameInTransfers(id);
  }

  /** @param {string} id */
  #removeMember(id) {
    this.#setMembers([...this.#state.members.values()].filter((member) => member.id !== id));
  }

  /**
   * Two people of one name are told apart, and nobody's shown name changes because of somebody else.
   *
   * @param {Member[]} members
   */
  #setMembers(members) {
    const isKept = (/** @type {Member} */ member) =>
      member.displayName !== '' && member.name === this.#state.members.get(member.id)?.name;
    const taken = members.filter(isKept).map((member) => member.displayName);
    const named = members.map((member) => {
      if (isKept(member)) return member;
      const displayName = distinctName(member.name || _('Guest'), taken);
      taken.push(displayName);
      return { ...member, displayName };
    });
    this.#change({ members: new Map(named.map((member) => [member.id, member])) });
  }

  /** @param {string} id */
  #renameInTransfers(id) {
    const memberName = this.#state.members.get(id)?.displayName ?? '';
    for (const transfer of this.#state.transfers.values())
      if (transfer.memberId === id) this.#changeTransfer(transfer.key, { memberName });
  }

  /**
   * @param {string} text
   * @param {number} time
   * @returns {Message}
   */
  #systemMessage(text, time) {
    const key = `system-${this.#nSystem++}`;
    return { ...PLAIN, key, kind: 'system', own: false, senderId: '', senderName: '', text, time };
  }

  /** @param {Message} message */
  #addMessage(message) {
    const messages = [...this.#state.messages, message];
    this.#nChars += message.text.length;
    const isNews = !message.own && message.kind !== 'system' && !this.#state.isChatSeen;
    this.#change({ messages: this.#trim(messages), unread: this.#state.unread + (isNews ? 1 : 0) });
  }

  /** Above what a reload left here, and not of a later day than that. @param {Message} message */
  #putFirst(message) {
    const { messages } = this.#state;
    const time = Math.min(message.time, messages[0]?.time ?? message.time);
    this.#nChars += message.text.length;
    this.#change({ messages: this.#trim([{ ...message, time }, ...messages]) });
  }

  /** The newest stays, however long it is. @param {Message[]} messages */
  #trim(messages) {
    let nGone = 0;
    while (messages.length - nGone > 1 && (messages.length - nGone > MAX_MESSAGES || this.#nChars > MAX_TEXT_CHARS))
      this.#nChars -= messages[nGone++]?.text.length ?? 0;
    return nGone > 0 ? messages.slice(nGone) : messages;
  }

  /**
   * @param {string} key
   * @param {Partial<Message>} values
   */
  #changeMessage(key, values) {
    const before = this.message(key);
    const isSame = (/** @type {[string, unknown]} */ [name, value]) => Object.is(Object(before)[name], value);
    if (!before || Object.entries(values).every(isSame)) return;
    if (values.text !== undefined) this.#nChars += values.text.length - before.text.length;
    const messages = this.#state.messages.map((m) => (m === before ? { ...m, ...values } : m));
    this.#change({ messages: this.#trim(messages) });
  }

  /**
   * @param {string} key
   * @param {Partial<Transfer>} values
   */
  #changeTransfer(key, values) {
    const transfer = /** @type {Transfer} */ ({ ...this.#state.transfers.get(key), ...values });
    this.#change({ transfers: new Map(this.#state.transfers).set(key, transfer) });
  }

  /** @param {string} key */
  #forgetTransfer(key) {
    const transfers = new Map(this.#state.transfers);
    transfers.delete(key);
    this.#change({ transfers });
  }
}

/**
 * What the room looks like from here, in the words of the design.
 *
 * @param {State} state
 * @returns {'waiting' | 'connecting' | 'connected' | 'reconnecting' | 'away' | 'no-server' | 'failed'}
 */
export function roomState(state) {
  const members = [...state.members.values()].filter((member) => !member.legacy);
  const has = (/** @type {LinkState} */ link) => members.some((member) => member.link === link && !member.away);
  if (state.server === 'reconnecting') return 'no-server';
  if (members.length === 0) return 'waiting';
  if (members.some((member) => member.link === 'connected')) return 'connected';
  if (has('reconnecting')) return 'reconnecting';
  if (has('connecting')) return 'connecting';
  return has('failed') ? 'failed' : 'away';
}

/**
 * Those whom what we say now is for: connected, or to be again. Somebody whom we never reached has heard
 * nothing yet, and hears what comes later.
 *
 * @param {State} state
 */
export function reachableMembers({ members }) {
  return [...members.values()].filter(({ link }) => link === 'connected' || link === 'reconnecting').map(({ id }) => id);
}

/** @param {Transfer} transfer */
export function isActive(transfer) {
  return ['accepted', 'running', 'paused'].includes(transfer.state);
}

/** Bytes are still to come or to go, as far as a person can see. @param {Transfer} transfer */
export function isUnderWay(transfer) {
  return isActive(transfer) && !transfer.wasDone;
}

/** @param {Transfer} transfer */
export function isFinished(transfer) {
  return ['done', 'declined', 'cancelled', 'failed'].includes(transfer.state);
}
