// incoming: what others offer, and what we take of it.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { chooseEntries, madeOf } from './choice.js';
import { toBase64Url, toHex } from './digest.js';
import { Look } from './look.js';
import { believableMtime, MAX_MANIFEST_BYTES, parseManifest } from './manifest.js';
import { safeFileName } from './names.js';
import { BadTransfer, Receiver } from './receiver.js';
import { NoRoom } from './records.js';
import { isFinished } from './room-store.js';
import { MAX_STANDING_OFFERS } from './outgoing.js';
import { transferKey } from './transfer-desk.js';
import { PIECE_BYTES } from './transfer.js';
import { encode, fileGet, Reason } from './wire.js';
import { _, formatSize } from './words.js';
import { zipFolder } from './zip.js';

/** @typedef {import('./digest.js').Sha256} Sha256 */
/** @typedef {import('./journal.js').Journal} Journal */
/** @typedef {import('./journal.js').SavedFile} SavedFile */
/** @typedef {import('./keeper.js').Keeper} Keeper */
/** @typedef {import('./manifest.js').Entry} Entry */
/** @typedef {import('./room-store.js').Transfer} Transfer */
/** @typedef {import('./saver.js').AnySaver} Saver */
/** @typedef {import('./transfer-desk.js').Run} Run */
/** @typedef {import('./transfer-desk.js').TransferDesk} TransferDesk */
/** @typedef {import('./vault.js').Vault} Vault */
/** @typedef {Keeper | Saver} Keeping where the pieces of a transfer go */

/** Rows of a member's offers that came to nothing: of more, the oldest are forgotten. */
const MAX_IN_VAIN = 50;
const MAX_RECEIVING = 4;
/**
 * Bytes that may wait for hash and disk before the sender is asked to wait, and when it may go on. A quarter of both,
 * measured beside this, spares some 20 MB of memory and is no faster.
 */
const BUSY_BYTES = 16 * PIECE_BYTES;
const CALM_BYTES = 4 * PIECE_BYTES;

/** @typedef {Pick<SavedFile, 'mtime' | 'manifest' | 'only' | 'offered'>} Details of an offer, which no row shows */

/** What a person wants of a folder. @typedef {{ only: string | undefined, count: number, size: number }} Wanted */

export class Incoming {
  #desk;
  #sha256;
  #journal;
  #code;
  #vault;
  #details = /** @type {Map<string, Details>} */ (new Map());
  #asked = /** @type {Set<string>} */ (new Set());
  /** What is kept, by transfer. `keeper` is null until the vault has found it. */
  #kept = /** @type {Map<string, { id: string, secret: string, keeper: Keeper | null }>} */ (new Map());
  #savers = /** @type {Map<string, Saver>} */ (new Map());
  /** What was kept of members who left: whoever offers the same goes on there. */
  #left = /** @type {{ what: string, keeper: Keeper }[]} */ ([]);
  #looks = /** @type {Map<string, Look>} */ (new Map());

