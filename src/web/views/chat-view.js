// chat-view: the Chat pane. Messages grouped by sender, files as cards, a composer that grows.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { roomState } from '../room-store.js';
import { fitsInOneMessage } from '../wire.js';
import { _, formatDay, formatNames, n_ } from '../words.js';
import { Checklist } from './checklist.js';
import { button, byId, el, icon, keepFocus, KeyedList, setText } from './dom.js';
import { excerptOf, MessageRow } from './message-row.js';
import { QrCode } from './qr-code.js';
import { onlyHere, roomLink } from './room-view.js';
import { SearchBar } from './search-bar.js';
import { gather } from './transfer-row.js';

/** @typedef {import('../room.js').Room} Room */
/** @typedef {import('../room-store.js').Message} Message */
/** @typedef {import('../room-store.js').State} State */
/** @typedef {import('./message-row.js').Line} Line */

/** Messages of one person within this time stand together. */
const GROUP_WITHIN_MS = 5 * 60_000;
const NEAR_END_PX = 60;
const HINT_AFTER_MS = 10_000;
/** So many of the newest are in the page; the next ones come when one scrolls to the oldest. */
const SHOWN_STEP = 300;

/** @param {Message | undefined} a @param {Message | undefined} b */
function standTogether(a, b) {
  if (!a || !b || a.kind === 'system' || b.kind === 'system') return false;
  return a.own === b.own && a.senderId === b.senderId && b.time - a.time < GROUP_WITHIN_MS;
}

