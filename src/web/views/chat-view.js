// chat-view: the Chat pane. Messages grouped by sender, files as cards, a composer that grows.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { roomState } from '../room-store.js';
import { fitsInOneMessage } from '../wire.js';
import { _, formatDay, formatNames, formatTime, n_ } from '../words.js';
import { Checklist } from './checklist.js';
import { button, byId, el, icon, KeyedList, setIcon, setText } from './dom.js';
import { showRichText } from './rich-text.js';
import { gather, TransferRow } from './transfer-row.js';

/** @typedef {import('../room.js').Room} Room */
/** @typedef {import('../room-store.js').Delivery} Delivery */
/** @typedef {import('../room-store.js').Message} Message */
/** @typedef {import('../room-store.js').State} State */
/** @typedef {import('../room-store.js').Transfer} Transfer */

/** Messages of one person within this time stand together. */
const GROUP_WITHIN_MS = 5 * 60_000;
const NEAR_END_PX = 60;
const HINT_AFTER_MS = 10_000;

/** @type {Record<Exclude<Delivery, 'none'>, { icon: string, words: () => string }>} */
const TICKS = {
  queued: { icon: 'clock', words: () => _('waiting') },
  sent: { icon: 'ok', words: () => _('sent') },
  delivered: { icon: 'both', words: () => _('delivered') },
};

/**
 * A message and how it stands among the others.
 *
 * @typedef {object} Line
 * @property {string} key
 * @property {Message} message
 * @property {boolean} isFirst of its group
 * @property {boolean} isLast
 * @property {string} day said above it, if it is another than before
 * @property {Transfer[]} transfers of a file's card
 */

/** @param {Message | undefined} a @param {Message | undefined} b */
function standTogether(a, b) {
  if (!a || !b || a.kind === 'system' || b.kind === 'system') return false;
  return a.own === b.own && a.senderId === b.senderId && b.time - a.time < GROUP_WITHIN_MS;
}

/** @param {number} time */
const dayOf = (time) => new Date(time).toDateString();

class MessageRow {
  element = el('li', 'message');
  #day = el('p', 'day');
  #sender = el('p', 'sender');
  #bubble = el('div', 'bubble');
  #card = el('ul', 'boxed card');
  #rows;
  #meta = el('p', 'meta');
  #time = el('span');
  #tick = icon('clock');
  #tickWords = el('span', 'hidden-words');
  #shownText = '';

