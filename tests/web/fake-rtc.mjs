// A peer connection that only remembers what was asked of it. A test says what the network did.
// SPDX-License-Identifier: GPL-3.0-or-later

export const made = [];

let nMade = 0;

class FakeChannel {
  readyState = 'connecting';
  sent = [];

  constructor(label, { protocol = '' } = {}) {
    this.label = label;
    this.protocol = protocol;
  }

  send(text) {
    this.sent.push(text);
  }

  open() {
    this.readyState = 'open';
    this.onopen?.();
  }

  /** What the other side said. */
  hear(data) {
    this.onmessage?.({ data });
  }

  close() {
    this.readyState = 'closed';
    this.onclose?.();
  }
}

/** A description says no more than what links look at. */
export const sdp = (ufrag, fingerprint = 'AA') => `v=0\r\na=ice-ufrag:${ufrag}\r\na=fingerprint:sha-256 ${fingerprint}\r\n`;

export class FakePeerConnection {
  signalingState = 'stable';
  iceConnectionState = 'new';
  connectionState = 'new';
  localDescription = null;
  remoteDescription = null;
  candidates = [];
  channels = [];
  isClosed = false;
  #name = `pc${++nMade}`;
  #nUfrags = 0;

  constructor(configuration) {
    this.configuration = configuration;
    made.push(this);
  }

  setConfiguration(configuration) {
    this.configuration = configuration;
  }

  createDataChannel(label, init) {
    const channel = new FakeChannel(label, init);
    this.channels.push(channel);
    return channel;
  }

  async createOffer({ iceRestart = false } = {}) {
    if (iceRestart || this.#nUfrags === 0) this.#nUfrags++;
    return { type: 'offer', sdp: sdp(`${this.#name}-${this.#nUfrags}`, this.#name) };
  }

  async createAnswer() {
    return { type: 'answer', sdp: sdp(`${this.#name}-a`, this.#name) };
  }

  async setLocalDescription(description) {
    this.localDescription = description;
    this.signalingState = description.type === 'offer' ? 'have-local-offer' : 'stable';
  }

  async setRemoteDescription(description) {
    if (/broken/.test(description.sdp)) throw new Error('InvalidAccessError');
    this.remoteDescription = description;
    this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable';
  }

  async addIceCandidate(init) {
    if (this.remoteDescription === null) throw new Error('InvalidStateError');
    this.candidates.push(init.candidate);
  }

  /** What ICE came to. */
  ice(state) {
    this.iceConnectionState = state;
    this.oniceconnectionstatechange?.();
  }

  /** A channel that the other side opened. */
  receiveChannel(label, protocol) {
    const channel = new FakeChannel(label, { protocol });
    this.channels.push(channel);
    this.ondatachannel?.({ channel });
    return channel;
  }

  close() {
    this.isClosed = true;
    this.connectionState = 'closed';
  }
}
