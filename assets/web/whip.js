// Publishing over WHIP (RFC 9725): connects, stays connected and cleans up.

import { iceServers } from './ice.js';
import { Pulse } from './pulse.js';
import { WhipError } from './signalling.js';
import { Trickle } from './trickle.js';

/**
 * How long the first POST may take: somebody at the computer may have to allow this phone, and the
 * server waits two minutes for that.
 */
const JOIN_MS = 125000;
/** How long a POST may take after the phone was let in once. */
const REJOIN_MS = 20000;
/** How long ICE and DTLS may take after the answer. On a LAN they take a tenth of a second. */
const CONNECT_MS = 12000;
/**
 * How often the computer is probed in the first time of an outage. A request that began in it waits
 * for TCP's slow retries, and after it a fresh one is quicker; but over a slow network each must
 * have its time, so that several are under way.
 */
const PROBE_EVERY_MS = 500;
const MOST_PROBES = 4;
/** After so long there are pauses, and they grow. */
const EAGER_MS = 30000;
/** How long the new path of an ICE restart may take. */
const SETTLE_MS = 1500;
/** How many ICE restarts are tried before a fresh session is opened. */
const MOST_RESTARTS = 4;
/** After a connection that lived this long the next one is opened without waiting. */
const GOOD_MS = 5000;
const BACKOFF_FIRST_MS = 400;
const BACKOFF_MOST_MS = 8000;

/**
 * @typedef {(state: 'connecting'|'live'|'reconnecting'|'failed', error?: WhipError, next?: number)
 *   => void} OnState hears of each change: why it is so, and when the next try is, by the page's
 *   clock, where one is being waited for
 */

/**
 * Keeps one WHIP session alive until it is stopped. When the computer falls silent or the network
 * changes, it is sought by short requests; the path may come back by itself meanwhile, else an ICE
 * restart finds another one as soon as a request is answered. When that fails, or the computer has
 * forgotten the session, a fresh one takes the place of the old one, which the computer knows by
 * the phone's key.
 */
export class WhipPublisher {
  #signalling;
  #prepare;
  #onState;
  /** @type {RTCPeerConnection|null} */ #pc = null;
  /** Closed when the one in use stands. @type {RTCPeerConnection|null} */ #before = null;
  /** From the Link headers of the last session. @type {RTCIceServer[]} */ #iceServers = [];
  /** No ICE restart can bring the session back. */ #gone = false;
  /** The computer has closed it, and not the network. */ #closed = false;
  /** The network has changed: restart ICE although nothing looks broken yet. */ #restart = false;
  #pulse;
  #trickle;
  /** @type {AbortController|null} */ #run = null;
  /** Who waits for something to change. @type {Set<() => void>} */ #waiters = new Set();

