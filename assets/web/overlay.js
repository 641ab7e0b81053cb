// Draws what the computer found over the preview.

/** Boxes older than this are hidden: by then they lie beside the thing rather than on it. */
const MAX_AGE_MS = 300;
/** Boxes fade over the last of those milliseconds instead of blinking out. */
const FADE_MS = 60;
/** No message is on the way for longer than this. */
const LATE_MS = 2000;
/** No picture of the world has more; a larger message is a fault. */
const MAX_BOXES = 300;
/** Sharper than this cannot be seen, and costs a phone its battery. */
const MAX_RATIO = 3;
/** No silhouette has more corners, and no thing more key points; what is over is left out. */
const MAX_POINTS = 512;
/** Key points that are less certain are not drawn. */
const KEYPOINT_SEEN = 0.25;
/** Which of COCO's 17 key points of a person are joined. */
const LIMBS = [
  [15, 13], [13, 11], [16, 14], [14, 12], [11, 12], [5, 11], [6, 12], [5, 6], [5, 7], [6, 8], [7, 9], [8, 10], [1, 2], [0, 1], [0, 2], [1, 3],
  [2, 4], [3, 5], [4, 6],
];

/** @typedef {{x: number, y: number, width: number, height: number}} Rect */
/**
 * All places are in 0..1 of the picture: the corners of a silhouette, and x, y and score of each key point.
 *
 * @typedef {{box: [number, number, number, number], label: string, confidence: number, id?: number,
 *   outline?: [number, number][], keypoints?: [number, number, number][]}} Detection
 */

/**
 * Where a picture lies in an element under object-fit, as the CSS Images Module (level 3, section 5.5) has it, centred.
 *
 * @param {string} fit 'cover' or 'contain'
 * @param {number} pictureWidth in pixels of the picture
 * @param {number} pictureHeight
 * @param {number} width of the element
 * @param {number} height
 * @returns {Rect} in the element's units; with 'cover' it may be larger than the element
 */
export function placed(fit, pictureWidth, pictureHeight, width, height) {
  if (!(pictureWidth > 0 && pictureHeight > 0)) return { x: 0, y: 0, width: 0, height: 0 };
  const x = width / pictureWidth;
  const y = height / pictureHeight;
  const scale = fit === 'cover' ? Math.max(x, y) : Math.min(x, y);
  const w = pictureWidth * scale;
  const h = pictureHeight * scale;
  return { x: (width - w) / 2, y: (height - h) / 2, width: w, height: h };
}

/** The computer's colours by label: a thing has the same one here and there. @type {Map<string, string>} */
const shared = new Map();

/**
 * Takes over the computer's colours. What is no colour in the form #rrggbb is left out.
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
 * The colour of a class: the computer's, or else FNV-1a of its name, spread over the hues. All are bright enough for dark letters.
 *
 * @param {string} label
 * @returns {{line: string, text: string}}
 */
export function colourOf(label) {
  const line = shared.get(label);
  if (line) return { line, text: '#0a0d14' };
  let hash = 0x811c9dc5;
  for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193) >>> 0;
  // Twenty-four hues can be told apart. Blue and violet are darker to the eye, so they are lifted: dark letters are legible on all.
  const hue = ((hash >>> 8) % 24) * 15;
  return { line: `hsl(${hue}, 95%, ${hue > 210 && hue < 315 ? 75 : 64}%)`, text: '#0a0d14' };
}

/** @param {unknown} list @param {number} n @returns {any} whether it is a list of lists of n numbers */
function points(list, n) {
  const isPoint = (p) => Array.isArray(p) && p.length === n && p.every(Number.isFinite);
  return Array.isArray(list) && list.length <= MAX_POINTS && list.every(isPoint);
}

/** @param {unknown} d @returns {d is Detection} */
function sound(d) {
  const { box, label, confidence, outline = [], keypoints = [] } = /** @type {any} */ (d || {});
  if (!points(outline, 2) || !points(keypoints, 3)) return false;
  return Array.isArray(box) && box.length === 4 && box.every(Number.isFinite) && typeof label === 'string' && Number.isFinite(confidence);
}

