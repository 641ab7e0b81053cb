// Detects on this page's video, instead of the computer.

import { Detector } from '../detect/detector.js';
import { describe } from '../detect/model.js';
import { troubleOf } from '../detect/trouble.js';
import { token } from '../token.js';
import { DISPLAY } from './control.js';
import { Pace } from './pace.js';

/** A device that needs longer for a frame is too slow, in ms. */
const SLOW_MS = 1000;
/** What has to be there for any model. */
const ENGINE = '/engine/ort.wasm.bundle.min.mjs';

/** @typedef {import('../detect/trouble.js').Trouble|'noEngine'|'noModel'} Failure */
/**
 * @typedef {{state: 'off'} | {state: 'loading', part: number} | {state: 'failed', why: Failure}
 *   | {state: 'on', provider: string, threads: number, took: number, fps: number, slow: boolean}
 * } Progress part of the model that has come, 0..1; milliseconds for a frame
 */

/** Runs the computer's model in this browser, on the newest frame. */
export class DetectHere {
  #video;
  #tell;
  #found;
  /** @type {Detector|null} */ #detector = null;
  /** @type {import('../detect/detector.js').Ready|null} */ #ready = null;
  #pace = new Pace();
  #display = DISPLAY;
  /** One frame is under way at most. */ #busy = false;

  /**
   * @param {HTMLVideoElement} video
   * @param {(progress: Progress) => void} tell
   * @param {(rtp: number, detections: unknown) => void} found
   */
  constructor(video, tell, found) {
    this.#video = video;
    this.#tell = tell;
    this.#found = found;
  }

  /** Whether it is to run; it may be loading still. */
  get wanted() {
    return this.#detector !== null;
  }

  /** Whether its boxes count. */
  get running() {
    return this.#ready !== null;
  }

  /** @param {import('./control.js').Display} display from now on */
  set display(display) {
    this.#display = display;
  }

  /** Loads the model that the computer has now. @param {string} session that lets us have it */
  async start(session) {
    this.stop();
    this.#tell({ state: 'loading', part: 0 });
    const detector = this.#detector = new Detector();
    try {
      const model = await opening(session);
      if (this.#detector !== detector) return;
      const ready = await detector.open({ model, token: token() }, (done) => {
        if (this.#detector === detector) this.#tell({ state: 'loading', part: done / model.size });
      });
      if (this.#detector !== detector) return;
      this.#ready = ready;
      this.#pace.begin();
    } catch (err) {
      this.#fail(detector, err);
    }
  }

  /** Detects in the frame that is shown, unless one is under way. @param {number} rtp */
  async frame(rtp) {
    const detector = this.#detector;
    if (!detector || !this.#ready || this.#busy) return;
    this.#busy = true;
    const { videoWidth: width, videoHeight: height } = this.#video;
    const began = performance.now();
    try {
      const frame = await capture(this.#video);
      if (this.#detector !== detector) return frame.close();
      const { detections } = await detector.detect(frame, width, height,
        this.#display);
      if (this.#detector !== detector) return;
      const { took, fps } = this.#pace.add(began, performance.now());
      const { provider, threads } = this.#ready;
      this.#tell({ state: 'on', provider, threads, took, fps, slow: took > SLOW_MS });
      this.#found(rtp, JSON.parse(detections)
        .filter((/** @type {{label: string}} */ d) => !this.#display.hidden.has(d.label)));
    } catch (err) {
      this.#fail(detector, err);
    } finally {
      this.#busy = false;
    }
  }

  /** Ends it and frees its memory. */
  stop() {
    this.#ready = null;
    this.#detector?.close();
    this.#detector = null;
    this.#tell({ state: 'off' });
  }

  /** @param {Detector} detector @param {unknown} err */
  #fail(detector, err) {
    if (this.#detector !== detector) return; // It was ended.
    this.stop();
    const why = err instanceof Missing ? err.why : troubleOf(err);
    this.#tell({ state: 'failed', why });
  }
}

/** Something that the computer does not have. */
class Missing extends Error {
  /** @param {Failure} why */
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/**
 * @param {string} session
 * @returns {Promise<import('../detect/detector.js').Opening['model']>}
 * @throws {Missing}
 */
async function opening(session) {
  const engine = await fetch(ENGINE, { method: 'HEAD' });
  if (!engine.ok) throw new Missing('noEngine');
  const file = await describe(token(), session);
  if (!file) throw new Missing('noModel');
  return file;
}

/**
 * The frame on the screen, as a copy that costs least.
 *
 * @param {HTMLVideoElement} video
 * @returns {VideoFrame|Promise<ImageBitmap>}
 */
function capture(video) {
  return 'VideoFrame' in window ? new VideoFrame(video) : createImageBitmap(video);
}
