// The viewers' page: from the link to the picture with its boxes, and back again after whatever
// happens.

import { parse } from '../control.js';
import { loadLocale } from '../locale.js';
import { useColours } from '../overlay.js';
import { enterToken, token } from '../token.js';
import { WakeLock } from '../wakelock.js';
import { askForPhones, hear } from './control.js';
import { Frames } from './frames.js';
import { DetectHere } from './here.js';
import { listenToKeys } from './keys.js';
import { messages } from './messages.js';
import { Patience } from './patience.js';
import { Picture } from './picture.js';
import { QualityMeter } from './quality.js';
import { save } from './save.js';
import { View } from './view.js';
import { Watching } from './whep.js';
import { Place } from './window.js';
import { described, placed } from './words.js';

/** A connection that takes longer deserves a hint. */
const HINT_MS = 4000;
/** How often the page looks at how things go. */
const TICK_MS = 1000;
/** The computer sends no longer message of detections, in characters. */
const MAX_DETECTIONS = 65536;

/** @typedef {keyof typeof messages.status} State */
/** @typedef {import('./messages.js').ErrorCode} ErrorCode */

class WatchPage {
  #view = new View();
  #picture = new Picture(this.#view.canvas, this.#view.video);
  #place = new Place(this.#view.stage, this.#view.video, () => this.#offer());
  #here = new DetectHere(this.#view.video, (progress) => this.#detecting(progress),
    (rtp, detections) => this.#picture.foundHere(rtp, detections));
  #frames = new Frames(this.#view.video, (frame) => this.#frame(frame));
  #patience = new Patience();
  #quality = new QualityMeter();
  #wakeLock = new WakeLock();
  /** @type {Watching|null} */ #watching = null;
  /** @type {State} */ #state = 'connecting';
  /** @type {import('./control.js').Phone[]} */ #phones = [];
  /** The ID of the phone that is watched. */ #phone = '';
  /** Why no picture is sent. */ #muted = '';
  #model = { name: '', state: '' };
  /** A frame of this connection has been shown. */ #seen = false;
  #hintTimer = 0;
  /** @type {((shown: boolean) => void)|null} */ #snap = null;

