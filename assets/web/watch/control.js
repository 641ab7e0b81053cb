// What the computer tells its viewers on the control channel and by HTTP. Nothing of it is trusted
// in size or shape.

import { parse } from '../control.js';
import { arePoints } from '../draw.js';
import { token } from '../token.js';

/** The computer sends no longer message, in characters. */
const MAX_MESSAGE = 65536;
const MAX_TEXT = 80;
const MAX_LIST = 64;
/** How long the computer may take to name its phones. */
const PATIENCE_MS = 5000;

/** @typedef {{id: string, name: string}} Phone */
/**
 * @typedef {object} Region a line or a zone
 * @property {string} name
 * @property {boolean} line
 * @property {import('../draw.js').Point[]} points in 0..1 of the frame
 * @property {{in: number, out: number, inside: number}} tally
 */
/**
 * @typedef {object} Scene
 * @property {Region[]} regions
 * @property {{label: string, count: number}[]} counts
 * @property {boolean} boxes whether they are drawn
 * @property {boolean} labels
 * @property {boolean} ids whether labels have the objects' numbers
 */
/**
 * @typedef {object} Display what is shown of that which is found, as at the computer
 * @property {number} confidence the least score, 0..1
 * @property {number} iou of what overlaps more, the stronger one is shown, 0..1
 * @property {Set<string>} hidden labels
 */
/**
 * @typedef {object} Told
 * @property {(scene: Scene) => void} scene
 * @property {(phones: Phone[], here: string) => void} phones and the ID of the one on the screen
 * @property {(model: {name: string, state: string, colours: unknown}) => void} model
 * @property {(display: Display) => void} display
 * @property {(why: string) => void} muted why no picture is sent, '' when it is
 * @property {(reason: string) => void} bye
 */

/** Until the computer says what it shows. @type {Display} */
export const DISPLAY = { confidence: 0.4, iou: 0.5, hidden: new Set() };

/** @param {unknown} data of the channel @param {Told} told */
export function hear(data, told) {
  const message = parse(data, MAX_MESSAGE);
  switch (message?.type) {
    case 'scene':
      return told.scene(scene(message));
    case 'phones':
      return told.phones(phones(message.phones), text(message.here));
    case 'model':
      return told.model({
        name: text(message.name), state: text(message.state), colours: message.colours,
      });
    case 'display':
      return told.display(display(message));
    case 'muted':
      return told.muted(text(message.why));
    case 'bye':
      return told.bye(text(message.reason));
    default: // A newer program may say more.
  }
}

/**
 * Asks which phones can be watched.
 *
 * @param {string} session that let us in, '' for none
 * @returns {Promise<{phones: Phone[]}|{status: number}>} the status when it does not say, 0 for no
 *   answer; never rejects
 */
export async function askForPhones(session) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
  try {
    const response = await fetch(`/watch/phones?again=${session}`, {
      headers: { Authorization: `Bearer ${token()}` }, signal: abort.signal, cache: 'no-store',
      credentials: 'omit',
    });
    return response.ok ? { phones: phones(await response.json()) } : { status: response.status };
  } catch {
    return { status: 0 };
  } finally {
    clearTimeout(timer);
  }
}

/** @param {any} message @returns {Scene} */
function scene({ regions, tallies, counts, boxes, labels, ids }) {
  const found = new Map(items(tallies).map((t) => [text(t?.name), t]));
  return {
    regions: items(regions).flatMap((r) => {
      const name = text(r?.name);
      if (!arePoints(r?.points, 2)) return [];
      const t = found.get(name);
      const tally = { in: total(t?.in), out: total(t?.out), inside: total(t?.inside) };
      return [{ name, line: r.kind === 'line', points: r.points, tally }];
    }),
    counts: items(counts).map((c) => ({ label: text(c?.label), count: total(c?.count) }))
      .filter(({ label, count }) => label && count),
    boxes: boxes !== false, labels: labels !== false, ids: ids === true,
  };
}

/** @param {any} message @returns {Display} */
function display({ confidence, iou, hidden }) {
  const share = (/** @type {unknown} */ v, /** @type {number} */ standard) =>
    (typeof v === 'number' && v >= 0 && v <= 1 ? v : standard);
  return {
    confidence: share(confidence, DISPLAY.confidence), iou: share(iou, DISPLAY.iou),
    hidden: new Set(items(hidden).map(text)),
  };
}

/** @param {unknown} list @returns {Phone[]} the newest last */
function phones(list) {
  return items(list).map((p) => ({ id: text(p?.id), name: text(p?.name) })).filter(({ id }) => id);
}

/** @param {unknown} list @returns {any[]} */
const items = (list) => (Array.isArray(list) ? list.slice(0, MAX_LIST) : []);

/** @param {unknown} value @returns {string} */
const text = (value) => (typeof value === 'string' ? value.slice(0, MAX_TEXT) : '');

/** @param {unknown} value a number, or numbers by label @returns {number} their sum */
function total(value) {
  const all = value && typeof value === 'object' ? Object.values(value) : [value];
  return all.reduce((sum, n) => sum + Math.max(0, Math.trunc(Number(n)) || 0), 0);
}
