// Every state of the page on a narrow phone, in every language: whether all of its words can be read.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, test } from 'node:test';
import { findCutOff, readLanguages } from './cut-off.mjs';
import { BUILD } from './server.mjs';
import { endStates, walk } from './states.mjs';

const CODES = readFileSync(fileURLToPath(new URL('../../po/LINGUAS', import.meta.url)), 'utf8').split(/\s+/).filter(Boolean);

after(endStates);

test('no language has words that are cut off on a narrow phone', async () => {
  const languages = await readLanguages(join(BUILD, 'src/web'), CODES);
  const found = [];
  let nStates = 0;
  await walk('narrow', 'light', async ({ page }, name) => {
    const { cut, nTranslated } = await page.evaluate(findCutOff, languages);
    found.push(...cut.map((line) => `${name}: ${line}`));
    assert.ok(nTranslated >= CODES.length, `${name}: only ${nTranslated} texts are translated`);
    nStates++;
  });
  assert.deepEqual(found, []);
  assert.ok(nStates >= 20, `${nStates} states were looked at`);
});
