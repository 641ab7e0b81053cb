// The requests of WHIP (RFC 9725): what is asked of the computer by HTTP, and what it says.

/** How long one PATCH may take, over a connection that has just answered. */
const PATCH_MS = 2500;
/** How long a probe may take: a new connection over a slow network. */
const PROBE_MS = 3000;

/** How long the server may have us wait: when it is full, and when it takes us for a guesser. */
const FULL_S = 30;
const LOCKED_S = 900;

/** Why publishing failed. */
export class WhipError extends Error {
  /**
   * @param {'unauthorized'|'refused'|'unacceptable'|'ended'|'full'|'absent'|'locked'
   *   |'unreachable'|'blocked'|'server'} code
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

/** Speaks with one endpoint, and with the session that it has opened. */
export class Signalling {
  #endpoint;
  #token;
  /** The one that the session was opened with, good as long as that lasts. */ #joined = '';
  /** The session's URL, '' while there is none. */ #session = '';
  /** The one before it. */ #before = '';
  #etag = '';

  /**
   * @param {string} endpoint where to POST
   * @param {() => string} token gives the bearer token in force
   */
  constructor(endpoint, token) {
    this.#endpoint = new URL(endpoint, location.origin).href;
    this.#token = token;
  }

  /** Where to POST from now on. @param {string} path */
  set endpoint(path) {
    this.#endpoint = new URL(path, location.origin).href;
  }

  /** Gets a new token, where the computer remembers us. @returns {Promise<boolean>} */
  async renew() {
    return false;
  }

  /**
   * @param {string} _offer
   * @returns {Promise<Record<string, string>>} headers by which the computer knows us again
   */
  async prove(_offer) {
    return {};
  }

  /** What an answer to an offer means that is none. @param {Answer} answer @returns {WhipError} */
  refusal(answer) {
    return refusal(answer);
  }

  /** The name of the session, '' while there is none. */
  get name() {
    return this.#session.slice(this.#session.lastIndexOf('/') + 1);
  }

  /** @returns {boolean} whether there is a session */
  get open() {
    return this.#session !== '';
  }

  /**
   * Opens a session. Where the token is not good any more, and the computer remembers this phone,
   * it goes on with the new one.
   *
   * @param {string} offer
   * @param {number} patience in ms
   * @param {AbortSignal} signal
   * @returns {Promise<Answer>}
   * @throws {WhipError}
   */
  async post(offer, patience, signal) {
    this.#before = this.#session;
    let answer = await this.#offer(offer, patience, signal);
    if (answer.status === 401 && (await this.renew())) {
      answer = await this.#offer(offer, patience, signal);
    }
    if (answer.status !== 201) throw this.refusal(answer);
    this.#etag = answer.headers.get('ETag') || '';
    return answer;
  }

  /** @param {string} offer @param {number} patience @param {AbortSignal} signal */
  async #offer(offer, patience, signal) {
    const token = this.#token();
    const proof = await this.prove(offer);
    const answer = await this.#fetch('POST', this.#endpoint, patience, offer,
      { ...bearer(token), ...proof, 'Content-Type': 'application/sdp' }, signal);
    if (answer.status === 201) this.#joined = token;
    return answer;
  }

  /**
   * Sends candidates for the current ICE session, or begins another one.
   *
   * @param {string} body
   * @param {AbortSignal} signal
   * @param {boolean} [restart]
   * @returns {Promise<Answer>}
   */
  async patch(body, signal, restart = false) {
    const match = restart ? '*' : this.#etag;
    const type = 'application/trickle-ice-sdpfrag';
    const answer = await this.#fetch('PATCH', this.#session, PATCH_MS, body,
      { ...bearer(this.#joined), 'Content-Type': type, ...(match ? { 'If-Match': match } : {}) },
      signal);
    if (answer.status === 200) this.#etag = answer.headers.get('ETag') || this.#etag;
    return answer;
  }

  /** Asks for nothing but an answer. @param {AbortSignal} signal @throws {WhipError} */
  async probe(signal) {
    await this.#fetch('HEAD', this.#endpoint, PROBE_MS, undefined, {}, signal);
  }

  /** Deletes the session, for which the server's time-out is too slow. */
  delete() {
    if (!this.#session) return;
    fetch(this.#session, {
      method: 'DELETE', keepalive: true, credentials: 'omit', headers: bearer(this.#joined),
    }).catch(() => {}); // Nobody is left to tell; the server notices by itself.
    this.#session = this.#before = this.#etag = '';
  }

  /** Deletes the session that the last POST has opened, if it has; the one before it may last. */
  undo() {
    if (this.#session !== this.#before) this.delete();
  }

  /**
   * Asks the server and reads the whole answer.
   *
   * @param {string} method
   * @param {string} url
   * @param {number} patience for the whole answer, in ms
   * @param {string|undefined} body
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
        method, body, headers, signal: abort.signal, cache: 'no-store', credentials: 'omit',
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
}

/** @param {string} token @returns {Record<string, string>} */
const bearer = (token) => ({ Authorization: `Bearer ${token}` });

/** @param {Answer} answer @returns {WhipError} */
function refusal({ status, headers }) {
  if (status === 401) return new WhipError('unauthorized');
  if (status === 403) return new WhipError('refused');
  // Retry-After is in seconds, or a date, which no server of ours sends.
  const seconds = Number(headers.get('Retry-After')) || 0;
  if (status === 429) return new WhipError('locked', Math.min(seconds, LOCKED_S) * 1000);
  if (status === 503) return new WhipError('full', Math.min(seconds, FULL_S) * 1000);
  return new WhipError(status >= 400 && status < 500 ? 'unacceptable' : 'server');
}
