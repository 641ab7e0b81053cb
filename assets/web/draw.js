// Draws what was found: boxes, upright or rotated, labels, outlines and keypoints, in the colours
// of their classes.

/** No real frame has more; a larger message is a fault. */
const MAX_BOXES = 300;
/** No outline has more corners, and no object more keypoints; what has more is left out. */
const MAX_POINTS = 512;
/** Keypoints that are less certain are not drawn. */
const KEYPOINT_SEEN = 0.25;
/** Which of COCO's 17 keypoints of a person are joined. */
const LIMBS = [
  [15, 13], [13, 11], [16, 14], [14, 12], [11, 12], [5, 11], [6, 12], [5, 6], [5, 7], [6, 8],
  [7, 9], [8, 10], [1, 2], [0, 1], [0, 2], [1, 3], [2, 4], [3, 5], [4, 6],
];
/** A dark edge keeps lines visible on a bright frame. */
const EDGE = 'rgba(0, 0, 0, 0.45)';

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
 * @property {number} [id] of the object, in all frames
 * @property {Point[]} [corners] the four of a rotated box; box is then the upright one around it
 * @property {Point[]} [outline]
 * @property {Keypoint[]} [keypoints]
 */

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

/**
 * @param {unknown} list as a message has it
 * @returns {Detection[]} what is valid of it
 */
export function validDetections(list) {
  return Array.isArray(list) ? list.filter(isValid).slice(0, MAX_BOXES) : [];
}

/** @param {unknown} list @param {number} n @returns {boolean} whether it holds n finite numbers */
function areNumbers(list, n) {
  return Array.isArray(list) && list.length === n && list.every(Number.isFinite);
}

/** @param {unknown} list @param {number} n @returns {boolean} whether each item is n numbers */
export function arePoints(list, n) {
  return Array.isArray(list) && list.length <= MAX_POINTS && list.every((p) => areNumbers(p, n));
}

/** @param {unknown} d @returns {d is Detection} */
function isValid(d) {
  const { box, label, confidence, corners, outline = [], keypoints = [] } =
    /** @type {any} */ (d || {});
  return (corners === undefined || arePoints(corners, 2) && corners.length === 4)
    && areNumbers(box, 4) && typeof label === 'string' && Number.isFinite(confidence)
    && arePoints(outline, 2) && arePoints(keypoints, 3);
}


/** @param {number} v @returns {number} in 0..1 */
function clamp(v) {
  return Math.min(1, Math.max(0, v));
}

/** Draws over one frame. */
export class Brush {
  #context;
  #frame;
  #mirrored;

  /**
   * @param {CanvasRenderingContext2D} context whose transformation is the caller's
   * @param {Rect} frame where the frame lies, in the context's units
   * @param {boolean} [mirrored] as the preview of a front camera is
   */
  constructor(context, frame, mirrored = false) {
    this.#context = context;
    this.#frame = frame;
    this.#mirrored = mirrored;
    context.font = '600 14px system-ui, -apple-system, sans-serif';
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
  }

  /**
   * @param {Detection[]} detections
   * @param {number} width of what is drawn on
   * @param {number} height
   * @param {boolean} [labels] whether to write what they are
   * @param {boolean} [ids] and their numbers
   */
  detections(detections, width, height, labels = true, ids = false) {
    // All lines first, so that no box runs through another one's label.
    const rects = detections.map(({ box }) => this.#rect(box));
    detections.forEach((d) => this.#shape(d));
    detections.forEach((d, i) => this.#line(rects[i], d.corners, colourOf(d.label)));
    if (labels) detections.forEach((d, i) => {
      const { x, y } = rects[i];
      const number = ids && d.id ? ` #${d.id}` : '';
      this.plate(`${d.label}${number} ${Math.round(d.confidence * 100)}%`, colourOf(d.label), x, y,
        width, height);
    });
  }

  /** @param {number} x in 0..1 of the frame @param {number} y @returns {Point} in the context */
  at(x, y) {
    const frame = this.#frame;
    return [frame.x + (this.#mirrored ? 1 - x : x) * frame.width, frame.y + y * frame.height];
  }

  /** @param {Detection['box']} box @returns {Rect} in the context */
  #rect([x1, y1, x2, y2]) {
    const [left, right] = this.#mirrored ? [x2, x1] : [x1, x2];
    const [x, y] = this.at(clamp(left), clamp(y1));
    const [to, bottom] = this.at(clamp(right), clamp(y2));
    return { x, y, width: Math.max(0, to - x), height: Math.max(0, bottom - y) };
  }

  /** Draws the outline and the keypoints, if any. @param {Detection} d */
  #shape({ outline = [], keypoints = [], label }) {
    const { line } = colourOf(label);
    if (outline.length > 2) this.#outline(outline.map(([x, y]) => this.at(x, y)), line);
    const seen = keypoints.map(([x, y, score]) => (score >= KEYPOINT_SEEN ? this.at(x, y) : null));
    this.#skeleton(seen, line);
  }

  /** @param {Point[]} corners in the context @param {string} line */
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
    this.stroke(path, line, 2);
  }

  /** @param {(Point|null)[]} places in the context; null for unseen @param {string} line */
  #skeleton(places, line) {
    const context = this.#context;
    const path = new Path2D();
    for (const [a, b] of places.length === 17 ? LIMBS : []) {
      const [from, to] = [places[a], places[b]];
      if (!from || !to) continue;
      path.moveTo(...from);
      path.lineTo(...to);
    }
    this.stroke(path, line, 2.5);
    context.strokeStyle = EDGE;
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
   * Draws a line with a dark edge.
   *
   * @param {Path2D} path
   * @param {string} line its colour
   * @param {number} width
   */
  stroke(path, line, width) {
    const context = this.#context;
    context.strokeStyle = EDGE;
    context.lineWidth = width + 2;
    context.stroke(path);
    context.strokeStyle = line;
    context.lineWidth = width;
    context.stroke(path);
  }

  /**
   * @param {Rect} r
   * @param {Point[]|undefined} corners of a rotated box, which is drawn instead
   * @param {{line: string}} colour
   */
  #line(r, corners, { line }) {
    const path = new Path2D();
    if (corners) {
      for (const [x, y] of corners) path.lineTo(...this.at(x, y));
      path.closePath();
    } else {
      path.rect(r.x, r.y, r.width, r.height);
    }
    this.stroke(path, line, 3);
  }

  /**
   * Writes a label.
   *
   * @param {string} text
   * @param {{line: string, text: string}} colour
   * @param {number} left of what it belongs to
   * @param {number} top
   * @param {number} width of what is drawn on
   * @param {number} height
   */
  plate(text, colour, left, top, width, height) {
    const context = this.#context;
    const w = context.measureText(text).width + 12;
    const h = 22;
    // Above where there is room, else inside, and never off the screen.
    const x = Math.max(0, Math.min(left - 1.5, width - w));
    const y = Math.max(0, Math.min(top >= h ? top - h + 1.5 : top, height - h));
    context.fillStyle = colour.line;
    context.fillRect(x, y, w, h);
    context.fillStyle = colour.text;
    context.fillText(text, x + 6, y + h / 2 + 0.5);
  }
}
