// Draws over the video what belongs on its frame, and the same into pictures of it.

import { Brush } from '../draw.js';
import { fitCanvas, placed } from '../overlay.js';
import { drawRegions } from './regions.js';

/** In a snapshot lines are as thick as on a screen of so many pixels. */
const SNAPSHOT_SIDE = 960;

/**
 * @typedef {object} Drawn
 * @property {import('../draw.js').Detection[]} detections
 * @property {import('./control.js').Region[]} regions
 * @property {boolean} labels
 * @property {boolean} ids
 */

/** @type {Drawn} */
const NOTHING = { detections: [], regions: [], labels: true, ids: false };

/** A canvas over a video, as the page and the small window show it. */
export class Painter {
  #canvas;
  #video;
  #context;
  /** @type {Drawn} */ #drawn = NOTHING;
  #ratio = 1;

  /**
   * @param {HTMLCanvasElement} canvas covers the video exactly
   * @param {HTMLVideoElement} video
   */
  constructor(canvas, video) {
    this.#canvas = canvas;
    this.#video = video;
    this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    this.#ratio = fitCanvas(canvas);
    new ResizeObserver(() => {
      this.#ratio = fitCanvas(canvas);
      this.paint(this.#drawn);
    }).observe(canvas);
  }

  /** @param {Drawn} drawn */
  paint(drawn) {
    this.#drawn = drawn;
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    this.#context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    this.#context.clearRect(0, 0, width, height);
    const { videoWidth, videoHeight } = this.#video;
    const frame = placed('contain', videoWidth, videoHeight, width, height);
    if (frame.width) draw(this.#context, frame, width, height, drawn);
  }

  clear() {
    this.paint(NOTHING);
  }

  /** @returns {Promise<Blob|null>} the frame that is shown with all that is on it, as PNG */
  snapshot() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = canvas.getContext('2d');
    if (!context || !width) return Promise.resolve(null);
    context.drawImage(this.#video, 0, 0);
    const scale = Math.max(1, Math.max(width, height) / SNAPSHOT_SIDE);
    context.scale(scale, scale);
    const frame = { x: 0, y: 0, width: width / scale, height: height / scale };
    draw(context, frame, frame.width, frame.height, this.#drawn);
    return new Promise((done) => canvas.toBlob(done, 'image/png'));
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import('../draw.js').Rect} frame where it lies
 * @param {number} width of what is drawn on
 * @param {number} height
 * @param {Drawn} drawn
 */
function draw(context, frame, width, height, { detections, regions, labels, ids }) {
  const brush = new Brush(context, frame);
  drawRegions(brush, regions, width, height);
  brush.detections(detections, width, height, labels, ids);
}