  /**
   * @param {object} options
   * @param {import('./signalling.js').Signalling} options.signalling
   * @param {(pc: RTCPeerConnection) => void|Promise<void>} options.prepare adds tracks and channels
   *   to each new connection
   * @param {() => void} options.ask asks the computer for an answer on a channel
   * @param {OnState} options.onState
   */
  constructor({ signalling, prepare, ask, onState }) {
    this.#signalling = signalling;
    this.#prepare = prepare;
    this.#onState = onState;
    this.#pulse = new Pulse(ask, () => this.#wake());
    this.#trickle = new Trickle(this.#signalling, (pc) => this.#lose(pc));
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

  /** Says that the computer was heard on that connection. @param {RTCPeerConnection} pc */
  heard(pc) {
    if (pc === this.#pc) this.#pulse.beat();
  }

  /**
   * Says that a connection's channels are closed. Some browsers close them when the network fails.
   *
   * @param {RTCPeerConnection} pc
   */
  closed(pc) {
    if (pc !== this.#pc) return;
    this.#closed = pc.connectionState === 'connected' && !this.#pulse.silent;
    this.#lose(pc);
  }

  /** Has a fresh session opened. @param {RTCPeerConnection} pc */
  #lose(pc) {
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
    const state = () => (joined ? 'reconnecting' : 'connecting');
    while (!signal.aborted) {
      this.#onState(state(), error);
      let since = 0;
      try {
        if (joined && !closed) await this.#reach(() => false, signal);
        if (signal.aborted) return;
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
        // A computer that closed the channels in good order and then does not answer, or says no,
        // has left.
        const left = error.code === 'unreachable' || error.code === 'refused';
        if (closed && left) error = new WhipError('ended');
      }
      closed = closed || this.#closed;
      if (signal.aborted) return;
      if (this.#closed || error?.final) this.#release();
      else if (error) this.#undo();
      if (error?.final) {
        this.#run = null;
        this.#onState('failed', error);
        return;
      }
      if (since && performance.now() - since > GOOD_MS) failures = 0;
      if (failures > 0 || error) {
        await this.#pause(state(), error, Math.max(backoff(failures), error?.retryAfter || 0));
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
    // Closing the one before tells the computer that the phone leaves, so the new one comes first.
    this.#before = this.#pc;
    this.#pc = pc;
    this.#pulse.stop();
    this.#gone = this.#closed = this.#restart = false;
    this.#trickle.start(pc, signal);
    pc.addEventListener('connectionstatechange', () => this.#wake());
    await this.#prepare(pc);
    await pc.setLocalDescription(await pc.createOffer());
    if (signal.aborted) return;

    const offer = pc.localDescription?.sdp || '';
    const answer = await this.#signalling.post(offer, patience, signal);
    // They serve the next gathering: on a local network the first one needs none.
    this.#iceServers = iceServers(answer.headers.get('Link') || '');
    if (signal.aborted) return this.#release();
    await pc.setRemoteDescription({ type: 'answer', sdp: answer.body });
    this.#trickle.send(signal);
    const connected = await this.#until(() => pc.connectionState === 'connected', pc, signal,
      CONNECT_MS);
    if (!connected) throw new WhipError(this.#gone ? 'server' : 'blocked');
    this.#before?.close();
    this.#before = null;
    this.#pulse.start(pc);
  }

  /**
   * Watches over a connected session; returns when only a fresh one can help.
   *
   * @param {AbortSignal} signal
   */
  async #keep(signal) {
    const pc = this.#pc;
    const well = () => pc?.connectionState === 'connected' && !this.#pulse.silent;
    while (pc && !signal.aborted && !this.#gone) {
      if (well() && !this.#restart) {
        await this.#change();
        continue;
      }
      if (!well()) this.#onState('reconnecting');
      if (!(await this.#repair(pc, well, signal))) return;
      this.#onState('live');
    }
  }

  /**
   * Looks for a way to the computer until there is one.
   *
   * @param {RTCPeerConnection} pc
   * @param {() => boolean} well whether the computer is heard
   * @param {AbortSignal} signal
   * @returns {Promise<boolean>} false: the session is lost
   */
  async #repair(pc, well, signal) {
    for (let restarts = 0; restarts < MOST_RESTARTS; restarts++) {
      const moved = this.#restart;
      this.#restart = false;
      const done = () => this.#gone || (well() && !moved);
      await this.#reach(done, signal);
      if (signal.aborted || this.#gone) return false;
      if (done()) return true;
      try {
        if (!(await this.#trickle.restart(pc, signal))) return false;
      } catch (err) {
        if (!(err instanceof WhipError)) return false;
        await pc.setLocalDescription({ type: 'rollback' });
        continue; // The computer does not answer after all.
      }
      if (await this.#until(well, pc, signal, SETTLE_MS * (restarts + 1))) return true;
    }
    return false;
  }

  /**
   * Asks the computer for nothing, again and again, until it answers: only then is it worth while
   * to send it anything. (A restart that is sent into an outage may arrive when nobody waits for
   * its answer any more, and break the path that has just come back.)
   *
   * @param {() => boolean} done whether it need not be asked any more
   * @param {AbortSignal} signal
   */
  async #reach(done, signal) {
    const error = new WhipError('unreachable');
    const since = performance.now();
    const probes = new AbortController();
    let underWay = 0;
    let answered = false;
    const probe = async () => {
      underWay++;
      try {
        await this.#signalling.probe(probes.signal);
        answered = true;
        this.#wake();
      } catch {
        // The next one may be answered.
      }
      underWay--;
    };
    const over = () => answered || signal.aborted || done();
    for (let slow = 0; !over();) {
      if (underWay < MOST_PROBES) probe();
      await this.#change(PROBE_EVERY_MS);
      if (over()) break;
      this.#onState('reconnecting', error);
      if (performance.now() - since < EAGER_MS) continue;
      await this.#pause('reconnecting', error, backoff(++slow));
    }
    probes.abort();
  }

  /**
   * @param {() => boolean} fulfilled what is waited for
   * @param {RTCPeerConnection} pc
   * @param {AbortSignal} signal
   * @param {number} patience in ms
   * @returns {Promise<boolean>} whether it has come true in time
   */
  async #until(fulfilled, pc, signal, patience) {
    const until = performance.now() + patience;
    while (!signal.aborted && !this.#gone) {
      const left = until - performance.now();
      if (fulfilled()) return true;
      if (pc.connectionState === 'closed' || left <= 0) return false;
      await this.#change(left);
    }
    return false;
  }

  /** Closes the connection and deletes the session. */
  #release() {
    this.#pulse.stop();
    for (const pc of [this.#before, this.#pc]) pc?.close();
    this.#pc = this.#before = null;
    this.#signalling.delete();
  }

  /** Closes a connection of which nothing came. The one before it stays for the next try. */
  #undo() {
    this.#pc?.close();
    this.#pc = this.#before;
    this.#before = null;
    this.#signalling.undo();
  }

  /**
   * Waits before the next try, or until something changes.
   *
   * @param {'connecting'|'reconnecting'} state
   * @param {WhipError|undefined} error
   * @param {number} ms
   */
  #pause(state, error, ms) {
    this.#onState(state, error, performance.now() + ms);
    return this.#change(ms);
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

/** @param {number} failures @returns {number} the pause after so many failures, in ms */
function backoff(failures) {
  const pause = Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** failures);
  return pause * (0.75 + Math.random() / 2);
}