/** A canvas over a video. */
export class Overlay {
  #canvas;
  #video;
  #context;
  /** @type {Detection[]} */ #boxes = [];
  /** When the picture of these boxes was taken, on the page's clock. */ #taken = 0;
  /** The same on the computer's clock. */ #time = 0;
  #mirrored = false;
  #running = false;
  #dirty = false;
  #ratio = 1;

  /** @param {HTMLCanvasElement} canvas covers the video exactly @param {HTMLVideoElement} video */
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

  /** @param {any} message of the detections channel; what is unsound is left out */
  show(message) {
    if (!message || !Array.isArray(message.detections)) return;
    // The channel is unordered: what is older than what is shown comes too late. (By much older: the computer's clock was set back.)
    const late = this.#time - message.t;
    if (late > 0 && late < LATE_MS) return;
    this.#time = message.t;
    const age = Number.isFinite(message.age) ? Math.max(0, message.age) : 0;
    this.#taken = performance.now() - age;
    this.#boxes = message.detections.filter(sound).slice(0, MAX_BOXES);
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
    const picture = placed(fit, this.#video.videoWidth, this.#video.videoHeight, width, height);
    if (!picture.width) return;
    context.globalAlpha = alpha;
    context.font = '600 14px system-ui, -apple-system, sans-serif';
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    // All lines first, so that no box runs through another one's label.
    const rects = this.#boxes.map((d) => this.#rect(d.box, picture));
    this.#boxes.forEach((d) => this.#shape(d, picture));
    this.#boxes.forEach((d, i) => this.#line(rects[i], colourOf(d.label)));
    this.#boxes.forEach((d, i) => this.#label(rects[i], d, width, height));
    context.globalAlpha = 1;
  }

  /** @param {Detection['box']} box in 0..1 of the picture @param {Rect} picture @returns {Rect} */
  #rect([x1, y1, x2, y2], picture) {
    const clamp = (v) => Math.min(1, Math.max(0, v));
    const [left, right] = this.#mirrored ? [1 - clamp(x2), 1 - clamp(x1)] : [clamp(x1), clamp(x2)];
    const top = clamp(y1);
    return {
      x: picture.x + left * picture.width, y: picture.y + top * picture.height,
      width: Math.max(0, right - left) * picture.width, height: Math.max(0, clamp(y2) - top) * picture.height,
    };
  }

  /** Draws a silhouette and key points, where there are any. @param {Detection} d @param {Rect} picture */
  #shape({ outline = [], keypoints = [], label }, picture) {
    const at = ([x, y]) => [picture.x + (this.#mirrored ? 1 - x : x) * picture.width, picture.y + y * picture.height];
    const { line } = colourOf(label);
    if (outline.length > 2) this.#silhouette(outline.map(at), line);
    const places = keypoints.map((k) => (k[2] >= KEYPOINT_SEEN ? at(k) : null));
    const joined = places.length === 17 ? LIMBS.filter(([a, b]) => places[a] && places[b]) : [];
    this.#skeleton(/** @type {any} */ (places), joined, line);
  }

  /** @param {number[][]} corners in the canvas @param {string} line */
  #silhouette(corners, line) {
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

  /** @param {(number[] | null)[]} places @param {number[][]} joined @param {string} line */
  #skeleton(places, joined, line) {
    const context = this.#context;
    const path = new Path2D();
    for (const [a, b] of joined) {
      const [from, to] = [/** @type {number[]} */ (places[a]), /** @type {number[]} */ (places[b])];
      path.moveTo(from[0], from[1]);
      path.lineTo(to[0], to[1]);
    }
    if (joined.length) this.#stroke(path, line, 2.5);
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

  /** Draws a line with a dark edge. @param {Path2D} path @param {string} line @param {number} width */
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
    const context = this.#context;
    // A dark edge keeps the line visible on a bright picture.
    context.strokeStyle = 'rgba(0, 0, 0, 0.45)';
    context.lineWidth = 5;
    context.strokeRect(r.x, r.y, r.width, r.height);
    context.strokeStyle = line;
    context.lineWidth = 3;
    context.strokeRect(r.x, r.y, r.width, r.height);
  }

  /** @param {Rect} r @param {Detection} d @param {number} width of the canvas @param {number} height */
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
