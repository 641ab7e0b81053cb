// Publishing over WHIP (RFC 9725): one class that connects, stays connected and cleans up.

import { iceServers } from './ice.js';
import { fragment, restarted, ufragOf } from './sdp.js';

/**
 * How long the first POST may take: somebody at the computer may have to allow this phone, and the
 * server waits two minutes for that.
 */
const JOIN_MS = 125000;
/** How long a POST may take after the phone was let in once. */
const REJOIN_MS = 20000;
/** How long ICE and DTLS may take after the answer. On a LAN they take a tenth of a second. */
const CONNECT_MS = 12000;
/** How long one PATCH may take. A request that began in an outage waits for TCP's slow retries. */
const PATCH_MS = 2500;
/** How long ICE restarts are tried before a fresh session is opened. */
const RESTART_MS = 12000;
/** After a connection that lived this long the next one is opened without waiting. */
const GOOD_MS = 5000;
const BACKOFF_FIRST_MS = 400;
const BACKOFF_MOST_MS = 8000;

/** Why publishing failed. */
export class WhipError extends Error {
  /**
   * @param {'unauthorized'|'refused'|'unacceptable'|'ended'|'full'|'unreachable'|'blocked'
   *   |'server'} code
   * @param {number} [retryAfter] milliseconds that the server asks to wait
   */
  constructor(code, retryAfter = 0) {
    super(code);
    this.code = code;
    this.retryAfter = retryAfter;
    /** Trying again cannot help without the user. */
    this.final = ['unauthorized', 'refused', 'unacceptable', 'ended'].includes(code);
  }
}

/** @typedef {{status: number, ok: boolean, headers: Headers, body: string}} Answer */

/**
 * Keeps one WHIP session alive until it is stopped. A lost path is repaired by an ICE restart; when
 * that fails, or the other side has closed, a fresh session is opened, again and again with growing
 * pauses.
 */
export class WhipPublisher {
  #endpoint;
  #token;
  #prepare;
  #onState;
  /** @type {RTCPeerConnection|null} */ #pc = null;
  /** The session's URL, '' while there is none. */ #session = '';
  #etag = '';
  /** From the Link headers of the last session. @type {RTCIceServer[]} */ #iceServers = [];
  /** Gathered, not yet sent. @type {RTCIceCandidate[]} */ #candidates = [];
  #gathered = false;
  #patching = false;
  /** The other side has closed: no ICE restart can bring it back. */ #gone = false;
  /** The network has changed: restart ICE although nothing looks broken yet. */ #restart = false;
  /** @type {AbortController|null} */ #run = null;
  /** Who waits for something to change. @type {Set<() => void>} */ #waiters = new Set();

  /**
   * @param {object} options
   * @param {string} options.endpoint where to POST
   * @param {string} options.token the bearer token
   * @param {(pc: RTCPeerConnection) => void|Promise<void>} options.prepare adds tracks and channels
   *   to each new connection
   * @param {(state: 'connecting'|'live'|'reconnecting'|'failed', error?: WhipError) => void
   *   } options.onState
   */
  constructor({ endpoint, token, prepare, onState }) {
    this.#endpoint = new URL(endpoint, location.origin).href;
    this.#token = token;
    this.#prepare = prepare;
    this.#onState = onState;
  }

  /** @returns {RTCPeerConnection|null} the connection in use */
  get connection() {
    return this.#pc;
  }

