// transfers: files offered and asked for, with every member (PROTOCOL.md, section 4: offered and pulled).
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { randomId, fromBase64Url, toBase64Url, toHex } from './digest.js';
import { safeFileName } from './names.js';
import { BadTransfer, Receiver } from './receiver.js';
import { isActive, isFinished, reachableMembers } from './room-store.js';
import { FileChanged, Sender } from './sender.js';
import { BlobSink, MAX_FILE_BYTES } from './sink.js';
import { PIECE_BYTES, PieceHashes, SpeedMeter, isResumePoint, sameBytes } from './transfer.js';
import { encode, fileGet, Reason } from './wire.js';
import { _, formatSize } from './words.js';

/** @typedef {import('./digest.js').Sha256} Sha256 */
/** @typedef {import('./json-gate.js').JsonObject} JsonObject */
/** @typedef {import('./companion.js').Companion} Companion */
/** @typedef {import('./room-store.js').RoomStore} RoomStore */
/** @typedef {import('./room-store.js').Transfer} Transfer */

const MAX_STANDING_OFFERS = 200;
const MAX_SENDING = 8;
/** Rows of a member's offers that came to nothing: of more, the oldest are forgotten. */
const MAX_IN_VAIN = 50;
const MAX_RECEIVING = 4;
const PROGRESS_EVERY_MS = 100;
const WATCH_EVERY_MS = 5_000;
const CANCEL_STALLED_AFTER_MS = 300_000;

/**
 * One file that we offer; its hashes are kept, so that resuming can be checked.
 *
 * @typedef {object} Offer
 * @property {string} id
 * @property {File} file
 * @property {string} encoded
 * @property {boolean} isForEverybody also for those who come later
 * @property {PieceHashes} hashes
 *
 * What moves the bytes of one transfer.
 *
 * @typedef {object} Run
 * @property {SpeedMeter} meter
 * @property {number} shownAt ms, of the last progress told
 * @property {number} movedAt ms, of the last byte
 * @property {RTCDataChannel} [channel]
 * @property {Sender} [sender]
 * @property {Receiver} [receiver]
 * @property {BlobSink} [sink]
 * @property {PieceHashes} [hashes] of a file being received
 * @property {boolean} isPausedByThem
 * @property {boolean} isBusy their disk is behind: we wait, and nobody needs to know
 */

/** @param {string} memberId @param {string} id @param {'in' | 'out'} direction */
export const transferKey = (memberId, id, direction) => `${direction}/${memberId}/${id}`;

/** @param {string} id @param {File} file */
function encodeOffer(id, file) {
  const mtime = Math.floor(file.lastModified / 1000);
  const { name, size, type: mimeType } = file;
  return encode({ type: 'file-offer', id, name, size, mimeType, mtime, kind: 'file' });
}

export class Transfers {
  #store;
  #sha256;
  #companionOf;
  #offers = /** @type {Map<string, Offer>} */ (new Map());
  #runs = /** @type {Map<string, Run>} */ (new Map());
  #asked = /** @type {Set<string>} */ (new Set());
  #said = /** @type {Set<string>} */ (new Set());
  #watchTimer = 0;

  /**
   * @param {object} options
   * @param {RoomStore} options.store
   * @param {Sha256} options.sha256
   * @param {(memberId: string) => Companion | undefined} options.companionOf
   */
  constructor({ store, sha256, companionOf }) {
    this.#store = store;
    this.#sha256 = sha256;
    this.#companionOf = companionOf;
    this.#watchTimer = setInterval(() => this.#watch(), WATCH_EVERY_MS);
  }

  // ---- what the person decides

