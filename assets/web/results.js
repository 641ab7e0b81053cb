// What comes of the video: the boxes, or why there are none.

import { parse } from './control.js';
import { messages } from './messages.js';
import { useColours } from './overlay.js';

/** When no detections have come for so long, the page says so. */
const STALL_MS = 3000;
/** The computer sends no longer message of detections, in characters. */
const MAX_DETECTIONS = 65536;

/**
 * @typedef {object} Trouble
 * @property {'stalled'|'modelLoading'|'modelFailed'} hint what is said when no boxes come
 * @property {keyof typeof messages.detecting} detecting the same in short
 */

/** @type {Trouble} */
const STALLED = { hint: 'stalled', detecting: 'stalled' };
/** Why there are none while the model is in that state. @type {Map<string, Trouble>} */
const TROUBLES = new Map([
  ['loading', { hint: 'modelLoading', detecting: 'loading' }],
  ['failed', { hint: 'modelFailed', detecting: 'failed' }],
]);

/** Shows them. */
export class Results {
  #view;
  /** When detections last came, on the page's clock. */ #last = 0;
  /** Of the model, if any. */ #trouble = STALLED;

  /** @param {import('./view.js').View} view */
  constructor(view) {
    this.#view = view;
  }

  /** Another state begins, in which they may take their time. */
  wait() {
    this.#last = performance.now();
    this.#view.summary.detecting('');
  }

  /** Boxes are shown, wherever they come from. */
  came() {
    this.#last = performance.now();
    this.#view.hint('');
    this.#view.summary.detecting('running');
  }

  /** @param {unknown} data of the detections channel */
  show(data) {
    this.came();
    this.#view.overlay.show(parse(data, MAX_DETECTIONS));
  }

  /**
   * @param {{name: string, state: string, colours: unknown}} model of the computer
   * @param {boolean} own whether the phone has one of its own at work
   */
  model({ name, state, colours }, own) {
    useColours(colours);
    const trouble = own ? undefined : TROUBLES.get(state);
    this.#trouble = trouble || STALLED;
    this.#view.summary.model(name);
    this.#view.summary.detecting(trouble ? trouble.detecting : '');
    this.#view.notice(trouble ? messages.hint[trouble.hint] : '');
  }

  /** Says so when none have come for a while. */
  look() {
    if (performance.now() - this.#last <= STALL_MS) return;
    this.#view.hint(messages.hint[this.#trouble.hint]);
    this.#view.summary.detecting(this.#trouble.detecting);
  }
}
