// The phone page: from the tap to the boxes, and back again after whatever happens.

import { Camera, CameraError } from './camera.js';
import { CaptureTimes } from './capture.js';
import { cheapest } from './codecs.js';
import { Control, parse } from './control.js';
import { loadLocale } from './locale.js';
import { messages } from './messages.js';
import { Microphone } from './microphone.js';
import { Overlay, useColours } from './overlay.js';
import { Senders } from './senders.js';
import { WhipError } from './signalling.js';
import { SendStats, inWords } from './stats.js';
import { enterToken, phoneName, token } from './token.js';
import { View } from './view.js';
import { WakeLock } from './wakelock.js';
import { WhipPublisher } from './whip.js';

/** A connection that takes longer deserves a hint. */
const HINT_MS = 4000;
/** When no detections have come for so long, the page says so. */
const STALL_MS = 3000;
/** The computer sends no longer message of detections, in characters. */
const MAX_DETECTIONS = 65536;
/** How often the countdown to the next try is brought up to date. */
const COUNT_MS = 200;
/** How often the page looks at how things go. */
const TICK_MS = 1000;

/** @typedef {keyof typeof messages.status} State */
/** @typedef {'stalled'|'modelLoading'|'modelFailed'} NoBoxes */
/** Why there are no boxes while the model is in that state. @type {Map<string, NoBoxes>} */
const NO_BOXES = new Map([['loading', 'modelLoading'], ['failed', 'modelFailed']]);

class PhonePage {
  #view = new View();
  #camera = new Camera();
  #microphone = new Microphone();
  #taken = new CaptureTimes(this.#view.video);
  #overlay = new Overlay(this.#view.canvas, this.#view.video);
  #wakeLock = new WakeLock();
  #stats = new SendStats();
  /** @type {WhipPublisher|null} */ #publisher = null;
  /** @type {Control|null} */ #control = null;
  /** Of the connection in use. @type {Senders|null} */ #senders = null;
  /** @type {State} */ #state = 'ready';
  /** Because the page is hidden, or because the computer asked. */
  #paused = { here: false, there: false };
  /** Only one change of the camera at a time. @type {Promise<void>} */
  #cameraWork = Promise.resolve();
  #hintTimer = 0;
  /** When the next try is, on the page's clock; 0 when none is waited for. */ #next = 0;
  #countdown = 0;
  /** When detections last came, on the page's clock. */ #detected = 0;
  /** What to say when none come. @type {NoBoxes} */ #noBoxes = 'stalled';

