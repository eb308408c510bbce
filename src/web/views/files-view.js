// files-view: the Files pane. Incoming, Active, Waiting, Done; empty sections are not there.
//
// SPDX-License-Identifier: GPL-3.0-or-later

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

export class FilesView {
  #sections;
  #empty;
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
    const send = byId('send-files');
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
    byId('files-scroll').append(this.#empty, ...this.#sections.map(({ section }) => section));
  }

  /** @param {State} state */
  render(state) {
    const transfers = [...state.transfers.values()];
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
