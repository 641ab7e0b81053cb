// Whether the computer is still there: it says something several times a second, or is asked to.

/** After so long without a word the computer is asked for one. */
const ASK_MS = 400;
/** After so long without a word, and without an answer, it has fallen silent. */
const SILENT_MS = 1000;
const TICK_MS = 200;
/** When the page itself was asleep for longer than this, it cannot know what there was to hear. */
const ASLEEP_MS = 700;

/** Listens to one connection at a time. */
export class Pulse {
  #ask;
  #onchange;
  /** @type {RTCPeerConnection|null} */ #pc = null;
  #heard = 0;
  #ticked = 0;
  /** Since something was heard last. */ #asked = false;
  #silent = false;
  /** What the connection has received. */ #bytes = 0;
  #timer = 0;

  /**
   * @param {() => void} ask asks the computer for an answer
   * @param {() => void} onchange when it has fallen silent, and when it is heard again
   */
  constructor(ask, onchange) {
    this.#ask = ask;
    this.#onchange = onchange;
  }

  /** @returns {boolean} whether nothing is heard */
  get silent() {
    return this.#silent;
  }

  /** @param {RTCPeerConnection} pc */
  start(pc) {
    this.stop();
    this.#pc = pc;
    this.#bytes = 0;
    this.#ticked = performance.now();
    this.beat();
    this.#timer = setInterval(() => this.#tick(pc), TICK_MS);
  }

  stop() {
    clearInterval(this.#timer);
    this.#pc = null;
    this.#silent = false;
  }

  /** Something was heard. */
  beat() {
    this.#heard = performance.now();
    this.#asked = false;
    if (!this.#silent) return;
    this.#silent = false;
    this.#onchange();
  }

  /** @param {RTCPeerConnection} pc */
  async #tick(pc) {
    const now = performance.now();
    if (now - this.#ticked > ASLEEP_MS) this.#heard = Math.max(this.#heard, now - ASK_MS);
    this.#ticked = now;
    if (now - this.#heard < ASK_MS) return;
    if (!this.#asked) {
      this.#asked = true;
      this.#ask();
    }
    // While video is sent the computer acknowledges it, in messages that only the browser sees.
    const bytes = await received(pc);
    if (pc !== this.#pc) return;
    const more = bytes > this.#bytes;
    const first = this.#bytes === 0;
    this.#bytes = bytes;
    if (more && !first) return this.beat();
    if (this.#silent || performance.now() - this.#heard < SILENT_MS) return;
    this.#silent = true;
    this.#onchange();
  }
}

/** @param {RTCPeerConnection} pc @returns {Promise<number>} in bytes, without ICE's own checks */
async function received(pc) {
  let bytes = 0;
  (await pc.getStats()).forEach((s) => {
    if (s.type === 'candidate-pair') bytes += s.bytesReceived || 0;
  });
  return bytes;
}
