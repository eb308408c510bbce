// cast: who takes part in a test, pages and terminals: after it they all leave, and no page may have complained.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import assert from 'node:assert/strict';
import { CliMember } from './cli-member.mjs';

export class Cast {
  #members = [];

  /** @param {RegExp} [known] complaints that are none */
  constructor(known = /^$/) {
    this.known = known;
  }

  add(member) {
    this.#members.push(member);
    return member;
  }

  /** The terminals first: whoever says goodbye to a page that is gone waits for an answer, for seconds. */
  async leave() {
    const terminals = this.#members.filter((member) => member instanceof CliMember);
    const pages = this.#members.filter((member) => !(member instanceof CliMember)).map(({ page }) => page);
    const complaints = pages.flatMap((page) => page.complaints.lines).filter((line) => !this.known.test(line));
    this.#members = [];
    const failures = [];
    for (const terminal of terminals) await terminal.leave().catch((error) => failures.push(error));
    for (const page of pages) await page.close();
    assert.deepEqual(failures, []);
    assert.deepEqual(complaints, []);
  }
}
