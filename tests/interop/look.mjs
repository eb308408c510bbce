// look OUTDIR [phone|desktop|narrow] [light|dark]: pictures of every state of the page, for people to judge.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { endStates, SCHEMES, SIZES, walk } from './states.mjs';

const [outDir, onlySize, onlyScheme] = process.argv.slice(2);
if (!outDir) throw new Error('usage: look.mjs OUTDIR [phone|desktop|narrow] [light|dark]');

await mkdir(outDir, { recursive: true });
try {
  for (const size of Object.keys(SIZES).filter((s) => !onlySize || s === onlySize))
    for (const scheme of SCHEMES.filter((s) => !onlyScheme || s === onlyScheme))
      await walk(size, scheme, (member, name) => member.page.screenshot(join(outDir, `${size}-${scheme}-${name}.png`)));
} finally {
  await endStates();
}