/** @param {number} time */
const dayOf = (time) => new Date(time).toDateString();

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
  /** Where the Room pane is not beside the chat. */
  #qr = new QrCode();
  #connectingSince = 0;
  #shownNotice = '';
  #isFollowing = true;
  #newestKey = '';
  #offerAsFile;
  #pickFiles;
  #copyLink;
  #copyText;
  #nShown = SHOWN_STEP;
  #search;
  #state = /** @type {State | null} */ (null);
  /** What is answered, or changed; only one of the two. */
  #original = /** @type {Message | null} */ (null);
  #edited = /** @type {Message | null} */ (null);
  /** What was being written before a change. */
  #putAside = '';

  /**
   * @param {object} options
   * @param {Room} options.room
   * @param {() => void} options.pickFiles
   * @param {(files: Iterable<File>) => void} options.offerFiles
   * @param {(from: HTMLElement) => void} options.copyLink
   * @param {(text: string) => void} options.copyText
   */
  constructor({ room, pickFiles, offerFiles, copyLink, copyText }) {
    this.#room = room;
    this.#offerAsFile = offerFiles;
    this.#pickFiles = pickFiles;
    this.#copyLink = copyLink;
    this.#copyText = copyText;
    const commands = this.#commands();
    this.#list = new KeyedList(byId('messages'), (/** @type {Line} */ line) => line.key, () => new MessageRow(room, commands));
    this.#nameThings();
    this.#search = new SearchBar({ getMessages: () => this.#state?.messages ?? [], goTo: (key) => this.#goTo(key) });
    byId('composer').addEventListener('submit', (event) => this.#onSubmit(event));
    this.#attach.addEventListener('click', pickFiles);
    this.#text.addEventListener('input', () => this.#onInput());
    this.#text.addEventListener('keydown', (event) => this.#onKey(event));
    byId('about-cancel').addEventListener('click', () => this.#onCancel());
    this.#goEnd.addEventListener('click', () => this.#onGoEnd());
    this.#scroll.addEventListener('scroll', () => this.#onScroll());
    // Neither a keyboard or a strip that comes up, nor what comes below it, may hide the newest message. To look after
    // each change of whatever would have the browser lay out the page several times a second while a file moves.
    const observer = new ResizeObserver(() => this.#isFollowing && this.#toEnd());
    for (const element of [this.#scroll, ...this.#scroll.children]) observer.observe(element);
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
    byId('about-cancel').append(icon('close'));
    byId('about-cancel').setAttribute('aria-label', _('Cancel'));
    this.#goEnd.append(icon('down'), el('span', '', _('Newest')));
  }

  /** Looks for a word in what was said. */
  find() {
    this.#search.open();
  }

  // ---- what is done with a message

  /** @returns {import('./message-menu.js').MessageCommands} */
  #commands() {
    return {
      reply: (message) => this.#beAbout({ original: message }),
      copy: (message) => this.#copyText(message.text),
      edit: (message) => this.#beAbout({ edited: message }),
      remove: (message) => this.#room.delete(message.key),
      react: (message, emoji) => this.#react(message.key, emoji),
      goTo: (key) => this.#goTo(key),
    };
  }

  /** Takes away what is there of one's own. @param {string} key @param {string} emoji */
  #react(key, emoji) {
    const reactions = this.#state?.messages.find((message) => message.key === key)?.reactions ?? [];
    const people = reactions.find((reaction) => reaction.emoji === emoji)?.people ?? [];
    this.#room.react(key, emoji, !people.some(({ id }) => id === ''));
  }

  /** @param {string} key */
  #goTo(key) {
    const messages = this.#state?.messages ?? [];
    const place = messages.findIndex((message) => message.key === key);
    if (place < 0 || !this.#state) return;
    this.#isFollowing = false;
    this.#nShown = Math.max(this.#nShown, messages.length - place + SHOWN_STEP / 2);
    this.render(this.#state);
    const row = this.#list.row(key);
    if (row instanceof MessageRow) row.pointOut();
  }

  // ---- the composer

  /** @param {{ original?: Message, edited?: Message }} what */
  #beAbout({ original, edited }) {
    this.#giveUp();
    this.#original = original ?? null;
    this.#edited = edited ?? null;
    if (edited) {
      this.#putAside = this.#text.value;
      this.#text.value = edited.text;
      this.#grow();
    }
    this.#showAbout();
    this.#text.focus();
  }

  /** Back to a message of its own. */
  #giveUp() {
    if (this.#edited) {
      this.#text.value = this.#putAside;
      this.#grow();
    }
    this.#original = null;
    this.#edited = null;
    this.#putAside = '';
    this.#showAbout();
  }

  #onCancel() {
    this.#giveUp();
    this.#text.focus();
  }

  #showAbout() {
    const message = this.#original ?? this.#edited;
    byId('about').hidden = message === null;
    if (message === null) return;
    const name = message.senderName;
    const reply = message.own ? _('Reply to yourself') : _('Reply to {name}', { name });
    setText(byId('about-title'), this.#edited ? _('Edit message') : reply);
    setText(byId('about-text'), excerptOf(message));
  }

  #editLast() {
    const own = this.#state?.messages.filter((m) => m.own && m.kind === 'text' && !m.deleted).at(-1);
    if (own) this.#beAbout({ edited: own });
    return own !== undefined;
  }

  /** @param {Event} event */
  #onSubmit(event) {
    event.preventDefault();
    const text = this.#text.value;
    const original = this.#original;
    const edited = this.#edited;
    if (text.trim() === '') return;
    if (!fitsInOneMessage(text)) this.#offerAsFile([new File([text], _('Message.txt'), { type: 'text/plain' })]);
    else if (edited) this.#room.edit(edited.key, text.trim());
    else this.#room.say(text, original?.key);
    this.#text.value = '';
    this.#giveUp();
    this.#grow();
    if (!edited) this.#toEnd();
  }

  #onInput() {
    this.#grow();
    this.#room.setTyping(this.#text.value !== '' && !this.#edited);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const isAbout = this.#original !== null || this.#edited !== null;
    if (event.key === 'Escape' && isAbout) this.#giveUp();
    if (event.key === 'ArrowUp' && this.#text.value === '' && !isAbout && this.#editLast()) event.preventDefault();
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
    const wasReadToTheEnd = !this.#isSomethingSaid() && this.#isNews(state) && this.#isScrolledToEnd();
    this.#state = state;
    this.#list.render(this.#linesOf(state));
    this.#showTyping(state);
    this.#showNotice(state);
    if (this.#text.value === '') this.#send.disabled = true;
    this.#followNewest(state, wasReadToTheEnd);
    this.#showGoEnd();
  }

  /** @param {State} state @returns {Line[]} */
  #linesOf(state) {
    const { messages } = state;
    const first = Math.max(0, messages.length - this.#nShown);
    const originals = new Map(messages.filter((m) => m.kind === 'text').map((m) => [m.key, m]));
    const lines = messages.slice(first).map((message, n) => {
      const i = first + n;
      const before = messages[i - 1];
      const isNewDay = before !== undefined && dayOf(before.time) !== dayOf(message.time);
      return this.#sameOrNew({
        key: message.key,
        message,
        original: message.replyKey === '' ? undefined : originals.get(message.replyKey),
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
      known.original === line.original &&
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
    const hasMessages = this.#isSomethingSaid();
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
    const replace = () => this.#notice.replaceChildren(...make().filter((node) => node !== null));
    keepFocus([this.#notice], replace, () => byId('chat-title'));
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
  #showWaiting(state) {
    const { code, secret, isReachable } = state;
    this.#qr.update(isReachable ? roomLink(state) : '', code);
    const promise = _('What you write meanwhile is kept for whoever comes first.');
    const copy = button(_('Copy Link'), () => this.#copyLink(copy), 'suggested');
    this.#setNotice(`waiting ${code} ${isReachable}`, () => [
      el('div', 'notice waiting', [
        el('h3', '', _('Waiting for people')),
        this.#qr.element,
        el('p', secret === '' ? 'big-code' : 'big-code long', secret === '' ? code : `${code}-${secret}`),
        copy,
        el('p', '', isReachable ? promise : onlyHere()),
      ]),
    ]);
  }

  #showHello() {
    this.#setNotice('hello', () => [
      el('div', 'notice', [
        el('h3', '', _('You are in')),
        el('p', '', _('Say hello, or send a file. This chat is not saved: it is gone when the room closes.')),
        button(_('Send photos or files'), () => this.#pickFiles(), 'suggested'),
      ]),
    ]);
  }

  // ---- scrolling

  /** By a person: until then a notice is read from its beginning, and the first word will be at the end. */
  #isSomethingSaid() {
    return this.#state?.messages.some((message) => message.kind !== 'system') ?? false;
  }

  #isScrolledToEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroll;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  #isAtEnd() {
    return !this.#isSomethingSaid() || this.#isScrolledToEnd();
  }

  /** Before the first word one is where one scrolled to. */
  #toEnd() {
    this.#isFollowing = true;
    if (this.#isSomethingSaid()) this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  /** The button goes; who came to it by a finger wants no keyboard on the screen. */
  #onGoEnd() {
    if (this.#goEnd.matches(':focus-visible')) this.#text.focus();
    this.#toEnd();
  }

  /** @param {State} state */
  #isNews({ messages }) {
    return (messages.at(-1)?.key ?? '') !== this.#newestKey;
  }

  /**
   * Where an old row goes for each that comes, the log keeps its size, and no observer is told.
   *
   * @param {State} state
   * @param {boolean} wasReadToTheEnd while nothing was said: who came is seen by whoever saw the end before
   */
  #followNewest(state, wasReadToTheEnd) {
    if (!this.#isNews(state)) return;
    this.#newestKey = state.messages.at(-1)?.key ?? '';
    if (wasReadToTheEnd) this.#scroll.scrollTop = this.#scroll.scrollHeight;
    if (this.#isFollowing) this.#toEnd();
  }

  #onScroll() {
    this.#isFollowing = this.#isAtEnd();
    if (this.#isFollowing) this.#nShown = SHOWN_STEP;
    else if (this.#scroll.scrollTop < NEAR_END_PX) this.#showEarlier();
    this.#showGoEnd();
  }

  /** What one reads stays where it is. */
  #showEarlier() {
    if (!this.#state || this.#nShown >= this.#state.messages.length) return;
    const below = this.#scroll.scrollHeight - this.#scroll.scrollTop;
    this.#nShown += SHOWN_STEP;
    this.render(this.#state);
    this.#scroll.scrollTop = this.#scroll.scrollHeight - below;
  }

  #showGoEnd() {
    this.#goEnd.hidden = this.#isFollowing || this.#isAtEnd();
  }
}
