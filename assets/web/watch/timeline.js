// Which boxes belong on which frame. Frames and messages carry the RTP timestamp that the phone
// gave the frame.

/** RTP's clock for video, in ticks a millisecond. */
const TICKS = 90;
/** The computer's boxes are carried on for so long, in ms, when no newer ones come. */
const MAX_AGE = 300;
/** Messages that are kept: more than a second of them. */
const KEPT = 64;
/** What lies further apart is of another stream, in ms. */
const APART = 10000;
/** How much two boxes must share for being taken for the same object, where nothing else tells. */
const ALIKE = 0.3;

/** @typedef {import('../draw.js').Detection} Detection */
/** @typedef {{rtp: number, detections: Detection[]}} Entry */

/** @param {number} a @param {number} b @returns {number} how much later a is, in ms; it may wrap */
export const between = (a, b) => ((a - b) | 0) / TICKS;

/** The boxes of the last second. */
export class Timeline {
  /** In the order of their frames. @type {Entry[]} */ #entries = [];
  #oldest;

  /** @param {number} [oldest] how long boxes are carried on when no newer ones come, in ms */
  constructor(oldest = MAX_AGE) {
    this.#oldest = oldest;
  }

  /** @returns {number|null} the timestamp of the newest */
  get newest() {
    return this.#entries.at(-1)?.rtp ?? null;
  }

  clear() {
    this.#entries = [];
  }

  /** @param {number} rtp of the frame @param {Detection[]} detections */
  add(rtp, detections) {
    const entry = { rtp, detections };
    const newest = this.newest;
    if (newest !== null && Math.abs(between(rtp, newest)) > APART) this.clear();
    // They come in order, but for a few: the channel is unordered.
    let i = this.#entries.length;
    while (i > 0 && between(this.#entries[i - 1].rtp, rtp) > 0) i--;
    this.#entries.splice(i, this.#entries[i - 1]?.rtp === rtp ? 1 : 0, entry);
    if (this.#entries.length > KEPT) this.#entries.shift();
  }

  /**
   * The boxes of a frame: its own, or those of its neighbours, moved to where the objects are by
   * then.
   *
   * @param {number} rtp
   * @returns {Detection[]}
   */
  at(rtp) {
    let i = this.#entries.length - 1;
    while (i >= 0 && between(this.#entries[i].rtp, rtp) > 0) i--;
    const before = this.#entries[i];
    if (!before) return [];
    const age = between(rtp, before.rtp);
    if (age === 0) return before.detections;
    if (age > this.#oldest) return [];
    const after = this.#entries[i + 1];
    if (after && between(after.rtp, before.rtp) <= this.#oldest) {
      return moved(before, after, age / between(after.rtp, before.rtp));
    }
    const last = this.#entries[i - 1];
    const step = last ? between(before.rtp, last.rtp) : Infinity;
    if (step > this.#oldest) return before.detections;
    // An object's way is foreseen for no longer than it was seen.
    return moved(before, last, -Math.min(1, age / step));
  }
}

/**
 * @param {Entry} from
 * @param {Entry} to
 * @param {number} part of the way to it; below 0 away from it
 * @returns {Detection[]} those of from
 */
function moved(from, to, part) {
  return from.detections.map((d) => {
    const twin = partner(d, to.detections);
    return twin ? shifted(d, twin, part) : d;
  });
}

/** @param {Detection} d @param {Detection[]} all @returns {Detection|undefined} the same object */
function partner(d, all) {
  if (d.id !== undefined) return all.find(({ id }) => id === d.id);
  let best;
  let most = ALIKE;
  for (const other of all) {
    const share = other.label === d.label ? overlap(d.box, other.box) : 0;
    if (share > most) [best, most] = [other, share];
  }
  return best;
}

/**
 * @param {Detection['box']} a
 * @param {Detection['box']} b
 * @returns {number} what they share, as a part of what they cover
 */
function overlap(a, b) {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const area = (/** @type {Detection['box']} */ [x1, y1, x2, y2]) => (x2 - x1) * (y2 - y1);
  return width * height / (area(a) + area(b) - width * height);
}

/** @param {Detection} d @param {Detection} to @param {number} part @returns {Detection} */
function shifted(d, to, part) {
  const by = d.box.map((v, i) => (to.box[i] - v) * part);
  const [x, y] = [(by[0] + by[2]) / 2, (by[1] + by[3]) / 2];
  return {
    ...d,
    box: /** @type {Detection['box']} */ (d.box.map((v, i) => v + by[i])),
    ...d.corners && { corners: d.corners.map(([px, py]) => [px + x, py + y]) },
    ...d.outline && { outline: d.outline.map(([px, py]) => [px + x, py + y]) },
    ...d.keypoints && { keypoints: d.keypoints.map(([px, py, s]) => [px + x, py + y, s]) },
  };
}
