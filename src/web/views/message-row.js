// message-row: one message in the chat: what it answers, its text or file, reactions, time and tick.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { _, formatNames, formatTime } from '../words.js';
import { button, el, icon, iconButton, KeyedList, setIcon, setText } from './dom.js';
import { below } from './menu.js';
import { hasMenu, openMessageMenu } from './message-menu.js';
import { InlinePicture } from './picture.js';
import { showRichText } from './rich-text.js';
import { TransferRow } from './transfer-row.js';

/** @typedef {import('../room.js').Room} Room */
/** @typedef {import('../room-store.js').Delivery} Delivery */
/** @typedef {import('../room-store.js').Message} Message */
/** @typedef {import('../room-store.js').Reaction} Reaction */
/** @typedef {import('../room-store.js').Transfer} Transfer */
/** @typedef {import('./message-menu.js').MessageCommands} MessageCommands */

const LONG_PRESS_MS = 500;
const POINT_OUT_MS = 1200;

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
 * @property {Message | undefined} original what it answers, if that is still there
 * @property {boolean} isFirst of its group
 * @property {boolean} isLast
 * @property {string} day said above it, if it is another than before
 * @property {Transfer[]} transfers of a file's card
 */

/** @param {Message} message */
const whoSaid = ({ own, senderName }) => (own ? _('You') : senderName);