  /**
   * @param {Iterable<File>} files
   * @param {string} [memberId] "": everybody, and those who come later
   */
  offer(files, memberId = '') {
    for (const file of files) {
      const id = randomId();
      const hashes = new PieceHashes(this.#sha256);
      const offer = { id, file, encoded: encodeOffer(id, file), isForEverybody: memberId === '', hashes };
      this.#offers.set(id, offer);
      this.#showOwn(offer);
      const memberIds = memberId === '' ? reachableMembers(this.#store.state) : [memberId];
      for (const to of memberIds) this.#offerTo(to, offer);
      if (memberIds.length === 0) this.#addRow(offer, '');
    }
  }

  /** @param {string} key */
  accept(key) {
    const transfer = this.#store.transfer(key);
    if (transfer?.state !== 'offered' || transfer.direction !== 'in') return;
    if (transfer.size > MAX_FILE_BYTES) {
      this.#change(key, { reason: _('This browser can take at most {size} here.', { size: formatSize(MAX_FILE_BYTES) }) });
      return;
    }
    const run = this.#newRun(key);
    run.sink = new BlobSink();
    run.hashes = new PieceHashes(this.#sha256);
    this.#change(key, { state: 'accepted', reason: '' });
    this.#askForNext(transfer.memberId);
  }

  /** @param {string} key */
  decline(key) {
    const transfer = this.#store.transfer(key);
    if (transfer?.state !== 'offered' || transfer.direction !== 'in') return;
    this.#tell(transfer, { type: 'file-decline' });
    this.#end(key, 'declined', '');
  }

  /** Ends one transfer, whichever way it goes; an offer nobody took is withdrawn. @param {string} key */
  cancel(key) {
    const transfer = this.#store.transfer(key);
    if (!transfer || isFinished(transfer)) return;
    if (transfer.state === 'offered') this.#tell(transfer, { type: 'file-withdraw' });
    else this.#tell(transfer, { type: 'file-cancel', reason: Reason.USER });
    this.#end(key, 'cancelled', transfer.state === 'offered' ? _('Withdrawn') : _('Cancelled'));
  }

  /** Takes an offer back from everybody who has not taken it, and from those to come. @param {string} id */
  withdraw(id) {
    const offer = this.#offers.get(id);
    if (offer) offer.isForEverybody = false;
    for (const transfer of this.#all())
      if (transfer.id === id && transfer.state === 'offered') this.cancel(transfer.key);
  }

  /** @param {string} key @param {boolean} on */
  pause(key, on) {
    const transfer = this.#store.transfer(key);
    const run = this.#runs.get(key);
    if (!transfer || !run || !['running', 'paused'].includes(transfer.state)) return;
    this.#change(key, { pausedByUs: on });
    this.#tell(transfer, { type: 'file-pause', on });
    this.#showPaused(key);
  }

  /** Takes a finished row away. @param {string} key */
  forget(key) {
    const transfer = this.#store.transfer(key);
    if (transfer && isFinished(transfer)) this.#store.apply({ type: 'transfer-forgotten', key });
  }

  close() {
    clearInterval(this.#watchTimer);
    for (const transfer of this.#all())
      if (!isFinished(transfer)) this.#end(transfer.key, 'cancelled', _('The room is over.'));
    this.#offers.clear();
  }

  // ---- what becomes of members

  /** The session channel is open, for the first time or again. @param {string} memberId */
  onConnected(memberId) {
    // On a new channel every standing offer is said again; it is one offer, as its id is the same.
    for (const transfer of this.#of(memberId)) this.#said.delete(transfer.key);
    for (const offer of this.#offers.values()) {
      const isNews = this.#store.transfer(transferKey(memberId, offer.id, 'out')) === undefined;
      if (isNews && offer.isForEverybody) this.#offerTo(memberId, offer);
    }
    this.#sayOffers(memberId);
    for (const transfer of this.#of(memberId))
      if (this.#isWaitingForWay(transfer)) this.#change(transfer.key, { state: 'accepted', reason: '' });
    this.#askForNext(memberId);
  }

  /** @param {Transfer} transfer */
  #isWaitingForWay({ key, direction, state, pausedByUs }) {
    const hasWay = this.#runs.get(key)?.channel !== undefined;
    return direction === 'in' && state === 'paused' && !pausedByUs && !hasWay;
  }

  /** @param {string} memberId */
  onLost(memberId) {
    for (const transfer of this.#of(memberId)) if (isActive(transfer)) this.#suspend(transfer.key);
  }

  /** @param {string} memberId */
  onLeft(memberId) {
    for (const transfer of this.#of(memberId)) {
      if (isFinished(transfer)) continue;
      const reason = _('{name} left the room.', { name: transfer.memberName });
      this.#end(transfer.key, isActive(transfer) ? 'failed' : 'cancelled', reason);
    }
  }

  // ---- what members say

  /**
   * @param {string} memberId
   * @param {import('./wire.js').FileOffer} offer
   */
  onOffer(memberId, offer) {
    const key = transferKey(memberId, offer.id, 'in');
    if (this.#store.transfer(key)) return;
    const standing = this.#of(memberId).filter((t) => t.direction === 'in' && t.state === 'offered');
    if (standing.length >= MAX_STANDING_OFFERS) return;

    const inVain = this.#of(memberId).filter((t) => t.direction === 'in' && isFinished(t) && t.state !== 'done');
    for (const old of inVain.slice(0, Math.max(0, inVain.length + 1 - MAX_IN_VAIN))) this.forget(old.key);

    const isFolder = offer.kind === 'folder';
    this.#store.apply({
      type: 'transfer',
      transfer: {
        ...this.#row(key, offer.id, memberId),
        direction: 'in',
        name: safeFileName(offer.name),
        mimeType: offer.mimeType,
        size: offer.size,
        canAccept: !isFolder,
        reason: isFolder ? _('This page cannot take folders yet.') : '',
      },
    });
    this.#showInChat(key, memberId);
  }

  /**
   * @param {string} memberId
   * @param {import('./wire.js').FileDecline | import('./wire.js').FileWithdraw} message
   */
  onRefusal(memberId, { type, id }) {
    const direction = type === 'file-decline' ? 'out' : 'in';
    const key = transferKey(memberId, id, direction);
    if (this.#store.transfer(key)?.state !== 'offered') return;
    if (direction === 'out') this.#end(key, 'declined', _('Declined'));
    else this.#end(key, 'cancelled', _('No longer offered'));
  }

  /**
   * @param {string} memberId
   * @param {import('./wire.js').FileGet} get
   */
  async onGet(memberId, get) {
    const key = transferKey(memberId, get.id, 'out');
    const transfer = this.#store.transfer(key);
    const offer = this.#offers.get(get.id);
    if (!transfer || !offer || isFinished(transfer) || get.entry !== 0 || !isResumePoint(offer.file.size, get.offset))
      return this.#refuse(memberId, get.id, Reason.BAD_REQUEST);
    if (this.#countRunning(memberId, 'out', key) >= MAX_SENDING)
      return this.#refuse(memberId, get.id, Reason.BAD_REQUEST);
    if (get.offset > 0 && !(await this.#isProven(offer, get)))
      return this.#giveUp(key, Reason.CHANGED, _('The file changed since it was offered.'));
    await this.#startSending(key, memberId, offer, get.offset);
  }

  /**
   * @param {string} memberId
   * @param {import('./wire.js').FileDone} done
   */
  async onDone(memberId, { id, fingerprint }) {
    const key = transferKey(memberId, id, 'out');
    const transfer = this.#store.transfer(key);
    const offer = this.#offers.get(id);
    if (!transfer || !offer || !isActive(transfer)) return;

    const own = await offer.hashes.fingerprint();
    if (toBase64Url(own) !== fingerprint) {
      this.#end(key, 'failed', _('What arrived is not what was sent.'));
      return;
    }
    this.#change(key, { bytes: transfer.size, fingerprint: toHex(own) });
    this.#end(key, 'done', '');
  }

  /**
   * @param {string} memberId
   * @param {import('./wire.js').FilePause} message
   */
  onPause(memberId, { id, on, busy }) {
    for (const direction of /** @type {const} */ (['in', 'out'])) {
      const key = transferKey(memberId, id, direction);
      const run = this.#runs.get(key);
      if (!run) continue;
      if (busy) run.isBusy = on;
      else run.isPausedByThem = on;
      this.#showPaused(key);
    }
  }

  /**
   * @param {string} memberId
   * @param {import('./wire.js').FileCancel} message
   */
  onCancel(memberId, { id, reason }) {
    for (const direction of /** @type {const} */ (['in', 'out'])) {
      const key = transferKey(memberId, id, direction);
      const transfer = this.#store.transfer(key);
      if (!transfer || isFinished(transfer)) continue;
      const state = reason === Reason.USER || reason === '' ? 'cancelled' : 'failed';
      this.#end(key, state, this.#wordsFor(reason, transfer.memberName));
    }
  }

  /**
   * A file channel that the member opened: wanted only if we asked for it.
   *
   * @param {string} memberId
   * @param {RTCDataChannel} channel
   */
  onChannel(memberId, channel) {
    const key = transferKey(memberId, channel.protocol, 'in');
    const run = this.#runs.get(key);
    const transfer = this.#store.transfer(key);
    if (!run || run.channel || !transfer || !this.#asked.has(key)) {
      channel.close();
      return;
    }
    this.#receive(key, transfer, run, channel);
  }

  // ---- sending

  /** @param {string} memberId @param {Offer} offer */
  #offerTo(memberId, offer) {
    this.#store.apply({ type: 'transfer-forgotten', key: transferKey('', offer.id, 'out') });
    this.#addRow(offer, memberId);
    this.#sayOffers(memberId);
  }

  /** No more at once than a member keeps; the next when one of them is decided. @param {string} memberId */
  #sayOffers(memberId) {
    const standing = this.#of(memberId).filter((t) => t.direction === 'out' && t.state === 'offered');
    for (const { key, id } of standing.slice(0, MAX_STANDING_OFFERS)) {
      const encoded = this.#offers.get(id)?.encoded;
      if (encoded === undefined || this.#said.has(key)) continue;
      if (this.#sendText(memberId, encoded)) this.#said.add(key);
    }
  }

  /** @param {Offer} offer @param {string} memberId */
  #addRow(offer, memberId) {
    const key = transferKey(memberId, offer.id, 'out');
    const { name, size, type: mimeType } = offer.file;
    const transfer = { ...this.#row(key, offer.id, memberId), name: safeFileName(name), mimeType, size };
    this.#store.apply({ type: 'transfer', transfer });
  }

  /** @param {Offer} offer @param {import('./wire.js').FileGet} get */
  async #isProven(offer, get) {
    const nPieces = get.offset / PIECE_BYTES;
    if (offer.hashes.length < nPieces) return false;
    const have = fromBase64Url(get.have ?? '', 32);
    return have !== null && sameBytes(await offer.hashes.fingerprint(nPieces), have);
  }

  /**
   * @param {string} key
   * @param {string} memberId
   * @param {Offer} offer
   * @param {number} offset
   */
  async #startSending(key, memberId, offer, offset) {
    const link = this.#companionOf(memberId)?.link;
    const channel = link?.openFileChannel(offer.id);
    if (!link || !channel) return;

    this.#runs.get(key)?.sender?.stop();
    const run = this.#newRun(key);
    run.sender = new Sender({
      channel,
      file: offer.file,
      offset,
      hashes: offer.hashes,
      sha256: this.#sha256,
      maxMessageBytes: link.maxMessageBytes,
      onProgress: (bytes) => this.#progress(key, run, bytes),
    });
    this.#change(key, { state: 'running', bytes: offset, reason: '', pausedByUs: false });
    this.#sayOffers(memberId);
    await this.#runSender(key, run.sender);
  }

  /** @param {string} key @param {Sender} sender */
  async #runSender(key, sender) {
    try {
      await sender.run();
    } catch (error) {
      if (!(error instanceof FileChanged)) console.debug('transfer: sending failed:', String(error));
      if (this.#runs.get(key)?.sender === sender)
        this.#giveUp(key, Reason.CHANGED, _('The file can no longer be read.'));
    }
  }

  // ---- receiving

  /** As many at once as the other side serves; the rest waits its turn. @param {string} memberId */
  #askForNext(memberId) {
    const waiting = this.#of(memberId).filter((t) => t.direction === 'in' && t.state === 'accepted');
    const unasked = waiting.filter((t) => !this.#asked.has(t.key));
    const nRunning = this.#countRunning(memberId, 'in') + waiting.length - unasked.length;
    for (const transfer of unasked.slice(0, Math.max(0, MAX_RECEIVING - nRunning))) this.#ask(transfer);
  }

  /** @param {Transfer} transfer */
  async #ask({ key, id, memberId }) {
    const hashes = this.#runs.get(key)?.hashes;
    if (!hashes) return;
    this.#asked.add(key);
    const offset = hashes.length * PIECE_BYTES;
    const have = offset > 0 ? toBase64Url(await hashes.fingerprint()) : undefined;
    if (!this.#sendText(memberId, encode(fileGet(id, offset, have)))) this.#asked.delete(key);
  }

  /**
   * @param {string} key
   * @param {Transfer} transfer
   * @param {Run} run
   * @param {RTCDataChannel} channel
   */
  #receive(key, transfer, run, channel) {
    const { sink, hashes } = run;
    if (!sink || !hashes) return;

    const onProgress = (/** @type {number} */ bytes) => this.#progress(key, run, bytes);
    const offset = hashes.length * PIECE_BYTES;
    const receiver = new Receiver({ size: transfer.size, offset, hashes, sink, sha256: this.#sha256, onProgress });
    let work = Promise.resolve();
    run.channel = channel;
    run.receiver = receiver;
    run.movedAt = Date.now();
    channel.binaryType = 'arraybuffer';
    channel.onmessage = ({ data }) => {
      work = work.then(() => this.#take(key, run, receiver, data));
    };
    channel.onclose = () => {
      work = work.then(() => {
        if (run.channel === channel) this.#suspend(key);
      });
    };
    this.#change(key, { state: 'running', bytes: offset, reason: '' });
  }

  /**
   * @param {string} key
   * @param {Run} run
   * @param {Receiver} receiver
   * @param {string | ArrayBuffer} data
   */
  async #take(key, run, receiver, data) {
    if (this.#runs.get(key) !== run) return;
    try {
      await receiver.take(data);
    } catch (error) {
      if (!(error instanceof BadTransfer)) throw error;
      console.debug('transfer: refused:', error.message);
      this.#giveUp(key, Reason.BAD_DATA, _('What arrived is damaged; nothing was kept.'));
      return;
    }
    if (receiver.isWhole && this.#runs.get(key) === run) await this.#finishReceiving(key, run);
  }

  /** @param {string} key @param {Run} run */
  async #finishReceiving(key, run) {
    const transfer = this.#store.transfer(key);
    if (!transfer || !run.sink || !run.hashes) return;
    const fingerprint = await run.hashes.fingerprint();
    const blob = run.sink.finish();
    // "Done" is what the receiver says; the sender closes the channel.
    this.#tell(transfer, { type: 'file-done', fingerprint: toBase64Url(fingerprint) });
    this.#runs.delete(key);
    this.#change(key, { blob, bytes: transfer.size, fingerprint: toHex(fingerprint) });
    this.#end(key, 'done', '');
  }

  // ---- both ways

  /** The way is lost, not the transfer: what is checked stays, and it goes on from there. @param {string} key */
  #suspend(key) {
    const run = this.#runs.get(key);
    const transfer = this.#store.transfer(key);
    if (!transfer || !isActive(transfer)) return;
    if (run) this.#stop(run);
    this.#asked.delete(key);
    const reason = _('Connection to {name} lost', { name: transfer.memberName });
    this.#change(key, { state: 'paused', speed: 0, secondsLeft: -1, reason });
  }

  /** @param {string} key */
  #showPaused(key) {
    const run = this.#runs.get(key);
    const transfer = this.#store.transfer(key);
    if (!run || !transfer || !isActive(transfer)) return;
    const isPaused = transfer.pausedByUs || run.isPausedByThem;
    run.sender?.pause(isPaused || run.isBusy);
    run.movedAt = Date.now();
    const hasWay = run.channel !== undefined || run.sender !== undefined;
    const reason = transfer.pausedByUs ? _('Paused') : _('Paused by {name}', { name: transfer.memberName });
    if (isPaused) this.#change(key, { state: 'paused', speed: 0, secondsLeft: -1, reason });
    else this.#change(key, { state: hasWay ? 'running' : 'accepted', reason: '' });
    if (!isPaused) this.#askForNext(transfer.memberId);
  }

  /** @param {string} key @param {Run} run @param {number} bytes */
  #progress(key, run, bytes) {
    const now = Date.now();
    run.movedAt = now;
    if (now - run.shownAt < PROGRESS_EVERY_MS) return;
    const transfer = this.#store.transfer(key);
    if (transfer?.state !== 'running') return;
    run.shownAt = now;
    run.meter.update(bytes, now);
    const shown = Math.max(0, Math.min(bytes, transfer.size));
    this.#change(key, { bytes: shown, speed: run.meter.speed, secondsLeft: run.meter.secondsLeft(transfer.size) });
  }

  /** A member that neither sends nor takes for minutes will not come round. */
  #watch() {
    const now = Date.now();
    for (const [key, run] of this.#runs) {
      const isStalled = now - run.movedAt > CANCEL_STALLED_AFTER_MS;
      if (isStalled && this.#store.transfer(key)?.state === 'running')
        this.#giveUp(key, Reason.STALLED, _('Nothing arrived for five minutes.'));
    }
  }

  /** @param {string} key @param {string} code @param {string} reason */
  #giveUp(key, code, reason) {
    const transfer = this.#store.transfer(key);
    if (!transfer || isFinished(transfer)) return;
    this.#tell(transfer, { type: 'file-cancel', reason: code });
    this.#end(key, 'failed', reason);
  }

  /** @param {string} memberId @param {string} id @param {string} reason */
  #refuse(memberId, id, reason) {
    this.#sendText(memberId, encode({ type: 'file-cancel', id, reason }));
  }

  /**
   * @param {string} key
   * @param {'done' | 'declined' | 'cancelled' | 'failed'} state
   * @param {string} reason
   */
  #end(key, state, reason) {
    const run = this.#runs.get(key);
    this.#runs.delete(key);
    this.#asked.delete(key);
    if (run) this.#stop(run);
    run?.sink?.clear();
    this.#change(key, { state, reason, speed: 0, secondsLeft: -1 });
    const memberId = this.#store.transfer(key)?.memberId;
    if (!memberId) return;
    this.#askForNext(memberId);
    this.#sayOffers(memberId);
  }

  /** @param {Run} run */
  #stop(run) {
    const { channel } = run;
    run.channel = undefined;
    run.receiver?.stop();
    run.sender?.stop();
    channel?.close();
  }

  /** @param {string} key @returns {Run} */
  #newRun(key) {
    const run = { meter: new SpeedMeter(), shownAt: 0, movedAt: Date.now(), isPausedByThem: false, isBusy: false };
    this.#runs.set(key, run);
    return run;
  }

  /** @param {string} key @param {string} id @param {string} memberId @returns {Transfer} */
  #row(key, id, memberId) {
    return {
      key,
      id,
      direction: 'out',
      memberId,
      memberName: this.#store.member(memberId)?.displayName ?? '',
      name: '',
      mimeType: '',
      size: 0,
      canAccept: false,
      state: 'offered',
      bytes: 0,
      speed: 0,
      secondsLeft: -1,
      pausedByUs: false,
      reason: '',
      blob: null,
      fingerprint: '',
      time: Date.now(),
    };
  }

  /** @param {Offer} offer */
  #showOwn(offer) {
    this.#store.apply({
      type: 'message',
      message: {
        key: `file-${offer.id}`,
        kind: 'file',
        own: true,
        senderId: '',
        senderName: '',
        text: offer.id,
        time: Date.now(),
        delivery: 'none',
      },
    });
  }

