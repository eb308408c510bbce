// offline: the page is kept on this device once it is of use there: by who has installed it, or has been in a room.
//
// Not by whoever only opened a link: it is fetched a second time for that. And on https only: whoever has
// http://192.168.… tomorrow is somebody else.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { addressOf } from './workers.js';

let isAsked = false;

export async function keepPage() {
  if (isAsked || location.protocol !== 'https:' || !navigator.serviceWorker) return;
  isAsked = true;
  try {
    await navigator.serviceWorker.register(addressOf('./offline-worker.js'), { scope: '/', updateViaCache: 'none' });
  } catch (error) {
    console.debug('offline: not kept:', String(error));
  }
}

export function isInstalled() {
  return matchMedia('(display-mode: standalone)').matches;
}
