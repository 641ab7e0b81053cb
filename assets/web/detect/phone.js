// Detects on this phone, for whoever holds it or for the computer: the newest frame of the camera's
// preview, one at a time. What is found is drawn at once and sent to the computer. All memory is
// freed as soon as nothing is to be detected.

import { messages } from '../messages.js';
import { Panel } from './panel.js';

/** The computer takes no longer message of what was found, in bytes. */
const MAX_BYTES = 24576;
const TELL_MS = 1000;

/** @typedef {'memory'|'engine'|'model'|'user'|''} Why */
/**
 * How it goes, as the message `detector` says it.
 *
 * @typedef {object} Doing
 * @property {'off'|'loading'|'ready'|'slow'|'failed'} state
 * @property {string} model its name
 * @property {string} provider what runs it
 * @property {number} threads
 * @property {number} took ms for one frame
 * @property {number} fps
 * @property {Why} why it failed, or is off
 */
/** @typedef {{box: number[], label: string, confidence: number, class?: number,
 *   corners?: number[][], outline?: number[][], keypoints?: number[][]}} Detection */
/**
 * @typedef {object} Page what the page does for it
 * @property {() => string} token
 * @property {() => string} session the name of the connection's
 * @property {(doing: Doing) => void} tell
 * @property {(text: string) => void} notice
 * @property {(found: {t: number, age: number, detections: Detection[]}) => void} show
 */

/** @type {Doing} */
const OFF = { state: 'off', model: '', provider: '', threads: 0, took: 0, fps: 0, why: '' };

export class PhoneDetector {
  #video;
  #page;
  #panel;
  /** @type {Doing} */ #doing = OFF;
  /** @type {RTCDataChannel|null} */ #channel = null;
  /** What has the worker; a new one for each start. @type {import('./run.js').Run|null} */
  #run = null;
  /** The script that runs it is on its way. */ #coming = false;
  #wanted = false;
  /** That of the page. */ #state = '';
  /** The computer's model. */ #model = '';
  #known = false;
  /** @type {{confidence: number, least: number, iou: number, hidden: Set<string>}} */
  #display = { confidence: 0.4, least: 0.1, iou: 0.5, hidden: new Set() };

