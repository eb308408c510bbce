// disk: files of the origin's private file system, by way of a worker. Secure contexts only.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { NoRoom } from './records.js';
import { Jobs } from './workers.js';

export class Disk {
  #jobs;

  /** @param {Jobs} jobs */
  constructor(jobs) {
    this.#jobs = jobs;
  }

  /** @returns {Promise<Disk | null>} null where there is none */
  static async open() {
    if (!globalThis.isSecureContext || !navigator.storage?.getDirectory) return null;
    try {
      const jobs = new Jobs('./disk-worker.js');
      const disk = new Disk(jobs);
      await jobs.probe(disk.#probe());
      return disk;
    } catch (error) {
      console.debug('disk: none:', String(error));
      return null;
    }
  }

  async #probe() {
    const name = `probe.${Math.random()}`;
    await this.write(name, 0, new Uint8Array(1));
    await this.close(name);
    await this.remove(name);
  }

  /** @param {string} name @param {number} at @param {Uint8Array} bytes @throws {NoRoom} */
  async write(name, at, bytes) {
    await this.#do({ do: 'write', name, at, bytes });
  }

  /** Bytes in it, made if it is not there. @param {string} name */
  size(name) {
    return this.#do({ do: 'size', name });
  }

  /** Lets go of it, so that it can be read and removed. @param {string} name */
  async close(name) {
    await this.#do({ do: 'close', name });
  }

  /** @param {string} name @returns {Promise<File>} */
  async file(name) {
    await this.close(name);
    const folder = await navigator.storage.getDirectory();
    return (await folder.getFileHandle(name)).getFile();
  }

  /** Nothing happens to what is not there, or in the hands of another tab. @param {string} name */
  async remove(name) {
    try {
      await this.close(name);
      await (await navigator.storage.getDirectory()).removeEntry(name);
    } catch (error) {
      console.debug('disk: not removed:', String(error));
    }
  }

  /** @returns {Promise<string[]>} */
  async names() {
    const names = [];
    for await (const name of /** @type {any} */ (await navigator.storage.getDirectory()).keys()) names.push(name);
    return names;
  }

  /** @param {object} message @returns {Promise<number>} */
  async #do(message) {
    const { size, error } = await this.#jobs.do(message);
    if (error === 'QuotaExceededError') throw new NoRoom();
    if (error !== undefined) throw new Error(error);
    return size;
  }
}