  /**
   * @param {TransferDesk} desk @param {Sha256} sha256 @param {Journal} journal @param {string} code of the room
   * @param {Promise<Vault>} vault
   */
  constructor(desk, sha256, journal, code, vault) {
    this.#desk = desk;
    this.#sha256 = sha256;
    this.#journal = journal;
    this.#code = code;
    this.#vault = vault;
    desk.onEnd((transfer) => this.#onEnd(transfer));
    for (const saved of journal.files) if (saved.code === code) this.#restore(saved);
  }

  // ---- what the person decides

  /**
   * @param {Transfer} transfer
   * @param {Saver | null} saver where the person wants it; null: it is kept until they save it
   * @param {Wanted} [wanted] of a folder; without it, everything
   */
  async accept({ key, size: offered, count: nOffered }, saver, { only, count, size } = { only: undefined, count: nOffered, size: offered }) {
    this.stopLooking(key);
    const run = this.#desk.newRun(key);
    this.#desk.change(key, { state: 'accepted', reason: '' });
    const vault = await this.#vault;
    const room = saver ? Infinity : await vault.room();
    if (this.#desk.runs.get(key) !== run) return;
    if (size > room) {
      this.#desk.runs.delete(key);
      const reason = _('This browser can take at most {size} here.', { size: formatSize(room) });
      this.#desk.change(key, { state: 'offered', reason });
      return;
    }
    this.#details.set(key, { .../** @type {Details} */ (this.#details.get(key)), only, offered });
    this.#desk.change(key, { count, size });
    if (saver) this.#savers.set(key, saver);
    run.keeper = saver ?? this.#keep(key, this.#takeLeft(key) ?? vault.make());
    this.#save();
    this.#onKeeper(key);
  }

  /**
   * What is in a folder that is offered, so that a person can choose. Nothing is accepted by that.
   *
   * @param {Transfer} transfer
   * @returns {Promise<Entry[] | null>} null: it could not be looked at, or nobody wants to know any more
   */
  async look({ key, id, memberId, size }) {
    const manifest = this.#details.get(key)?.manifest;
    if (!manifest || this.#looks.has(key)) return null;
    const look = new Look(size, manifest, this.#sha256);
    this.#looks.set(key, look);
    try {
      if (!this.#desk.say(memberId, Look.question(id))) look.stop();
      return await look.entries;
    } catch (error) {
      console.debug('transfer: not looked at:', String(error));
      this.#desk.giveUp(key, Reason.BAD_DATA, _('What arrived is damaged; nothing was kept.'));
      return null;
    } finally {
      if (this.#looks.get(key) === look) this.#looks.delete(key);
    }
  }

  /** @param {string} key */
  stopLooking(key) {
    this.#looks.get(key)?.stop();
    this.#looks.delete(key);
  }

  /** @param {Transfer} transfer */
  decline(transfer) {
    this.#desk.tell(transfer, { type: 'file-decline' });
    this.#desk.end(transfer.key, 'declined', '');
  }

  /** @param {Transfer} transfer */
  cancel(transfer) {
    if (transfer.state === 'offered') return this.decline(transfer);
    this.#desk.tell(transfer, { type: 'file-cancel', reason: Reason.USER });
    this.#desk.end(transfer.key, 'cancelled', _('Cancelled'));
  }

  /** Its row is taken away. @param {Transfer} transfer */
  forget({ key }) {
    this.#details.delete(key);
    this.#discard(key);
    this.#save();
  }

  // ---- what becomes of members

  /** @param {string} memberId */
  onConnected(memberId) {
    for (const transfer of this.#desk.of(memberId, 'in'))
      if (this.#isWaitingForWay(transfer)) this.#desk.change(transfer.key, { state: 'accepted', reason: '' });
    this.#askForNext(memberId);
  }

  /** The way to a member is lost. @param {string} memberId */
  onLost(memberId) {
    for (const { key } of this.#desk.of(memberId, 'in')) this.stopLooking(key);
  }

  /** @param {Transfer} transfer */
  #isWaitingForWay({ key, state, pausedByUs }) {
    const run = this.#desk.runs.get(key);
    return state === 'paused' && !pausedByUs && run?.keeper !== undefined && run.channel === undefined;
  }

  /** Where it is kept is known now: there may be a way already. @param {string} key */
  #onKeeper(key) {
    const { memberId = '' } = this.#desk.transfer(key) ?? {};
    if (this.#desk.state.members.get(memberId)?.link === 'connected') this.onConnected(memberId);
  }

  /** The way is lost. @param {string} key */
  onSuspended(key) {
    this.#asked.delete(key);
  }

  // ---- what members say

  /** @param {string} memberId @param {import('./wire.js').FileOffer} offer */
  onOffer(memberId, offer) {
    const key = transferKey(memberId, offer.id, 'in');
    if (this.#desk.transfer(key)) return;
    const own = this.#desk.of(memberId, 'in');
    if (own.filter((t) => t.state === 'offered').length >= MAX_STANDING_OFFERS) return;
    const { manifest = null, kind, count, mimeType, size } = offer;
    if (kind === 'folder' && (!manifest || manifest.size > MAX_MANIFEST_BYTES))
      return void this.#desk.say(memberId, encode({ type: 'file-decline', id: offer.id }));

    const inVain = own.filter((t) => isFinished(t) && t.state !== 'done');
    for (const old of inVain.slice(0, Math.max(0, inVain.length + 1 - MAX_IN_VAIN))) {
      this.#details.delete(old.key);
      this.#desk.forget(old.key);
    }

    this.#details.set(key, { mtime: believableMtime(offer.mtime), manifest });
    const name = safeFileName(offer.name);
    this.#desk.add({ id: offer.id, memberId, direction: 'in', name, mimeType, size, kind, count, canAccept: true });
    this.#desk.showInChat(key, memberId, key);
  }

  /** @param {string} memberId @param {string} id */
  onWithdraw(memberId, id) {
    const key = transferKey(memberId, id, 'in');
    if (this.#desk.transfer(key)?.state === 'offered') this.#desk.end(key, 'cancelled', _('No longer offered'));
  }

  /** A file channel that the member opened: wanted only if we asked for it. @param {string} memberId @param {RTCDataChannel} channel */
  onChannel(memberId, channel) {
    const key = transferKey(memberId, channel.protocol, 'in');
    const run = this.#desk.runs.get(key);
    if (this.#looks.get(key)?.take(channel)) return;
    if (!run?.receiver || run.channel || !this.#asked.has(key)) channel.close();
    else this.#receive(key, run, run.receiver, channel);
  }

  // ---- asking

  /** As many at once as the other side serves; the rest waits its turn. @param {string} memberId */
  #askForNext(memberId) {
    const waiting = this.#desk.of(memberId, 'in').filter((t) => t.state === 'accepted');
    const unasked = waiting.filter((t) => !this.#asked.has(t.key) && this.#desk.runs.get(t.key)?.keeper);
    const nRunning = this.#desk.countRunning(memberId, 'in') + waiting.filter((t) => this.#asked.has(t.key)).length;
    for (const transfer of unasked.slice(0, Math.max(0, MAX_RECEIVING - nRunning))) this.#ask(transfer);
  }

  /** @param {Transfer} transfer */
  async #ask({ key, id, memberId }) {
    const run = this.#desk.runs.get(key);
    if (!run?.keeper) return;
    this.#asked.add(key);
    const { keeper } = run;
    try {
      await keeper.flush();
      const receiver = this.#makeReceiver(key, run, keeper);
      run.receiver = receiver;
      this.#desk.change(key, { bytes: receiver.bytes });
      if (receiver.isWhole) return await this.#finish(key, run, receiver);
      const have = keeper.hashes.length > 0 ? toBase64Url(await keeper.hashes.fingerprint()) : undefined;
      if (!this.#asked.has(key) || this.#desk.runs.get(key) !== run) return;
      if (!this.#desk.say(memberId, encode(fileGet(id, receiver.from, { have, only: this.#details.get(key)?.only })))) this.#asked.delete(key);
    } catch (error) {
      this.#onTrouble(key, run, error);
    }
  }

  /** @param {string} key @param {Run} run @param {Keeping} keeper */
  #makeReceiver(key, run, keeper) {
    const { size, name } = /** @type {Transfer} */ (this.#desk.transfer(key));
    const { manifest, mtime, only, offered = size } = /** @type {Details} */ (this.#details.get(key));
    const known = keeper.manifest ? parseManifest(keeper.manifest) : null;
    const entries = manifest ? known : [{ path: [name], size, mtime, isFolder: false }];
    const onProgress = (/** @type {number} */ bytes) => this.#desk.progress(key, run, bytes);
    const crc = keeper.marks.at(-1)?.crc ?? 0;
    const { hashes } = keeper;
    return new Receiver({ size: offered, entries, manifest, only, hashes, crc, sink: keeper, sha256: this.#sha256, onProgress });
  }

  // ---- receiving

  /** @param {string} key @param {Run} run @param {Receiver} receiver @param {RTCDataChannel} channel */
  #receive(key, run, receiver, channel) {
    let work = Promise.resolve();
    let nWaiting = 0;
    run.channel = channel;
    run.movedAt = Date.now();
    channel.binaryType = 'arraybuffer';
    channel.onmessage = ({ data }) => {
      const n = typeof data === 'string' ? data.length : data.byteLength;
      nWaiting += n;
      if (nWaiting > BUSY_BYTES) this.#setBusy(key, run, true);
      work = work.then(() => this.#take(key, run, receiver, data)).then(() => {
        nWaiting -= n;
        if (nWaiting < CALM_BYTES) this.#setBusy(key, run, false);
      });
    };
    channel.onclose = () => {
      work = work.then(() => {
        if (run.channel !== channel) return;
        this.#desk.suspend(key);
        this.onSuspended(key);
      });
    };
    run.isBusy = false;
    this.#desk.change(key, { state: 'running', reason: '' });
  }

  /** Tells the sender to wait for our disk, which is nobody's wish. @param {string} key @param {Run} run @param {boolean} on */
  #setBusy(key, run, on) {
    const transfer = this.#desk.transfer(key);
    if (run.isBusy === on || !transfer || this.#desk.runs.get(key) !== run) return;
    run.isBusy = on;
    this.#desk.tell(transfer, { type: 'file-pause', on, busy: true });
  }

  /** @param {string} key @param {Run} run @param {Receiver} receiver @param {string | ArrayBuffer} data */
  async #take(key, run, receiver, data) {
    if (this.#desk.runs.get(key) !== run || run.receiver !== receiver) return;
    try {
      await receiver.take(data);
      if (receiver.isWhole && this.#desk.runs.get(key) === run) await this.#finish(key, run, receiver);
    } catch (error) {
      this.#onTrouble(key, run, error);
    }
  }

  /** @param {string} key @param {Run} run @param {unknown} error */
  #onTrouble(key, run, error) {
    if (this.#desk.runs.get(key) !== run) return;
    console.debug('transfer: trouble:', String(error));
    if (error instanceof NoRoom) this.#onNoRoom(key);
    else if (error instanceof BadTransfer)
      this.#desk.giveUp(key, Reason.BAD_DATA, _('What arrived is damaged; nothing was kept.'));
    else this.#desk.giveUp(key, Reason.DISK, _('This browser could not keep it.'));
  }

  /** It waits until the person made room, and says so. @param {string} key */
  #onNoRoom(key) {
    const transfer = this.#desk.transfer(key);
    if (!transfer || transfer.pausedByUs) return;
    this.#desk.tell(transfer, { type: 'file-pause', on: true });
    const reason = _('This browser has no room left. Make some, then resume.');
    this.#desk.change(key, { state: 'paused', pausedByUs: true, speed: 0, secondsLeft: -1, reason });
  }

  /** @param {string} key @param {Run} run @param {Receiver} receiver */
  async #finish(key, run, receiver) {
    const transfer = this.#desk.transfer(key);
    const { keeper } = run;
    if (!transfer || !keeper) return;
    await keeper.flush();
    const fingerprint = await keeper.hashes.fingerprint();
    const reason = _('Putting it together…');
    this.#desk.change(key, { state: 'running', bytes: transfer.size, speed: 0, secondsLeft: -1, reason });
    const blob = await this.#wholeOf(transfer, keeper);
    if (this.#desk.runs.get(key) !== run) return;
    // "Done" is what the receiver says; the sender closes the channel.
    this.#desk.tell(transfer, { type: 'file-done', fingerprint: toBase64Url(fingerprint) });
    run.channel = undefined;
    receiver.stop();
    this.#desk.change(key, { blob, fingerprint: toHex(fingerprint) });
    this.#desk.end(key, 'done', '');
  }

  /** @param {Transfer} transfer @param {Keeping} keeper @returns {Promise<Blob | null>} null: it is saved */
  async #wholeOf({ key, name, kind }, keeper) {
    const bytes = await keeper.whole();
    if (kind !== 'folder' || bytes === null) return bytes;
    const all = parseManifest(keeper.manifest ?? new Uint8Array(0));
    const entries = madeOf(chooseEntries(all, this.#details.get(key)?.only) ?? []);
    return zipFolder(name, entries, checksums(entries, keeper.marks), bytes);
  }

  /** Both ways of a pause end here. @param {string} key */
  async onGoOn(key) {
    const run = this.#desk.runs.get(key);
    const memberId = this.#desk.transfer(key)?.memberId;
    try {
      await run?.keeper?.flush();
      if (run?.receiver?.isWhole && this.#desk.runs.get(key) === run) await this.#finish(key, run, run.receiver);
      if (memberId) this.#askForNext(memberId);
    } catch (error) {
      if (run) this.#onTrouble(key, run, error);
    }
    this.#save();
  }

  // ---- what stays

  /** @param {Transfer} transfer */
  #onEnd({ key, direction, state, memberId }) {
    if (direction !== 'in') return;
    this.stopLooking(key);
    this.#asked.delete(key);
    if (state !== 'done') this.#discard(key);
    if (state !== 'done') this.#savers.get(key)?.remove();
    this.#savers.delete(key);
    this.#save();
    this.#askForNext(memberId);
  }

  /** @param {string} key @param {Keeper} keeper */
  #keep(key, keeper) {
    this.#kept.set(key, { id: keeper.id, secret: keeper.key, keeper });
    return keeper;
  }

  /** Nothing stays of it. @param {string} key */
  async #discard(key) {
    const kept = this.#kept.get(key);
    if (!kept) return;
    this.#kept.delete(key);
    const keeper = kept.keeper ?? (await this.#vault).open(kept.id, kept.secret);
    await keeper.remove();
  }

  /** Its member left: what is checked stays for another one who offers the same. @param {string} key */
  setAside(key) {
    const keeper = this.#kept.get(key)?.keeper;
    if (!keeper) return;
    this.#kept.delete(key);
    this.#left.push({ what: this.#whatIs(key), keeper });
  }

  /** By what an offer is known again, whoever makes it. @param {string} key */
  #whatIs(key) {
    const { name = '', size = 0 } = this.#desk.transfer(key) ?? {};
    const { manifest, only } = this.#details.get(key) ?? {};
    return JSON.stringify([name, size, manifest?.sha256, only]);
  }

  /** @param {string} key @returns {Keeper | undefined} */
  #takeLeft(key) {
    const what = this.#whatIs(key);
    const at = this.#left.findIndex((left) => left.what === what);
    return at < 0 ? undefined : this.#left.splice(at, 1)[0]?.keeper;
  }

  /** The room is over: what is not whole goes. What is stays, as the page still offers to save it. */
  async close() {
    for (const key of [...this.#looks.keys()]) this.stopLooking(key);
    const kept = [...this.#kept.values()];
    const left = this.#left;
    this.#kept.clear();
    this.#left = [];
    this.#journal.setFiles([]);
    for (const { keeper } of left) await keeper.remove();
    if (!(await this.#vault).isReadInPlace) for (const { keeper } of kept) await keeper?.remove();
  }

  /** @param {SavedFile} saved */
  #restore(saved) {
    const { memberId, memberName, offerId: id, name, mimeType, size, kind, count, mtime, manifest, only, offered, isPaused, isDone } = saved;
    const reason = isDone ? _('Putting it together…') : isPaused ? _('Paused') : _('Goes on when {name} is there', { name: memberName });
    const row = this.#desk.add({
      id, memberId, memberName, direction: 'in', name, mimeType, size, kind, count,
      canAccept: true, state: isDone ? 'running' : 'paused', wasDone: isDone, pausedByUs: isPaused && !isDone, reason,
    });
    this.#details.set(row.key, { mtime, manifest, only, offered });
    this.#kept.set(row.key, { id: saved.id, secret: saved.key, keeper: null });
    this.#desk.showInChat(row.key, memberId, row.key);
    this.#fetch(row.key, saved, this.#desk.newRun(row.key));
  }

  /** @param {string} key @param {SavedFile} saved @param {Run} run */
  async #fetch(key, { id, key: secret, isDone, size }, run) {
    try {
      const keeper = await (await this.#vault).find(id, secret);
      if (this.#desk.runs.get(key) !== run) return;
      run.keeper = this.#keep(key, keeper);
      const receiver = this.#makeReceiver(key, run, keeper);
      this.#desk.change(key, { bytes: receiver.bytes });
      // What has no bytes and stands behind the last piece leaves no trace: it had come, too.
      if (isDone && receiver.bytes === size) return await this.#finish(key, run, receiver);
      this.#desk.change(key, { wasDone: false });
      this.#onKeeper(key);
    } catch (error) {
      if (this.#desk.runs.get(key) === run) this.#desk.change(key, { wasDone: false });
      this.#onTrouble(key, run, error);
    }
  }

  async #save() {
    if (!(await this.#vault).outlivesReload) return;
    const files = [];
    for (const [key, { id, secret }] of this.#kept) {
      const transfer = this.#desk.transfer(key);
      const details = this.#details.get(key);
      if (!transfer || !details) continue;
      const { memberId, memberName, id: offerId, name, mimeType, size, kind, count, pausedByUs: isPaused } = transfer;
      const isDone = transfer.state === 'done';
      const who = { code: this.#code, memberId, memberName, offerId };
      files.push({ id, key: secret, ...who, name, mimeType, size, kind, count, ...details, isPaused, isDone });
    }
    this.#journal.setFiles(files);
  }
}

/** The checksum of each entry: the one at the end of its last piece. @param {Entry[]} entries @param {import('./receiver.js').Mark[]} marks */
function checksums(entries, marks) {
  let i = 0;
  return entries.map(({ size }) => {
    let crc = 0;
    for (let left = size; left > 0; i++) {
      const mark = marks[i];
      if (!mark) break;
      crc = mark.crc;
      left -= mark.length;
    }
    return crc;
  });
}