  /** @param {string} key @param {string} memberId */
  #showInChat(key, memberId) {
    const senderName = this.#store.member(memberId)?.displayName ?? '';
    this.#store.apply({
      type: 'message',
      message: {
        key: `file-${key}`,
        kind: 'file',
        own: false,
        senderId: memberId,
        senderName,
        text: key,
        time: Date.now(),
        delivery: 'none',
      },
    });
  }

  /** @param {string} reason @param {string} name */
  #wordsFor(reason, name) {
    switch (reason) {
      case Reason.CHANGED:
        return _('The file changed since {name} offered it.', { name });
      case Reason.BAD_REQUEST:
        return _('{name} no longer offers this file.', { name });
      case Reason.BAD_DATA:
        return _('What arrived at {name} was damaged.', { name });
      case Reason.STALLED:
        return _('Nothing arrived for five minutes.');
      case 'disk':
        return _('{name} has no room for it.', { name });
      default:
        return _('Cancelled by {name}', { name });
    }
  }

  #all() {
    return [...this.#store.state.transfers.values()];
  }

  /** @param {string} memberId */
  #of(memberId) {
    return this.#all().filter((transfer) => transfer.memberId === memberId);
  }

  /** @param {string} memberId @param {'in' | 'out'} direction @param {string} [except] */
  #countRunning(memberId, direction, except = '') {
    return this.#of(memberId).filter(
      (t) => t.direction === direction && t.key !== except && (t.state === 'running' || t.state === 'paused'),
    ).length;
  }

  /** @param {string} key @param {Partial<Transfer>} values */
  #change(key, values) {
    this.#store.apply({ type: 'transfer-changed', key, values });
  }

  /** @param {Transfer} transfer @param {JsonObject} message */
  #tell(transfer, message) {
    this.#sendText(transfer.memberId, encode({ ...message, id: transfer.id }));
  }

  /** @param {string} memberId @param {string} text */
  #sendText(memberId, text) {
    return this.#companionOf(memberId)?.say(text) ?? false;
  }
}
