// transfer-row: one file on its way, in the Files pane and as a card in the chat alike.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { isFinished, isUnderWay } from '../room-store.js';
import { canPick } from '../saver.js';
import { _, formatDuration, formatNames, formatSize, formatSpeed, n_ } from '../words.js';
import { openChooseDialog } from './choose-dialog.js';
import { button, el, FileName, icon, iconButton, setIcon, setText } from './dom.js';
import { below, menuItem, openMenu } from './menu.js';
import { pickOnceMore } from './picker.js';

/** @typedef {import('../room-store.js').Transfer} Transfer */
/** @typedef {import('../transfers.js').Transfers} Transfers */

/**
 * What stands the same with several members is one row: "offered to Ben, Cleo and 3 more".
 *
 * @param {Transfer[]} transfers
 * @param {Transfer['state'][]} states to gather
 * @returns {Transfer[]}
 */
export function gather(transfers, states) {
  /** @type {Map<string, Transfer[]>} */
  const groups = new Map();
  for (const transfer of transfers) {
    const isGathered = transfer.direction === 'out' && states.includes(transfer.state);
    const group = isGathered ? `${transfer.state}/${transfer.id}` : transfer.key;
    groups.set(group, [...(groups.get(group) ?? []), transfer]);
  }
  return [...groups].flatMap(([key, [first, ...others]]) => {
    if (!first || others.length === 0) return first ?? [];
    return { ...first, key, memberName: formatNames([first, ...others].map((t) => t.memberName)) };
  });
}

/** @param {Transfer} transfer */
function iconFor({ kind, mimeType }) {
  if (kind === 'folder') return 'folder';
  if (mimeType.startsWith('image/')) return 'image';
  if (mimeType.startsWith('video/')) return 'film';
  if (mimeType.startsWith('audio/')) return 'music';
  return /zip|compressed|tar|rar/.test(mimeType) ? 'archive' : 'file';
}

/** "to Ana" or "from Ana". @param {Transfer} transfer */
function withWhom({ direction, memberName }) {
  if (memberName === '') return _('for who comes');
  return direction === 'out' ? _('to {name}', { name: memberName }) : _('from {name}', { name: memberName });
}

/** @param {Transfer} transfer */
function progressWords({ bytes, size, speed, secondsLeft }) {
  const words = [_('{done} of {all}', { done: formatSize(bytes), all: formatSize(size) })];
  if (speed > 0) words.push(formatSpeed(speed));
  if (secondsLeft >= 0) words.push(_('{time} left', { time: formatDuration(secondsLeft) }));
  return words;
}

/** "1.5 GB", or "1,204 items, 1.5 GB". @param {Transfer} transfer */
function sizeWords({ kind, count, size }) {
  if (kind !== 'folder') return formatSize(size);
  return _('{items}, {size}', { items: n_('{n} item', '{n} items', count), size: formatSize(size) });
}

/** @param {Transfer} transfer @param {string} whom @returns {string[]} */
function partsOf(transfer, whom) {
  const { state, reason, direction } = transfer;
  const size = sizeWords(transfer);
  switch (state) {
    case 'offered':
      return [size, reason || (direction === 'out' ? _('offered {whom}', { whom }) : whom)];
    case 'accepted':
      return [size, _('waiting to begin'), whom];
    case 'running':
      return reason === '' ? [...progressWords(transfer), whom] : [size, reason];
    case 'paused':
      if (transfer.isFileGone) return [size, reason];
      return [...progressWords(transfer).slice(0, 1), reason];
    case 'done':
      return [size, direction === 'out' ? _('arrived') : transfer.blob ? _('received') : _('saved'), whom];
    default:
      return [reason || whom, size];
  }
}

/**
 * "174 MB of 1.5 GB · 92 MB/s · 14 s left · to Ana".
 *
 * @param {Transfer} transfer
 * @param {boolean} isCard below the name of who sends it
 */
function describe(transfer, isCard) {
  const whom = isCard && transfer.direction === 'in' ? '' : withWhom(transfer);
  return partsOf(transfer, whom).filter(Boolean).join(' · ');
}

/**
 * Blob addresses are made once a file, and taken back when the page goes.
 *
 * @type {WeakMap<Blob, string>}
 */
const addresses = new WeakMap();

/** @param {Blob} blob */
function addressOf(blob) {
  const address = addresses.get(blob) ?? URL.createObjectURL(blob);
  addresses.set(blob, address);
  return address;
}

/** @param {Transfer} transfer @param {Blob} blob */
function saveLink({ name, kind }, blob) {
  const link = el('a', 'button suggested', _('Save'));
  link.href = addressOf(blob);
  link.download = kind === 'folder' ? `${name}.zip` : name;
  link.setAttribute('aria-label', _('Save {name}', { name }));
  return link;
}

export class TransferRow {
  element;
  #getTransfers;
  #badge = el('span', 'badge-icon');
  #icon = icon('file');
  #name = new FileName();
  #title = el('p', 'row-title', [this.#name.element]);
  #detail = el('p', 'row-detail');
  #isCard;
  #progress = el('progress');
  #buttons = el('div', 'row-buttons');
  #shape = '';

