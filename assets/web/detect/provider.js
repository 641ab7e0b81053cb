// Which provider runs the model: the graphics card only where it proves itself on this very model,
// by the same test as on the desktop: the same answers, sooner.

import { hasGraphics } from './engine.js';
import { LoadedModel } from './loaded.js';

/** How many runs are timed, after those that warm up. */
const RUNS = 7;
/** The card must be clearly sooner, since it costs the page memory. */
const SOONER = 0.9;
/** A card that is so many times slower need not be tried on. */
const SLOW = 3;
/** How far boxes (in parts of the frame) and scores may differ. */
const TOLERANCE = { box: 0.02, score: 0.05 };

/** @typedef {import('./loaded.js').About} About */

/**
 * Opens the model on what runs it best.
 *
 * @param {Uint8Array} bytes
 * @param {About} about
 * @returns {Promise<{model: LoadedModel, why: 'noGraphics'|'slower'|'differs'|'failed'|'proved'}>}
 */
export async function openBest(bytes, about) {
  const model = await LoadedModel.open(bytes, about, 'wasm');
  if (!await hasGraphics()) return { model, why: 'noGraphics' };
  const frame = testFrame();
  const known = await timed(model, frame);
  /** @type {LoadedModel|undefined} */ let card;
  try {
    card = await LoadedModel.open(bytes, about, 'webgpu');
    const tried = await timed(card, frame, SLOW * known.median);
    if (!alike(known.found, tried.found)) {
      await card.close();
      return { model, why: 'differs' };
    }
    if (tried.median > SOONER * known.median) {
      await card.close();
      return { model, why: 'slower' };
    }
    await model.close();
    return { model: card, why: 'proved' };
  } catch {
    await card?.close().catch(() => {});
    return { model, why: 'failed' };
  }
}

/**
 * @param {LoadedModel} model
 * @param {OffscreenCanvas} frame
 * @param {number} [most] milliseconds; one warm run that is longer settles it
 */
async function timed(model, frame, most = Infinity) {
  const { width, height } = frame;
  const limits = { confidence: 0.05, iou: 0.5 };
  const times = [];
  let found = '[]';
  for (let i = 0; i < RUNS + 2; i++) {
    const began = performance.now();
    ({ detections: found } = await model.detect(frame, width, height, limits));
    const took = performance.now() - began;
    if (i >= 2) times.push(took);
    if (i >= 1 && took > most) break;
  }
  times.sort((a, b) => a - b);
  return { median: times[times.length >> 1] ?? Infinity, found: JSON.parse(found) };
}

/** A picture with structure, so that models find something or nearly do. */
function testFrame() {
  const canvas = new OffscreenCanvas(640, 480);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const sky = context.createLinearGradient(0, 0, 0, 480);
  sky.addColorStop(0, '#9ec3e6');
  sky.addColorStop(1, '#6b6257');
  context.fillStyle = sky;
  context.fillRect(0, 0, 640, 480);
  for (let i = 0; i < 24; i++) {
    context.fillStyle = `hsl(${i * 47} 60% ${25 + i * 2}%)`;
    context.beginPath();
    context.ellipse(40 + i * 97 % 560, 60 + i * 61 % 360, 14 + i * 13 % 60, 20 + i * 29 % 80,
      i, 0, 2 * Math.PI);
    context.fill();
  }
  return canvas;
}

/**
 * @param {{box: number[], label: string, confidence: number}[]} a
 * @param {{box: number[], label: string, confidence: number}[]} b
 */
function alike(a, b) {
  // The weakest come and go at the threshold.
  const clear = a.filter(({ confidence }) => confidence > 0.05 + TOLERANCE.score);
  return clear.every((x) => b.some((y) => x.label === y.label &&
    Math.abs(x.confidence - y.confidence) <= TOLERANCE.score &&
    x.box.every((v, i) => Math.abs(v - y.box[i]) <= TOLERANCE.box)));
}
