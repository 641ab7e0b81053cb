// Draws what the computer found over the preview.

/** Boxes older than this are hidden: by then they lie beside the object rather than on it. */
const MAX_AGE_MS = 300;
/** Boxes fade over the last of those milliseconds instead of blinking out. */
const FADE_MS = 60;
/** No message is on the way for longer than this. */
const LATE_MS = 2000;
/** No real frame has more; a larger message is a fault. */
const MAX_BOXES = 300;
/** Sharper than this cannot be seen, and costs a phone its battery. */
const MAX_RATIO = 3;
/** No outline has more corners, and no object more keypoints; what has more is left out. */
const MAX_POINTS = 512;
/** Keypoints that are less certain are not drawn. */
const KEYPOINT_SEEN = 0.25;
/** Which of COCO's 17 keypoints of a person are joined. */
const LIMBS = [
  [15, 13], [13, 11], [16, 14], [14, 12], [11, 12], [5, 11], [6, 12], [5, 6], [5, 7], [6, 8],
  [7, 9], [8, 10], [1, 2], [0, 1], [0, 2], [1, 3], [2, 4], [3, 5], [4, 6],
];

/** @typedef {{x: number, y: number, width: number, height: number}} Rect */
/** @typedef {[number, number]} Point */
/** @typedef {[number, number, number]} Keypoint x, y and score */
/**
 * One object. All coordinates are in 0..1 of the frame.
 *
 * @typedef {object} Detection
 * @property {[number, number, number, number]} box left, top, right, bottom
 * @property {string} label
 * @property {number} confidence 0..1
 * @property {Point[]} [outline]
 * @property {Keypoint[]} [keypoints]
 */

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

/** The computer's colours by label: an object has the same one here as there.
 * @type {Map<string, string>} */
const shared = new Map();

/**
 * Takes over the computer's colours. What is not a colour of the form #rrggbb is left out.
 *
 * @param {unknown} colours an object from label to colour
 */
export function useColours(colours) {
  shared.clear();
  for (const [label, colour] of Object.entries(colours || {})) {
    if (typeof colour === 'string' && /^#[0-9a-f]{6}$/.test(colour)) shared.set(label, colour);
  }
}

/**
 * The colour of a class: the computer's, or else FNV-1a of its name, spread over the hues. All are
 * bright enough for dark letters.
 *
 * @param {string} label
 * @returns {{line: string, text: string}}
 */
export function colourOf(label) {
  const line = shared.get(label);
  if (line) return { line, text: '#0a0d14' };
  let hash = 0x811c9dc5;
  for (let i = 0; i < label.length; i++) {
    hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193) >>> 0;
  }
  // Twenty-four hues can be told apart. Blue and violet look darker, so they are made lighter: dark
  // letters are legible on all.
  const hue = ((hash >>> 8) % 24) * 15;
  return { line: `hsl(${hue}, 95%, ${hue > 210 && hue < 315 ? 75 : 64}%)`, text: '#0a0d14' };
}

/** @param {unknown} list @param {number} n @returns {boolean} whether it holds n finite numbers */
function areNumbers(list, n) {
  return Array.isArray(list) && list.length === n && list.every(Number.isFinite);
}

/** @param {unknown} list @param {number} n @returns {boolean} whether each item is n numbers */
function arePoints(list, n) {
  return Array.isArray(list) && list.length <= MAX_POINTS && list.every((p) => areNumbers(p, n));
}

/** @param {unknown} d @returns {d is Detection} */
function isValid(d) {
  const { box, label, confidence, outline = [], keypoints = [] } = /** @type {any} */ (d || {});
  return areNumbers(box, 4) && typeof label === 'string' && Number.isFinite(confidence)
    && arePoints(outline, 2) && arePoints(keypoints, 3);
}

/** A canvas over a video. */
export class Overlay {
  #canvas;
  #video;
  #context;
  /** @type {Detection[]} */ #boxes = [];
  /** When the frame of these boxes was taken, on the page's clock. */ #taken = 0;
  /** The same on the clock of whoever found them. */ #time = 0;
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
    this.#taken = performance.now() - age;
    this.#boxes = message.detections.filter(isValid).slice(0, MAX_BOXES);
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
    const canvas = this.#canvas;
    this.#ratio = Math.min(MAX_RATIO, window.devicePixelRatio || 1);
    const width = Math.round(canvas.clientWidth * this.#ratio);
    const height = Math.round(canvas.clientHeight * this.#ratio);
    // Setting a size clears the canvas, even to the one it has.
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    this.#dirty = true;
  }

  #paint() {
    const age = performance.now() - this.#taken;
    const alpha = Math.min(1, Math.max(0, (MAX_AGE_MS - age) / FADE_MS));
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
    context.font = '600 14px system-ui, -apple-system, sans-serif';
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    // All lines first, so that no box runs through another one's label.
    const rects = this.#boxes.map((d) => this.#rect(d.box, frame));
    this.#boxes.forEach((d) => this.#shape(d, frame));
    this.#boxes.forEach((d, i) => this.#line(rects[i], colourOf(d.label)));
    this.#boxes.forEach((d, i) => this.#label(rects[i], d, width, height));
    context.globalAlpha = 1;
  }

