// transfers: files and folders with every member (PROTOCOL.md, section 4: offered and pulled). The one door for
// the page and the room; what comes is Incoming's, what goes is Outgoing's.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { Incoming } from './incoming.js';
import { Journal } from './journal.js';
import { Outgoing } from './outgoing.js';
import { isActive, isFinished } from './room-store.js';
import { pickSaver } from './saver.js';
import { Source, TooMuch } from './source.js';
import { Tabs } from './tabs.js';
import { TransferDesk, transferKey, wordsForFailure } from './transfer-desk.js';
import { Vault } from './vault.js';
import { _ } from './words.js';

/** @typedef {import('./companion.js').Companion} Companion */
/** @typedef {import('./digest.js').Sha256} Sha256 */
/** @typedef {import('./room-store.js').RoomStore} RoomStore */
/** @typedef {import('./incoming.js').Wanted} Wanted */
/** @typedef {import('./source.js').PickedFolder} PickedFolder */

export { transferKey };

/**
 * The vault of this tab, tidied up: other tabs of this origin may be in rooms of their own. A tab that was
 * duplicated has the name of another one, and begins without.
 *
 * @param {Journal} journal
 * @param {Sha256} sha256
 * @param {string} code of the room
 */
async function openVault(journal, sha256, code) {
  const tabs = new Tabs(journal.tab);
  const others = await tabs.others();
  if (others.has(journal.tab)) {
    journal.beginAnew();
    tabs.rename(journal.tab);
  }
  const vault = await Vault.open(journal.tab, sha256);
  const wanted = journal.files.filter((file) => file.code === code).map(({ id }) => id);
  await vault.tidy(others, new Set(wanted));
  return { vault, tabs };
}

export class Transfers {
  #sha256;
  #desk;
  #incoming;
  #outgoing;
  #journal;
  #opened;
  #tabs = /** @type {Tabs | null} */ (null);
  #isClosed = false;

  /**
   * @param {object} options
   * @param {RoomStore} options.store
   * @param {Sha256} options.sha256
   * @param {(memberId: string) => Companion | undefined} options.companionOf
   * @param {Journal} [options.journal]
   * @param {Promise<Vault>} [options.vault]
   */
  constructor({ store, sha256, companionOf, journal = new Journal(), vault }) {
    this.#sha256 = sha256;
    this.#journal = journal;
    const { code } = store.state;
    this.#opened = vault ?? this.#open(code);
    this.#desk = new TransferDesk(store, companionOf);
    this.#outgoing = new Outgoing(this.#desk, sha256, journal, code);
    this.#incoming = new Incoming(this.#desk, sha256, journal, code, this.#opened);
  }

