// disk-worker: writes into files of the origin's private file system, which only a worker can do in place.
//
// One job a message, in order: {job, do, name, at?, bytes?} is answered by {job, size?} or {job, error}.
//
// SPDX-License-Identifier: GPL-3.0-or-later

/** @typedef {{ write(bytes: BufferSource, options: { at: number }): number, getSize(): number, flush(): void, close(): void }} Access */

const files = /** @type {Map<string, Access>} */ (new Map());
let work = Promise.resolve();

/** @param {string} name */
async function access(name) {
  const known = files.get(name);
  if (known) return known;
  const folder = await navigator.storage.getDirectory();
  const handle = /** @type {any} */ (await folder.getFileHandle(name, { create: true }));
  const made = /** @type {Access} */ (await handle.createSyncAccessHandle());
  files.set(name, made);
  return made;
}

/** @param {{ do: string, name: string, at: number, bytes: Uint8Array }} message */
async function run({ do: what, name, at, bytes }) {
  if (what === 'close') {
    files.get(name)?.close();
    files.delete(name);
    return 0;
  }
  const file = await access(name);
  if (what === 'write') {
    const n = file.write(/** @type {BufferSource} */ (bytes), { at });
    if (n < bytes.length) throw new DOMException('', 'QuotaExceededError');
    file.flush();
  }
  return file.getSize();
}

addEventListener('message', ({ data }) => {
  work = work.then(async () => {
    try {
      postMessage({ job: data.job, size: await run(data) });
    } catch (error) {
      postMessage({ job: data.job, error: /** @type {Error} */ (error).name });
    }
  });
});
