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

/**
 * Runs in the page. Half of 44 pixels above and below its middle, whatever a finger can press is still itself. What
 * something else covers, or the edge of what scrolls, is not looked at.
 *
 * @returns {string[]}
 */
const findSmall = () => {
  const REACH_PX = 21;
  const isSeenAt = (target, y) => {
    for (let outer = target.parentElement; outer; outer = outer.parentElement) {
      const { top, bottom } = outer.getBoundingClientRect();
      if (getComputedStyle(outer).overflowY !== 'visible' && (y < top || y >= bottom)) return false;
    }
    return y >= 0 && y < innerHeight;
  };
  const isHit = (target, x, y) => target.contains(document.elementFromPoint(x, y));
  const isUnderMenu = (target, x, y) => !target.closest('.menu') && document.elementFromPoint(x, y)?.closest('.menu');
  return [...document.querySelectorAll('button, a.button, summary, textarea, input, label:has(input)')].flatMap((target) => {
    const { left, top, width, height } = target.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    if (target.matches('label input') || !target.checkVisibility() || !isHit(target, x, y)) return [];
    const reached = [y - REACH_PX, y + REACH_PX].filter((at) => isSeenAt(target, at) && !isUnderMenu(target, x, at));
    const isSmall = !reached.every((at) => isHit(target, x, at));
    return isSmall ? [`${Math.round(width)} × ${Math.round(height)}: ${target.outerHTML.slice(0, 200)}`] : [];
  });
};

for (const size of ['phone', 'desktop'])
  for (const scheme of SCHEMES)
    test(`nothing is found on a ${size}, ${scheme}`, async () => {
      const found = [];
      let nScans = 0;
      await walk(size, scheme, async ({ page }, name) => {
        await page.runScript(AXE);
        for (const line of await page.evaluate(scan)) found.push(`${name}: ${line}`);
        if (size === 'phone') for (const line of await page.evaluate(findSmall)) found.push(`${name}: too small for a finger: ${line}`);
        nScans++;
      });
      assert.deepEqual(found, []);
      assert.ok(nScans >= 20, `${nScans} states were scanned`);
    });
