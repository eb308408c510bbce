// message-menu: what can be done with one message, at it. One menu at a time.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { _ } from '../words.js';
import { button, byId, el, iconButton } from './dom.js';

/** @typedef {import('../room-store.js').Message} Message */

/**
 * @typedef {object} MessageCommands
 * @property {(message: Message) => void} reply
 * @property {(message: Message) => void} copy
 * @property {(message: Message) => void} edit
 * @property {(message: Message) => void} remove
 * @property {(message: Message, emoji: string) => void} react
 * @property {(key: string) => void} goTo
 */

const FEW = ['👍', '❤️', '😂', '🎉', '😮', '😢'];
const MORE = [
  ...'😀😅😉😊😍😘😎🤔😐🙄😴🤯😱😭😡🥳🤝👏🙏💪👌👎👋👀🔥⭐✨💯✅❌❓❗☕🍻🎂🎁🌞🌧🏠🚀⏰📷',
];

/** @param {Message | undefined} message */
export const hasMenu = (message) => message?.kind === 'text' && !message.deleted;

let close = () => {};

/**
 * @param {HTMLElement} menu
 * @param {{ x: number, y: number }} at
 */
function place(menu, at) {
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(at.x, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(at.y, innerHeight - height - 8))}px`;
}

/** @param {HTMLElement} menu @param {KeyboardEvent} event */
function onKey(menu, event) {
  const items = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll('button')]);
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const steps = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 });
  const step = steps[event.key];
  if (event.key === 'Escape' || event.key === 'Tab') close();
  else if (step !== undefined) items[(at + step + items.length) % items.length]?.focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Opens it, and makes sure that it goes. @param {HTMLElement} menu @param {{ x: number, y: number }} at */
function open(menu, at) {
  close();
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const whenElsewhere = (/** @type {Event} */ event) => !menu.contains(/** @type {Node} */ (event.target)) && close();
  const closeThis = () => {
    close = () => {};
    removeEventListener('pointerdown', whenElsewhere, true);
    removeEventListener('resize', closeThis);
    const hadFocus = menu.contains(document.activeElement);
    menu.remove();
    if (hadFocus) before?.focus();
  };
  close = closeThis;
  addEventListener('pointerdown', whenElsewhere, true);
  addEventListener('resize', closeThis);
  menu.addEventListener('keydown', (event) => onKey(menu, event));
  byId('panes').append(menu);
  place(menu, at);
  menu.querySelector('button')?.focus();
}

/** @param {string} emoji @param {() => void} onClick */
function emojiButton(emoji, onClick) {
  const element = button(emoji, onClick, 'flat emoji');
  element.setAttribute('role', 'menuitem');
  element.setAttribute('aria-label', _('React with {emoji}', { emoji }));
  return element;
}

/** @param {Message} message @param {{ x: number, y: number }} at @param {MessageCommands} commands */
function openMore(message, at, commands) {
  const emoji = MORE.map((one) => emojiButton(one, () => run(() => commands.react(message, one))));
  const menu = el('div', 'menu more', emoji);
  menu.setAttribute('role', 'menu');
  menu.setAttribute('aria-label', _('More emoji'));
  open(menu, at);
}

/** Closed first: what is done may want the focus. @param {() => void} command */
function run(command) {
  close();
  command();
}

/**
 * @param {Message} message
 * @param {{ x: number, y: number }} at of the page's view
 * @param {MessageCommands} commands
 */
export function openMessageMenu(message, at, commands) {
  const few = FEW.map((one) => emojiButton(one, () => run(() => commands.react(message, one))));
  const more = iconButton('plus', _('More emoji'), () => openMore(message, at, commands));
  more.setAttribute('role', 'menuitem');
  const item = (/** @type {string} */ words, /** @type {(m: Message) => void} */ command) => {
    const element = button(words, () => run(() => command(message)), 'flat item');
    element.setAttribute('role', 'menuitem');
    return element;
  };
  const menu = el('div', 'menu', [
    el('div', 'few', [...few, more]),
    item(_('Reply'), commands.reply),
    item(_('Copy'), commands.copy),
    message.own ? item(_('Edit'), commands.edit) : null,
    message.own ? item(_('Delete'), commands.remove) : null,
  ]);
  menu.setAttribute('role', 'menu');
  menu.setAttribute('aria-label', _('Message menu'));
  open(menu, at);
}
