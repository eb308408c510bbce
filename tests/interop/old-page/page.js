// page: a page of version 1 (PROTOCOL.md sections 1 and 5) with the habits and the faults of the real one,
// written from that description. A test looks at what it knows and asks it to do things by `oldPage`.
//
// ?role=sender makes a room; ?code=… goes into one, as receiver unless a role is named.
//
// SPDX-License-Identifier: GPL-3.0-or-later

const CHUNK_BYTES = 262144;
/** A file said to be larger than this is to be written to the disk as it comes. */
const IN_MEMORY_BYTES = 104857600;
const HIGH_WATER_BYTES = 1048576;
const PING_MS = 30_000;
const RESTART_ICE_MS = 3000;
const REOPEN_MS = 500;
const CHOOSE_MS = 500;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function sha256(parts) {
  const whole = await new Blob(parts).arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', whole));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

class OldPage {
  status = 'alone';
  code;
  role;
  /** What the server said against it. */
  error = null;
  chats = [];
  /** Files that came: { id, name, size, realSize, nInfos, nBytes, state, sha256 } */
  received = [];
  /** Files that were sent: { id, name, state } */
  sent = [];
  /** Words on the channel that version 1 does not have. */
  unknown = [];
  /** What went wrong unseen. */
  faults = [];
  nConnections = 0;
  nSockets = 0;
  nAnswers = 0;

  #socket;
  #connection;
  #channel;
  #arriving;
  #parts = [];
  #toSend = Promise.resolve();

  constructor(query) {
    this.code = query.get('code');
    this.role = query.get('role') ?? (this.code ? 'receiver' : 'sender');
  }

  async start() {
    // The guest has one connection for ever, the host one for each newcomer.
    if (this.role === 'receiver') this.#makeConnection();
    if (!this.code) this.code = (await this.#ask('/api/create-room', { method: 'POST' })).code;
    const answer = await this.#ask(`/api/room-info?code=${this.code}`);
    if (answer.success) this.#openSocket();
    else this.error = answer.message;
  }

  async #ask(path, options) {
    return (await fetch(path, options)).json();
  }

  #show(status) {
    this.status = status;
    document.querySelector('#status').textContent = status;
  }

  // --- signaling ---

  #openSocket() {
    const isFirst = this.nSockets++ === 0;
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/api/ws?code=${this.code}&role=${this.role}`);
    const ping = setInterval(() => this.#signal({ type: 'ping' }), PING_MS);
    // Nobody waits for a handler that waits: the next frame is handled meanwhile.
    socket.onmessage = ({ data }) => this.#hearSignal(JSON.parse(data)).catch((error) => this.faults.push(String(error)));
    socket.onopen = () => {
      if (!isFirst && this.role === 'sender' && this.#connection) this.#offer();
    };
    socket.onclose = async () => {
      clearInterval(ping);
      await pause(REOPEN_MS);
      if (!this.error && socket === this.#socket) this.#openSocket();
    };
    this.#socket = socket;
  }

  #signal(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  async #hearSignal(message) {
    switch (message.type) {
      case 'peer-joined':
        if (this.role === 'sender') await this.#beginAnew();
        break;
      case 'offer':
        await this.#connection.setRemoteDescription({ type: 'offer', sdp: message.sdp });
        await this.#connection.setLocalDescription(await this.#connection.createAnswer());
        this.#signal({ type: 'answer', sdp: this.#connection.localDescription.sdp });
        break;
      case 'answer':
        await this.#connection.setRemoteDescription({ type: 'answer', sdp: message.sdp });
        this.nAnswers++;
        break;
      case 'ice-candidate':
        // One that comes before its description is lost.
        await this.#connection.addIceCandidate(JSON.parse(message.candidate));
        break;
      case 'error':
        this.error = message.message;
        break;
      default:
        // A peer that left is still there as long as its channel is.
        break;
    }
  }

  // --- the connection ---

  #makeConnection() {
    const connection = new RTCPeerConnection();
    this.nConnections++;
    this.#connection = connection;
    connection.onicecandidate = ({ candidate }) => {
      if (candidate) this.#signal({ type: 'ice-candidate', candidate: JSON.stringify(candidate) });
    };
    if (this.role === 'receiver') connection.ondatachannel = ({ channel }) => this.#adopt(channel);
    else connection.oniceconnectionstatechange = () => this.#watch(connection);
  }

  async #watch(connection) {
    if (connection.iceConnectionState !== 'disconnected') return;
    await pause(RESTART_ICE_MS);
    if (connection === this.#connection && connection.iceConnectionState === 'disconnected') this.#offer({ iceRestart: true });
  }

  async #offer(options) {
    const connection = this.#connection;
    await connection.setLocalDescription(await connection.createOffer(options));
    this.#signal({ type: 'offer', sdp: connection.localDescription.sdp });
  }

  async #beginAnew() {
    this.#connection?.close();
    this.#makeConnection();
    this.#adopt(this.#connection.createDataChannel('session', { ordered: true }));
    await this.#offer();
  }

  /** Whichever comes last is the channel; any that closes is the end. */
  #adopt(channel) {
    this.#channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = HIGH_WATER_BYTES / 2;
    channel.onopen = () => this.#show('connected');
    channel.onclose = () => this.#show('disconnected');
    channel.onmessage = ({ data }) => (typeof data === 'string' ? this.#hear(JSON.parse(data)) : this.#hearBytes(data));
    if (channel.readyState === 'open') this.#show('connected');
  }

  // --- words ---

  #say(message) {
    this.#channel.send(JSON.stringify(message));
  }

  say(text) {
    this.#say({ type: 'chat', text, ts: Date.now() });
  }

  async #hear(message) {
    switch (message.type) {
      case 'chat':
        this.chats.push(message.text);
        break;
      case 'file-meta':
        await this.#hearMeta(message);
        break;
      case 'chunk-info':
        if (this.#arriving) this.#arriving.nInfos++;
        break;
      case 'complete':
        await this.#hearComplete();
        break;
      case 'cancel':
        this.#hearCancel(message.id);
        break;
      default:
        this.unknown.push(message.type);
        break;
    }
  }

  // --- files ---

  async #hearMeta({ id, name, size, realSize, mimeType }) {
    const file = { id, name, size, realSize, mimeType, nInfos: 0, nBytes: 0, state: 'arriving', sha256: null };
    this.received.push(file);
    // It asks where to write so large a file, and what comes meanwhile is lost.
    if (size > IN_MEMORY_BYTES) await pause(CHOOSE_MS);
    this.#parts = [];
    this.#arriving = file;
  }

  #hearBytes(bytes) {
    if (!this.#arriving) return;
    this.#arriving.nBytes += bytes.byteLength;
    this.#parts.push(bytes);
  }

  async #hearComplete() {
    const file = this.#arriving;
    const parts = this.#parts;
    if (!file) return;
    this.#arriving = undefined;
    this.#parts = [];
    file.sha256 = await sha256(parts);
    file.state = 'complete';
  }

  #hearCancel(id) {
    const sending = this.sent.find((file) => file.id === id && file.state === 'sending');
    if (sending) sending.state = 'cancelled';
    if (this.#arriving?.id !== id) return;
    this.#arriving.state = 'cancelled';
    this.#arriving = undefined;
    this.#parts = [];
  }

  /** What is chosen goes out one after the other. */
  sendFiles(files) {
    for (const file of files) this.#toSend = this.#toSend.then(() => this.#sendFile(file)).catch((error) => this.faults.push(String(error)));
  }

  async #sendFile(file) {
    const sending = { id: crypto.randomUUID(), name: file.name, state: 'sending' };
    const { id } = sending;
    const total = Math.ceil(file.size / CHUNK_BYTES);
    this.sent.push(sending);
    this.#say({ type: 'file-meta', id, name: file.name, size: file.size, mimeType: file.type });
    for (let index = 0; index < total; index++) {
      const bytes = await file.slice(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES).arrayBuffer();
      await this.#drained();
      if (sending.state !== 'sending') return;
      this.#say({ type: 'chunk-info', id, index, total });
      this.#channel.send(bytes);
    }
    this.#say({ type: 'complete', id });
    sending.state = 'complete';
  }

  #drained() {
    const channel = this.#channel;
    if (channel.bufferedAmount <= HIGH_WATER_BYTES) return undefined;
    return new Promise((resolve) => channel.addEventListener('bufferedamountlow', resolve, { once: true }));
  }

  /** Of a file that it sends or that it is sent: the last of that name. */
  cancel(name) {
    const file = [...this.sent, ...this.received].findLast((f) => f.name === name);
    this.#say({ type: 'cancel', id: file.id });
    this.#hearCancel(file.id);
  }

  /** As when the network is lost for a moment. */
  loseSocket() {
    this.#socket.close();
  }
}

globalThis.oldPage = new OldPage(new URLSearchParams(location.search));
document.querySelector('#files').onchange = ({ target }) => globalThis.oldPage.sendFiles([...target.files]);
globalThis.oldPage.start();