  /**
   * @param {() => Transfers | null} getTransfers
   * @param {{ isCard?: boolean }} [options] a card of the chat is not taken away by itself, and stands below a name
   */
  constructor(getTransfers, { isCard = false } = {}) {
    this.#getTransfers = getTransfers;
    this.#isCard = isCard;
    this.#badge.append(this.#icon);
    this.#progress.max = 1;
    this.element = el('li', 'transfer', [this.#badge, this.#title, this.#detail, this.#buttons, this.#progress]);
  }

  /** @param {Transfer} transfer */
  update(transfer) {
    const { name, state, direction, size, bytes, canAccept, isFileGone } = transfer;
    const asks = state === 'offered' && direction === 'in';
    this.element.dataset.state = state;
    this.element.dataset.key = transfer.key;
    this.element.classList.toggle('asks', asks && canAccept);
    this.element.classList.toggle('active', isUnderWay(transfer) && !isFileGone);
    this.element.classList.toggle('gone', isFileGone);
    this.#badge.classList.toggle('asks', asks);
    this.#badge.classList.toggle('over', isFinished(transfer) && state !== 'done');
    setIcon(this.#icon, iconFor(transfer));
    this.#name.show(name);
    this.#title.title = name;
    setText(this.#detail, describe(transfer, this.#isCard));
    this.#detail.classList.toggle('reason-failed', state === 'failed');
    this.#progress.hidden = !isUnderWay(transfer) || isFileGone;
    this.#progress.value = size > 0 ? bytes / size : 0;
    this.#progress.setAttribute('aria-label', name);
    this.#showButtons(transfer);
  }

  /** Buttons are made anew only when others are needed: focus stays where it is. @param {Transfer} transfer */
  #showButtons(transfer) {
    const { key, state, direction, pausedByUs, blob, canAccept, isFileGone, reason } = transfer;
    const shape = [key, state, pausedByUs, blob !== null, canAccept, isFileGone, state === 'running' && reason].join();
    if (shape === this.#shape) return;
    this.#shape = shape;
    const had = this.#buttons.contains(document.activeElement);
    this.#buttons.replaceChildren(...this.#buttonsFor(transfer));
    if (had && direction === 'in') /** @type {HTMLElement | null} */ (this.#buttons.firstElementChild)?.focus();
  }

  /** @param {Transfer} transfer @returns {HTMLElement[]} */
  #buttonsFor(transfer) {
    const { key, id, name, state, direction, pausedByUs, blob, reason } = transfer;
    const transfers = this.#getTransfers;
    if (transfer.isFileGone) return this.#onceMore(transfer);
    const cancel = iconButton('close', _('Cancel {name}', { name }), () => transfers()?.cancel(key));
    const remove = iconButton('close', _('Remove {name} from the list', { name }), () => transfers()?.forget(key));
    switch (state) {
      case 'offered':
        if (direction === 'out') return [iconButton('close', _('Withdraw {name}', { name }), () => transfers()?.withdraw(id))];
        return this.#answers(transfer);
      case 'running':
        // Nothing is under way any more but on this side.
        if (reason !== '') return [];
        return [iconButton('pause', _('Pause {name}', { name }), () => transfers()?.pause(key, true)), cancel];
      case 'paused':
        if (!pausedByUs) return [cancel];
        return [iconButton('resume', _('Resume {name}', { name }), () => transfers()?.pause(key, false)), cancel];
      case 'accepted':
        return [cancel];
      default:
        return blob ? [saveLink(transfer, blob)] : this.#isCard || !transfers() ? [] : [remove];
    }
  }

  /** Two answers are buttons; how else it can be accepted is behind a third. @param {Transfer} transfer */
  #answers(transfer) {
    const { key, name, kind, canAccept } = transfer;
    const decline = button(_('Decline'), () => this.#getTransfers()?.decline(key));
    decline.setAttribute('aria-label', _('Decline {name}', { name }));
    if (!canAccept) return [decline];
    const accept = button(_('Accept'), () => this.#getTransfers()?.accept(key), 'suggested');
    accept.setAttribute('aria-label', _('Accept {name}', { name }));
    if (kind !== 'folder' && !canPick(kind)) return [decline, accept];
    const label = _('More for {name}', { name });
    const more = iconButton('dots', label, () => openMenu(label, el('div', 'menu', this.#moreAnswers(transfer)), below(more)));
    more.setAttribute('aria-haspopup', 'menu');
    return [decline, accept, more];
  }

  /** @param {Transfer} transfer */
  #moreAnswers(transfer) {
    const { key, kind } = transfer;
    const choose = () => {
      const transfers = this.#getTransfers();
      if (transfers) openChooseDialog(transfer, transfers);
    };
    return [
      kind === 'folder' ? menuItem(_('Choose Files…'), choose) : null,
      canPick(kind) ? menuItem(_('Save To…'), () => this.#getTransfers()?.saveTo(key)) : null,
    ];
  }

  /** After a reload of the page. @param {Transfer} transfer */
  #onceMore({ key, id, name, state, kind }) {
    const choose = button(_('Choose…'), async () => {
      const what = await pickOnceMore(kind);
      if (what) this.#getTransfers()?.chooseAgain(id, what);
    });
    choose.setAttribute('aria-label', _('Choose {name} once more', { name }));
    const end = () => (state === 'offered' ? this.#getTransfers()?.withdraw(id) : this.#getTransfers()?.cancel(key));
    const label = state === 'offered' ? _('Withdraw {name}', { name }) : _('Cancel {name}', { name });
    return [choose, iconButton('close', label, end)];
  }
}
