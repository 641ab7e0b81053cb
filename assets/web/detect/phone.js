// Detects on this phone, for whoever holds it or for the computer: the newest frame of the camera's
// preview, one at a time. What is found is drawn at once and sent to the computer. All memory is
// freed as soon as nothing is to be detected.

import { messages } from '../messages.js';
import { Pace } from './pace.js';
import { Panel } from './panel.js';

/** The computer takes no longer message of what was found, in bytes. */
const MAX_BYTES = 24576;
const MAX_FOUND = 300;
/** A frame that takes longer says that the worker is dead. */
const STUCK_MS = 5000;
/** So many frames in a row may fail. */
const MAX_ERRORS = 3;
const TELL_MS = 1000;
/** What browsers say when memory is short. */
const NO_MEMORY = /memory|allocat|out of bounds/i;

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
 *   outline?: number[][], keypoints?: number[][]}} Detection */
/**
 * @typedef {object} Page what the page does for it
 * @property {() => string} token
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
  /** What has the worker; a new one for each start. @type {Run|null} */ #run = null;
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

  #begin() {
    const wanted = this.#wanted && this.#known && this.#doing.state !== 'failed';
    if (!wanted || this.#run || this.#state !== 'live') return;
    this.#set({ ...OFF, state: 'loading' });
    const run = this.#run = new Run(this.#video, this.#page.token, {
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
 * @typedef {object} Hears what becomes of a run
 * @property {(part: number) => void} progress 0..1
 * @property {(about: {model: string, provider: string, threads: number}) => void} ready
 * @property {(why: Why) => void} failed
 * @property {() => boolean} wants whether a frame is to be looked at now
 * @property {() => {confidence: number, iou: number}} limits
 * @property {(t: number, took: number, detections: Detection[]) => void} found
 */

/** One worker with one model, from its start to its end. */
class Run {
  #video;
  #token;
  #hears;
  /** @type {import('./detector.js').Detector|null} */ #detector = null;
  #ended = false;
  /** @type {Map<string, number>} */ #classes = new Map();
  #began = 0;
  #errors = 0;
  #pace = new Pace(0);
  #took = 0;

  /** @param {HTMLVideoElement} video @param {() => string} token @param {Hears} hears */
  constructor(video, token, hears) {
    this.#video = video;
    this.#token = token;
    this.#hears = hears;
  }

  async start() {
    /** @type {Why} */ let why = 'model';
    try {
      const opening = await this.#opening();
      why = 'engine';
      const engine = await fetch('/engine/layout.wasm', { method: 'HEAD' });
      if (!engine.ok) throw new Error('the computer has no engine for browsers');
      const { Detector } = await import('./detector.js');
      if (this.#ended) return;
      const detector = this.#detector = new Detector();
      why = 'model';
      const ready = await detector.open(opening, (bytes) =>
        this.#ended || this.#hears.progress(bytes / opening.model.size));
      if (this.#ended) return;
      ready.labels.forEach((label, i) => this.#classes.has(label) || this.#classes.set(label, i));
      this.#hears.ready({
        model: opening.model.name || '', provider: ready.provider, threads: ready.threads,
      });
      this.#pace.restart(performance.now());
      this.#next();
    } catch (err) {
      if (!this.#ended) this.#hears.failed(NO_MEMORY.test(String(err)) ? 'memory' : why);
    }
  }

  /** @returns {Promise<import('./detector.js').Opening>} the model that the computer has */
  async #opening() {
    const token = this.#token();
    const response = await fetch('/model', {
      headers: { Authorization: `Bearer ${token}` }, credentials: 'omit', cache: 'no-store',
    });
    if (!response.ok) throw new Error(`no model (${response.status})`);
    return { model: await response.json(), token };
  }

  /** Ends it and frees its memory. */
  close() {
    this.#ended = true;
    this.#detector?.close();
    this.#detector = null;
  }

  /** @returns {boolean} whether nothing comes back from the worker */
  get stuck() {
    return this.#began > 0 && performance.now() - this.#began > STUCK_MS;
  }

  /** @returns {{took: number, fps: number, slow: boolean}} as of the last seconds */
  figures() {
    const { fps, slow } = this.#pace.at(performance.now());
    return { took: Math.round(this.#took * 10) / 10, fps, slow };
  }

  /** Waits for the next frame of the camera: an older one would only be late. */
  #next() {
    if (this.#ended) return;
    if (!this.#video.requestVideoFrameCallback) {
      requestAnimationFrame((now) => this.#frame(now));
      return;
    }
    this.#video.requestVideoFrameCallback((now, { captureTime }) =>
      this.#frame(captureTime || now));
  }

  /** @param {number} taken on the page's clock */
  async #frame(taken) {
    const detector = this.#detector;
    if (this.#ended || !detector) return;
    if (!this.#hears.wants() || !this.#video.videoWidth) {
      this.#pace.restart(performance.now());
      setTimeout(() => this.#next(), 100); // without a frame there may be no call either
      return;
    }
    this.#began = performance.now();
    try {
      const { videoWidth: width, videoHeight: height } = this.#video;
      const frame = await grab(this.#video);
      const { detections } = await detector.detect(frame, width, height, this.#hears.limits());
      if (this.#ended) return;
      const now = performance.now();
      this.#took = this.#took ? this.#took + (now - this.#began - this.#took) / 8
        : now - this.#began;
      this.#pace.done(now);
      this.#errors = 0;
      this.#hears.found(performance.timeOrigin + taken, now - this.#began,
        this.#classed(JSON.parse(detections)));
    } catch (err) {
      if (this.#ended) return;
      if (NO_MEMORY.test(String(err))) return this.#hears.failed('memory');
      if (++this.#errors >= MAX_ERRORS) return this.#hears.failed('engine');
    }
    this.#began = 0;
    this.#next();
  }

  /** @param {Detection[]} found @returns {Detection[]} with the numbers of their classes */
  #classed(found) {
    return found.slice(0, MAX_FOUND).map((d) => ({ ...d, class: this.#classes.get(d.label) ?? 0 }));
  }
}

/**
 * The frame that the video shows.
 *
 * @param {HTMLVideoElement} video
 * @returns {Promise<VideoFrame|ImageBitmap>}
 */
async function grab(video) {
  if (typeof VideoFrame === 'function') {
    const frame = new VideoFrame(video);
    // Some browsers leave out how the frame has to be turned.
    if (frame.displayWidth === video.videoWidth) return frame;
    frame.close();
  }
  return createImageBitmap(video);
}

/**
 * What was found as JSON of a bounded length. The weakest lose their shapes first, then they are
 * left out.
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
