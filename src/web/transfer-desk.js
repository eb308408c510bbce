// transfer-desk: what files that come and files that go have in common: their rows in the store, what moves
// their bytes, and how either ends.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { isActive, isFinished } from './room-store.js';
import { SpeedMeter } from './transfer.js';
import { encode, Reason } from './wire.js';
import { _ } from './words.js';

/** @typedef {import('./companion.js').Companion} Companion */
/** @typedef {import('./json-gate.js').JsonObject} JsonObject */
/** @typedef {import('./room-store.js').RoomStore} RoomStore */
/** @typedef {import('./room-store.js').Transfer} Transfer */

/** Numbers that can be read; for each the page is laid out and painted anew. */
const PROGRESS_EVERY_MS = 200;
const WATCH_EVERY_MS = 5_000;
const CANCEL_STALLED_AFTER_MS = 300_000;

/**
 * What moves the bytes of one transfer.
 *
 * @typedef {object} Run
 * @property {SpeedMeter} meter
 * @property {number} shownAt ms, of the last progress told
 * @property {number} movedAt ms, of the last byte
 * @property {boolean} isPausedByThem
 * @property {boolean} isBusy their disk is behind: we wait, and nobody needs to know
 * @property {import('./sender.js').Sender} [sender]
 * @property {import('./transfer.js').PieceHashes} [hashes] of what is sent
 * @property {import('./wire.js').FileGet} [get] of a file that has to be chosen once more
 * @property {RTCDataChannel} [channel]
 * @property {import('./receiver.js').Receiver} [receiver]
 * @property {import('./incoming.js').Keeping} [keeper]
 */

/** @param {string} memberId @param {string} id @param {'in' | 'out'} direction */
export const transferKey = (memberId, id, direction) => `${direction}/${memberId}/${id}`;

export class TransferDesk {
  #store;
  #companionOf;
  #watchTimer = 0;
  #onEnd = /** @type {((transfer: Transfer) => void)[]} */ ([]);
  /** What is under way, by key. */
  runs = /** @type {Map<string, Run>} */ (new Map());

  /**
   * @param {RoomStore} store
   * @param {(memberId: string) => Companion | undefined} companionOf
   */
  constructor(store, companionOf) {
    this.#store = store;
    this.#companionOf = companionOf;
    this.#watchTimer = setInterval(() => this.#watch(), WATCH_EVERY_MS);
  }

  close() {
    clearInterval(this.#watchTimer);
  }

  /** Called whenever a transfer is over. @param {(transfer: Transfer) => void} listener */
  onEnd(listener) {
    this.#onEnd.push(listener);
  }

  get state() {
    return this.#store.state;
  }

  // ---- rows

  /** @param {string} key */
  transfer(key) {
    return this.#store.transfer(key);
  }

  all() {
    return [...this.#store.state.transfers.values()];
  }

  /** @param {string} memberId @param {'in' | 'out'} [direction] */
  of(memberId, direction) {
    return this.all().filter((t) => t.memberId === memberId && (!direction || t.direction === direction));
  }

  /** @param {Pick<Transfer, 'id' | 'memberId' | 'direction'> & Partial<Transfer>} values */
  add(values) {
    const { id, memberId, direction } = values;
    const key = transferKey(memberId, id, direction);
    /** @type {Transfer} */
    const transfer = {
      key,
      memberName: this.#store.member(memberId)?.displayName ?? '',
      name: '',
      mimeType: '',
      size: 0,
      kind: 'file',
      count: 0,
      canAccept: false,
      isFileGone: false,
      state: 'offered',
      wasDone: false,
      bytes: 0,
      speed: 0,
      secondsLeft: -1,
      pausedByUs: false,
      reason: '',
      blob: null,
      fingerprint: '',
      time: Date.now(),
      ...values,
    };
    this.#store.apply({ type: 'transfer', transfer });
    return transfer;
  }

  /** @param {string} key @param {Partial<Transfer>} values */
  change(key, values) {
    this.#store.apply({ type: 'transfer-changed', key, values });
  }

  /** @param {string} key */
  forget(key) {
    this.#store.apply({ type: 'transfer-forgotten', key });
  }

  /** The card in the chat. @param {string} key @param {string} memberId "": ours @param {string} text */
  showInChat(key, memberId, text) {
    const senderName = this.#store.member(memberId)?.displayName ?? '';
    this.#store.apply({
      type: 'message',
      message: {
        key: `file-${key}`,
        kind: 'file',
        own: memberId === '',
        senderId: memberId,
        senderName,
        text,
        time: Date.now(),
        delivery: 'none',
      },
    });
  }

  /** @param {string} memberId @param {'in' | 'out'} direction @param {string} [except] */
  countRunning(memberId, direction, except = '') {
    const isRunning = (/** @type {Transfer} */ t) => t.key !== except && (t.state === 'running' || t.state === 'paused');
    return this.of(memberId, direction).filter(isRunning).length;
  }

  // ---- words to members

