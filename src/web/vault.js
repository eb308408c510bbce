// vault: where what is received is kept until it is saved, in the best way that this browser has.
//
//   disk       https, and this computer itself: a private file; it outlives a reload
//   encrypted  plain http: records of IndexedDB; they outlive a reload, under a key that goes with the tab
//   aside      plain http, of a page built without npm: blobs on the disk; a reload forgets them
//   memory     where there is no IndexedDB either: little
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { findCipher, KEY_BYTES } from './cipher.js';
import { fromBase64Url, randomId, toBase64Url } from './digest.js';
import { Disk } from './disk.js';
import { Keeper } from './keeper.js';
import { Records } from './records.js';
import { AsideShelf, DiskShelf, EncryptedShelf } from './shelf.js';

/** @typedef {import('./cipher.js').StreamCipher} StreamCipher */
/** @typedef {import('./digest.js').Sha256} Sha256 */
/** @typedef {import('./keeper.js').Shelf} Shelf */
/** @typedef {import('./records.js').Key} Key */
/** @typedef {'disk' | 'encrypted' | 'aside' | 'memory'} Way */

/** The most that is taken where it stays in memory: beyond it, tabs were seen to die. */
export const MAX_MEMORY_BYTES = 500 * 1000 ** 2;

export class Vault {
  #tab;
  #sha256;
  #disk;
  #records;
  #cipher;

  /**
   * @param {object} options
   * @param {string} options.tab nobody else's
   * @param {Sha256} options.sha256
   * @param {Disk | null} options.disk
   * @param {Records | null} options.records
   * @param {StreamCipher | null} options.cipher
   */
  constructor({ tab, sha256, disk, records, cipher }) {
    this.#tab = tab;
    this.#sha256 = sha256;
    this.#disk = records ? disk : null;
    this.#records = records;
    this.#cipher = cipher;
  }

  /** @param {string} tab @param {Sha256} sha256 */
  static async open(tab, sha256) {
    const [disk, records] = await Promise.all([Disk.open(), Records.open()]);
    const cipher = disk ? null : await findCipher();
    const vault = new Vault({ tab, sha256, disk, records, cipher });
    console.debug('vault:', vault.way);
    return vault;
  }

  /** @returns {Way} */
  get way() {
    if (this.#disk) return 'disk';
    if (!this.#records) return 'memory';
    return this.#cipher ? 'encrypted' : 'aside';
  }

  get outlivesReload() {
    return this.way === 'disk' || this.way === 'encrypted';
  }

  /** Whether what is whole is read where it is kept, and so cannot be removed before it is saved. */
  get isReadInPlace() {
    return this.way === 'disk';
  }

  /** Bytes that it can take, as far as it knows. */
  async room() {
    if (this.way === 'memory') return MAX_MEMORY_BYTES;
    const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
    return quota === undefined ? Infinity : Math.max(0, quota - (usage ?? 0));
  }

  /** Something new. */
  make() {
    const key = this.way === 'encrypted' ? crypto.getRandomValues(new Uint8Array(KEY_BYTES)) : new Uint8Array(0);
    return this.#keeper(randomId(), toBase64Url(key));
  }

  /** What was begun before the page was loaded again. @param {string} id @param {string} key */
  async find(id, key) {
    const keeper = this.open(id, key);
    await keeper.load();
    return keeper;
  }

  /** The same, to be removed and not to be gone on with. @param {string} id @param {string} key */
  open(id, key) {
    return this.#keeper(id, key);
  }

  /** @param {string} id @param {string} key */
  #keeper(id, key) {
    return new Keeper(id, key, this.#shelf([this.#tab, id], key), this.#sha256);
  }

  /** @param {Key} prefix @param {string} key @returns {Shelf} */
  #shelf(prefix, key) {
    const secret = fromBase64Url(key, KEY_BYTES);
    if (this.#disk && this.#records) return new DiskShelf(this.#disk, this.#records, prefix);
    if (this.#records && this.#cipher && secret) return new EncryptedShelf(this.#records, prefix, this.#cipher, secret);
    return new AsideShelf(this.#records, prefix);
  }

  /**
   * Deletes what is left of tabs that are gone, and of our own what is not wanted any more.
   *
   * @param {Set<string>} others tabs that live
   * @param {Set<string>} wanted ids of ours
   */
  async tidy(others, wanted) {
    const isLeft = (/** @type {string} */ tab, /** @type {string} */ id) =>
      tab === this.#tab ? !wanted.has(id) : !others.has(tab);
    const keys = (await this.#records?.keys()) ?? [];
    const pairs = new Map(keys.map(([tab, id]) => [`${tab}.${id}`, [String(tab), String(id)]]));
    for (const [tab = '', id = ''] of pairs.values()) if (isLeft(tab, id)) await this.#records?.remove([tab, id]);
    for (const name of (await this.#disk?.names()) ?? []) {
      const [tab = '', id = ''] = name.split('.');
      if (isLeft(tab, id)) await this.#disk?.remove(name);
    }
  }
}
