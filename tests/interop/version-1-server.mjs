// version-1-server: a server that knows version 1 only (PROTOCOL.md section 1), with the old page.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { randomInt } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { OLD_PAGE_ROOT } from './old-page-member.mjs';

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const FILES = { '/': ['index.html', 'text/html'], '/page.js': ['page.js', 'text/javascript'], '/icon.svg': ['icon.svg', 'image/svg+xml'] };
const OTHER = { sender: 'receiver', receiver: 'sender' };

const draw = (from, n) => Array.from({ length: n }, () => from[randomInt(from.length)]).join('');

class Room {
  createdAt = Math.floor(Date.now() / 1000);
  /** @type {Record<string, import('ws').WebSocket | undefined>} */
  sockets = {};

  constructor(code) {
    this.code = code;
  }

  status() {
    const { sender, receiver } = this.sockets;
    return { code: this.code, has_sender: Boolean(sender), has_receiver: Boolean(receiver), created_at: this.createdAt };
  }

  /** Whoever comes in a role that is held takes it over. Only the other one is told. */
  enter(role, socket) {
    this.sockets[role]?.close();
    this.sockets[role] = socket;
    this.#tell(OTHER[role], { type: 'peer-joined', role });
    socket.on('message', (data) => this.#relay(OTHER[role], data.toString()));
    socket.on('close', () => this.#leave(role, socket));
  }

  #leave(role, socket) {
    if (this.sockets[role] !== socket) return;
    this.sockets[role] = undefined;
    this.#tell(OTHER[role], { type: 'peer-left' });
  }

  #relay(to, text) {
    if (JSON.parse(text).type !== 'ping') this.sockets[to]?.send(text);
  }

  #tell(role, message) {
    this.sockets[role]?.send(JSON.stringify(message));
  }
}

export class Version1Server {
  #rooms = new Map();
  #sockets = new WebSocketServer({ noServer: true });
  #http = createServer((request, response) => this.#answer(request, response));

  static async start() {
    const server = new Version1Server();
    server.#http.on('upgrade', (...upgrade) => server.#upgrade(...upgrade));
    await new Promise((resolve) => server.#http.listen(0, '127.0.0.1', resolve));
    server.origin = `http://127.0.0.1:${server.#http.address().port}`;
    return server;
  }

  #answer(request, response) {
    const { pathname, searchParams } = new URL(request.url, this.origin);
    const json = (object) => response.setHeader('Content-Type', 'application/json').end(JSON.stringify(object));
    if (pathname === '/api/create-room' && request.method === 'POST') {
      const code = draw(LETTERS, 4) + draw('23456789', 2);
      this.#rooms.set(code, new Room(code));
      json({ success: true, code });
    } else if (pathname === '/api/room-info') {
      const room = this.#rooms.get(searchParams.get('code'));
      json(room ? { success: true, status: room.status() } : { success: false, message: 'Room not found' });
    } else if (pathname in FILES) {
      response.setHeader('Content-Type', FILES[pathname][1]);
      createReadStream(join(OLD_PAGE_ROOT, FILES[pathname][0])).pipe(response);
    } else response.writeHead(404).end();
  }

  #upgrade(request, tcp, head) {
    const { pathname, searchParams } = new URL(request.url, this.origin);
    const role = searchParams.get('role');
    if (pathname !== '/api/ws' || !(role in OTHER)) {
      tcp.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.#sockets.handleUpgrade(request, tcp, head, (socket) => {
      const room = this.#rooms.get(searchParams.get('code'));
      if (room) room.enter(role, socket);
      else {
        socket.send(JSON.stringify({ type: 'error', message: 'Room not found' }));
        socket.close();
      }
    });
  }

  /** Cuts the socket of a role, as a bad network does. */
  cut(code, role) {
    this.#rooms.get(code).sockets[role].terminate();
  }

  async stop() {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }
}
