// records: the page's one table in IndexedDB. A key is [tab, id, kind, n], so that a prefix names what belongs together.
//
// SPDX-License-Identifier: GPL-3.0-or-later

const DATABASE = 'snug';
const TABLE = 'records';

/** @typedef {(string | number)[]} Key */

/** The browser has no room for it. */
export class NoRoom extends Error {}

/** @param {DOMException | null} error */
function asNoRoom(error) {
  return error?.name === 'QuotaExceededError' ? new NoRoom() : error;
}

/** Everything whose key begins so: arrays come behind all else. @param {Key} prefix */
const range = (prefix) => IDBKeyRange.bound(prefix, [...prefix, []]);

export class Records {
  #database;

  /** @param {IDBDatabase} database */
  constructor(database) {
    this.#database = database;
    // Whoever wants another version of it may have it.
    database.onversionchange = () => database.close();
  }

  /** @returns {Promise<Records | null>} null where there is none, as in some private windows */
  static async open() {
    try {
      return new Records(await new Promise((resolve, reject) => {
        const request = indexedDB.open(DATABASE, 1);
        request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
        request.onblocked = () => reject(new Error('blocked'));
      }));
    } catch (error) {
      console.debug('records: none:', String(error));
      return null;
    }
  }

  /**
   * All or nothing of them.
   *
   * @param {...[Key, unknown]} items
   * @throws {NoRoom}
   */
  async put(...items) {
    await this.#run('readwrite', (table) => {
      for (const [key, value] of items) table.put(value, key);
    });
  }

  /** @param {Key} key @returns {Promise<any>} */
  get(key) {
    return this.#run('readonly', (table) => table.get(key));
  }

  /** In the order of their keys. @param {Key} prefix @returns {Promise<any[]>} */
  all(prefix) {
    return this.#run('readonly', (table) => table.getAll(range(prefix)));
  }

  /** @param {Key} [prefix] @returns {Promise<Key[]>} */
  async keys(prefix = []) {
    return /** @type {Key[]} */ (await this.#run('readonly', (table) => table.getAllKeys(range(prefix))));
  }

  /** @param {Key} prefix */
  async remove(prefix) {
    await this.#run('readwrite', (table) => table.delete(range(prefix)));
  }

  /**
   * A blob that is on the disk and not in memory, and in no table: it lives as long as somebody holds it. What
   * is read back of a table is a file, and a file that is still held outlives its record.
   *
   * @param {Key} key that nobody else uses
   * @param {Blob} blob
   * @returns {Promise<Blob>}
   */
  async setAside(key, blob) {
    await this.put([key, blob]);
    const onDisk = await this.get(key);
    await this.remove(key);
    return onDisk;
  }

  /**
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {(table: IDBObjectStore) => IDBRequest<T> | void} use
   * @returns {Promise<T>}
   */
  #run(mode, use) {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(TABLE, mode);
      const request = use(transaction.objectStore(TABLE));
      transaction.oncomplete = () => resolve(/** @type {T} */ (request?.result));
      transaction.onabort = () => reject(asNoRoom(transaction.error));
    });
  }
}
