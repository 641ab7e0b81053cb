// The phone page: from the tap to the boxes, and back again after whatever happens.

import { CaptureTimes } from './capture.js';
import { cheapest } from './codecs.js';
import { Control } from './control.js';
import { PhoneDetector } from './detect/phone.js';
import { PhoneSignalling, renewToken } from './key.js';
import { loadLocale } from './locale.js';
import { messages } from './messages.js';
import { Operator } from './operator.js';
import { Pauses } from './pauses.js';
import { trust } from './probe.js';
import { Progress } from './progress.js';
import { Results } from './results.js';
import { Senders } from './senders.js';
import { SendStats, inWords } from './stats.js';
import { enterToken, keepToken, token } from './token.js';
import { View } from './view.js';
import { WakeLock } from './wakelock.js';
import { WhipPublisher } from './whip.js';

/** A connection that takes longer deserves a hint. */
const HINT_MS = 4000;
/** How often the page looks at how things go. */
const TICK_MS = 1000;
/** A page in the background keeps the camera for so long: who only glances away is back at once. */
const GLANCE_MS = 10000;

/** @typedef {keyof typeof messages.status} State */

class PhonePage {
  #view = new View();
  #taken = new CaptureTimes(this.#view.video);
  #overlay = this.#view.overlay;
  #pauses = new Pauses();
  #operator = new Operator(this.#view, {
    publishing: () => this.#publisher !== null,
    off: () => this.#pauses.off,
    hidden: () => document.visibilityState === 'hidden',
    send: () => this.#send(),
    resized: () => this.#senders?.resized(),
    tell: (refused) =>
      this.#control?.camera(this.#camera.describe(), this.#microphone.on, refused),
    muted: (muted) => this.#pause('camera', muted),
    asleep: () => this.#pause('tap', true),
    fail: (code) => this.#fail(code),
  });
  #camera = this.#operator.camera;
  #microphone = this.#operator.microphone;
  #progress = new Progress(token);
  #detector = new PhoneDetector(this.#view.video, {
    token,
    session: () => this.#signalling?.name ?? '',
    tell: (doing) => this.#control?.detector(doing),
    notice: (text) => this.#view.notice(text),
    show: (found) => {
      this.#view.overlay.show(found, true);
      this.#results.came();
    },
  });
  #wakeLock = new WakeLock();
  #results = new Results(this.#view);
  #stats = new SendStats();
  /** @type {WhipPublisher|null} */ #publisher = null;
  /** @type {PhoneSignalling|null} */ #signalling = null;
  /** @type {Control|null} */ #control = null;
  /** Of the connection in use. @type {Senders|null} */ #senders = null;
  /** @type {State} */ #state = 'ready';
  #hintTimer = 0;
  /** Closes the camera of a page that stays in the background. */ #glanceTimer = 0;

  constructor() {
    this.#view.listen({
      start: () => (this.#publisher ? this.#resume() : this.#start()),
      stop: () => this.#stop(),
      pause: () => (this.#pauses.cause ? this.#resume() : this.#pause('user', true)),
      retry: () => this.#publisher?.nudge(),
      flip: () => this.#operator.flip(),
      camera: (id) => this.#operator.choose({ facing: 'environment', id }),
      size: (want) => this.#operator.resize(want),
      torch: (on) => this.#operator.torch(on),
      zoom: (value) => this.#operator.zoom(value),
      microphone: (on) => this.#operator.listen(on),
      code: enterToken,
    });
    document.addEventListener('visibilitychange', () => this.#visibility());
    window.addEventListener('pagehide', () => this.#leave());
    window.addEventListener('pageshow', ({ persisted }) => persisted && this.#returned());
    this.#watchNetwork();
    window.addEventListener('hashchange', () => location.reload());
    setInterval(() => this.#tick(), TICK_MS);
    this.#begin();
  }

  /** A phone that the computer remembers needs no code: it may start from its home screen. */
  async #begin() {
    if (token() || (await renewToken())) this.#enter('ready', messages.card.ready);
    else this.#fail('no-token');
    this.#arrive();
  }

  /**
   * Tells the computer that the page is here, and finds out whether its code is still good; a phone
   * that is remembered gets that of today.
   */
  async #arrive() {
    if (!(await this.#progress.page()) || !token()) return;
    if ((await renewToken()) && !(await this.#progress.page())) return;
    // The user may have tapped meanwhile; what came of that says it too.
    if (this.#state === 'ready' || this.#state === 'asking') this.#fail('unauthorized');
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
    this.#view.retry(0);
    this.#state = state;
    this.#results.wait();
    this.#wakeLock.keep(['connecting', 'live', 'reconnecting'].includes(state));
    this.#view.show(state, card, more);
    this.#detector.enter(state);
  }

  /** Ends everything and says what to do. @param {import('./messages.js').ErrorCode} code */
  #fail(code) {
    this.#end();
    this.#progress.camera(code);
    this.#enter('error', messages.errors[code], { error: code });
  }

  async #start() {
    if (!token()) return this.#fail('no-token');
    this.#pauses.clear();
    this.#enter('asking', messages.card.asking);
    this.#progress.camera('asking');
    cheapest(); // While the browser asks and the camera starts there is time to find out.
    try {
      await this.#camera.open();
    } catch (err) {
      return this.#operator.failed(err);
    }
    // The user may have left while the browser asked.
    if (this.#state !== 'asking') return this.#camera.close();
    this.#progress.camera('open');
    await this.#operator.preview();
    this.#overlay.start();
    this.#enter('connecting');
    this.#publisher = new WhipPublisher({
      signalling: this.#signalling = new PhoneSignalling('/whip', token),
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
      const deaf = this.#state !== 'live' || this.#detector.works;
      if (pc === this.#publisher?.connection && !deaf) this.#results.show(data);
    });
    this.#detector.use(detections);
    const channel = pc.createDataChannel('control');
    for (const each of [detections, channel]) {
      each.addEventListener('message', () => this.#publisher?.heard(pc));
    }
    // The computer closes its channels when it ends the session: nothing tells us sooner.
    channel.addEventListener('close', () => this.#publisher?.closed(pc));
    this.#control?.retire();
    const control = new Control(channel, {
      set: (want) => this.#set(want),
      notice: ({ recording, seconds, watchers }) => {
        this.#view.summary.recording(recording, seconds);
        this.#view.summary.watchers(watchers);
      },
      model: (model) => {
        this.#detector.model(model.name, model.state);
        this.#results.model(model, this.#detector.works);
        if (model.state === 'ready') this.#operator.suit(model.size);
      },
      display: (display) => this.#detector.display(display),
      token: keepToken,
      bye: (reason) => this.#bye(reason),
    }, this.#taken, async () => {
      await control.hello(await this.#camera.list());
      this.#operator.tell();
      this.#detector.tell();
      if (this.#pauses.cause) control.paused(true);
    });
    this.#control = control;
  }

  /** @type {import('./whip.js').OnState} */
  #publishing(state, error, next = 0) {
    if (state === 'failed') return this.#ended(error?.code);
    if (this.#pauses.cause) {
      // A fresh connection would send.
      if (state === 'live' || this.#state !== 'paused') this.#applyPause();
      return;
    }
    // Screen readers would read out what is said again.
    if (state !== this.#state) this.#enter(state);
    this.#view.retry(next);
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

  /** Publishing is over for good. @param {string} [code] of a WhipError */
  #ended(code) {
    if (code === 'unauthorized' || code === 'refused' || code === 'unacceptable') this.#fail(code);
    else this.#bye();
  }

  // The camera.

  /** Gives the connection the open camera and microphone, or nothing while paused. */
  async #send() {
    if (this.#pauses.cause) await this.#senders?.replace(null, null);
    else await this.#senders?.replace(this.#camera.track, this.#microphone.track);
  }

  // What the computer says.

  /** @param {Record<string, unknown>} want */
  async #set(want) {
    this.#detector.obey(want.detect);
    await this.#operator.obey(want);
    // The computer ends its own pause only: what the holder of the phone has paused stays so.
    if (typeof want.paused === 'boolean') await this.#pause('computer', want.paused);
    this.#operator.tell();
  }

  /** @param {keyof typeof messages.ended} [reason] */
  #bye(reason) {
    this.#end();
    const card = messages.card.ended;
    this.#enter('stopped', reason ? { ...card, text: messages.ended[reason] } : card);
  }

  // Coming and going.

  /** @param {import('./pauses.js').Cause} cause @param {boolean} on */
  async #pause(cause, on) {
    if (this.#publisher && this.#pauses.set(cause, on)) await this.#applyPause();
  }

  /** Whoever holds the phone goes on, whyever there is a pause. */
  #resume() {
    this.#pauses.lift();
    return this.#applyPause(true);
  }

  /** @param {boolean} [tapped] the user goes on, so that the browser may ask for the camera */
  async #applyPause(tapped = false) {
    const before = this.#pauses.cause;
    if (before) this.#showPause(before);
    await Promise.all([this.#send(), this.#operator.settle(tapped)]);
    if (!this.#publisher) return;
    const { cause } = this.#pauses; // It may be another one now.
    if (cause) {
      if (cause !== before) this.#showPause(cause);
    } else if (this.#state === 'paused') {
      const connected = this.#publisher.connection?.connectionState === 'connected';
      this.#enter(connected ? 'live' : 'reconnecting');
      this.#publisher.nudge();
    }
    await this.#send();
    this.#control?.paused(Boolean(cause));
  }

  /** @param {import('./pauses.js').Cause} cause */
  #showPause(cause) {
    const card = messages.pauses[cause];
    this.#enter('paused', card, { text: card.status });
    // A phone that is being locked has no time for more.
    this.#control?.paused(true);
  }

  /** The page goes into the background, or comes back. */
  async #visibility() {
    const hidden = document.visibilityState === 'hidden';
    clearTimeout(this.#glanceTimer);
    if (hidden) this.#glanceTimer = setTimeout(() => this.#camera.close(), GLANCE_MS);
    await this.#pause('hidden', hidden);
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
    this.#operator.close();
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
    this.#operator.close();
    this.#view.controls.microphone(false);
    this.#overlay.stop();
    this.#view.video.srcObject = null;
  }

  async #tick() {
    if (this.#state === 'live') this.#results.look();
    const pc = this.#publisher?.connection;
    if (!pc || this.#pauses.cause) return;
    const sample = await this.#stats.read(pc);
    if (sample && !this.#pauses.cause) {
      await this.#senders?.follow(sample, this.#camera.usable);
      this.#control?.sending(sample.sending);
    }
    if (this.#view.controls.detailed) this.#view.controls.stats(inWords(sample));
  }
}

loadLocale('messages', messages).then(async () => {
  new PhonePage();
  // How to stop the warning is only for those whom the browser warns.
  document.documentElement.dataset.trust = await trust();
});
