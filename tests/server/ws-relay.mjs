// A relay as one would write it with the `ws` package: two sockets a room, each frame parsed, stamped and handed on.
// Something to compare snug-server with. Prints its port.
//
// SPDX-License-Identifier: GPL-3.0-or-later
import { WebSocketServer } from 'ws';

const rooms = new Map();
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: 65536, perMessageDeflate: false });

server.on('listening', () => console.log(`listening http://127.0.0.1:${server.address().port}`));
server.on('connection', (socket, request) => {
  const code = new URL(request.url, 'http://here').searchParams.get('code');
  const room = rooms.get(code) ?? new Map();
  const id = `m${room.size + 1}`;

  rooms.set(code, room.set(id, socket));
  socket.on('message', (data) => {
    const frame = JSON.parse(data.toString());
    if (frame.type === 'enter') {
      socket.send(JSON.stringify({ type: 'welcome', self: id }));
    } else {
      frame.from = id;
      room.get(frame.to)?.send(JSON.stringify(frame));
    }
  });
});
