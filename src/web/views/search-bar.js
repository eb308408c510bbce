// search-bar: looks for a word in what was said, from the newest to the oldest.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { findMessages } from '../search.js';
import { _, formatNumber } from '../words.js';
import { byId, el, iconButton, setText } from './dom.js';

/** @typedef {import('../room-store.js').Message} Message */

export class SearchBar {
  #bar = byId('search');
  #input = el('input');
  #status = el('span', 'dim');
  #getMessages;
  #goTo;
  /** What had the focus before, and gets it back. */
  #opener = /** @type {Element | null} */ (null);
  /** Where one stands, so that what is said meanwhile moves nothing. */
  #key = '';

  /**
   * @param {object} options
   * @param {() => Message[]} options.getMessages
   * @param {(key: string) => void} options.goTo
   */
  constructor({ getMessages, goTo }) {
    this.#getMessages = getMessages;
    this.#goTo = goTo;
    this.#input.type = 'search';
    this.#input.placeholder = _('Find in the chat');
    this.#input.setAttribute('aria-label', _('Find in the chat'));
    this.#status.setAttribute('role', 'status');
    const older = iconButton('up', _('Older'), () => this.#step(1));
    const newer = iconButton('down', _('Newer'), () => this.#step(-1));
    for (const step of [older, newer]) step.classList.add('step');
    this.#bar.append(this.#input, this.#status, older, newer, iconButton('close', _('Close'), () => this.close()));
    this.#input.addEventListener('input', () => this.#begin());
    this.#bar.addEventListener('keydown', (event) => this.#onKey(event));
  }

  open() {
    if (!this.#bar.contains(document.activeElement)) this.#opener = document.activeElement;
    this.#bar.hidden = false;
    this.#input.focus();
    this.#input.select();
    this.#begin();
  }

  close() {
    const hadFocus = this.#bar.contains(document.activeElement);
    this.#bar.hidden = true;
    if (hadFocus && this.#opener instanceof HTMLElement) this.#opener.focus();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key === 'Escape') this.close();
    else if (event.key === 'Enter' && event.target === this.#input) this.#step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  }

  #begin() {
    this.#key = '';
    this.#step(1);
  }

  /** @param {1 | -1} by 1: to an older one; behind the oldest comes the newest */
  #step(by) {
    const found = findMessages(this.#getMessages(), this.#input.value);
    const at = found.indexOf(this.#key);
    const next = at < 0 ? 0 : (at + by + found.length) % found.length;
    this.#key = found[next] ?? '';
    const place = _('{n} of {all}', { n: formatNumber(next + 1), all: formatNumber(found.length) });
    setText(this.#status, this.#input.value.trim() === '' ? '' : found.length > 0 ? place : _('Not found'));
    if (this.#key !== '') this.#goTo(this.#key);
  }
}
