// disk: files of the origin's private file system, by way of a worker. Secure contexts only.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { NoRoom } from './records.js';

const WORKER = './disk-worker.js';
/** A browser that says it can, and then never answers, must not be waited for. */
const PROBE_MS = 3_000;

/** The content policy asks for it; this address is the only one. @returns {string | URL} */
function workerAddress() {
  const address = new URL(WORKER, import.meta.url).href;
  const types = /** @type {any} */ (globalThis).trustedTypes;
  return types ? types.createPolicy('snug-worker', { createScriptURL: () => address }).createScriptURL('') : address;
}

export class Disk {
  #worker;
  #jobs = /** @type {Map<number, { resolve: (size: number) => void, reject: (error: Error) => void }>} */ (new Map());
  #nJobs = 0;

  /** @param {Worker} worker */
  constructor(worker) {
    this.#worker = worker;
    worker.onmessage = ({ data: { job, size, error } }) => {
      const waiting = this.#jobs.get(job);
      this.#jobs.delete(job);
      if (error === undefined) waiting?.resolve(size);
      else waiting?.reject(error === 'QuotaExceededError' ? new NoRoom() : new Error(error));
    };
    worker.onerror = () => this.#fail();
  }

  /** @returns {Promise<Disk | null>} null where there is none */
  static async open() {
    if (!globalThis.isSecureContext || !navigator.storage?.getDirectory) return null;
    try {
      const disk = new Disk(new Worker(/** @type {string} */ (workerAddress()), { type: 'module' }));
      const late = new Promise((_resolve, reject) => setTimeout(() => reject(new Error('no answer')), PROBE_MS));
      await Promise.race([disk.#probe(), late]);
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
  #do(message) {
    const job = ++this.#nJobs;
    return new Promise((resolve, reject) => {
      this.#jobs.set(job, { resolve, reject });
      this.#worker.postMessage({ ...message, job });
    });
  }

  #fail() {
    for (const { reject } of this.#jobs.values()) reject(new Error('the worker ended'));
    this.#jobs.clear();
  }
}
