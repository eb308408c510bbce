// files-view: the Files pane. Incoming, Active, Waiting, Done; empty sections are not there.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { canStayAwake } from '../awake.js';
import { isFinished, isUnderWay } from '../room-store.js';
import { _, formatSpeed } from '../words.js';
import { button, byId, el, icon, KeyedList, setText } from './dom.js';
import { canPickFolders } from './picker.js';
import { gather, TransferRow } from './transfer-row.js';

/** @typedef {import('../room.js').Room} Room */
/** @typedef {import('../room-store.js').State} State */
/** @typedef {import('../room-store.js').Transfer} Transfer */

/** @type {{ title: () => string, has: (transfer: Transfer) => boolean }[]} */
const SECTIONS = [
  { title: () => _('Incoming'), has: (t) => t.state === 'offered' && t.direction === 'in' },
  { title: () => _('Active'), has: isUnderWay },
  { title: () => _('Waiting'), has: (t) => t.state === 'offered' && t.direction === 'out' },
  { title: () => _('Done'), has: (t) => isFinished(t) || t.wasDone },
];

/** The row of what has the focus, for who goes by keys. @returns {HTMLElement | null} */
const focusedRow = () => document.querySelector('#files-scroll :focus-visible')?.closest('.transfer') ?? null;

export class FilesView {
  #sections;
  #scroll = byId('files-scroll');
  #empty;
  #send = byId('send-files');
  #totalSpeed = byId('total-speed');
  #answers;

  /**
   * @param {object} options
   * @param {Room} options.room
   * @param {() => void} options.pickFiles
   * @param {() => void} options.pickFolder
   */
  constructor({ room, pickFiles, pickFolder }) {
    setText(byId('files-title'), _('Files'));
    const send = this.#send;
    setText(send, _('Send Files…'));
    send.addEventListener('click', () => pickFiles());
    const sendFolder = byId('send-folder');
    sendFolder.title = _('Send Folder…');
    sendFolder.setAttribute('aria-label', _('Send Folder…'));
    sendFolder.append(icon('folder'));
    sendFolder.addEventListener('click', () => pickFolder());
    sendFolder.hidden = !canPickFolders();

    this.#empty = el('div', 'empty', [
      el('div', '', [
        icon('files'),
        el('p', 'by-mouse', _('Drop files here, or paste them.')),
        button(_('Send photos or files'), () => pickFiles(), 'by-touch suggested'),
      ]),
    ]);
    this.#sections = SECTIONS.map(({ title, has }) => {
      const list = el('ul', 'boxed');
      const section = el('section', 'section', [el('h3', 'section-title', title()), list]);
      const rows = new KeyedList(list, (/** @type {Transfer} */ t) => t.key, () => new TransferRow(() => room.transfers));
      return { section, rows, has };
    });
    const offered = () => [...room.transfers?.offered() ?? []];
    this.#answers = el('div', 'all-buttons', [
      button(_('Decline All'), () => offered().forEach(({ key }) => room.transfers?.decline(key)), 'flat'),
      button(_('Accept All'), () => offered().forEach(({ key }) => room.transfers?.accept(key)), 'flat'),
    ]);
    this.#sections[0]?.section.prepend(this.#answers);
    // A phone that goes to sleep holds on what moves.
    if (!canStayAwake()) this.#sections[1]?.section.append(el('p', 'hint by-touch', _('Keep the screen on and this page open until it is done.')));
    this.#scroll.append(this.#empty, ...this.#sections.map(({ section }) => section));
  }

  /** @param {State} state */
  render(state) {
    const focused = focusedRow();
    const place = focused === null ? -1 : this.#rows().indexOf(focused);
    this.#showTransfers([...state.transfers.values()]);
    if (focused !== null && !focused.isConnected) this.#focusAfter(focused, place);
  }

  #rows() {
    return /** @type {HTMLElement[]} */ ([...this.#scroll.querySelectorAll('.transfer')]);
  }

  /**
   * Of a row that went on to another section, the row has the focus, and none of its buttons: a key that is held down
   * would press that. One that was taken off the list leaves it to the next.
   *
   * @param {HTMLElement} gone
   * @param {number} place where it stood
   */
  #focusAfter(gone, place) {
    const rows = this.#rows();
    const row = rows.find(({ dataset }) => dataset.key === gone.dataset.key) ?? rows[place] ?? rows.at(-1);
    if (row) row.tabIndex = -1;
    (row ?? this.#send).focus();
  }

  /** @param {Transfer[]} transfers */
  #showTransfers(transfers) {
    this.#empty.hidden = transfers.length > 0;
    for (const { section, rows, has } of this.#sections) {
      const own = gather(transfers.filter(has), ['offered']).sort((a, b) => b.time - a.time);
      section.hidden = own.length === 0;
      rows.render(own);
    }
    this.#answers.hidden = transfers.filter((t) => SECTIONS[0]?.has(t)).length < 2;
    const speed = transfers.reduce((sum, transfer) => sum + transfer.speed, 0);
    setText(this.#totalSpeed, speed > 0 ? formatSpeed(speed) : '');
  }
}
