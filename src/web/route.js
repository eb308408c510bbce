// route: which way the bytes go, read from the browser's own statistics.
//
// SPDX-License-Identifier: GPL-3.0-or-later

/** @typedef {'direct-local' | 'direct' | 'relay'} Path */
/** @typedef {{ path: Path, relay: string, local: string, remote: string, protocol: string, cipher: string,
 *   dtls: string }} Route */

/** Private, link-local and loopback addresses (RFC 1918, 3927, 4193, 4291) and mDNS names. */
const LOCAL_ADDRESS = /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[?f[cd]|\[?fe[89ab]|\[?::1)|\.local$/i;

/** @typedef {{ candidateType?: string, address?: string, ip?: string, url?: string, protocol?: string,
 *   relayProtocol?: string }} CandidateStats */

/**
 * A remote candidate that we only know from its packets ("prflx") and whose address the browser hides is
 * on our network if neither side needed a server to find itself.
 *
 * @param {CandidateStats} candidate
 */
function isLocal(candidate) {
  const address = candidate.address ?? candidate.ip ?? '';
  if (address !== '') return LOCAL_ADDRESS.test(address);
  return candidate.candidateType === 'host' || candidate.candidateType === 'prflx';
}

/**
 * @param {CandidateStats} local
 * @param {CandidateStats} remote
 * @returns {Path}
 */
export function classify(local, remote) {
  if (local.candidateType === 'relay' || remote.candidateType === 'relay') return 'relay';
  const throughServer = local.candidateType === 'srflx' || remote.candidateType === 'srflx';
  return !throughServer && isLocal(local) && isLocal(remote) ? 'direct-local' : 'direct';
}

/** "turn:relay.example.org:3478?transport=udp" → "relay.example.org". @param {string} [url] */
function relayName(url = '') {
  return /^turns?:\[?([^\]?]*?)\]?(:\d+)?(\?|$)/.exec(url)?.[1] ?? '';
}

/** @param {Map<string, any>} stats */
function selectedPair(stats) {
  const all = [...stats.values()];
  const transport = all.find((s) => s.type === 'transport' && s.selectedCandidatePairId);
  // Firefox has no transport statistics; there the pair itself says that it is selected.
  return transport
    ? stats.get(transport.selectedCandidatePairId)
    : all.find((s) => s.type === 'candidate-pair' && (s.selected ?? (s.nominated && s.state === 'succeeded')));
}

/**
 * A relay's packets may come before we are told of it: Firefox goes on to call it one that is known from its packets only.
 * What was told stands in the description (RFC 8839 section 5.1).
 *
 * @param {CandidateStats & { port?: number }} remote
 * @param {string} sdp
 * @returns {CandidateStats}
 */
export function asTold(remote, sdp) {
  const isToldRelay = sdp.split(/\r?\n/).some((line) => {
    const words = line.split(' ');
    return line.startsWith('a=candidate:') && words[4] === remote.address && words[5] === String(remote.port) && words[7] === 'relay';
  });
  return remote.candidateType === 'prflx' && isToldRelay ? { ...remote, candidateType: 'relay' } : remote;
}

/**
 * @param {RTCPeerConnection} pc
 * @returns {Promise<Route | null>} null while there is none
 */
export async function findRoute(pc) {
  const stats = /** @type {Map<string, any>} */ (/** @type {unknown} */ (await pc.getStats()));
  const pair = selectedPair(stats);
  const local = pair && stats.get(pair.localCandidateId);
  const heard = pair && stats.get(pair.remoteCandidateId);
  if (!local || !heard) return null;

  const remote = asTold(heard, pc.remoteDescription?.sdp ?? '');
  const transport = [...stats.values()].find((s) => s.type === 'transport') ?? {};
  return {
    path: classify(local, remote),
    relay: relayName(local.url),
    local: local.candidateType ?? '',
    remote: remote.candidateType ?? '',
    protocol: local.protocol ?? '',
    cipher: transport.dtlsCipher ?? '',
    dtls: { FEFD: '1.2', FEFC: '1.3' }[/** @type {'FEFD'} */ (transport.tlsVersion)] ?? '',
  };
}
