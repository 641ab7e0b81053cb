// What ICE says by PATCH (RFC 9725 section 4.3): candidates as they are found, and restarts, in
// fragments of session descriptions (RFC 8840).

/** Speaks for one connection at a time. */
export class Trickle {
  #signalling;
  #onlost;
  /** @type {RTCPeerConnection|null} */ #pc = null;
  /** Gathered, not yet sent. @type {RTCIceCandidate[]} */ #candidates = [];
  #gathered = false;
  #patching = false;

  /**
   * @param {import('./signalling.js').Signalling} signalling
   * @param {(pc: RTCPeerConnection) => void} onlost when the computer does not know its session
   */
  constructor(signalling, onlost) {
    this.#signalling = signalling;
    this.#onlost = onlost;
  }

  /** @param {RTCPeerConnection} pc that gathers nothing yet @param {AbortSignal} signal */
  start(pc, signal) {
    this.#pc = pc;
    this.#forget();
    pc.addEventListener('icecandidate', ({ candidate }) => {
      if (pc !== this.#pc) return;
      if (candidate?.candidate) this.#candidates.push(candidate);
      else if (!candidate) this.#gathered = true;
      this.send(signal);
    });
  }

  #forget() {
    this.#candidates = [];
    this.#gathered = false;
  }

  /** Sends what was gathered, one PATCH at a time. @param {AbortSignal} signal */
  async send(signal) {
    if (this.#patching) return;
    this.#patching = true;
    try {
      while (!signal.aborted && (await this.#patch(signal)));
    } catch {
      // The checks that we send tell the server our addresses all the same.
    } finally {
      this.#patching = false;
    }
  }

  /** @param {AbortSignal} signal @returns {Promise<boolean>} whether there may be more to send */
  async #patch(signal) {
    const pc = this.#pc;
    // In "have-local-offer" the server does not know these credentials yet.
    if (!pc || !this.#signalling.open || pc.signalingState !== 'stable') return false;
    if (!this.#candidates.length && !this.#gathered) return false;
    const sdp = pc.localDescription?.sdp || '';
    const ufrag = ufragOf(sdp);
    const current = this.#candidates.filter((c) => (c.usernameFragment || ufrag) === ufrag);
    const last = this.#gathered;
    this.#forget();
    const { ok, status } = await this.#signalling.patch(fragment(sdp, current, last), signal);
    // 404 and 410: the session is gone. 412: a restart has overtaken these candidates. Anything
    // else: this server takes none.
    if (status === 404 || status === 410) this.#onlost(pc);
    return ok || status === 412;
  }

  /**
   * Restarts ICE.
   *
   * @param {RTCPeerConnection} pc
   * @param {AbortSignal} signal
   * @returns {Promise<boolean>} false: the computer does not know the session any more
   * @throws {import('./signalling.js').WhipError} when it does not answer
   */
  async restart(pc, signal) {
    this.#forget();
    // Each try has its own credentials: the server may have seen the last one although its answer
    // was lost.
    await pc.setLocalDescription(await pc.createOffer({ iceRestart: true }));
    const offer = fragment(pc.localDescription?.sdp || '', [], false);
    const answer = await this.#signalling.patch(offer, signal, true);
    if (answer.status !== 200) return false;
    const sdp = restarted(pc.remoteDescription?.sdp || '', answer.body);
    await pc.setRemoteDescription({ type: 'answer', sdp });
    this.send(signal);
    return true;
  }
}

/** @param {string} text @returns {string[]} the lines that are not empty */
const lines = (text) => text.split(/\r\n|\r|\n/).filter((line) => line !== '');

/** @param {string} line @returns {boolean} whether it is a candidate, or the end of them */
const isCandidate = (line) => /^a=(candidate:|end-of-candidates)/.test(line);

/** The first line with that prefix, or ''. @param {string[]} all @param {string} prefix */
const first = (all, prefix) => all.find((line) => line.startsWith(prefix)) || '';

/**
 * Writes the fragment that brings candidates to the other side, or, with none, announces new
 * credentials. All sections are bundled (the connection insists on it), so the first one speaks for
 * all.
 *
 * @param {string} sdp the local description that the candidates belong to
 * @param {RTCIceCandidate[]} candidates may be empty
 * @param {boolean} ended whether these are the last ones
 * @returns {string}
 */
export function fragment(sdp, candidates, ended) {
  const all = lines(sdp);
  const out = ['a=group:BUNDLE', 'm=', 'a=mid:', 'a=ice-ufrag:', 'a=ice-pwd:']
    .map((prefix) => first(all, prefix));
  for (const candidate of candidates) out.push(`a=${candidate.candidate}`);
  if (ended) out.push('a=end-of-candidates');
  return out.filter((line) => line !== '').join('\r\n') + '\r\n';
}

/** @param {string} sdp @returns {string} the ICE user name fragment in force */
const ufragOf = (sdp) => first(lines(sdp), 'a=ice-ufrag:').slice('a=ice-ufrag:'.length);

/**
 * Puts the credentials and candidates of a restart (RFC 9725 section 4.3.3) into the answer that
 * was in force. Nothing else of the session may change, so the rest of the text stays as it is.
 *
 * @param {string} answer the remote description in force
 * @param {string} restart the fragment that the other side sent
 * @returns {string} the new remote description
 * @throws {Error} when the fragment has no credentials
 */
export function restarted(answer, restart) {
  const news = lines(restart);
  const ufrag = first(news, 'a=ice-ufrag:');
  const pwd = first(news, 'a=ice-pwd:');
  if (!ufrag || !pwd) throw new Error('the answer to an ICE restart has no credentials');
  const candidates = news.filter(isCandidate);
  const out = [];
  let sections = 0;
  for (const line of lines(answer)) {
    if (line.startsWith('m=') && ++sections === 2) out.push(...candidates);
    if (isCandidate(line)) continue;
    if (line.startsWith('a=ice-ufrag:')) out.push(ufrag);
    else if (line.startsWith('a=ice-pwd:')) out.push(pwd);
    else out.push(line);
  }
  if (sections < 2) out.push(...candidates);
  return out.join('\r\n') + '\r\n';
}
