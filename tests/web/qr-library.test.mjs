// QR codes, read by somebody else's reader.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import './node18.mjs';
import * as library from 'lean-qr';
import { encoderOf } from '../../src/web/qr-library.js';

const encodeQr = encoderOf(library);
const MARGIN = 4;
const SCALE = 4;

/** A portable bitmap. @param {boolean[][]} rows */
function toBitmap(rows) {
  const side = (rows.length + 2 * MARGIN) * SCALE;
  const dark = (x, y) => (rows[Math.floor(y / SCALE) - MARGIN]?.[Math.floor(x / SCALE) - MARGIN] ? '1' : '0');
  const lines = Array.from({ length: side }, (_, y) => Array.from({ length: side }, (_x, x) => dark(x, y)).join(' '));
  return `P1\n${side} ${side}\n${lines.join('\n')}\n`;
}

test('what is drawn is read as what was said, in every version', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'snug-qr-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'code.pbm');
  const sides = new Set();
  const link = 'http://192.168.178.34:43275/?code=LEFT68#east-seven-onset';
  for (const text of [link, 'a', 'Grüße 😀', ...[14, 26, 42, 62, 84, 106, 122, 152, 180, 213].map((n) => link.repeat(4).slice(0, n))]) {
    const rows = encodeQr(text);
    sides.add(rows.length);
    await writeFile(path, toBitmap(rows));
    const { stdout, stderr } = spawnSync('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', path], { encoding: 'utf8' });
    assert.equal(stdout.replace(/\n$/, ''), text, `${rows.length} modules: ${stderr}`);
  }
  assert.deepEqual([...sides].sort((a, b) => a - b), [21, 25, 29, 33, 37, 41, 45, 49, 53, 57]);
});
