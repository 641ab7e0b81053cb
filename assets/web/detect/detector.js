// Detects in this browser: a worker of its own, the newest frame wins.

/**
 * @typedef {object} Opening
 * @property {import('./model.js').ModelFile & {name?: string, metadata?: Record<string, string>,
 *   sidecar?: string}} model
 * @property {string} token
 */
/**
 * A worker that takes longer for a frame is dead, in ms: browsers end greedy ones without a word.
 */
const SILENT_MS = 20000;

/** @typedef {{resolve: (found: Found) => void, reject: (err: Error) => void}} Waiting */
/** @typedef {{prepare: number, run: number, decode: number}} Took milliseconds */
/** @typedef {{detections: string, took: Took}} Found detections as on the data channel */
/**
 * @typedef {object} Ready
 * @property {string} family
 * @property {string[]} labels
 * @property {string[]} warnings
 * @property {number} width of the model's input
 * @property {number} height
 * @property {import('./engine.js').Provider} provider
 * @property {number} threads of the processor
 * @property {string} why it runs there; see provider.js
 */

/** One model on one worker. */
export class Detector {
  #worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  /** Waits for the answer to the frame that is under way. @type {Waiting|null} */
  #busy = null;
  #next = 0;
  #silent = 0;
  /** Why it is over. @type {Error|null} */ #over = null;

  /**
   * @param {Opening} opening
   * @param {(done: number) => void} [progress] bytes of the model that have come
   * @returns {Promise<Ready>}
   */
  open(opening, progress = () => {}) {
    return new Promise((resolve, reject) => {
      this.#worker.onerror = ({ message }) => {
        const err = new Error(message || 'the worker could not be loaded');
        reject(err);
        this.close(err);
      };
      this.#worker.onmessage = ({ data }) => {
        if (data.progress) progress(data.progress);
        else if (data.ready) resolve(data.ready);
        else if (data.id === undefined) reject(new Error(data.error));
        else this.#answered(data);
      };
      this.#worker.postMessage({ open: opening });
    });
  }

  /** @returns {boolean} whether a frame is under way; a newer one has to wait or be left out */
  get busy() {
    return this.#busy !== null;
  }

  /**
   * Detects in a frame, which then belongs to the worker. Not to be called while busy.
   *
   * @param {VideoFrame|ImageBitmap} frame
   * @param {number} width of the upright frame
   * @param {number} height
   * @param {{confidence: number, iou: number}} limits
   * @returns {Promise<Found>}
   */
  detect(frame, width, height, limits) {
    if (this.#over) {
      frame.close();
      return Promise.reject(this.#over);
    }
    return new Promise((resolve, reject) => {
      this.#busy = { resolve, reject };
      this.#silent = setTimeout(() => this.close(new Error('the worker does not answer')),
        SILENT_MS);
      const id = ++this.#next;
      this.#worker.postMessage({ id, frame, width, height, limits },
        [/** @type {any} */ (frame)]);
    });
  }

  /** @param {{error?: string} & Found} data */
  #answered({ error, ...found }) {
    const waiting = this.#busy;
    this.#busy = null;
    clearTimeout(this.#silent);
    if (error) waiting?.reject(new Error(error));
    else waiting?.resolve(found);
  }

  /** Ends it and frees its memory. @param {Error} [why] for who waits */
  close(why = new Error('closed')) {
    this.#over ||= why;
    clearTimeout(this.#silent);
    this.#worker.terminate();
    this.#busy?.reject(why);
    this.#busy = null;
  }
}
