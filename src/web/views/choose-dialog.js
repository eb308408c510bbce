// choose-dialog: what is in a folder that somebody offers, to choose from. Nothing is accepted before a person says so.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { Choice } from '../choice.js';
import { ellipsise } from '../names.js';
import { canPick } from '../saver.js';
import { _, formatNumber, formatSize, n_ } from '../words.js';
import { button, el, icon, setText } from './dom.js';

/** @typedef {import('../room-store.js').Transfer} Transfer */
/** @typedef {import('../transfers.js').Transfers} Transfers */

/** A folder may have 100,000 entries: a page that draws them all at once stands still. */
const ROWS_AT_ONCE = 500;
/** Deeper ones are not moved further: names need the room. */
const MOST_INDENTS = 6;

class ChooseDialog {
  #dialog = el('dialog', 'choose');
  #transfer;
  #transfers;
  #status = el('p', 'dim');
  #summary = el('span', 'dim');
  #all = el('input');
  #list = el('ul', 'choices');
  #more = button('', () => this.#showMore(), 'flat wide');
  #accept = button(_('Accept'), () => this.#answer((key, wanted) => this.#transfers.accept(key, wanted)), 'suggested');
  #saveTo = button(_('Save To…'), () => this.#answer((key, wanted) => this.#transfers.saveTo(key, wanted)));
  #choice = new Choice([]);
  #boxes = /** @type {HTMLInputElement[]} */ ([]);

  /** @param {Transfer} transfer @param {Transfers} transfers */
  constructor(transfer, transfers) {
    this.#transfer = transfer;
    this.#transfers = transfers;
    const title = el('h2', '', _('Choose Files'));
    title.id = 'choose-title';
    this.#dialog.setAttribute('aria-labelledby', title.id);
    this.#status.setAttribute('role', 'status');
    this.#summary.setAttribute('role', 'status');
    setText(this.#status, _('Looking into {name}…', { name: ellipsise(transfer.name) }));
    const cancel = button(_('Cancel'), () => this.#dialog.close());
    const answers = el('div', 'dialog-buttons', [cancel, canPick('folder') ? this.#saveTo : null, this.#accept]);
    this.#dialog.append(title, this.#status, this.#head(), el('div', 'choose-scroll', [this.#list, this.#more]), answers);
    this.#dialog.addEventListener('keydown', (event) => this.#onKey(event));
    this.#dialog.addEventListener('close', () => {
      transfers.stopLooking(transfer.key);
      this.#dialog.remove();
    });
    this.#showChosen();
  }

  #head() {
    this.#all.type = 'checkbox';
    this.#all.addEventListener('change', () => {
      this.#choice.setAll(this.#all.checked);
      this.#showChosen();
    });
    return el('div', 'choose-head', [el('label', '', [this.#all, el('span', '', _('All'))]), this.#summary]);
  }

  async open() {
    document.body.append(this.#dialog);
    this.#dialog.showModal();
    const entries = await this.#transfers.look(this.#transfer.key);
    if (!this.#dialog.open) return;
    if (!entries) return setText(this.#status, _('{name} cannot be looked into now. Try again later.', { name: ellipsise(this.#transfer.name) }));
    setText(this.#status, ellipsise(this.#transfer.name));
    this.#choice = new Choice(entries);
    this.#showMore();
    this.#all.focus();
  }

  // ---- rows

  /** The next ones; those that are there stay. */
  #showMore() {
    const first = this.#boxes.length;
    const { entries } = this.#choice;
    for (let n = first; n < Math.min(entries.length, first + ROWS_AT_ONCE); n++) this.#list.append(this.#row(n));
    const nLeft = entries.length - this.#boxes.length;
    this.#more.hidden = nLeft <= 0;
    setText(this.#more, n_('Show {n} more', 'Show {n} more', Math.min(nLeft, ROWS_AT_ONCE)));
    if (first > 0) this.#boxes[first]?.focus();
    this.#showChosen();
  }

  /** @param {number} n */
  #row(n) {
    const { path, size, isFolder } = /** @type {import('../manifest.js').Entry} */ (this.#choice.entries[n]);
    const box = el('input');
    box.type = 'checkbox';
    box.addEventListener('change', () => {
      this.#choice.set(n, box.checked);
      this.#showChosen();
    });
    this.#boxes.push(box);
    const name = el('span', 'choice-name', [el('span', 'hidden-words', path.slice(0, -1).map((above) => `${above}/`).join('')), el('span', '', ellipsise(path.at(-1) ?? ''))]);
    name.title = path.join('/');
    const row = el('label', 'choice', [box, icon(isFolder ? 'folder' : 'file'), name, isFolder ? null : el('span', 'dim', formatSize(size))]);
    row.classList.add(`deep-${Math.min(path.length - 1, MOST_INDENTS)}`);
    return el('li', '', [row]);
  }

  #showChosen() {
    const { entries, total: { count, size } } = this.#choice;
    this.#boxes.forEach((box, n) => (box.checked = this.#choice.has(n)));
    this.#all.disabled = entries.length === 0;
    this.#all.checked = entries.length > 0 && count === entries.length;
    this.#all.indeterminate = count > 0 && count < entries.length;
    this.#more.hidden = this.#boxes.length >= entries.length;
    for (const answer of [this.#accept, this.#saveTo]) answer.disabled = count === 0;
    const words = n_('{chosen} of {n} item · {size}', '{chosen} of {n} items · {size}', entries.length,
      { chosen: formatNumber(count), size: formatSize(size) });
    setText(this.#summary, entries.length > 0 ? words : '');
  }

  // ---- the person

  /** Up and down as in any list; the space bar is the browser's. @param {KeyboardEvent} event */
  #onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const boxes = [this.#all, ...this.#boxes];
    const at = boxes.indexOf(/** @type {HTMLInputElement} */ (document.activeElement));
    if (step === undefined || at < 0) return;
    event.preventDefault();
    boxes[at + step]?.focus();
  }

  /** @param {(key: string, wanted: import('../incoming.js').Wanted) => void} answer */
  #answer(answer) {
    const { only, total } = this.#choice;
    answer(this.#transfer.key, { only, ...total });
    this.#dialog.close();
  }
}

/** @param {Transfer} transfer a folder that is offered @param {Transfers} transfers */
export function openChooseDialog(transfer, transfers) {
  return new ChooseDialog(transfer, transfers).open();
}
