// What is shown as a picture, by its first bytes.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sniffPicture } from '../../src/web/picture.js';

const bytes = (...parts) => Uint8Array.from(parts.flatMap((p) => (typeof p === 'string' ? [...p].map((c) => c.charCodeAt(0)) : p)));
const u32 = (n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
const png = (w, h) => bytes('\x89PNG\r\n\x1a\n', u32(13), 'IHDR', u32(w), u32(h), [8, 2, 0, 0, 0]);
const segment = (marker, length) => [0xff, marker, length >> 8, length & 255, ...new Array(length - 2).fill(0)];

test('each format tells its sides', () => {
  assert.deepEqual(sniffPicture(png(640, 480)), { type: 'image/png', width: 640, height: 480 });
  assert.deepEqual(sniffPicture(bytes('GIF89a', [10, 0, 20, 0])), { type: 'image/gif', width: 10, height: 20 });
  const jpeg = bytes([0xff, 0xd8], segment(0xe1, 3000), segment(0xc4, 20), [0xff, 0xc2, 0, 17, 8, 1, 0, 2, 0, 3]);
  assert.deepEqual(sniffPicture(jpeg), { type: 'image/jpeg', width: 512, height: 256 });
  const riff = (kind, ...rest) => bytes('RIFF', u32(0), 'WEBP', kind, ...rest);
  assert.deepEqual(sniffPicture(riff('VP8X', u32(0), u32(0), [99, 0, 0, 49, 0, 0])), { type: 'image/webp', width: 100, height: 50 });
  assert.deepEqual(sniffPicture(riff('VP8 ', u32(0), [0, 0, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xf0, 0])), { type: 'image/webp', width: 320, height: 240 });
  assert.deepEqual(sniffPicture(riff('VP8L', u32(0), [0x2f, 0x3f, 0xc0, 0x0f, 0])), { type: 'image/webp', width: 64, height: 64 });
});

test('what only calls itself a picture is none', () => {
  for (const text of ['', '<svg xmlns="http://www.w3.org/2000/svg"/>', '<html>', 'BM', '\x89PNG\r\n\x1a\n', 'GIF89', 'RIFF....WAVE', '\xff\xd8\xff'])
    assert.equal(sniffPicture(bytes(text)), null, text);
});

test('the longest side and the most points of a picture that is shown', () => {
  for (const [most, more] of [[[16_384, 1], [16_385, 1]], [[1, 16_384], [1, 16_385]], [[6_000, 6_000], [9_953, 3_617]]]) {
    assert.notEqual(sniffPicture(png(...most)), null);
    assert.equal(sniffPicture(png(...more)), null);
  }
});

test('what a decoder would need too much for is not shown', () => {
  assert.equal(sniffPicture(png(16_000, 4_000)), null);
  assert.equal(sniffPicture(png(65_535, 10)), null);
  assert.equal(sniffPicture(png(0, 10)), null);
  assert.notEqual(sniffPicture(png(6_000, 6_000)), null);
});