  /** @param {string} memberId */
  link(memberId) {
    return this.#companionOf(memberId)?.link;
  }

  /** @param {Transfer} transfer @param {JsonObject} message */
  tell(transfer, message) {
    return this.say(transfer.memberId, encode({ ...message, id: transfer.id }));
  }

  /** @param {string} memberId @param {string} text */
  say(memberId, text) {
    return this.#companionOf(memberId)?.say(text) ?? false;
  }

  /** @param {string} memberId @param {string} id @param {string} reason */
  refuse(memberId, id, reason) {
    this.say(memberId, encode({ type: 'file-cancel', id, reason }));
  }

  // ---- what moves

  /** @param {string} key @returns {Run} */
  newRun(key) {
    const old = this.runs.get(key);
    if (old) this.stop(old);
    const run = { meter: new SpeedMeter(), shownAt: 0, movedAt: Date.now(), isPausedByThem: false, isBusy: false };
    this.runs.set(key, run);
    return run;
  }

  /** @param {Run} run */
  stop(run) {
    const { channel } = run;
    run.channel = undefined;
    run.receiver?.stop();
    run.sender?.stop();
    channel?.close();
  }

  /** @param {string} key @param {Run} run @param {number} bytes */
  progress(key, run, bytes) {
    const now = Date.now();
    run.movedAt = now;
    if (now - run.shownAt < PROGRESS_EVERY_MS) return;
    const transfer = this.transfer(key);
    if (transfer?.state !== 'running') return;
    run.shownAt = now;
    run.meter.update(bytes, now);
    const shown = Math.max(0, Math.min(bytes, transfer.size));
    this.change(key, { bytes: shown, speed: run.meter.speed, secondsLeft: run.meter.secondsLeft(transfer.size) });
  }

  /** The way is lost, not the transfer: what is checked stays, and it goes on from there. @param {string} key */
  suspend(key) {
    const run = this.runs.get(key);
    const transfer = this.transfer(key);
    if (!transfer || !isActive(transfer) || transfer.isFileGone) return;
    if (run) this.stop(run);
    const reason = _('Connection to {name} lost', { name: transfer.memberName });
    this.change(key, { state: 'paused', speed: 0, secondsLeft: -1, reason });
  }

  /** Shows who paused it, and holds the bytes back or lets them go. @param {string} key @returns {boolean} whether it goes */
  showPaused(key) {
    const run = this.runs.get(key);
    const transfer = this.transfer(key);
    if (!run || !transfer || !isActive(transfer)) return false;
    const isPaused = transfer.pausedByUs || run.isPausedByThem;
    run.sender?.pause(isPaused || run.isBusy);
    run.movedAt = Date.now();
    const hasWay = run.channel !== undefined || run.sender !== undefined;
    const reason = transfer.pausedByUs ? _('Paused') : _('Paused by {name}', { name: transfer.memberName });
    if (isPaused) this.change(key, { state: 'paused', speed: 0, secondsLeft: -1, reason });
    else this.change(key, { state: hasWay ? 'running' : 'accepted', reason: '' });
    return !isPaused;
  }

  /** A member that neither sends nor takes for minutes will not come round. */
  #watch() {
    const now = Date.now();
    for (const [key, run] of this.runs) {
      const isStalled = now - run.movedAt > CANCEL_STALLED_AFTER_MS;
      if (isStalled && this.transfer(key)?.state === 'running')
        this.giveUp(key, Reason.STALLED, _('Nothing arrived for five minutes.'));
    }
  }

  /** @param {string} key @param {string} code @param {string} reason */
  giveUp(key, code, reason) {
    const transfer = this.transfer(key);
    if (!transfer || isFinished(transfer)) return;
    this.tell(transfer, { type: 'file-cancel', reason: code });
    this.end(key, 'failed', reason);
  }

  /**
   * @param {string} key
   * @param {'done' | 'declined' | 'cancelled' | 'failed'} state
   * @param {string} reason
   */
  end(key, state, reason) {
    const run = this.runs.get(key);
    this.runs.delete(key);
    if (run) this.stop(run);
    this.change(key, { state, reason, speed: 0, secondsLeft: -1, pausedByUs: false, isFileGone: false });
    const transfer = this.transfer(key);
    if (transfer) for (const listener of this.#onEnd) listener(transfer);
  }
}

/** What went wrong, '' if a member cancelled it. @param {string} reason that they gave @param {string} name */
export function wordsForFailure(reason, name) {
  switch (reason) {
    case Reason.CHANGED:
      return _('The file changed since {name} offered it.', { name });
    case Reason.BAD_REQUEST:
      return _('{name} no longer offers this file.', { name });
    case Reason.BAD_DATA:
      return _('What arrived at {name} was damaged.', { name });
    case Reason.STALLED:
      return _('Nothing arrived for five minutes.');
    case Reason.DISK:
      return _('{name} has no room for it.', { name });
    default:
      // A later version's reason says no more than that they ended it.
      return '';
  }
}
