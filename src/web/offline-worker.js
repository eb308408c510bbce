// offline-worker: the page's own files, for when the server cannot be reached: then the page opens and says so, and a
// tab that was in a room comes back into it when the server does. On https only (offline.js).
//
// It keeps what assemble.py named here, all of it or nothing, and never anything else: what is asked for goes to
// the server first, and no address, no answer and no word of a room is written down. Other files are another
// version, so the browser fetches it anew, and it the files.
//
// SPDX-License-Identifier: GPL-3.0-or-later

/** @type {{ version: string, files: string[] }} */
const SHELL = { version: '', files: [] };

/** What a proxy says for a server that is not there. */
const FIRST_SERVER_ERROR = 500;
const PREFIX = 'snug-page-';
const CACHE = PREFIX + SHELL.version;
const shellWorker = /** @type {any} */ (globalThis);

async function keepShell() {
  const cache = await caches.open(CACHE);
  await cache.addAll(SHELL.files.map((file) => new Request(file, { cache: 'reload' })));
  await shellWorker.skipWaiting();
}

async function dropOlder() {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  await shellWorker.clients.claim();
}

/** @param {Request} request @param {string} file */
async function fetchOrKept(request, file) {
  const kept = async () => (await caches.open(CACHE)).match(file);
  try {
    const answer = await fetch(request);
    return answer.status < FIRST_SERVER_ERROR ? answer : ((await kept()) ?? answer);
  } catch (error) {
    const found = await kept();
    if (found) return found;
    throw error;
  }
}

shellWorker.addEventListener('install', (/** @type {any} */ event) => event.waitUntil(keepShell()));
shellWorker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(dropOlder()));
shellWorker.addEventListener('fetch', (/** @type {any} */ event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== 'GET' || origin !== location.origin || !SHELL.files.includes(pathname)) return;
  event.respondWith(fetchOrKept(event.request, pathname));
});
