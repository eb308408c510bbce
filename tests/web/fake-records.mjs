// A table and a disk in memory, that outlive a page of a test.
// SPDX-License-Identifier: GPL-3.0-or-later
import { NoRoom } from '../../src/web/records.js';

const begins = (key, prefix) => prefix.every((part, i) => key[i] === part);
const compare = (a, b) => {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
  return a.length - b.length;
};

export class FakeRecords {
  items = [];
  isFull = false;

  async put(...items) {
    if (this.isFull) throw new NoRoom();
    for (const [key, value] of items) {
      await this.remove(key);
      this.items.push([key, value]);
    }
    this.items.sort(([a], [b]) => compare(a, b));
  }

  async get(key) {
    return this.items.find(([k]) => compare(k, key) === 0)?.[1];
  }

  async all(prefix) {
    return this.items.filter(([key]) => begins(key, prefix)).map(([, value]) => value);
  }

  async keys(prefix = []) {
    return this.items.filter(([key]) => begins(key, prefix)).map(([key]) => key);
  }

  async remove(prefix) {
    this.items = this.items.filter(([key]) => !begins(key, prefix));
  }

  async setAside(key, blob) {
    await this.put([key, blob]);
    await this.remove(key);
    return blob;
  }
}

export class FakeDisk {
  files = new Map();

  async write(name, at, bytes) {
    const before = this.files.get(name) ?? new Uint8Array(0);
    const after = new Uint8Array(Math.max(before.length, at + bytes.length));
    after.set(before);
    after.set(bytes, at);
    this.files.set(name, after);
  }

  async size(name) {
    return this.files.get(name)?.length ?? 0;
  }

  async file(name) {
    return new Blob([this.files.get(name)]);
  }

  async remove(name) {
    this.files.delete(name);
  }

  async names() {
    return [...this.files.keys()];
  }
}
