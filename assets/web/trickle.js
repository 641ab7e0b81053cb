// What ICE says by PATCH (RFC 9725 section 4.3): candidates as they are found, and restarts.

import { fragment, restarted, ufragOf } from './sdp.js';

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

  /** Begins with a connection that gathers nothing yet. @param {RTCPeerConnection} pc
   * @param {AbortSignal} signal */
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
    const sdp = sdpOf(pc.localDescription);
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
   * @param {RTCPeerConnection} pc the one that it has started with
   * @param {AbortSignal} signal
   * @returns {Promise<boolean>} false: the computer does not know the session any more
   * @throws {import('./signalling.js').WhipError} when it does not answer
   */
  async restart(pc, signal) {
    this.#forget();
    // Each try has its own credentials: the server may have seen the last one although its answer
    // was lost.
    await pc.setLocalDescription(await pc.createOffer({ iceRestart: true }));
    const offer = fragment(sdpOf(pc.localDescription), [], false);
    const answer = await this.#signalling.patch(offer, signal, true);
    if (answer.status !== 200) return false;
    const sdp = restarted(sdpOf(pc.remoteDescription), answer.body);
    await pc.setRemoteDescription({ type: 'answer', sdp });
    this.send(signal);
    return true;
  }
}

/** @param {RTCSessionDescription|null} description @returns {string} */
function sdpOf(description) {
  return description ? description.sdp : '';
}
