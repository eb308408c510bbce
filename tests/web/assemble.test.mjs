// What the build makes of the icon for phones of Apple, which take no SVG.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assemblePseudo } from './pseudo-locale.mjs';

const DOTS = 180;
/** Of PNG (W3C): a signature, and then the header chunk, whose first two numbers are the size. */
const PNG_SIGNATURE = '89504e470d0a1a0a';
const AT_WIDTH = 16;
const NAMED = /<link rel="apple-touch-icon" href="apple-touch-icon\.png">/;

let folder;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snug-assemble-'));
});

after(() => rm(folder, { recursive: true, force: true }));

async function assemble(...options) {
  const output = await assemblePseudo(folder, '', options);
  const icon = join(output, 'apple-touch-icon.png');
  const worker = await readFile(join(output, 'offline-worker.js'), 'utf8');
  return {
    page: await readFile(join(output, 'index.html'), 'utf8'),
    icon: existsSync(icon) ? await readFile(icon) : null,
    isKept: worker.includes('"/apple-touch-icon.png"'),
  };
}

const installed = ['rsvg-convert', 'gdk-pixbuf-thumbnailer'].map((name) => join('/usr/bin', name)).filter(existsSync);
assert.ok(installed.length > 0, 'nothing here makes PNG of SVG');

for (const renderer of installed)
  test(`the page names an icon that ${renderer} made, the same one each time`, async () => {
    const { page, icon, isKept } = await assemble('--renderer', renderer);
    assert.match(page, NAMED);
    assert.equal(icon.subarray(0, 8).toString('hex'), PNG_SIGNATURE);
    assert.deepEqual([icon.readUInt32BE(AT_WIDTH), icon.readUInt32BE(AT_WIDTH + 4)], [DOTS, DOTS]);
    assert.ok(isKept);
    assert.deepEqual((await assemble('--renderer', renderer)).icon, icon);
  });

test('where nothing makes one, or it fails, the page names none and an old one goes', async () => {
  const bad = join(folder, 'rsvg-convert');
  await writeFile(bad, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  for (const options of [[], ['--renderer', bad]]) {
    await assemble('--renderer', installed[0]);
    const { page, icon, isKept } = await assemble(...options);
    assert.doesNotMatch(page, NAMED);
    assert.deepEqual([icon, isKept], [null, false]);
  }
});