  /** @param {Detection['box']} box @param {Rect} frame in the canvas @returns {Rect} */
  #rect([x1, y1, x2, y2], frame) {
    const [left, right] = this.#mirrored ? [1 - clamp(x2), 1 - clamp(x1)] : [clamp(x1), clamp(x2)];
    const top = clamp(y1);
    return {
      x: frame.x + left * frame.width,
      y: frame.y + top * frame.height,
      width: Math.max(0, right - left) * frame.width,
      height: Math.max(0, clamp(y2) - top) * frame.height,
    };
  }

  /** Draws the outline and the keypoints, if any. @param {Detection} d @param {Rect} frame */
  #shape({ outline = [], keypoints = [], label }, frame) {
    /** @param {number} x @param {number} y @returns {Point} */
    const at = (x, y) => [
      frame.x + (this.#mirrored ? 1 - x : x) * frame.width, frame.y + y * frame.height,
    ];
    const { line } = colourOf(label);
    if (outline.length > 2) this.#outline(outline.map(([x, y]) => at(x, y)), line);
    const seen = keypoints.map(([x, y, score]) => (score >= KEYPOINT_SEEN ? at(x, y) : null));
    this.#skeleton(seen, line);
  }

  /** @param {Point[]} corners in the canvas @param {string} line */
  #outline(corners, line) {
    const context = this.#context;
    const path = new Path2D();
    for (const [x, y] of corners) path.lineTo(x, y);
    path.closePath();
    const alpha = context.globalAlpha;
    context.globalAlpha = 0.4 * alpha;
    context.fillStyle = line;
    context.fill(path);
    context.globalAlpha = alpha;
    this.#stroke(path, line, 2);
  }

  /** @param {(Point|null)[]} places in the canvas; null for unseen @param {string} line */
  #skeleton(places, line) {
    const context = this.#context;
    const path = new Path2D();
    for (const [a, b] of places.length === 17 ? LIMBS : []) {
      const [from, to] = [places[a], places[b]];
      if (!from || !to) continue;
      path.moveTo(...from);
      path.lineTo(...to);
    }
    this.#stroke(path, line, 2.5);
    context.strokeStyle = 'rgba(0, 0, 0, 0.45)';
    context.lineWidth = 2;
    context.fillStyle = '#fff';
    for (const place of places) {
      if (!place) continue;
      context.beginPath();
      context.arc(place[0], place[1], 3, 0, 2 * Math.PI);
      context.stroke();
      context.fill();
    }
  }

  /**
   * Draws a line with a dark edge, which keeps it visible on a bright frame.
   *
   * @param {Path2D} path
   * @param {string} line its colour
   * @param {number} width
   */
  #stroke(path, line, width) {
    const context = this.#context;
    context.strokeStyle = 'rgba(0, 0, 0, 0.45)';
    context.lineWidth = width + 2;
    context.stroke(path);
    context.strokeStyle = line;
    context.lineWidth = width;
    context.stroke(path);
  }

  /** @param {Rect} r @param {{line: string}} colour */
  #line(r, { line }) {
    const path = new Path2D();
    path.rect(r.x, r.y, r.width, r.height);
    this.#stroke(path, line, 3);
  }

  /**
   * @param {Rect} r
   * @param {Detection} d
   * @param {number} width of the canvas
   * @param {number} height
   */
  #label(r, d, width, height) {
    const context = this.#context;
    const colour = colourOf(d.label);
    const text = `${d.label} ${Math.round(d.confidence * 100)}%`;
    const w = context.measureText(text).width + 12;
    const h = 22;
    // Above the box where there is room, else inside it, and never off the screen.
    const x = Math.max(0, Math.min(r.x - 1.5, width - w));
    const y = Math.max(0, Math.min(r.y >= h ? r.y - h + 1.5 : r.y, height - h));
    context.fillStyle = colour.line;
    context.fillRect(x, y, w, h);
    context.fillStyle = colour.text;
    context.fillText(text, x + 6, y + h / 2 + 0.5);
  }
}

/** @param {number} v @returns {number} in 0..1 */
function clamp(v) {
  return Math.min(1, Math.max(0, v));
}
