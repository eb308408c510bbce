// What browsers have and Node 18 has not yet.
// SPDX-License-Identifier: GPL-3.0-or-later
import { File } from 'node:buffer';
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto;
globalThis.File ??= File;
globalThis.navigator ??= {};
globalThis.CustomEvent ??= class extends Event {
  constructor(type, options = {}) {
    super(type, options);
    this.detail = options.detail ?? null;
  }
};