  /** @param {Room} room */
  constructor(room) {
    this.#meta.append(this.#time, this.#tick, this.#tickWords);
    this.#rows = new KeyedList(this.#card, (/** @type {Transfer} */ t) => t.key, () => new TransferRow(() => room.transfers, { isCard: true }));
    this.element.append(this.#day, this.#sender, this.#bubble, this.#card, this.#meta);
  }

  /** @param {Line} line */
  update({ message, isFirst, isLast, day, transfers }) {
    const { own, kind, senderName, text, time, delivery } = message;
    const isFile = kind === 'file';
    this.element.className = kind === 'system' ? 'system' : 'message';
    this.element.classList.toggle('own', own);
    this.element.classList.toggle('first', isFirst);
    this.#show(this.#day, day);
    this.#show(this.#sender, isFirst && !own && kind !== 'system' ? senderName : '');
    this.#bubble.hidden = isFile;
    this.#bubble.className = kind === 'system' ? '' : 'bubble';
    if (!isFile && text !== this.#shownText) this.#showText(kind, text);
    this.#card.hidden = transfers.length === 0;
    this.#rows.render(transfers);
    this.#meta.hidden = kind === 'system' || !isLast || (isFile && transfers.length === 0);
    this.#showMeta(time, delivery);
    if (kind === 'text') this.element.setAttribute('aria-label', this.#label(message));
  }

  /** @param {HTMLElement} element @param {string} text */
  #show(element, text) {
    element.hidden = text === '';
    setText(element, text);
  }

  /** @param {Message['kind']} kind @param {string} text */
  #showText(kind, text) {
    this.#shownText = text;
    if (kind === 'system') this.#bubble.textContent = text;
    else showRichText(this.#bubble, text);
  }

  /** @param {number} time @param {Delivery} delivery */
  #showMeta(time, delivery) {
    setText(this.#time, formatTime(time));
    this.#meta.classList.toggle('delivered', delivery === 'delivered');
    this.#tick.toggleAttribute('hidden', delivery === 'none');
    setText(this.#tickWords, delivery === 'none' ? '' : TICKS[delivery].words());
    if (delivery !== 'none') setIcon(this.#tick, TICKS[delivery].icon);
  }

  /** @param {Message} message */
  #label({ own, senderName, time, text, delivery }) {
    const words = [own ? _('You') : senderName, formatTime(time), text];
    if (delivery !== 'none') words.push(TICKS[delivery].words());
    return words.join(', ');
  }
}

export class ChatView {
  #room;
  #scroll = byId('chat-scroll');
  #notice = byId('chat-notice');
  #typing = byId('typing');
  #goEnd = byId('go-end');
  #text = /** @type {HTMLTextAreaElement} */ (byId('text'));
  #send = /** @type {HTMLButtonElement} */ (byId('send'));
  #attach = /** @type {HTMLButtonElement} */ (byId('attach'));
  #list;
  #lines = /** @type {Map<string, Line>} */ (new Map());
  #checklist = new Checklist();
  #connectingSince = 0;
  #shownNotice = '';
  #isFollowing = true;
  #offerAsFile;
  #copyLink;

  /**
   * @param {object} options
   * @param {Room} options.room
   * @param {() => void} options.pickFiles
   * @param {(files: Iterable<File>) => void} options.offerFiles
   * @param {(from: HTMLElement) => void} options.copyLink
   */
  constructor({ room, pickFiles, offerFiles, copyLink }) {
    this.#room = room;
    this.#offerAsFile = offerFiles;
    this.#copyLink = copyLink;
    this.#list = new KeyedList(byId('messages'), (/** @type {Line} */ line) => line.key, () => new MessageRow(room));
    this.#nameThings();
    byId('composer').addEventListener('submit', (event) => this.#onSubmit(event));
    this.#attach.addEventListener('click', pickFiles);
    this.#text.addEventListener('input', () => this.#onInput());
    this.#text.addEventListener('keydown', (event) => this.#onKey(event));
    this.#goEnd.addEventListener('click', () => this.#toEnd());
    this.#scroll.addEventListener('scroll', () => this.#onScroll());
    // A keyboard or a strip that comes up must not hide the newest message.
    new ResizeObserver(() => this.#isFollowing && this.#toEnd()).observe(this.#scroll);
  }

  #nameThings() {
    setText(byId('chat-title'), _('Chat'));
    this.#text.placeholder = _('Message');
    this.#text.setAttribute('aria-label', _('Message'));
    this.#attach.append(icon('attach'));
    this.#attach.title = _('Send photos or files');
    this.#attach.setAttribute('aria-label', this.#attach.title);
    this.#send.append(icon('send'));
    this.#send.title = _('Send');
    this.#send.setAttribute('aria-label', this.#send.title);
    this.#goEnd.append(icon('down'), el('span', '', _('Newest')));
  }

  // ---- the composer

  /** @param {Event} event */
  #onSubmit(event) {
    event.preventDefault();
    const text = this.#text.value;
    if (text.trim() === '') return;
    if (fitsInOneMessage(text)) this.#room.say(text);
    else this.#offerAsFile([new File([text], _('Message.txt'), { type: 'text/plain' })]);
    this.#text.value = '';
    this.#grow();
    this.#toEnd();
  }

  #onInput() {
    this.#grow();
    this.#room.setTyping(this.#text.value !== '');
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    /** @type {HTMLFormElement} */ (byId('composer')).requestSubmit();
  }

  #grow() {
    this.#text.style.height = 'auto';
    this.#text.style.height = `${this.#text.scrollHeight + 2}px`;
    this.#send.disabled = this.#text.value.trim() === '';
  }

  // ---- messages

  /** @param {State} state */
  render(state) {
    this.#list.render(this.#linesOf(state));
    this.#showTyping(state);
    this.#showNotice(state);
    if (this.#text.value === '') this.#send.disabled = true;
    if (this.#isFollowing) this.#toEnd();
    this.#showGoEnd();
  }

  /** @param {State} state @returns {Line[]} */
  #linesOf(state) {
    const { messages } = state;
    const lines = messages.map((message, i) => {
      const before = messages[i - 1];
      const isNewDay = before !== undefined && dayOf(before.time) !== dayOf(message.time);
      return this.#sameOrNew({
        key: message.key,
        message,
        isFirst: isNewDay || !standTogether(before, message),
        isLast: !standTogether(message, messages[i + 1]),
        day: isNewDay ? formatDay(message.time) : '',
        transfers: message.kind === 'file' ? this.#transfersOf(message, state) : [],
      });
    });
    this.#lines = new Map(lines.map((line) => [line.key, line]));
    return lines;
  }