  /** @param {HTMLVideoElement} video the preview @param {Page} page */
  constructor(video, page) {
    this.#video = video;
    this.#page = page;
    this.#panel = new Panel((on) => this.#want(on, 'user'));
    setInterval(() => this.#look(), TELL_MS);
  }

  /** @returns {boolean} whether its boxes are to be shown, and not the computer's */
  get works() {
    return this.#doing.state === 'ready' || this.#doing.state === 'slow';
  }

  /** @param {RTCDataChannel} channel of the connection in use, for what is found */
  use(channel) {
    this.#channel = channel;
  }

  /** Tells the computer how it goes. */
  tell() {
    this.#page.tell(this.#doing);
  }

  /** @param {string} state of the page: only a live one detects */
  enter(state) {
    this.#state = state;
    // A connection that is lost for a moment is no reason to load everything again.
    if (state === 'live' || state === 'reconnecting' || state === 'connecting') this.#begin();
    else if (this.#wanted) this.#end(OFF);
  }

  /** @param {unknown} detect whether the computer wants it; it may not say */
  obey(detect) {
    if (typeof detect !== 'boolean' || detect === this.#wanted && this.#doing.state !== 'failed') {
      return;
    }
    this.#page.notice(detect ? messages.detect.begins : messages.detect.ends);
    this.#want(detect, '');
  }

  /** @param {string} name of the computer's model @param {string} state */
  model(name, state) {
    // A model that the computer could not run may be run here.
    if (state !== 'ready' && state !== 'failed') return;
    const changed = this.#model !== name;
    this.#model = name;
    this.#known = true;
    if (changed && this.#run) this.#end(OFF);
    if (changed || !this.#run) this.#begin();
  }

  /** @param {Record<string, unknown>} display what is to be seen; see DisplayMessage */
  display({ confidence, least, iou, hidden }) {
    const number = (/** @type {unknown} */ v, /** @type {number} */ standard) =>
      (typeof v === 'number' && v >= 0 && v <= 1 ? v : standard);
    this.#display = {
      confidence: number(confidence, 0.4), least: number(least, 0.1), iou: number(iou, 0.5),
      hidden: new Set(Array.isArray(hidden) ? hidden : []),
    };
  }

  /** @param {boolean} on @param {Why} by whom it is switched off */
  #want(on, by) {
    this.#wanted = on;
    if (!on) return this.#end({ ...OFF, why: by });
    if (this.#doing.state === 'failed') this.#end(OFF);
    this.#begin();
    this.#panel.show(this.#doing, on);
  }

  /** @returns {boolean} whether it is to begin */
  get #due() {
    return this.#wanted && this.#known && this.#doing.state !== 'failed' && !this.#run &&
      this.#state === 'live';
  }

  async #begin() {
    if (!this.#due || this.#coming) return;
    this.#set({ ...OFF, state: 'loading' });
    this.#coming = true;
    const script = await import('./run.js').catch(() => null);
    this.#coming = false;
    if (!this.#due) return; // whoever wanted it has thought better of it
    if (!script) return this.#end({ ...OFF, state: 'failed', why: 'engine' });
    const run = this.#run = new script.Run(this.#video, this.#page.token, this.#page.session, {
      progress: (part) => this.#panel.loading(part),
      ready: (about) => this.#set({ ...OFF, state: 'ready', ...about }),
      failed: (why) => this.#run === run && this.#end({ ...OFF, state: 'failed', why }),
      wants: () => this.#state === 'live',
      limits: () => ({ confidence: this.#display.least, iou: this.#display.iou }),
      found: (t, took, detections) => this.#found(t, took, detections),
    });
    run.start();
  }

  /** Frees everything. @param {Doing} doing from now on */
  #end(doing) {
    this.#run?.close();
    this.#run = null;
    if (doing.state !== this.#doing.state || doing.why !== this.#doing.why) this.#set(doing);
    else this.#panel.show(this.#doing, this.#wanted);
  }

  /** @param {Doing} doing */
  #set(doing) {
    this.#doing = doing;
    this.#panel.show(doing, this.#wanted);
    this.tell();
  }

  /** Once a second: how it goes. */
  #look() {
    const run = this.#run;
    if (!run || !this.works) return;
    if (run.stuck) return this.#end({ ...OFF, state: 'failed', why: 'engine' });
    const { took, fps, slow } = run.figures();
    this.#set({ ...this.#doing, state: slow ? 'slow' : 'ready', took, fps });
  }

  /**
   * @param {number} t when the frame was taken, in Unix milliseconds of this page
   * @param {number} took
   * @param {Detection[]} detections best first
   */
  #found(t, took, detections) {
    const { confidence, hidden } = this.#display;
    const age = Math.max(0, performance.timeOrigin + performance.now() - t);
    this.#page.show({
      t, age,
      detections: detections.filter((d) => d.confidence >= confidence && !hidden.has(d.label)),
    });
    const channel = this.#channel;
    // What waits is late already.
    if (channel?.readyState !== 'open' || channel.bufferedAmount > MAX_BYTES) return;
    channel.send(within({ t, took: Math.round(took * 100) / 100, detections }));
  }
}

/**
 * What was found as JSON of a bounded length. The weakest lose their outlines and keypoints
 * first, then they are left out.
 *
 * @param {{t: number, took: number, detections: Detection[]}} result
 * @returns {string}
 */
export function within(result) {
  let { detections } = result;
  const size = () => new Blob([JSON.stringify({ ...result, detections })]).size;
  for (let n = detections.length; n > 0 && size() > MAX_BYTES;) {
    n >>= 1;
    detections = detections.map((d, i) =>
      (i < n ? d : { ...d, outline: undefined, keypoints: undefined }));
  }
  while (size() > MAX_BYTES) detections = detections.slice(0, -10);
  return JSON.stringify({ ...result, detections });
}