  /** @param {string} code */
  async #open(code) {
    const { vault, tabs } = await openVault(this.#journal, this.#sha256, code);
    this.#tabs = tabs;
    if (this.#isClosed) tabs.close();
    return vault;
  }

  // ---- what the person decides

  /**
   * @param {Iterable<File>} files
   * @param {string} [memberId] "": everybody, and those who come later
   */
  offer(files, memberId = '') {
    for (const file of files) this.#outgoing.offer(Source.ofFile(file), memberId);
  }

  /**
   * @param {PickedFolder} folder
   * @param {string} [memberId]
   * @returns {Promise<boolean>} whether it is not too much
   */
  async offerFolder(folder, memberId = '') {
    const source = await this.#sourceOf(folder);
    if (source) this.#outgoing.offer(source, memberId);
    return source !== null;
  }

  /** @param {PickedFolder} folder */
  async #sourceOf(folder) {
    try {
      return await Source.ofFolder(folder, this.#sha256);
    } catch (error) {
      if (error instanceof TooMuch) return null;
      throw error;
    }
  }

  /** After a reload. @param {string} id of the offer @param {File | PickedFolder} what */
  async chooseAgain(id, what) {
    const source = what instanceof File ? Source.ofFile(what) : await this.#sourceOf(what);
    if (source) this.#outgoing.chooseAgain(id, source);
  }

  /** What is in a folder that is offered; null if it cannot be looked at. @param {string} key */
  async look(key) {
    const transfer = this.#offered(key);
    return transfer?.canAccept ? this.#incoming.look(transfer) : null;
  }

  /** The person has gone on. @param {string} key */
  stopLooking(key) {
    this.#incoming.stopLooking(key);
  }

  /** It is kept here until it is saved. @param {string} key @param {Wanted} [wanted] of a folder */
  accept(key, wanted) {
    const transfer = this.#offered(key);
    return transfer?.canAccept ? this.#incoming.accept(transfer, null, wanted) : undefined;
  }

  /** Where the person says. @param {string} key @param {Wanted} [wanted] of a folder */
  async saveTo(key, wanted) {
    const transfer = this.#offered(key);
    const saver = transfer && (await pickSaver(transfer, this.#sha256));
    const still = this.#offered(key);
    if (saver && still) await this.#incoming.accept(still, saver, wanted);
  }

  /** @param {string} key */
  decline(key) {
    const transfer = this.#offered(key);
    if (transfer) this.#incoming.decline(transfer);
  }

  /** What waits for the person's answer. */
  offered() {
    return this.#desk.all().filter(({ state, direction }) => state === 'offered' && direction === 'in');
  }

  /** @param {string} key */
  #offered(key) {
    const transfer = this.#desk.transfer(key);
    return transfer?.state === 'offered' && transfer.direction === 'in' ? transfer : undefined;
  }

  /** Ends one transfer, whichever way it goes; an offer nobody took is withdrawn. @param {string} key */
  cancel(key) {
    const transfer = this.#desk.transfer(key);
    if (!transfer || isFinished(transfer)) return;
    if (transfer.direction === 'out') this.#outgoing.cancel(transfer);
    else this.#incoming.cancel(transfer);
  }

  /** @param {string} id of an offer of ours */
  withdraw(id) {
    this.#outgoing.withdraw(id);
  }

  /** @param {string} key @param {boolean} on */
  pause(key, on) {
    const transfer = this.#desk.transfer(key);
    if (!transfer || !this.#desk.runs.has(key) || !['running', 'paused'].includes(transfer.state)) return;
    this.#desk.change(key, { pausedByUs: on });
    this.#desk.tell(transfer, { type: 'file-pause', on });
    if (this.#desk.showPaused(key) || on) this.#incoming.onGoOn(key);
  }

  /** Takes a finished row away. @param {string} key */
  forget(key) {
    const transfer = this.#desk.transfer(key);
    if (!transfer || !isFinished(transfer)) return;
    this.#incoming.forget(transfer);
    this.#desk.forget(key);
  }

  close() {
    this.#desk.close();
    for (const transfer of this.#desk.all())
      if (!isFinished(transfer)) this.#desk.end(transfer.key, 'cancelled', _('The room is over.'));
    this.#incoming.close();
    this.#journal.setOffers([]);
    this.#isClosed = true;
    this.#tabs?.close();
  }

  // ---- what becomes of members

  /** The session channel is open, for the first time or again. @param {string} memberId */
  onConnected(memberId) {
    this.#outgoing.onConnected(memberId);
    this.#incoming.onConnected(memberId);
  }

  /** @param {string} memberId */
  onLost(memberId) {
    this.#incoming.onLost(memberId);
    for (const transfer of this.#desk.of(memberId)) {
      if (!isActive(transfer)) continue;
      this.#desk.suspend(transfer.key);
      this.#incoming.onSuspended(transfer.key);
    }
  }

  /** @param {string} memberId */
  onLeft(memberId) {
    for (const transfer of this.#desk.of(memberId)) {
      if (isFinished(transfer)) continue;
      if (transfer.direction === 'in') this.#incoming.setAside(transfer.key);
      const reason = _('{name} left the room.', { name: transfer.memberName });
      this.#desk.end(transfer.key, isActive(transfer) ? 'failed' : 'cancelled', reason);
    }
  }

  /** Who is not here any more after a reload has left meanwhile. @param {Set<string>} memberIds who is here */
  onPresent(memberIds) {
    const known = new Set(this.#desk.all().map(({ memberId }) => memberId));
    for (const memberId of known) if (memberId !== '' && !memberIds.has(memberId)) this.onLeft(memberId);
  }

  // ---- what members say

  /** @param {string} memberId @param {import('./wire.js').FileOffer} offer */
  onOffer(memberId, offer) {
    this.#incoming.onOffer(memberId, offer);
  }

  /** @param {string} memberId @param {import('./wire.js').FileDecline | import('./wire.js').FileWithdraw} message */
  onRefusal(memberId, { type, id }) {
    if (type === 'file-decline') this.#outgoing.onDecline(memberId, id);
    else this.#incoming.onWithdraw(memberId, id);
  }

  /** @param {string} memberId @param {import('./wire.js').FileGet} get */
  onGet(memberId, get) {
    return this.#outgoing.onGet(memberId, get);
  }

  /** @param {string} memberId @param {import('./wire.js').FileDone} done */
  onDone(memberId, done) {
    return this.#outgoing.onDone(memberId, done);
  }

  /** @param {string} memberId @param {import('./wire.js').FilePause} message */
  onPause(memberId, { id, on, busy }) {
    for (const direction of /** @type {const} */ (['in', 'out'])) {
      const key = transferKey(memberId, id, direction);
      const run = this.#desk.runs.get(key);
      if (!run) continue;
      if (busy) run.isBusy = on;
      else run.isPausedByThem = on;
      if (this.#desk.showPaused(key)) this.#incoming.onGoOn(key);
    }
  }

  /** @param {string} memberId @param {import('./wire.js').FileCancel} message */
  onCancel(memberId, { id, reason }) {
    for (const direction of /** @type {const} */ (['in', 'out'])) {
      const transfer = this.#desk.transfer(transferKey(memberId, id, direction));
      if (!transfer || isFinished(transfer)) continue;
      const name = transfer.memberName;
      const failure = wordsForFailure(reason, name);
      if (failure) this.#desk.end(transfer.key, 'failed', failure);
      else this.#desk.end(transfer.key, 'cancelled', _('Cancelled by {name}', { name }));
    }
  }

  /** A file channel that the member opened. @param {string} memberId @param {RTCDataChannel} channel */
  onChannel(memberId, channel) {
    this.#incoming.onChannel(memberId, channel);
  }
}