  /** Rows of lines that did not change are not touched. @param {Line} line */
  #sameOrNew(line) {
    const known = this.#lines.get(line.key);
    const isSame =
      known?.message === line.message &&
      known.isFirst === line.isFirst &&
      known.isLast === line.isLast &&
      known.transfers.length === line.transfers.length &&
      known.transfers.every((transfer, i) => transfer === line.transfers[i]);
    return isSame ? known : line;
  }

  /** @param {Message} message @param {State} state */
  #transfersOf(message, state) {
    if (!message.own) {
      const transfer = state.transfers.get(message.text);
      return transfer ? [transfer] : [];
    }
    const own = [...state.transfers.values()].filter((t) => t.direction === 'out' && t.id === message.text);
    return gather(own, ['offered', 'done', 'declined', 'cancelled']);
  }

  /** @param {State} state */
  #showTyping({ members }) {
    const names = [...members.values()].filter((m) => m.typing).map((m) => m.displayName);
    const words = n_('{names} is typing…', '{names} are typing…', names.length, { names: formatNames(names) });
    setText(this.#typing, names.length > 0 ? words : '');
  }

  // ---- what is said while there is nobody to talk to

  /** @param {State} state */
  #showNotice(state) {
    const room = roomState(state);
    const hasMessages = state.messages.some((message) => message.kind !== 'system');
    const isConnecting = room === 'connecting' || (room === 'failed' && !hasMessages);
    if (room !== 'connecting') this.#connectingSince = 0;
    else if (this.#connectingSince === 0) this.#connectingSince = Date.now();

    if (isConnecting) this.#showChecklist(state, room);
    else if (room === 'waiting' && !hasMessages) this.#showWaiting(state);
    else if (!hasMessages && room === 'connected') this.#showHello();
    else this.#setNotice('', () => []);
  }

  /** @param {string} name @param {() => (Node | null)[]} make */
  #setNotice(name, make) {
    if (name === this.#shownNotice) return;
    this.#shownNotice = name;
    this.#notice.replaceChildren(...make().filter((node) => node !== null));
  }

  /** @param {State} state @param {string} room */
  #showChecklist({ members }, room) {
    const waited = this.#connectingSince > 0 && Date.now() - this.#connectingSince > HINT_AFTER_MS;
    const first = [...members.values()].find((member) => member.link !== 'connected');
    this.#checklist.update('done', first?.steps);
    const title = members.size === 1 ? _('Connecting…') : n_('Connecting to {n} person…', 'Connecting to {n} people…', members.size);
    const hint = _('This takes longer than usual. A VPN, a firewall or a guest network can be in the way; try the same Wi-Fi.');
    this.#setNotice(`connecting ${room} ${waited} ${members.size}`, () => [
      el('div', 'notice card-like', [
        el('h3', '', room === 'failed' ? _('Could not connect') : title),
        this.#checklist.element,
        waited || room === 'failed' ? el('p', '', hint) : null,
        button(_('Cancel'), () => this.#room.leave()),
      ]),
    ]);
  }

  /** @param {State} state */
  #showWaiting({ code }) {
    const copy = button(_('Copy Link'), () => this.#copyLink(copy), 'suggested');
    this.#setNotice(`waiting ${code}`, () => [
      el('div', 'notice', [
        el('h3', '', _('Waiting for people')),
        el('p', '', _('Open the link on another device. What you write meanwhile is kept for whoever comes first.')),
        el('p', 'big-code', code),
        copy,
      ]),
    ]);
  }

  #showHello() {
    this.#setNotice('hello', () => [
      el('div', 'notice', [
        el('h3', '', _('You are in')),
        el('p', '', _('Say hello, or drop a file. This chat is not saved: it is gone when the room closes.')),
      ]),
    ]);
  }

  // ---- scrolling

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroll;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  #toEnd() {
    this.#isFollowing = true;
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  #onScroll() {
    this.#isFollowing = this.#isAtEnd();
    this.#showGoEnd();
  }

  #showGoEnd() {
    this.#goEnd.hidden = this.#isFollowing || this.#isAtEnd();
  }
}
