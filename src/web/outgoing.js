// outgoing: what we offer, to everybody or to one, and send when it is asked for.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { fromBase64Url, randomId, toBase64Url, toHex } from './digest.js';
import { piecesBefore } from './manifest.js';
import { safeFileName } from './names.js';
import { isActive, isFinished, reachableMembers } from './room-store.js';
import { Sender } from './sender.js';
import { FileChanged, Source } from './source.js';
import { transferKey } from './transfer-desk.js';
import { PieceHashes, sameBytes } from './transfer.js';
import { encode, Reason } from './wire.js';
import { _ } from './words.js';

/** @typedef {import('./digest.js').Sha256} Sha256 */
/** @typedef {import('./journal.js').Journal} Journal */
/** @typedef {import('./journal.js').SavedOffer} SavedOffer */
/** @typedef {import('./room-store.js').Transfer} Transfer */
/** @typedef {import('./transfer-desk.js').TransferDesk} TransferDesk */
/** @typedef {import('./wire.js').FileGet} FileGet */

export const MAX_STANDING_OFFERS = 200;
const MAX_SENDING = 8;

/**
 * Something that we offer; its hashes are kept, so that going on can be checked.
 *
 * @typedef {object} Offer
 * @property {string} id
 * @property {Source | null} source null: the page was loaded again, and has no file any more
 * @property {Pick<SavedOffer, 'name' | 'mimeType' | 'size' | 'kind' | 'count' | 'mtime' | 'manifest'>} head
 * @property {string} encoded
 * @property {boolean} isForEverybody also for those who come later
 * @property {PieceHashes} hashes
 */

/** @param {Source} source */
function headOf({ name, mimeType, size, mtime, isFolder, manifest, entries }) {
  const kind = isFolder ? /** @type {const} */ ('folder') : /** @type {const} */ ('file');
  return { name, mimeType, size, mtime, kind, count: isFolder ? entries.length : 0, manifest };
}

const goneWords = () => _('This page was loaded again: choose it once more to go on.');

export class Outgoing {
  #desk;
  #sha256;
  #journal;
  #code;
  #offers = /** @type {Map<string, Offer>} */ (new Map());
  #said = /** @type {Set<string>} */ (new Set());
  /** How many manifests are on their way to each member, to be looked at. */
  #looking = /** @type {Map<string, number>} */ (new Map());

