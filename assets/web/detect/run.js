// One worker with one model for the phone's own detection, from its start to its end.

import { Detector } from './detector.js';
import { describe } from './model.js';
import { Pace } from './pace.js';

const MAX_FOUND = 300;
/** A frame that takes longer says that the worker is dead. */
const STUCK_MS = 5000;
/** So many frames in a row may fail. */
const MAX_ERRORS = 3;
/** What browsers say when memory is short. */
const NO_MEMORY = /memory|allocat|out of bounds/i;

/** @typedef {import('./phone.js').Detection} Detection */
/** @typedef {import('./phone.js').Why} Why */

/**
 * @typedef {object} Hears what becomes of a run
 * @property {(part: number) => void} progress 0..1
 * @property {(about: {model: string, provider: string, threads: number}) => void} ready
 * @property {(why: Why) => void} failed
 * @property {() => boolean} wants whether a frame is to be looked at now
 * @property {() => {confidence: number, iou: number}} limits
 * @property {(t: number, took: number, detections: Detection[]) => void} found
 */

export class Run {
  #video;
  #token;
  #session;
  #hears;
  /** @type {Detector|null} */ #detector = null;
  #ended = false;
  /** @type {Map<string, number>} */ #classes = new Map();
  #began = 0;
  #errors = 0;
  #pace = new Pace(0);
  #took = 0;

  /**
   * @param {HTMLVideoElement} video
   * @param {() => string} token
   * @param {() => string} session that lets us have the model
   * @param {Hears} hears
   */
  constructor(video, token, session, hears) {
    this.#video = video;
    this.#token = token;
    this.#session = session;
    this.#hears = hears;
  }

  async start() {
    /** @type {Why} */ let why = 'model';
    try {
      const opening = await this.#opening();
      why = 'engine';
      const engine = await fetch('/engine/layout.wasm', { method: 'HEAD' });
      if (!engine.ok) throw new Error('the computer has no engine for browsers');
      if (this.#ended) return;
      const detector = this.#detector = new Detector();
      why = 'model';
      const ready = await detector.open(opening, (bytes) =>
        this.#ended || this.#hears.progress(bytes / opening.model.size));
      if (this.#ended) return;
      ready.labels.forEach((label, i) => this.#classes.has(label) || this.#classes.set(label, i));
      this.#hears.ready({
        model: opening.model.name || '', provider: ready.provider, threads: ready.threads,
      });
      this.#pace.restart(performance.now());
      this.#next();
    } catch (err) {
      if (!this.#ended) this.#hears.failed(NO_MEMORY.test(String(err)) ? 'memory' : why);
    }
  }

  /** @returns {Promise<import('./detector.js').Opening>} the model that the computer has */
  async #opening() {
    const token = this.#token();
    const model = await describe(token, this.#session());
    if (!model) throw new Error('the computer gives no model');
    return { model, token };
  }

  /** Ends it and frees its memory. */
  close() {
    this.#ended = true;
    this.#detector?.close();
    this.#detector = null;
  }

  /** @returns {boolean} whether nothing comes back from the worker */
  get stuck() {
    return this.#began > 0 && performance.now() - this.#began > STUCK_MS;
  }

  /** @returns {{took: number, fps: number, slow: boolean}} as of the last seconds */
  figures() {
    const { fps, slow } = this.#pace.at(performance.now());
    return { took: Math.round(this.#took * 10) / 10, fps, slow };
  }

  /** Waits for the next frame of the camera: an older one would only be late. */
  #next() {
    if (this.#ended) return;
    if (!this.#video.requestVideoFrameCallback) {
      requestAnimationFrame((now) => this.#frame(now));
      return;
    }
    this.#video.requestVideoFrameCallback((now, { captureTime }) =>
      this.#frame(captureTime || now));
  }

  /** @param {number} taken on the page's clock */
  async #frame(taken) {
    const detector = this.#detector;
    if (this.#ended || !detector) return;
    if (!this.#hears.wants() || !this.#video.videoWidth) {
      this.#pace.restart(performance.now());
      setTimeout(() => this.#next(), 100); // without a frame there may be no call either
      return;
    }
    this.#began = performance.now();
    try {
      const { videoWidth: width, videoHeight: height } = this.#video;
      const frame = await grab(this.#video);
      const { detections } = await detector.detect(frame, width, height, this.#hears.limits());
      if (this.#ended) return;
      const now = performance.now();
      this.#took = this.#took ? this.#took + (now - this.#began - this.#took) / 8
        : now - this.#began;
      this.#pace.done(now);
      this.#errors = 0;
      this.#hears.found(performance.timeOrigin + taken, now - this.#began,
        this.#classed(JSON.parse(detections)));
    } catch (err) {
      if (this.#ended) return;
      if (NO_MEMORY.test(String(err))) return this.#hears.failed('memory');
      if (++this.#errors >= MAX_ERRORS) return this.#hears.failed('engine');
    }
    this.#began = 0;
    this.#next();
  }

  /** @param {Detection[]} found @returns {Detection[]} with the numbers of their classes */
  #classed(found) {
    return found.slice(0, MAX_FOUND).map((d) => ({ ...d, class: this.#classes.get(d.label) ?? 0 }));
  }
}

/**
 * The frame that the video shows.
 *
 * @param {HTMLVideoElement} video
 * @returns {Promise<VideoFrame|ImageBitmap>}
 */
async function grab(video) {
  if (typeof VideoFrame === 'function') {
    const frame = new VideoFrame(video);
    // Some browsers leave out how the frame has to be turned.
    if (frame.displayWidth === video.videoWidth) return frame;
    frame.close();
  }
  return createImageBitmap(video);
}
