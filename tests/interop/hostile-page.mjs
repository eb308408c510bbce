// hostile-page: a member of a room who says whatever a test wants, out of the page's own signaling and link.
//
// SPDX-License-Identifier: GPL-3.0-or-later

export class HostilePage {
  constructor(page) {
    this.page = page;
  }

  /** Enters the room, connects to everybody in it, and says a hello: without one nobody counts it as connected. */
  async join(link) {
    const { origin, searchParams } = new URL(link);
    await this.page.goto(origin);
    await this.page.evaluate(async (code) => {
      const { Signaling } = await import('/signaling.js');
      const { PeerLink } = await import('/peer-link.js');
      const signaling = new Signaling({ origin: location.origin, code, membership: null });
      const links = new Map();
      globalThis.hostile = { links, heard: [], channels: [] };
      const meet = (welcome) => {
        for (const { id, seq } of welcome.members) {
          const send = (frame) => signaling.send({ ...frame, to: id });
          const link = new PeerLink({ offers: welcome.seq < seq, configuration: { iceServers: [] }, send });
          link.addEventListener('open', () => link.sendText('{"type":"hello","v":2}'));
          link.addEventListener('text', (event) => hostile.heard.push(JSON.parse(event.detail)));
          link.addEventListener('file-channel', (event) => hostile.channels.push(event.detail));
          links.set(id, link);
          link.start();
        }
      };
      signaling.addEventListener('frame', ({ detail }) => {
        if (detail.type === 'welcome') meet(detail);
        else links.get(detail.from)?.receive(detail);
      });
      signaling.open();
    }, searchParams.get('code'));
    await this.page.waitFor(() => hostile.links.size > 0 && [...hostile.links.values()].every((l) => l.state === 'connected'));
  }

  /** Says texts on the session channel, as they are. */
  say(...texts) {
    return this.page.evaluate((all) => {
      for (const link of hostile.links.values()) for (const text of all) link.sendText(text);
    }, texts.map((text) => (typeof text === 'string' ? text : JSON.stringify(text))));
  }

  /** Until something of this type was said to us, about `id` if one is named. */
  waitToHear(type, id) {
    const isThere = ({ type: t, id: i }) => hostile.heard.some((message) => message.type === t && (i === undefined || message.id === i));
    return this.page.waitFor(isThere, { type, id });
  }

  countHeard(type) {
    return this.page.evaluate((t) => hostile.heard.filter((message) => message.type === t).length, type);
  }

  /** Opens a file channel and sends down it: texts, and numbers for so many zero bytes. Resolves when it closes, to `true`. */
  async pour(protocol, messages) {
    return this.page.evaluate(
      ([id, all]) =>
        new Promise((resolve) => {
          const channel = [...hostile.links.values()][0].openFileChannel(id);
          channel.onopen = () => {
            for (const message of all)
              if (channel.readyState === 'open') channel.send(typeof message === 'number' ? new Uint8Array(message) : message);
          };
          channel.onclose = () => resolve(true);
        }),
      [protocol, messages],
    );
  }

  /** Offers a folder whose manifest has these paths, each a file of its number of bytes. */
  offerFolder(id, name, paths) {
    return this.page.evaluate(async ([offerId, folderName, all]) => {
      const { findSha256, toBase64Url } = await import('/digest.js');
      const sha256 = await findSha256();
      const lines = all.map((path, i) => `${JSON.stringify({ path, size: i + 1 })}\n`).join('');
      const manifest = new TextEncoder().encode(lines);
      const size = all.reduce((sum, _path, i) => sum + i + 1, 0);
      const offer = { type: 'file-offer', id: offerId, name: folderName, size, kind: 'folder', count: all.length,
        manifest: { size: manifest.length, sha256: toBase64Url(await sha256(manifest)) } };
      const pieces = [{ entry: 'manifest', bytes: manifest }, ...all.map((_path, i) => ({ entry: i, bytes: new Uint8Array(i + 1) }))];
      hostile.folder = [];
      for (const { entry, bytes } of pieces)
        hostile.folder.push(JSON.stringify({ entry, offset: 0, size: bytes.length }), bytes, JSON.stringify({ sha256: toBase64Url(await sha256(bytes)) }));
      for (const link of hostile.links.values()) link.sendText(JSON.stringify(offer));
    }, [id, name, paths]);
  }

  /** Sends what was offered, to whoever asked for it. */
  pourFolder(id) {
    return this.page.evaluate((protocol) => {
      for (const link of hostile.links.values()) {
        const channel = link.openFileChannel(protocol);
        channel.onopen = () => hostile.folder.forEach((part) => channel.send(part));
      }
    }, id);
  }

  close() {
    return this.page.close();
  }
}
