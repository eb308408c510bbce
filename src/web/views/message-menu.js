// message-menu: what can be done with one message, at it.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { _ } from '../words.js';
import { button, el, iconButton } from './dom.js';
import { menuItem, openMenu, run } from './menu.js';

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
  openMenu(_('More emoji'), el('div', 'menu more', emoji), at);
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
  const item = (/** @type {string} */ words, /** @type {(m: Message) => void} */ command) => menuItem(words, () => command(message));
  const menu = el('div', 'menu', [
    el('div', 'few', [...few, more]),
    item(_('Reply'), commands.reply),
    item(_('Copy'), commands.copy),
    message.own ? item(_('Edit'), commands.edit) : null,
    message.own ? item(_('Delete'), commands.remove) : null,
  ]);
  openMenu(_('Message menu'), menu, at);
}