  constructor() {
    const actions = {
      fill: () => this.#allowed(this.#place.fill()),
      float: () => this.#allowed(this.#place.float()),
      snapshot: () => this.#snapshot(),
      detect: () => (this.#here.wanted ? this.#here.stop() : this.#detect()),
    };
    this.#view.listen({
      ...actions,
      again: () => this.#begin(),
      retry: () => this.#watching?.nudge(),
      phone: (id) => this.#choose(id),
      code: enterToken,
    });
    const { fill: f, float: p, snapshot: s, detect: d } = actions;
    listenToKeys(Object.fromEntries(Object.entries({ f, p, s, d }).map(([key, act]) =>
      [key, () => this.#canAct(key) && act()])));
    if (!this.#place.canFill) this.#view.without('fill');
    if (!this.#place.canFloat) this.#view.without('float');
    window.addEventListener('hashchange', () => location.reload());
    window.addEventListener('pagehide', () => this.#watching?.stop());
    window.addEventListener('pageshow', ({ persisted }) => persisted && this.#begin());
    window.addEventListener('online', () => this.#watching?.nudge(true));
    setInterval(() => this.#tick(), TICK_MS);
    this.#begin();
  }

  // Coming and going.

  async #begin() {
    this.#end();
    this.#enter('connecting');
    if (!token()) return this.#fail('no-token');
    if (!('RTCPeerConnection' in window)) return this.#fail('unsupported');
    this.#phone = '';
    const watching = this.#watching = new Watching(this.#phone, {
      video: (stream, receiver) => this.#video(stream, receiver),
      detections: (data) => this.#detections(data),
      control: (data) => hear(data, this.#told),
      state: (...state) => watching === this.#watching && this.#connection(...state),
    });
    watching.start();
    // The newest phone's picture need not wait for the names of all.
    if (await this.#look() && watching === this.#watching) {
      this.#view.phones(this.#phones, this.#phone || (this.#phones.at(-1)?.id ?? ''));
    }
  }

  /** Asks for the phones. @returns {Promise<boolean>} whether it makes sense to go on */
  async #look() {
    const answer = await askForPhones(this.#watching?.session ?? '');
    if ('phones' in answer) this.#phones = answer.phones;
    else if (answer.status === 401) this.#fail('unauthorized');
    else if (answer.status === 404) this.#fail('unshared');
    return this.#state !== 'error';
  }

  #end() {
    this.#watching?.stop();
    this.#watching = null;
    this.#here.stop();
    this.#muted = '';
    this.#picture.clear();
    this.#view.picture(null);
  }

  /** @param {State} state @param {import('./messages.js').Card} [card] */
  #enter(state, card) {
    clearTimeout(this.#hintTimer);
    this.#view.hint('');
    this.#view.retry(0);
    this.#state = state;
    this.#wakeLock.keep(state !== 'error' && state !== 'ended');
    this.#view.show(state, card);
    this.#offer();
  }

  /** Ends everything and says what to do. @param {ErrorCode} code */
  #fail(code) {
    this.#end();
    this.#enter('error', messages.errors[code]);
  }

  /** @type {import('../whip.js').OnState} */
  #connection(state, error, next = 0) {
    if (state === 'failed') return this.#over(error?.code);
    if (state === 'live') return this.#live();
    const empty = error?.code === 'absent';
    const shown = empty ? 'waiting' : state;
    if (shown !== this.#state) this.#enter(shown, empty ? messages.waiting : undefined);
    this.#view.retry(empty ? 0 : next);
    clearTimeout(this.#hintTimer);
    const hints = /** @type {Record<string, string>} */ (messages.hint);
    if (empty) this.#view.hint('');
    else if (error) this.#view.hint(hints[error.code] || '');
    else {
      const hint = state === 'connecting' ? hints.approve : hints.unreachable;
      this.#hintTimer = setTimeout(() => this.#view.hint(hint), HINT_MS);
    }
  }

  #live() {
    if (this.#muted) {
      this.#picture.clear();
      const text = messages.muted[this.#muted] || messages.muted.other;
      return this.#enter('muted', { title: messages.status.muted, text });
    }
    this.#enter('live');
    if (!this.#seen) this.#view.hint(messages.hint.picture);
  }

  /** The connection is over for good. @param {string} [code] of a WhipError */
  #over(code) {
    if (code === 'unauthorized' || code === 'refused' || code === 'unacceptable') this.#fail(code);
    else this.#bye('');
  }

  /** @param {string} reason */
  #bye(reason) {
    const known = /** @type {Record<string, string>} */ (messages.reasons)[reason];
    // What the phone did is waited out; a fresh connection comes by itself.
    if (reason === 'phone-left' || reason === 'video-changed') return this.#watching?.again();
    this.#end();
    this.#enter('ended', { ...messages.ended, ...known && { text: known } });
  }

  // What the computer sends.

  #told = {
    /** @param {import('./control.js').Scene} scene */
    scene: (scene) => {
      this.#picture.scene = scene;
      if (!scene.boxes) this.#patience.set(0);
      this.#count();
    },
    /** @param {import('./control.js').Phone[]} phones @param {string} here */
    phones: (phones, here) => {
      this.#phones = phones;
      if (here) this.#watching?.stay(this.#phone = here);
      this.#view.phones(phones, this.#phone);
    },
    /** @param {{name: string, state: string, colours: unknown}} model */
    model: ({ name, state, colours }) => {
      useColours(colours);
      const other = this.#model.name !== name;
      this.#model = { name, state };
      this.#view.model(name);
      const { modelLoading, modelFailed } = messages.hint;
      this.#view.notice({ loading: modelLoading, failed: modelFailed }[state] || '');
      if (other && state === 'ready' && this.#here.wanted) this.#detect();
    },
    /** @param {import('./control.js').Display} display */
    display: (display) => {
      this.#here.display = display;
    },
    /** @param {string} why */
    muted: (why) => {
      this.#muted = why;
      if (this.#state === 'live' || this.#state === 'muted') this.#live();
    },
    /** @param {string} reason */
    bye: (reason) => this.#bye(reason),
  };

  /** @param {MediaStream} stream @param {RTCRtpReceiver} receiver */
  #video(stream, receiver) {
    this.#seen = false;
    this.#picture.clear();
    this.#frames.receiver = receiver;
    this.#patience.begin(receiver);
    this.#view.picture(stream);
  }

  /** @param {unknown} data of the detections channel */
  #detections(data) {
    const message = parse(data, MAX_DETECTIONS);
    if (!message || this.#muted) return;
    const rtp = this.#picture.found(message);
    if (rtp !== null && !this.#here.running) this.#patience.came(rtp, performance.now());
  }

  /** @param {import('./frames.js').Shown} frame */
  #frame(frame) {
    this.#quality.frame(frame.behind);
    if (!this.#seen) {
      this.#seen = true;
      if (this.#state === 'live') this.#view.hint('');
      this.#offer();
      performance.mark('handlens-first-picture');
    }
    if (frame.rtp !== null) this.#patience.shown(frame.rtp, frame.at);
    const key = this.#picture.show(frame, this.#here.running);
    this.#here.frame(key);
    this.#count();
    this.#snap?.(true);
  }

  #count() {
    if (this.#state === 'live') this.#view.counts(this.#picture.counts(this.#here.running));
  }

  // What the user does.

  /** @param {string} id */
  #choose(id) {
    this.#phone = id;
    this.#muted = '';
    this.#view.phones(this.#phones, id);
    this.#watching?.choose(id);
  }

  #offer() {
    const seen = this.#seen && (this.#state === 'live' || this.#state === 'reconnecting');
    const { fills, floats } = this.#place;
    this.#view.offer({ fill: true, float: seen || floats, snapshot: seen, detect: seen });
    this.#view.pressed('fill', fills);
    this.#view.pressed('float', floats);
  }

  /** @param {string} key */
  #canAct(key) {
    const id = { f: 'fill', p: 'float', s: 'snapshot', d: 'detect' }[key] || '';
    const button = /** @type {HTMLButtonElement|null} */ (document.getElementById(id));
    return Boolean(button) && !button?.disabled && !button?.hidden;
  }

  #detect() {
    this.#here.start(this.#watching?.session ?? '');
  }

  /** @param {Promise<void>} done */
  #allowed(done) {
    done.catch(() => this.#view.notice(messages.refusedByBrowser));
  }

  /** Saves the next frame that is shown: its boxes are on it. */
  async #snapshot() {
    await new Promise((resolve) => {
      this.#snap = resolve;
      setTimeout(resolve, TICK_MS); // A picture that stands still is as good.
    });
    this.#snap = null;
    const done = await save(await this.#picture.snapshot());
    this.#view.notice(done ? messages.snapshotSaved : messages.snapshotFailed);
  }

  /** @param {import('./here.js').Progress} progress */
  #detecting(progress) {
    this.#view.pressed('detect', progress.state === 'loading' || progress.state === 'on');
    this.#view.place(placed(progress));
    this.#picture.clearHere(progress.state);
    document.documentElement.dataset.here = progress.state;
    if (progress.state === 'failed') this.#view.notice(messages.notHere[progress.why]);
    else if (progress.state === 'loading') {
      this.#patience.set(0); // The picture has nobody's boxes to wait for.
      this.#view.hint(placed(progress));
    } else if (this.#state === 'live') {
      this.#view.hint(progress.state === 'on' && progress.slow ? messages.slow : '');
    }
  }

  async #tick() {
    const pc = this.#watching?.connection;
    if (this.#state === 'waiting') {
      const waited = this.#watching;
      if (!await this.#look() || waited !== this.#watching) return;
      const some = this.#phones.length > 0;
      if (some && !this.#phones.some(({ id }) => id === this.#phone)) {
        this.#phone = this.#phones.at(-1)?.id ?? '';
      }
      this.#view.phones(this.#phones, this.#phone);
      if (some && this.#state === 'waiting') this.#watching?.choose(this.#phone);
    } else if (pc && this.#state === 'live') {
      this.#view.figures(described(await this.#quality.read(pc)));
    }
  }
}

loadLocale('watch/messages', messages).then(() => new WatchPage());
