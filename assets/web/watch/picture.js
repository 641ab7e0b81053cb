// The picture with what belongs on it: boxes of the computer or of this page, lines and zones.

import { validDetections } from '../draw.js';
import { Painter } from './painter.js';
import { Timeline } from './timeline.js';

/** Boxes whose frame nobody knows are shown for so long, in ms. */
const MAX_AGE = 300;
/** A slow device shows its boxes late rather than never, in ms. */
const MAX_AGE_HERE = 2500;
/** Ticks a millisecond, for frames whose timestamp the browser does not tell. */
const TICKS = 90;

/** @typedef {import('../draw.js').Detection} Detection */

/** What is on the screen. */
export class Picture {
  #painter;
  /** What the computer found. */ #there = new Timeline();
  /** What this page found. */ #own = new Timeline(MAX_AGE_HERE);
  /** The boxes that came last from the computer. @type {{detections: Detection[], at: number}} */
  #newest = { detections: [], at: 0 };
  /** @type {import('./control.js').Scene} */
  #scene = { regions: [], counts: [], boxes: true, labels: true, ids: false };
  /** The frame on the screen. @type {{rtp: number|null, key: number}|null} */ #frame = null;
  #here = false;
  /** @type {Detection[]} */ #drawn = [];

  /** @param {HTMLCanvasElement} canvas @param {HTMLVideoElement} video */
  constructor(canvas, video) {
    this.#painter = new Painter(canvas, video);
  }

  /** @param {import('./control.js').Scene} scene */
  set scene(scene) {
    this.#scene = scene;
    this.#paint();
  }

  clear() {
    this.#there.clear();
    this.#own.clear();
    this.#frame = null;
    this.#drawn = [];
    this.#painter.clear();
  }

  /** @param {string} state of the detection on this page: what it found counts while it is on */
  clearHere(state) {
    if (state !== 'on') this.#own.clear();
  }

  /**
   * Takes a message of the computer.
   *
   * @param {any} message
   * @returns {number|null} its frame's timestamp
   */
  found(message) {
    const detections = validDetections(message.detections);
    this.#newest = { detections, at: performance.now() };
    const rtp = Number.isInteger(message.rtp) ? message.rtp : null;
    if (rtp !== null) this.#there.add(rtp, detections);
    if (!this.#here) this.#paint();
    return rtp;
  }

  /** @param {number} key of the frame @param {unknown} detections of this page */
  foundHere(key, detections) {
    this.#own.add(key, validDetections(detections));
    this.#paint();
  }

  /**
   * A frame is on the screen.
   *
   * @param {import('./frames.js').Shown} frame
   * @param {boolean} here whether this page's own boxes count
   * @returns {number} the frame's key
   */
  show({ rtp, at }, here) {
    const key = rtp ?? Math.round(at * TICKS) >>> 0;
    this.#frame = { rtp, key };
    this.#here = here;
    this.#paint();
    return key;
  }

  /** @returns {Detection[]} those that belong on the frame */
  #detections() {
    if (!this.#frame || !this.#scene.boxes) return [];
    const { rtp, key } = this.#frame;
    if (this.#here) return this.#own.at(key);
    if (rtp !== null && this.#there.newest !== null) return this.#there.at(rtp);
    const { detections, at } = this.#newest;
    return performance.now() - at < MAX_AGE ? detections : [];
  }

  #paint() {
    if (!this.#frame) return;
    const { regions, labels, ids } = this.#scene;
    this.#drawn = this.#detections();
    this.#painter.paint({ detections: this.#drawn, regions, labels, ids });
  }

  /** @param {boolean} here @returns {{label: string, count: number}[]} objects by class */
  counts(here) {
    if (!here) return this.#scene.counts;
    /** @type {Map<string, number>} */ const all = new Map();
    for (const { label } of this.#drawn) all.set(label, (all.get(label) || 0) + 1);
    return [...all].sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([label, count]) => ({ label, count }));
  }

  snapshot() {
    return this.#painter.snapshot();
  }
}
