// Tells the computer how far this page is, so that somebody there can see why no picture comes.

/** How long the computer may take to hear it. */
const PATIENCE_MS = 5000;
/** What of a camera is told: how it is, or why it is not. */
const CAMERA = ['asking', 'open', 'denied', 'missing', 'busy', 'insecure', 'unsupported', 'failed'];

/** @typedef {{step: 'page'|'camera', state?: string}} Report */

/** One report is under way at a time, and of those that wait only the newest is of any use. */
export class Progress {
  #token;
  #busy = false;
  /** @type {Report|null} */ #next = null;

  /** @param {() => string} token the bearer token, '' while there is none */
  constructor(token) {
    this.#token = token;
  }

  /**
   * Says that the page is here.
   *
   * @returns {Promise<boolean>} whether the computer does not know the page's code (any more);
   *   false as well when it cannot be asked
   */
  async page() {
    return (await this.#send({ step: 'page' })) === 401;
  }

  /** Says how the camera is, or what failed about it. @param {string} state */
  camera(state) {
    if (state === 'constraints') state = 'failed';
    if (!CAMERA.includes(state)) return; // What else fails, the computer knows.
    this.#next = { step: 'camera', state };
    this.#run();
  }

  async #run() {
    if (this.#busy) return;
    this.#busy = true;
    for (let report = this.#next; report; report = this.#next) {
      this.#next = null;
      await this.#send(report);
    }
    this.#busy = false;
  }

  /**
   * @param {Report} report is lost when it does not get through: the next one says what counts
   * @returns {Promise<number>} the status, 0 for none; never rejects
   */
  async #send(report) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
    const token = this.#token();
    try {
      const { status } = await fetch('/progress', {
        method: 'POST', body: JSON.stringify(report), signal: abort.signal, cache: 'no-store',
        credentials: 'omit',
        headers: {
          'Content-Type': 'application/json',
          ...(token ? { Authorization: `Bearer ${token}` } : {}),
        },
      });
      return status;
    } catch {
      return 0;
    } finally {
      clearTimeout(timer);
    }
  }
}
