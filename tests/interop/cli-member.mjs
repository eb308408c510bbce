// cli-member: one person at snug-cli --json, in the words of page-member.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PATIENCE_MS } from './browser.mjs';
import { BUILD, endWithUs } from './server.mjs';

export class CliMember {
  events = [];
  #waiting = new Set();

  /**
   * @param {string[]} args of snug-cli
   * @param {object} [options]
   * @param {string} [options.name]
   */
  static async run(args, { name = 'Cli', more = [] } = {}) {
    const folder = await mkdtemp(join(tmpdir(), 'snug-cli-'));
    return new CliMember(folder, [...args, '--json', '--name', name, '--save-to', folder, ...more]);
  }

  constructor(folder, args) {
    this.folder = folder;
    const env = { ...process.env, SNUG_WEB_ROOT: join(BUILD, 'src/web') };
    this.child = endWithUs(spawn(join(BUILD, 'src/cli/snug-cli'), args, { env, stdio: ['pipe', 'pipe', 'pipe'] }));
    this.said = '';
    this.child.stderr.on('data', (data) => (this.said += data));
    this.ended = new Promise((resolve) => this.child.once('exit', resolve));
    createInterface(this.child.stdout).on('line', (line) => this.#take(JSON.parse(line)));
    this.ended.then(() => this.#wake());
  }

  #take(event) {
    this.events.push(event);
    this.#wake();
  }

  #wake() {
    for (const look of this.#waiting) look();
  }

  /** What there was of the same, or else of anything. */
  #lastAbout({ event, name }) {
    const same = this.events.filter((e) => e.event === event && (!name || e.name === name));
    return (same.length ? same : this.events).slice(-8);
  }

  /** The first event, past or to come, that has all these values. */
  waitForEvent(values, timeoutMs = PATIENCE_MS) {
    const fits = (event) => Object.entries(values).every(([name, value]) => event[name] === value);
    return new Promise((resolve, reject) => {
      const end = (settle, value) => {
        this.#waiting.delete(look);
        clearTimeout(timer);
        settle(value);
      };
      const look = () => {
        const found = this.events.find(fits);
        if (found) end(resolve, found);
        else if (this.child.exitCode !== null) end(reject, new Error(`snug-cli ended with ${this.child.exitCode}: ${this.said}`));
      };
      const words = () => `${JSON.stringify(values)} did not come; there was ${JSON.stringify(this.#lastAbout(values))}`;
      const timer = setTimeout(() => end(reject, new Error(words())), timeoutMs);
      this.#waiting.add(look);
      look();
    });
  }

  /** The link of the room that it made. */
  async link() {
    return (await this.waitForEvent({ event: 'room', state: 'waiting' })).link;
  }

  waitForMember(name) {
    return this.waitForEvent({ event: 'member', name, state: 'connected' });
  }

  say(text) {
    this.child.stdin.write(`${text}\n`);
  }

  waitForChat(text) {
    return this.waitForEvent({ event: 'chat', text });
  }

  /** @returns {Promise<Buffer>} what arrived, from the disk */
  async received(name, timeoutMs = PATIENCE_MS) {
    const { path } = await this.waitForEvent({ event: 'transfer', direction: 'in', name, state: 'done' }, timeoutMs);
    return readFile(path);
  }

  async leave() {
    this.child.kill('SIGTERM');
    await this.ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}