  /** @param {TransferDesk} desk @param {Sha256} sha256 @param {Journal} journal @param {string} code of the room */
  constructor(desk, sha256, journal, code) {
    this.#desk = desk;
    this.#sha256 = sha256;
    this.#journal = journal;
    this.#code = code;
    desk.onEnd((transfer) => this.#onEnd(transfer));
    for (const saved of journal.offers) if (saved.code === code) this.#restore(saved);
  }

  // ---- what the person decides

  /** @param {Source} source @param {string} memberId "": everybody, and those who come later */
  offer(source, memberId) {
    const id = randomId();
    const hashes = new PieceHashes(this.#sha256);
    const isForEverybody = memberId === '';
    const offer = { id, source, head: headOf(source), encoded: encode(source.offer(id)), isForEverybody, hashes };
    this.#offers.set(id, offer);
    this.#desk.showInChat(id, '', id);
    const memberIds = isForEverybody ? reachableMembers(this.#desk.state) : [memberId];
    for (const to of memberIds) this.#offerTo(to, offer);
    if (memberIds.length === 0) this.#addRow(offer, '');
    this.#save();
  }

  /** Takes an offer back from everybody who has not taken it, and from those to come. @param {string} id */
  withdraw(id) {
    const offer = this.#offers.get(id);
    if (offer) offer.isForEverybody = false;
    for (const transfer of this.#rowsOf(id)) if (transfer.state === 'offered') this.cancel(transfer);
  }

  /** @param {Transfer} transfer */
  cancel(transfer) {
    const isTaken = transfer.state !== 'offered';
    this.#desk.tell(transfer, isTaken ? { type: 'file-cancel', reason: Reason.USER } : { type: 'file-withdraw' });
    this.#desk.end(transfer.key, 'cancelled', isTaken ? _('Cancelled') : _('Withdrawn'));
  }

  /**
   * After a reload the person chose what was offered once more: it goes on, if it is the same.
   *
   * @param {string} id
   * @param {Source} source
   */
  chooseAgain(id, source) {
    const offer = this.#offers.get(id);
    if (!offer || offer.source) return;
    const { name, size, kind, manifest, mtime } = headOf(source);
    const { head } = offer;
    const isSame = kind === head.kind && size === head.size && name === head.name && mtime === head.mtime
      && manifest?.sha256 === head.manifest?.sha256;
    const gone = this.#rowsOf(id).filter((transfer) => transfer.isFileGone);
    if (!isSame) {
      const reason = _('That is not what was offered. Choose {name} again, or withdraw it.', { name: safeFileName(head.name) });
      for (const { key } of gone) this.#desk.change(key, { reason });
      return;
    }
    offer.source = source;
    for (const transfer of gone) this.#revive(transfer, offer);
  }

  /** @param {Transfer} transfer @param {Offer} offer */
  #revive({ key, memberId, state }, offer) {
    const get = this.#desk.runs.get(key)?.get;
    this.#desk.runs.delete(key);
    const reason = state === 'offered' ? '' : _('Waiting to be asked for the rest');
    this.#desk.change(key, { isFileGone: false, reason });
    const transfer = this.#desk.transfer(key);
    if (!transfer) return;
    this.#said.delete(key);
    this.#sayOffers(memberId);
    if (!get) return;
    this.#desk.tell(transfer, { type: 'file-pause', on: false });
    this.onGet(memberId, get);
  }

  // ---- what becomes of members

  /** @param {string} memberId */
  onConnected(memberId) {
    // On a new channel every standing offer is said again; it is one offer, as its id is the same.
    for (const transfer of this.#desk.of(memberId, 'out')) this.#said.delete(transfer.key);
    for (const offer of this.#offers.values()) {
      const isNews = this.#desk.transfer(transferKey(memberId, offer.id, 'out')) === undefined;
      if (isNews && offer.isForEverybody && offer.source) this.#offerTo(memberId, offer);
    }
    this.#sayOffers(memberId);
  }

  // ---- what members say

  /** @param {string} memberId @param {string} id */
  onDecline(memberId, id) {
    const transfer = this.#desk.transfer(transferKey(memberId, id, 'out'));
    if (transfer && !isFinished(transfer)) this.#desk.end(transfer.key, 'declined', _('Declined'));
  }

  /** @param {string} memberId @param {FileGet} get */
  async onGet(memberId, get) {
    const key = transferKey(memberId, get.id, 'out');
    const transfer = this.#desk.transfer(key);
    const offer = this.#offers.get(get.id);
    if (!transfer || !offer || isFinished(transfer)) return this.#desk.refuse(memberId, get.id, Reason.BAD_REQUEST);
    if (!offer.source) return this.#waitForFile(transfer, get);
    const source = offer.source.choose(get.only);
    if (!source?.has(get) || this.#countSending(memberId, key) >= MAX_SENDING)
      return this.#desk.refuse(memberId, get.id, Reason.BAD_REQUEST);
    if (get.entry === 'manifest' && get.only !== undefined && !/[^A]/.test(get.only)) return this.#show(memberId, source, offer);
    await this.#startSending(transfer, source, offer, get);
  }

  /** @param {string} memberId @param {string} key that does not count */
  #countSending(memberId, key) {
    return this.#desk.countRunning(memberId, 'out', key) + (this.#looking.get(memberId) ?? 0);
  }

  /** They look into a folder, to choose: nothing is accepted by that. @param {string} memberId @param {Source} source @param {Offer} offer */
  async #show(memberId, source, offer) {
    const link = this.#desk.link(memberId);
    const channel = link?.openFileChannel(offer.id);
    if (!link || !channel) return;
    const count = (/** @type {number} */ n) => this.#looking.set(memberId, (this.#looking.get(memberId) ?? 0) + n);
    const sender = new Sender({
      channel, source, from: { entry: 'manifest', offset: 0 }, hashes: new PieceHashes(this.#sha256),
      sha256: this.#sha256, maxMessageBytes: link.maxMessageBytes, onProgress() {},
    });
    count(1);
    await sender.run().finally(() => count(-1));
  }

  /** The one who asks is told that it takes a while; the person, what to do. @param {Transfer} transfer @param {FileGet} get */
  #waitForFile(transfer, get) {
    this.#desk.newRun(transfer.key).get = get;
    this.#desk.tell(transfer, { type: 'file-pause', on: true });
    this.#desk.change(transfer.key, { state: 'paused', reason: goneWords() });
    this.#save();
  }

  /** @param {string} memberId @param {import('./wire.js').FileDone} done */
  async onDone(memberId, { id, fingerprint }) {
    const key = transferKey(memberId, id, 'out');
    const transfer = this.#desk.transfer(key);
    const offer = this.#offers.get(id);
    if (!transfer || !offer || !isActive(transfer)) return;

    const own = await (this.#desk.runs.get(key)?.hashes ?? offer.hashes).fingerprint();
    if (toBase64Url(own) !== fingerprint) {
      this.#desk.end(key, 'failed', _('What arrived is not what was sent.'));
      return;
    }
    this.#desk.change(key, { bytes: transfer.size, fingerprint: toHex(own) });
    this.#desk.end(key, 'done', '');
  }

  // ---- sending

  /** @param {string} memberId @param {Offer} offer */
  #offerTo(memberId, offer) {
    this.#desk.forget(transferKey('', offer.id, 'out'));
    this.#addRow(offer, memberId);
    this.#sayOffers(memberId);
  }

  /** @param {Offer} offer @param {string} memberId @param {Partial<Transfer>} [values] */
  #addRow({ id, head: { name, mimeType, size, kind, count } }, memberId, values = {}) {
    this.#desk.add({ id, memberId, direction: 'out', name: safeFileName(name), mimeType, size, kind, count, ...values });
  }

  /** No more at once than a member keeps; the next when one of them is decided. @param {string} memberId */
  #sayOffers(memberId) {
    const standing = this.#desk.of(memberId, 'out').filter((t) => !isFinished(t) && !t.isFileGone);
    for (const { key, id } of standing.slice(0, MAX_STANDING_OFFERS)) {
      const encoded = this.#offers.get(id)?.encoded;
      if (encoded === undefined || this.#said.has(key)) continue;
      if (this.#desk.say(memberId, encoded)) this.#said.add(key);
    }
  }

  /**
   * Whether what they have of it is ours, read again where it was not since the page was loaded.
   *
   * @param {Source} source @param {PieceHashes} hashes @param {FileGet} get
   * @throws {FileChanged}
   */
  async #isProven(source, hashes, { entry, offset, have }) {
    const nPieces = entry === 'manifest' ? 0 : piecesBefore(source.entries, { entry, offset });
    if (nPieces === 0) return true;
    let i = 0;
    for (const piece of source.pieces(nPieces)) {
      if (i >= hashes.length) {
        const hash = await this.#sha256(await source.read(piece));
        if (i === hashes.length) hashes.push(hash);
      }
      i++;
    }
    const theirs = fromBase64Url(have ?? '', 32);
    return theirs !== null && sameBytes(await hashes.fingerprint(nPieces), theirs);
  }

  /** @param {Transfer} transfer @param {Source} source @param {Offer} offer @param {FileGet} get */
  async #startSending({ key, memberId }, source, offer, get) {
    const run = this.#desk.newRun(key);
    // What somebody chose of a folder has pieces of its own.
    run.hashes = get.only === undefined ? offer.hashes : new PieceHashes(this.#sha256);
    this.#desk.change(key, { state: 'accepted', reason: '', size: source.size });
    this.#sayOffers(memberId);
    this.#save();
    try {
      const isProven = get.offset === 0 && get.entry === 0 ? true : await this.#isProven(source, run.hashes, get);
      if (this.#desk.runs.get(key) !== run) return;
      if (isProven) await this.#send(key, memberId, run, source, offer, get);
      else this.#giveUp(key);
    } catch (error) {
      if (!(error instanceof FileChanged)) console.debug('transfer: sending failed:', String(error));
      if (this.#desk.runs.get(key) === run) this.#giveUp(key);
    }
  }

  /** @param {string} key */
  #giveUp(key) {
    this.#desk.giveUp(key, Reason.CHANGED, _('It changed since it was offered, or can no longer be read. Offer it again.'));
  }

  /**
   * @param {string} key @param {string} memberId @param {import('./transfer-desk.js').Run} run
   * @param {Source} source @param {Offer} offer @param {FileGet} from
   */
  async #send(key, memberId, run, source, offer, { entry, offset }) {
    const link = this.#desk.link(memberId);
    const channel = link?.openFileChannel(offer.id);
    if (!link || !channel) return;
    const sender = new Sender({
      channel,
      source,
      from: { entry, offset },
      hashes: run.hashes ?? offer.hashes,
      sha256: this.#sha256,
      maxMessageBytes: link.maxMessageBytes,
      onProgress: (bytes) => this.#desk.progress(key, run, bytes),
    });
    run.sender = sender;
    this.#desk.change(key, { state: 'running', bytes: sender.bytes });
    // Whoever asks again does not undo our pause.
    const transfer = this.#desk.transfer(key);
    if (transfer?.pausedByUs) this.#desk.tell(transfer, { type: 'file-pause', on: true });
    this.#desk.showPaused(key);
    await sender.run();
  }

  // ---- what outlives a reload

  /** @param {SavedOffer} saved */
  #restore({ id, isForEverybody, to, code: _code, ...head }) {
    const hashes = new PieceHashes(this.#sha256);
    const { kind, count, manifest, mimeType, ...common } = head;
    const encoded = encode({
      type: 'file-offer', id, ...common, kind, ...(manifest ? { count, manifest } : { mimeType }),
    });
    const offer = { id, source: null, head, encoded, isForEverybody, hashes };
    this.#offers.set(id, offer);
    this.#desk.showInChat(id, '', id);
    for (const { memberId, memberName, isTaken } of to)
      this.#addRow(offer, memberId, { memberName, isFileGone: true, state: isTaken ? 'paused' : 'offered', reason: goneWords() });
  }

  #save() {
    const offers = [...this.#offers.values()].map(({ id, isForEverybody, head }) => {
      const rows = this.#rowsOf(id).filter((transfer) => !isFinished(transfer));
      const to = rows.map(({ memberId, memberName, state }) => ({ memberId, memberName, isTaken: state !== 'offered' }));
      return { id, code: this.#code, isForEverybody, ...head, to };
    });
    this.#journal.setOffers(offers.filter(({ to }) => to.length > 0));
  }

  /** @param {Transfer} transfer */
  #onEnd({ direction, memberId }) {
    if (direction !== 'out') return;
    this.#sayOffers(memberId);
    this.#save();
  }

  /** @param {string} id */
  #rowsOf(id) {
    return this.#desk.all().filter((transfer) => transfer.direction === 'out' && transfer.id === id);
  }
}