/** One short line of it, without the marks of bold and code. @param {Message} message */
export function excerptOf({ deleted, text }) {
  if (deleted) return _('Message deleted');
  const line = text.replace(/\*\*|`/g, '').replace(/\s+/g, ' ');
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

/** @param {Reaction} reaction */
const peopleOf = ({ people }) => formatNames(people.map(({ id, name }) => (id === '' ? _('you') : name)));

export class MessageRow {
  element = el('li', 'message');
  #commands;
  #message = /** @type {Message | undefined} */ (undefined);
  #day = el('p', 'day');
  #sender = el('p', 'sender');
  #said = el('div', 'said');
  #quote = button('', () => this.#message && this.#commands.goTo(this.#message.replyKey), 'quote');
  #quoteSender = el('span', 'quote-sender');
  #quoteText = el('span', 'quote-text');
  #bubble = el('div', 'bubble');
  #more = iconButton('dots', _('Message menu'), () => this.#openMenu(below(this.#more)));
  #reactions = el('div', 'reactions');
  #picture = new InlinePicture();
  #card = el('ul', 'boxed card');
  #rows;
  #meta = el('p', 'meta');
  #edited = el('span');
  #time = el('span');
  #tick = icon('clock');
  #tickWords = el('span', 'hidden-words');
  #shownText = '';
  #shownReactions = /** @type {Reaction[]} */ ([]);

  /** @param {Room} room @param {MessageCommands} commands */
  constructor(room, commands) {
    this.#commands = commands;
    this.#quote.append(this.#quoteSender, this.#quoteText);
    this.#said.append(this.#quote, this.#bubble);
    this.#more.classList.add('more-button');
    this.#more.setAttribute('aria-haspopup', 'menu');
    this.#meta.append(this.#edited, this.#time, this.#tick, this.#tickWords);
    this.#rows = new KeyedList(this.#card, (/** @type {Transfer} */ t) => t.key, () => new TransferRow(() => room.transfers, { isCard: true }));
    const line = el('div', 'line', [this.#said, this.#more]);
    this.element.append(this.#day, this.#sender, line, this.#reactions, this.#picture.element, this.#card, this.#meta);
    this.#said.addEventListener('contextmenu', (event) => this.#onContextMenu(event));
    this.#watchLongPress();
  }

  /** @param {Line} line */
  update({ message, original, isFirst, isLast, day, transfers }) {
    const { own, kind, senderName, text, time, delivery, deleted, edited } = message;
    const isFile = kind === 'file';
    this.#message = message;
    this.element.className = kind === 'system' ? 'system' : 'message';
    this.element.classList.toggle('own', own);
    this.element.classList.toggle('first', isFirst);
    this.element.classList.toggle('deleted', deleted);
    this.#show(this.#day, day);
    this.#show(this.#sender, isFirst && !own && kind !== 'system' ? senderName : '');
    this.#said.hidden = isFile;
    this.#bubble.className = kind === 'system' ? '' : 'bubble';
    this.#more.hidden = !hasMenu(message);
    this.#showQuote(message, original);
    const shown = deleted ? _('Message deleted') : text;
    if (!isFile && shown !== this.#shownText) this.#showText(kind, shown);
    this.#showReactions(message);
    this.#picture.update(isFile ? transfers[0] : undefined);
    this.#card.hidden = transfers.length === 0;
    this.#rows.render(transfers);
    this.#meta.hidden = kind === 'system' || (!isLast && !edited) || (isFile && transfers.length === 0);
    this.#show(this.#edited, edited && !deleted ? _('edited') : '');
    this.#showMeta(time, deleted ? 'none' : delivery);
    if (kind === 'text') this.element.setAttribute('aria-label', this.#label(message, original));
  }

  /** Draws the eye for a moment. */
  pointOut() {
    this.#said.classList.add('pointed-out');
    setTimeout(() => this.#said.classList.remove('pointed-out'), POINT_OUT_MS);
    this.element.scrollIntoView({ block: 'center' });
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

  /** @param {Message} message @param {Message | undefined} original */
  #showQuote({ replyKey }, original) {
    this.#quote.hidden = replyKey === '';
    this.#quote.disabled = original === undefined;
    setText(this.#quoteSender, original ? whoSaid(original) : '');
    setText(this.#quoteText, original ? excerptOf(original) : _('An earlier message'));
  }

  /** @param {Message} message */
  #showReactions(message) {
    const { reactions } = message;
    this.#reactions.hidden = reactions.length === 0;
    if (reactions === this.#shownReactions) return;
    this.#shownReactions = reactions;
    this.#reactions.replaceChildren(...reactions.map((reaction) => this.#chip(message, reaction)));
  }

  /** @param {Message} message @param {Reaction} reaction */
  #chip(message, reaction) {
    const { emoji, people } = reaction;
    const isOwn = people.some(({ id }) => id === '');
    const chip = button(`${emoji} ${people.length}`, () => this.#commands.react(message, emoji), 'chip');
    chip.title = peopleOf(reaction);
    chip.setAttribute('aria-label', `${emoji} ${people.length}, ${chip.title}`);
    chip.setAttribute('aria-pressed', String(isOwn));
    return chip;
  }

  /** @param {number} time @param {Delivery} delivery */
  #showMeta(time, delivery) {
    setText(this.#time, formatTime(time));
    this.#meta.classList.toggle('delivered', delivery === 'delivered');
    this.#tick.toggleAttribute('hidden', delivery === 'none');
    setText(this.#tickWords, delivery === 'none' ? '' : TICKS[delivery].words());
    if (delivery !== 'none') setIcon(this.#tick, TICKS[delivery].icon);
  }

  /** @param {Message} message @param {Message | undefined} original */
  #label(message, original) {
    const { time, text, deleted, edited, reactions, delivery } = message;
    const words = [whoSaid(message), formatTime(time)];
    if (original) words.push(_('in answer to {name}: {text}', { name: whoSaid(original), text: excerptOf(original) }));
    words.push(deleted ? _('Message deleted') : text);
    if (edited && !deleted) words.push(_('edited'));
    for (const { emoji, people } of reactions) words.push(`${emoji} ${people.length}`);
    if (delivery !== 'none' && !deleted) words.push(TICKS[delivery].words());
    return words.join(', ');
  }

  // ---- the menu

  /** @param {{ x: number, y: number }} at */
  #openMenu(at) {
    if (this.#message && hasMenu(this.#message)) openMessageMenu(this.#message, at, this.#commands);
  }

  /** A link and what is marked have the browser's own menu. @param {MouseEvent} event */
  #onContextMenu(event) {
    const isLink = event.target instanceof Element && event.target.closest('a') !== null;
    if (isLink || String(getSelection()) !== '' || !hasMenu(this.#message)) return;
    event.preventDefault();
    this.#openMenu({ x: event.clientX, y: event.clientY });
  }

  /** Where a long press brings no menu of the browser's. */
  #watchLongPress() {
    let timer = 0;
    const stop = () => clearTimeout(timer);
    this.#said.addEventListener('touchstart', (event) => {
      const touch = event.touches[0];
      stop();
      if (touch && event.touches.length === 1)
        timer = setTimeout(() => this.#openMenu({ x: touch.clientX, y: touch.clientY }), LONG_PRESS_MS);
    }, { passive: true });
    for (const end of ['touchend', 'touchmove', 'touchcancel', 'contextmenu']) this.#said.addEventListener(end, stop, { passive: true });
  }
}
