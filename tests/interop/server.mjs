// server: snug-server of the build folder, with the page of the build folder, for the time of a test.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const BUILD = process.env.SNUG_BUILD ?? join(ROOT, 'build');

/** Many joins from one address are what a test is; a server in the open takes five a minute. */
const SETTINGS = { 'max-joins-per-minute': 10000, 'max-room-infos-per-minute': 10000, 'max-rooms-per-address': 1000 };

/** A test that ends badly leaves no child behind, which would hold on to its output, and whoever reads that would wait. */
export function endWithUs(child) {
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.removeListener('exit', kill));
  return child;
}

/** The first line that `stream` brings, or an error if there is none. */
function firstLine(child) {
  return new Promise((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('error', reject);
    child.once('exit', (status) => reject(new Error(`${child.spawnfile} ended with ${status}`)));
  });
}

const ended = (child) => new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve()));

/** Of a file of settings. */
const group = (name, values) => `[${name}]\n${Object.entries(values).map(([key, value]) => `${key}=${value}\n`).join('')}`;

export class Server {
  /**
   * @param {object} [options]
   * @param {string} [options.listen]
   * @param {Record<string, number>} [options.settings]
   * @param {string} [options.webRoot]
   * @param {Record<string, string>[]} [options.iceServers] that it names: url, and for a relay username and credential
   */
  static async start({ listen = '127.0.0.1:0', settings = {}, webRoot = join(BUILD, 'src/web'), iceServers = [] } = {}) {
    const folder = await mkdtemp(join(tmpdir(), 'snug-server-'));
    const config = join(folder, 'server.conf');
    const groups = [
      group('server', { 'key-file': join(folder, 'key'), ...SETTINGS, ...settings }),
      ...iceServers.map((iceServer, i) => group(`ice-server ${i}`, iceServer)),
    ];
    await writeFile(config, groups.join(''));
    const server = new Server(folder, config, webRoot);
    await server.#run(listen);
    return server;
  }

  constructor(folder, config, webRoot) {
    this.folder = folder;
    this.config = config;
    this.webRoot = webRoot;
  }

  async #run(listen) {
    const program = join(BUILD, 'src/server/snug-server');
    const env = { ...process.env, SNUG_WEB_ROOT: this.webRoot };
    const stdio = ['ignore', 'pipe', 'inherit'];
    this.child = endWithUs(spawn(program, ['--listen', listen, '--config', this.config], { env, stdio }));
    const line = await firstLine(this.child);
    this.listen = /^listening http:\/\/(\S+)$/.exec(line)[1];
    // On all addresses: from here by one that is this computer's own.
    this.origin = `http://${this.listen.replace(/^0\.0\.0\.0:/, '127.0.0.1:')}`;
  }

  /** Ends it without a word, as a power cut does. */
  async kill() {
    this.child.kill('SIGKILL');
    await ended(this.child);
  }

  /** The same server again, at the same address. */
  async restart() {
    await this.#run(this.listen);
  }

  async stop() {
    this.child.kill('SIGTERM');
    await ended(this.child);
    await rm(this.folder, { recursive: true, force: true });
  }
}