  /** Begins to publish. */
  start() {
    if (this.#run) return;
    this.#run = new AbortController();
    this.#live(this.#run.signal);
  }

  /** Ends publishing and tells the server. Safe in `pagehide`: the request outlives the page. */
  stop() {
    if (!this.#run) return;
    this.#run.abort();
    this.#run = null;
    this.#wake();
    this.#release();
  }

  /**
   * Tries again at once, if anything is being waited for.
   *
   * @param {boolean} [restart] look for a new path although the old one seems alive
   */
  nudge(restart = false) {
    this.#restart = this.#restart || restart;
    this.#wake();
  }

  /** Says that the other side has closed that connection. @param {RTCPeerConnection} pc */
  lost(pc) {
    if (pc !== this.#pc) return;
    this.#gone = true;
    this.#wake();
  }

  /** The life of a publisher: open, keep, open again. @param {AbortSignal} signal */
  async #live(signal) {
    let failures = 0;
    let joined = false;
    let closed = false;
    /** @type {WhipError|undefined} */ let error;
    while (!signal.aborted) {
      this.#onState(joined ? 'reconnecting' : 'connecting', error);
      let since = 0;
      try {
        await this.#open(signal, joined ? REJOIN_MS : JOIN_MS);
        since = performance.now();
        joined = true;
        closed = false;
        error = undefined;
        this.#onState('live');
        await this.#keep(signal);
      } catch (err) {
        if (signal.aborted) return this.#release();
        error = err instanceof WhipError ? err : new WhipError('server');
        // A network that fails closes no channel: a computer that closed them in good order and
        // then does not answer, or says no, has left.
        const left = error.code === 'unreachable' || error.code === 'refused';
        if (closed && left) error = new WhipError('ended');
      }
      closed = closed || this.#gone;
      if (signal.aborted) return;
      this.#release();
      if (error && error.final) {
        this.#run = null;
        this.#onState('failed', error);
        return;
      }
      if (since && performance.now() - since > GOOD_MS) failures = 0;
      if (failures > 0 || error) {
        this.#onState(joined ? 'reconnecting' : 'connecting', error);
        const pause = Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** failures);
        const jittered = pause * (0.75 + Math.random() / 2);
        await this.#change(Math.max(jittered, error ? error.retryAfter : 0));
      }
      failures++;
    }
  }

  /**
   * Opens a session and waits until it is connected.
   *
   * @param {AbortSignal} signal
   * @param {number} patience for the POST, in ms
   */
  async #open(signal, patience) {
    // Everything on one port and one path: the answer comes from one socket anyway.
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers: this.#iceServers });
    this.#pc = pc;
    this.#gone = this.#restart = this.#gathered = false;
    this.#candidates = [];
    pc.addEventListener('connectionstatechange', () => this.#wake());
    pc.addEventListener('icecandidate', ({ candidate }) => this.#gather(pc, candidate));
    await this.#prepare(pc);
    await pc.setLocalDescription(await pc.createOffer());
    if (signal.aborted) return;

    const answer = await this.#fetch('POST', this.#endpoint, patience, sdpOf(pc.localDescription),
      { 'Content-Type': 'application/sdp' }, signal);
    if (answer.status !== 201) throw refusal(answer);
    this.#etag = answer.headers.get('ETag') || '';
    // They serve the next gathering: on a local network the first one needs none.
    this.#iceServers = iceServers(answer.headers.get('Link') || '');
    if (signal.aborted) return this.#release();
    await pc.setRemoteDescription({ type: 'answer', sdp: answer.body });
    this.#trickle(signal);
    if (await this.#connected(pc, signal, CONNECT_MS)) return;
    throw new WhipError(this.#gone ? 'server' : 'blocked');
  }

  /**
   * Watches over a connected session; returns when only a fresh one can help.
   *
   * @param {AbortSignal} signal
   */
  async #keep(signal) {
    const pc = this.#pc;
    while (pc && !signal.aborted && !this.#gone) {
      // Browsers report "disconnected" only seconds after the last sign of life, so there is no
      // reason to wait any longer.
      if (pc.connectionState === 'connected' && !this.#restart) {
        await this.#change();
        continue;
      }
      this.#restart = false;
      if (pc.connectionState !== 'connected') this.#onState('reconnecting');
      if (!(await this.#restartIce(pc, signal))) return;
      this.#onState('live');
    }
  }

  /**
   * @param {RTCPeerConnection} pc
   * @param {AbortSignal} signal
   * @returns {Promise<boolean>} whether the session is connected again
   */
  async #restartIce(pc, signal) {
    const until = performance.now() + RESTART_MS;
    while (!signal.aborted && !this.#gone && performance.now() < until) {
      try {
        this.#candidates = [];
        this.#gathered = false;
        // Each try has its own credentials: the server may have seen the last one although its
        // answer was lost.
        await pc.setLocalDescription(await pc.createOffer({ iceRestart: true }));
        const offer = fragment(sdpOf(pc.localDescription), [], false);
        const answer = await this.#patch(offer, '*', signal);
        if (answer.status !== 200) return false;
        this.#etag = answer.headers.get('ETag') || this.#etag;
        const sdp = restarted(sdpOf(pc.remoteDescription), answer.body);
        await pc.setRemoteDescription({ type: 'answer', sdp });
        this.#trickle(signal);
        if (await this.#connected(pc, signal, PATCH_MS * 2)) return true;
      } catch (err) {
        if (!(err instanceof WhipError)) return false;
        // The old path may have come back while the new one was being asked for.
        if (pc.connectionState === 'connected') {
          await pc.setLocalDescription({ type: 'rollback' });
          return true;
        }
        await this.#change(BACKOFF_FIRST_MS);
      }
    }
    return false;
  }

  /** @param {RTCPeerConnection} pc @param {RTCIceCandidate|null} candidate */
  #gather(pc, candidate) {
    if (pc !== this.#pc) return;
    if (candidate && candidate.candidate) this.#candidates.push(candidate);
    else if (!candidate) this.#gathered = true;
    if (this.#run) this.#trickle(this.#run.signal);
  }

  /** Sends what was gathered, one PATCH at a time. @param {AbortSignal} signal */
  async #trickle(signal) {
    if (this.#patching) return;
    this.#patching = true;
    try {
      while (!signal.aborted && (await this.#sendCandidates(signal)));
    } catch {
      // The checks that we send tell the server our addresses all the same.
    } finally {
      this.#patching = false;
    }
  }

  /** @param {AbortSignal} signal @returns {Promise<boolean>} whether there may be more to send */
  async #sendCandidates(signal) {
    const pc = this.#pc;
    // In "have-local-offer" the server does not know these credentials yet.
    if (!pc || !this.#session || pc.signalingState !== 'stable') return false;
    if (!this.#candidates.length && !this.#gathered) return false;
    const sdp = sdpOf(pc.localDescription);
    const ufrag = ufragOf(sdp);
    const current = this.#candidates.filter((c) => (c.usernameFragment || ufrag) === ufrag);
    const last = this.#gathered;
    this.#candidates = [];
    this.#gathered = false;
    const { ok, status } = await this.#patch(fragment(sdp, current, last), this.#etag, signal);
    // 404 and 410: the session is gone. 412: a restart has overtaken these candidates. Anything
    // else: this server takes none.
    if (status === 404 || status === 410) this.lost(pc);
    return ok || status === 412;
  }

  /** @param {string} body @param {string} etag @param {AbortSignal} signal */
  #patch(body, etag, signal) {
    const type = 'application/trickle-ice-sdpfrag';
    return this.#fetch('PATCH', this.#session, PATCH_MS, body,
      { 'Content-Type': type, ...(etag ? { 'If-Match': etag } : {}) }, signal);
  }

  /**
   * Asks the server and reads the whole answer.
   *
   * @param {string} method
   * @param {string} url
   * @param {number} patience for the whole answer, in ms
   * @param {string} body
   * @param {Record<string, string>} headers
   * @param {AbortSignal} signal
   * @returns {Promise<Answer>}
   * @throws {WhipError} "unreachable" when the answer does not come, or not all of it
   */
  async #fetch(method, url, patience, body, headers, signal) {
    const abort = new AbortController();
    const end = () => abort.abort();
    const timer = setTimeout(end, patience);
    signal.addEventListener('abort', end);
    try {
      const response = await fetch(url, {
        method, body, signal: abort.signal, cache: 'no-store', credentials: 'omit',
        headers: { Authorization: `Bearer ${this.#token}`, ...headers },
      });
      const { status, ok, headers: answered } = response;
      // From here on the server holds a session, which is to be deleted even if no body comes.
      const session = answered.get('Location');
      if (status === 201 && session) this.#session = new URL(session, response.url).href;
      return { status, ok, headers: answered, body: await response.text() };
    } catch {
      throw new WhipError('unreachable');
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
    }
  }

  /**
   * @param {RTCPeerConnection} pc
   * @param {AbortSignal} signal
   * @param {number} patience in ms
   * @returns {Promise<boolean>} whether it is connected in time
   */
  async #connected(pc, signal, patience) {
    const until = performance.now() + patience;
    while (!signal.aborted && !this.#gone) {
      const left = until - performance.now();
      if (pc.connectionState === 'connected') return true;
      if (pc.connectionState === 'closed' || left <= 0) return false;
      await this.#change(left);
    }
    return false;
  }

  /** Closes the connection and deletes the session, for which the server's time-out is too slow. */
  #release() {
    if (this.#pc) this.#pc.close();
    this.#pc = null;
    if (!this.#session) return;
    fetch(this.#session, {
      method: 'DELETE', keepalive: true, credentials: 'omit',
      headers: { Authorization: `Bearer ${this.#token}` },
    }).catch(() => {}); // Nobody is left to tell; the server notices by itself.
    this.#session = this.#etag = '';
  }

  /** Waits until something changes, or so many ms. @param {number} [ms] @returns {Promise<void>} */
  #change(ms) {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiters.delete(done);
        resolve();
      };
      const timer = ms === undefined ? undefined : setTimeout(done, ms);
      this.#waiters.add(done);
    });
  }

  #wake() {
    for (const done of [...this.#waiters]) done();
  }
}

/** @param {RTCSessionDescription|null} description @returns {string} */
function sdpOf(description) {
  return description ? description.sdp : '';
}

/** @param {Answer} answer @returns {WhipError} */
function refusal({ status, headers }) {
  if (status === 401) return new WhipError('unauthorized');
  if (status === 403) return new WhipError('refused');
  if (status === 429 || status === 503) {
    // Retry-After is in seconds, or a date, which no server of ours sends.
    const seconds = Number(headers.get('Retry-After'));
    return new WhipError('full', Number.isFinite(seconds) ? Math.min(seconds, 30) * 1000 : 0);
  }
  return new WhipError(status >= 400 && status < 500 ? 'unacceptable' : 'server');
}
