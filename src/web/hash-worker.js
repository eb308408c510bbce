// hash-worker: SHA-256 beside the page, so that typing never waits for it: {job, bytes} is answered by {job, hash}.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { loadSha256 } from './digest.js';

const loaded = loadSha256();

addEventListener('message', async ({ data: { job, bytes } }) => {
  const sha256 = await loaded;
  postMessage({ job, hash: sha256(bytes) });
});
