// https-door: TLS in front of a server of a test, as a proxy does it in the open, with a certificate made for it.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';

function makeCertificate() {
  const folder = mkdtempSync(join(tmpdir(), 'snug-certificate-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  try {
    execFileSync('openssl', [
      'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
      '-subj', '/CN=snug test', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert,
    ], { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export class HttpsDoor {
  #server;
  #sockets = new Set();

  /** @param {import('./server.mjs').Server} behind asked for its address at each connection: it may be started anew */
  static async open(behind) {
    const door = new HttpsDoor(behind, makeCertificate());
    await new Promise((resolve) => door.#server.listen(0, '127.0.0.1', resolve));
    door.origin = `https://127.0.0.1:${door.#server.address().port}`;
    return door;
  }

  constructor(behind, { key, cert }) {
    const spki = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
    /** For Chromium: this certificate is as good as one that somebody signed, for workers as well. */
    this.chromiumArgs = [`--ignore-certificate-errors-spki-list=${createHash('sha256').update(spki).digest('base64')}`];
    this.#server = createServer({ key, cert }, (socket) => {
      const { hostname, port } = new URL(behind.origin);
      const there = connect(Number(port), hostname);
      for (const [one, other] of [[socket, there], [there, socket]]) {
        one.pipe(other);
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    });
    this.#server.on('tlsClientError', () => {});
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  async close() {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
