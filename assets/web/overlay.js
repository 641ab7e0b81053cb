// Draws what the computer found over the preview.

import { Brush, validDetections } from './draw.js';

export { colourOf, useColours } from './draw.js';

/** Boxes older than this are hidden: by then they lie beside the object rather than on it. */
const MAX_AGE_MS = 300;
/** Those that this phone found itself stay for so many of its intervals: a slow phone would show
 * none else. */
const INTERVALS = 2;
/** But no longer than this, in ms. */
const MAX_AGE_HERE_MS = 2000;
/** Boxes fade over the last of those milliseconds instead of blinking out. */
const FADE_MS = 60;
/** No message is on the way for longer than this. */
const LATE_MS = 2000;
/** Sharper than this cannot be seen, and costs a phone its battery. */
const MAX_RATIO = 3;

/** @typedef {import('./draw.js').Rect} Rect */

/**
 * Where a frame lies in an element under object-fit, centred, as the CSS Images Module (level 3,
 * section 5.5) has it.
 *
 * @param {string} fit 'cover' or 'contain'
 * @param {number} frameWidth in pixels of the frame
 * @param {number} frameHeight
 * @param {number} width of the element
 * @param {number} height
 * @returns {Rect} in the element's units; with 'cover' it may be larger than the element
 */
export function placed(fit, frameWidth, frameHeight, width, height) {
  if (!(frameWidth > 0 && frameHeight > 0)) return { x: 0, y: 0, width: 0, height: 0 };
  const x = width / frameWidth;
  const y = height / frameHeight;
  const scale = fit === 'cover' ? Math.max(x, y) : Math.min(x, y);
  const w = frameWidth * scale;
  const h = frameHeight * scale;
  return { x: (width - w) / 2, y: (height - h) / 2, width: w, height: h };
}

/**
 * Gives a canvas one pixel for each pixel of the screen.
 *
 * @param {HTMLCanvasElement} canvas
 * @returns {number} its pixels for one of the page
 */
export function fitCanvas(canvas) {
  const ratio = Math.min(MAX_RATIO, window.devicePixelRatio || 1);
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  // Setting a size clears the canvas, even to the one it has.
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  return ratio;
}

/** A canvas over a video. */
export class Overlay {
  #canvas;
  #video;
  #context;
  /** @type {import('./draw.js').Detection[]} */ #boxes = [];
  /** When the frame of these boxes was taken, on the page's clock. */ #taken = 0;
  /** The same on the clock of whoever found them. */ #time = 0;
  /** When they came, on the page's clock. */ #came = 0;
  /** How old they may get, in ms. */ #oldest = MAX_AGE_MS;
  #here = false;
  #mirrored = false;
  #running = false;
  #dirty = false;
  #ratio = 1;

  /**
   * @param {HTMLCanvasElement} canvas covers the video exactly
   * @param {HTMLVideoElement} video
   */
  constructor(canvas, video) {
    this.#canvas = canvas;
    this.#video = video;
    this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    new ResizeObserver(() => this.#fit()).observe(canvas);
    video.addEventListener('resize', () => { this.#dirty = true; });
  }

  /** Shows boxes mirrored, as the preview of a front camera is. @param {boolean} on */
  mirror(on) {
    this.#mirrored = on;
    this.#dirty = true;
  }

  /**
   * @param {any} message of the detections channel; what is not valid is left out
   * @param {boolean} [here] it was found on this phone
   */
  show(message, here = false) {
    if (!message || !Array.isArray(message.detections)) return;
    if (here !== this.#here) this.#time = 0;
    this.#here = here;
    // The channel is unordered: what is older than what is shown comes too late. What is much older
    // is new: the computer's clock was set back.
    const late = this.#time - message.t;
    if (late > 0 && late < LATE_MS) return;
    this.#time = message.t;
    const age = Number.isFinite(message.age) ? Math.max(0, message.age) : 0;
    const now = performance.now();
    this.#taken = now - age;
    this.#oldest = here
      ? Math.min(MAX_AGE_HERE_MS, Math.max(MAX_AGE_MS, age + INTERVALS * (now - this.#came)))
      : MAX_AGE_MS;
    this.#came = now;
    this.#boxes = validDetections(message.detections);
    this.#dirty = true;
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#fit();
    const frame = () => {
      if (!this.#running) return;
      this.#paint();
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  stop() {
    this.#running = false;
    this.#boxes = [];
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  /** Gives the canvas one pixel for each pixel of the screen. */
  #fit() {
    this.#ratio = fitCanvas(this.#canvas);
    this.#dirty = true;
  }

  #paint() {
    const age = performance.now() - this.#taken;
    const alpha = Math.min(1, Math.max(0, (this.#oldest - age) / FADE_MS));
    if (alpha === 0 && this.#boxes.length) {
      this.#boxes = [];
      this.#dirty = true;
    }
    // Between two messages nothing moves, except while fading.
    if (!this.#dirty && (alpha === 1 || !this.#boxes.length)) return;
    this.#dirty = false;

    const context = this.#context;
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const fit = getComputedStyle(this.#video).objectFit;
    const frame = placed(fit, this.#video.videoWidth, this.#video.videoHeight, width, height);
    if (!frame.width) return;
    context.globalAlpha = alpha;
    new Brush(context, frame, this.#mirrored).detections(this.#boxes, width, height);
    context.globalAlpha = 1;
  }
}
