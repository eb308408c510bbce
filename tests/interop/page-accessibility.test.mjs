// What a scan finds that some people could not see, read, hear or reach, in every state of the page.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import { endStates, SCHEMES, walk } from './states.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

after(endStates);

/** Runs in the page. @returns {Promise<string[]>} rule: element */
const scan = async () => {
  const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html, any }) => `${id} (${help}): ${html.slice(0, 200)} ${any[0]?.message ?? ''}`));
};

for (const size of ['phone', 'desktop'])
  for (const scheme of SCHEMES)
    test(`nothing is found on a ${size}, ${scheme}`, async () => {
      const found = [];
      let nScans = 0;
      await walk(size, scheme, async ({ page }, name) => {
        await page.runScript(AXE);
        for (const line of await page.evaluate(scan)) found.push(`${name}: ${line}`);
        nScans++;
      });
      assert.deepEqual(found, []);
      assert.ok(nScans >= 20, `${nScans} states were scanned`);
    });
