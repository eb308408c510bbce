// workers: jobs done beside the page. A message {job, …} is answered by {job, …}, in any order.
//
// SPDX-License-Identifier: GPL-3.0-or-later

/** A worker that says nothing at first never will. */
const PROBE_MS = 3_000;

/** The content policy asks for it; these addresses are the only ones. @param {string} file @returns {string} */
export function addressOf(file) {
  const address = new URL(file, import.meta.url).href;
  const types = /** @type {any} */ (globalThis).trustedTypes;
  return types ? types.createPolicy('snug-worker', { createScriptURL: () => address }).createScriptURL('') : address;
}

export class Jobs {
  #worker;
  #waiting = /** @type {Map<number, { resolve: (answer: any) => void, reject: (error: Error) => void }>} */ (new Map());
  #nJobs = 0;

  /** @param {'./disk-worker.js' | './hash-worker.js'} file */
  constructor(file) {
    this.#worker = new Worker(addressOf(file), { type: 'module' });
    this.#worker.onmessage = ({ data }) => {
      this.#waiting.get(data.job)?.resolve(data);
      this.#waiting.delete(data.job);
    };
    this.#worker.onerror = () => this.#fail();
  }

  /** @param {object} message @returns {Promise<any>} */
  do(message) {
    const job = ++this.#nJobs;
    return new Promise((resolve, reject) => {
      this.#waiting.set(job, { resolve, reject });
      this.#worker.postMessage({ ...message, job });
    });
  }

  /** The answer to a first job, which is not waited for without an end. @template T @param {Promise<T>} first @returns {Promise<T>} */
  probe(first) {
    return Promise.race([first, new Promise((_resolve, reject) => setTimeout(() => reject(new Error('no answer')), PROBE_MS))]);
  }

  close() {
    this.#worker.terminate();
    this.#fail();
  }

  #fail() {
    for (const { reject } of this.#waiting.values()) reject(new Error('the worker ended'));
    this.#waiting.clear();
  }
}