  constructor() {
    this.#view.listen({
      start: () => this.#start(),
      stop: () => this.#stop(),
      retry: () => this.#publisher?.nudge(),
      flip: () => this.#change(() => this.#camera.flip()),
      camera: (id) => this.#change(() => this.#camera.choose({ facing: 'environment', id })),
      size: (want) => this.#resize(want),
      torch: (on) => this.#torch(on),
      zoom: (factor) => this.#zoom((this.#camera.describe()?.zoom?.value ?? NaN) * factor),
      microphone: (on) => this.#listen(on),
      code: enterToken,
    });
    this.#camera.onended = () => this.#cameraEnded();
    this.#microphone.onended = () => this.#listen(false);
    document.addEventListener('visibilitychange', () => this.#visibility());
    window.addEventListener('pagehide', () => this.#leave());
    window.addEventListener('pageshow', ({ persisted }) => persisted && this.#returned());
    this.#watchNetwork();
    window.addEventListener('hashchange', () => location.reload());
    setInterval(() => this.#tick(), TICK_MS);
    if (token()) this.#enter('ready', messages.card.ready);
    else this.#fail('no-token');
  }

  /** Has the connection look for another path when the phone changes its network. */
  #watchNetwork() {
    const moved = () => this.#publisher?.nudge(true);
    window.addEventListener('online', moved);
    // It also tells of mere guesses at the speed.
    const network = /** @type {any} */ (navigator).connection;
    let type = network?.type;
    network?.addEventListener('change', () => {
      if (network.type !== type && network.type !== 'none') moved();
      type = network.type;
    });
  }

  /**
   * @param {State} state
   * @param {import('./messages.js').Card} [card]
   * @param {{error?: string, text?: string}} [more]
   */
  #enter(state, card, more) {
    clearTimeout(this.#hintTimer);
    this.#view.hint('');
    this.#count(0);
    this.#state = state;
    this.#detected = performance.now();
    this.#wakeLock.keep(['connecting', 'live', 'reconnecting'].includes(state));
    this.#view.show(state, card, more);
  }

  /** Ends everything and says what to do. @param {import('./messages.js').ErrorCode} code */
  #fail(code) {
    this.#end();
    this.#enter('error', messages.errors[code], { error: code });
  }

  async #start() {
    if (!token()) return this.#fail('no-token');
    this.#paused = { here: false, there: false };
    this.#enter('asking', messages.card.asking);
    cheapest(); // While the browser asks and the camera starts there is time to find out.
    try {
      await this.#camera.open();
    } catch (err) {
      return this.#cameraFailed(err);
    }
    // The user may have left while the browser asked.
    if (this.#state !== 'asking') return this.#camera.close();
    await this.#preview();
    this.#publish();
  }

  #publish() {
    this.#overlay.start();
    this.#enter('connecting');
    this.#publisher = new WhipPublisher({
      endpoint: '/whip',
      token: token(),
      phone: phoneName(),
      prepare: (pc) => this.#prepare(pc),
      ask: () => this.#control?.ping(),
      onState: (state, error, next) => this.#publishing(state, error, next),
    });
    this.#publisher.start();
  }

  /** Puts the tracks and the channels on a new connection. @param {RTCPeerConnection} pc */
  async #prepare(pc) {
    // For tests, the address can name a codec.
    const codec = new URLSearchParams(location.search).get('codec');
    const codecs = codec ? [`video/${codec}`] : await cheapest();
    if (this.#publisher?.connection !== pc) return; // It was given up meanwhile.
    const { track, stream } = this.#camera;
    this.#senders = new Senders(pc, stream, track, this.#microphone.track, codecs);

    const detections = pc.createDataChannel('detections', { ordered: false, maxRetransmits: 0 });
    detections.addEventListener('message', ({ data }) => {
      if (pc === this.#publisher?.connection) this.#detections(data);
    });
    const channel = pc.createDataChannel('control');
    for (const each of [detections, channel]) {
      each.addEventListener('message', () => this.#publisher?.heard(pc));
    }
    // The computer closes its channels when it ends the session: nothing tells us sooner.
    channel.addEventListener('close', () => this.#publisher?.closed(pc));
    this.#control?.retire();
    const control = new Control(channel, {
      set: (want) => this.#set(want),
      notice: ({ recording, watchers }) => {
        this.#view.recording(recording);
        this.#view.watchers(watchers);
      },
      model: (model) => this.#model(model),
      bye: (reason) => this.#bye(reason),
    }, this.#taken, async () => {
      await control.hello(await this.#camera.list());
      control.camera(this.#camera.describe(), this.#microphone.on);
      if (this.#isPaused) control.paused(true);
    });
    this.#control = control;
  }

  /** @type {import('./whip.js').OnState} */
  #publishing(state, error, next = 0) {
    if (state === 'failed') return this.#ended(error);
    if (this.#isPaused) {
      // A fresh connection would send.
      if (state === 'live' || this.#state !== 'paused') this.#applyPause();
      return;
    }
    // Screen readers would read out what is said again.
    if (state !== this.#state) this.#enter(state);
    this.#count(next);
    clearTimeout(this.#hintTimer);
    if (state === 'live') this.#view.notice('');
    else if (error) {
      const hints = /** @type {Record<string, string>} */ (messages.hint);
      this.#view.hint(hints[error.code] || '');
    } else {
      const hint = state === 'connecting' ? messages.hint.approve : messages.hint.unreachable;
      this.#hintTimer = setTimeout(() => this.#view.hint(hint), HINT_MS);
    }
  }

  /** Counts down to the next try. @param {number} next on the page's clock; 0: there is none */
  #count(next) {
    clearInterval(this.#countdown);
    this.#next = next;
    const show = () => {
      const left = Math.ceil((this.#next - performance.now()) / 1000);
      this.#view.retry(Math.max(0, left));
      if (left <= 0) clearInterval(this.#countdown);
    };
    show();
    if (next) this.#countdown = setInterval(show, COUNT_MS);
  }

  /** Publishing is over for good. @param {import('./signalling.js').WhipError} [error] */
  #ended({ code } = new WhipError('ended')) {
    if (code === 'unauthorized' || code === 'refused' || code === 'unacceptable') this.#fail(code);
    else this.#bye();
  }

  // The camera.

  /** @param {unknown} err */
  #cameraFailed(err) {
    this.#fail(err instanceof CameraError ? err.code : 'failed');
  }

  /** Shows the open camera and says what it can do. */
  async #preview() {
    const { video } = this.#view;
    const mirrored = this.#camera.facing === 'user';
    video.srcObject = this.#camera.stream;
    this.#view.mirror(mirrored);
    this.#overlay.mirror(mirrored);
    this.#view.camera(this.#camera.describe());
    // A refusal only means that the preview waits for a touch; what is sent does not depend on it.
    video.play().catch(() => {});
    this.#view.sizes(this.#camera.sizes(), this.#camera.describe()?.asked ?? null);
    this.#view.cameras(await this.#camera.list(), this.#camera.describe()?.id ?? '');
  }

  /**
   * Changes the camera under a running connection.
   *
   * @param {() => Promise<boolean>} work returns whether it did what was asked for
   */
  #change(work) {
    this.#cameraWork = this.#cameraWork.then(async () => {
      if (!this.#publisher) return;
      try {
        if (!(await work())) this.#view.notice(messages.hint.flipFailed);
      } catch (err) {
        this.#cameraFailed(err);
        return;
      }
      if (!this.#publisher) return this.#camera.close();
      await this.#send();
      await this.#preview();
      this.#tell();
    });
    return this.#cameraWork;
  }

  /** Gives the connection the open camera and microphone, or nothing while paused. */
  async #send() {
    if (this.#isPaused) await this.#senders?.replace(null, null);
    else await this.#senders?.replace(this.#camera.track, this.#microphone.track);
  }

  #cameraEnded() {
    // When the page comes back, a camera that ended is opened again.
    if (!this.#publisher || this.#paused.here) return;
    this.#change(async () => Boolean(await this.#camera.open()));
  }

  /** @param {Record<string, unknown>} want see Camera.setSize */
  async #resize(want) {
    await this.#camera.setSize(want).catch(() => {}); // It keeps what it had, and #tell says so.
    await this.#senders?.resized();
    this.#tell();
  }

  /** @param {boolean} on */
  async #torch(on) {
    try {
      await this.#camera.setTorch(on);
    } catch {
      this.#view.notice(messages.hint.torchFailed);
    }
    this.#tell();
  }

  /** @param {number} value */
  async #zoom(value) {
    if (!Number.isFinite(value)) return;
    // On failure the camera stays as it is, and so does what is shown.
    await this.#camera.setZoom(value).catch(() => {});
    this.#tell();
  }

  /** Switches the microphone. Without it the video goes on. @param {boolean} on */
  async #listen(on) {
    if (on) {
      try {
        await this.#microphone.open();
      } catch {
        this.#view.notice(messages.hint.microphoneFailed);
      }
      // The user may have left while the browser asked.
      if (!this.#publisher) this.#microphone.close();
    } else {
      this.#microphone.close();
    }
    await this.#send();
    this.#tell();
  }

  /** Shows and tells the computer how camera and microphone are set. */
  #tell() {
    const camera = this.#camera.describe();
    this.#view.camera(camera);
    this.#view.microphone(this.#microphone.on);
    this.#control?.camera(camera, this.#microphone.on);
  }

  // What the computer says.

  /** @param {Record<string, unknown>} want */
  async #set(want) {
    const camera = this.#camera;
    const { camera: id, facing, torch, zoom, paused } = want;
    if (typeof id === 'string' && id) {
      await this.#change(() => camera.choose({ facing: 'environment', id }));
    } else if (facing === 'user' || facing === 'environment') {
      await this.#change(() => camera.choose({ facing }));
    } else if (want.flip === true) {
      await this.#change(() => camera.flip());
    }
    const { width, height, fps, automatic } = want;
    if ([width, height, fps, automatic].some((v) => v !== undefined)) await this.#resize(want);
    if (typeof torch === 'boolean') await this.#torch(torch);
    if (zoom !== undefined) await this.#zoom(Number(zoom));
    // The computer can only switch the microphone off: on is for whoever holds the phone.
    if (want.microphone === false && this.#microphone.on) await this.#listen(false);
    if (typeof paused === 'boolean') {
      this.#paused.there = paused;
      await this.#applyPause();
    }
    this.#tell();
  }

  /** @param {unknown} data of the detections channel */
  #detections(data) {
    if (this.#state !== 'live') return;
    this.#detected = performance.now();
    this.#view.hint('');
    this.#overlay.show(parse(data, MAX_DETECTIONS));
  }

  /** @param {{name: string, state: string, size: number, colours: unknown}} model */
  async #model({ name, state, size, colours }) {
    useColours(colours);
    this.#view.model(name);
    this.#noBoxes = NO_BOXES.get(state) || 'stalled';
    this.#view.notice(this.#noBoxes === 'stalled' ? '' : messages.hint[this.#noBoxes]);
    if (state !== 'ready' || !(await this.#camera.setUsable(size).catch(() => false))) return;
    await this.#senders?.resized();
    this.#tell();
  }

  /** @param {keyof typeof messages.ended} [reason] */
  #bye(reason) {
    this.#end();
    const card = messages.card.ended;
    this.#enter('stopped', reason ? { ...card, text: messages.ended[reason] } : card);
  }

  // Coming and going.

  get #isPaused() {
    return this.#paused.here || this.#paused.there;
  }

  async #applyPause() {
    if (!this.#publisher) return;
    const paused = this.#isPaused;
    if (paused) {
      const text = this.#paused.here ? messages.pausedHere : messages.pausedThere;
      this.#enter('paused', undefined, { text });
    } else if (this.#state === 'paused') {
      const connected = this.#publisher.connection?.connectionState === 'connected';
      this.#enter(connected ? 'live' : 'reconnecting');
      this.#publisher.nudge();
    }
    await this.#send();
    this.#control?.paused(paused);
  }

  async #visibility() {
    if (!this.#publisher) return;
    this.#paused.here = document.visibilityState === 'hidden';
    if (!this.#paused.here) await this.#wakeCamera();
    await this.#applyPause();
  }

  /** After the lock screen a phone may have ended the camera, or leave it muted for good. */
  async #wakeCamera() {
    if (await this.#camera.wakes()) this.#view.video.play().catch(() => {}); // As in #preview.
    else if (document.visibilityState === 'visible') {
      await this.#change(async () => Boolean(await this.#camera.open()));
    }
  }

  #stop() {
    this.#control?.bye();
    this.#end();
    this.#enter('stopped', messages.card.stopped);
  }

  /** The page goes away, perhaps for good. */
  #leave() {
    if (!this.#publisher) return;
    this.#publisher.stop();
    this.#camera.close();
    this.#microphone.close();
  }

  /** The page comes back out of the browser's memory, with everything closed. */
  #returned() {
    if (!this.#publisher) return;
    this.#end();
    this.#start();
  }

  #end() {
    this.#publisher?.stop();
    this.#publisher = null;
    this.#control = null;
    this.#senders = null;
    this.#camera.close();
    this.#microphone.close();
    this.#view.microphone(false);
    this.#overlay.stop();
    this.#view.video.srcObject = null;
  }

  async #tick() {
    if (this.#state === 'live' && performance.now() - this.#detected > STALL_MS) {
      this.#view.hint(messages.hint[this.#noBoxes]);
    }
    const pc = this.#publisher?.connection;
    if (!pc || this.#isPaused) return;
    const sample = await this.#stats.read(pc);
    if (sample && !this.#isPaused) {
      await this.#senders?.follow(sample, this.#camera.usable);
      this.#control?.sending(sample.sending);
    }
    if (this.#view.detailed) this.#view.stats(inWords(sample));
  }
}

loadLocale('messages', messages).then(() => new PhonePage());
