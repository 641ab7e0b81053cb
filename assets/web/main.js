// The phone page: from the tap to the boxes, and back again after whatever happens.

import { Camera, CameraError } from './camera.js';
import { Control } from './control.js';
import { Microphone } from './microphone.js';
import { Overlay, useColours } from './overlay.js';
import { SendStats } from './stats.js';
import { isToken, token } from './token.js';
import { View } from './view.js';
import { WakeLock } from './wakelock.js';
import { WhipPublisher } from './whip.js';
import { speak, words } from './words.js';

/** Enough for a sharp 720p at 30 on a local network; the browser sends less when the path carries less. */
const MAX_BITRATE = 6_000_000;
/** A connection that is not there by then deserves a hint. */
const HINT_MS = 4000;
/** How long a camera that a lock screen muted may take to come back by itself. */
const UNMUTE_MS = 1500;
const STATS_MS = 1000;

/** @typedef {'ready'|'asking'|'connecting'|'live'|'reconnecting'|'paused'|'stopped'|'error'} State */

class PhonePage {
  #view = new View();
  #camera = new Camera();
  #microphone = new Microphone();
  #overlay = new Overlay(this.#view.canvas, this.#view.video);
  #wakeLock = new WakeLock();
  #stats = new SendStats();
  /** @type {WhipPublisher|null} */ #publisher = null;
  /** @type {Control|null} */ #control = null;
  /** Where the picture and the sound go out of the connection in use. @type {{picture: RTCRtpSender, sound: RTCRtpSender}|null} */ #senders = null;
  /** @type {State} */ #state = 'ready';
  /** Paused because the page is hidden, or because the computer asked. */ #paused = { here: false, there: false };
  /** Only one change of the camera at a time. @type {Promise<void>} */ #cameraWork = Promise.resolve();
  #hintTimer = 0;

  constructor() {
    this.#view.listen({
      start: () => this.#start(),
      stop: () => this.#stop(),
      flip: () => this.#change(() => this.#camera.flip()),
      camera: (id) => this.#change(() => this.#camera.choose({ facing: 'environment', id })),
      torch: (on) => this.#torch(on),
      zoom: (factor) => this.#zoom(((this.#camera.describe() || {}).zoom || {}).value * factor),
      microphone: (on) => this.#listen(on),
      code: (code) => this.#code(code),
    });
    this.#camera.onended = () => this.#cameraEnded();
    this.#microphone.onended = () => this.#listen(false);
    document.addEventListener('visibilitychange', () => this.#visibility());
    window.addEventListener('pagehide', () => this.#leave());
    window.addEventListener('pageshow', ({ persisted }) => persisted && this.#returned());
    window.addEventListener('online', () => this.#publisher && this.#publisher.nudge(true));
    window.addEventListener('hashchange', () => location.reload());
    setInterval(() => this.#showStats(), STATS_MS);
    if (token()) this.#enter('ready', words.card.ready);
    else this.#fail('no-token');
  }

  /** @param {State} state @param {import('./view.js').Card} [card] @param {{error?: string, text?: string}} [more] */
  #enter(state, card, more) {
    this.#state = state;
    this.#wakeLock.keep(['connecting', 'live', 'reconnecting'].includes(state));
    this.#view.show(state, card, more);
  }

  /** Ends everything with words of what to do. @param {string} code one of words.errors */
  #fail(code) {
    this.#end();
    this.#enter('error', words.errors[code], { error: code });
  }

  async #start() {
    if (!token()) return this.#fail('no-token');
    this.#paused = { here: false, there: false };
    this.#enter('asking', words.card.asking);
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
      prepare: (pc) => this.#prepare(pc),
      onState: (state, error) => this.#publishing(state, error),
    });
    this.#publisher.start();
  }

  /** Puts the camera and the channels on a new connection. @param {RTCPeerConnection} pc */
  #prepare(pc) {
    const { track, stream } = this.#camera;
    const transceiver = pc.addTransceiver(track || 'video', {
      direction: 'sendonly', streams: stream ? [stream] : [], sendEncodings: [{ maxBitrate: MAX_BITRATE }],
    });
    prefer(transceiver, new URLSearchParams(location.search).get('codec'));
    balance(transceiver.sender);
    // WHIP has no way to add a section later, so the one for sound is there from the beginning, with nothing in it while the microphone is off.
    const sound = pc.addTransceiver(this.#microphone.track || 'audio', { direction: 'sendonly', streams: stream ? [stream] : [] });
    this.#senders = { picture: transceiver.sender, sound: sound.sender };

    const detections = pc.createDataChannel('detections', { ordered: false, maxRetransmits: 0 });
    detections.addEventListener('message', ({ data }) => {
      if (this.#state === 'live') this.#overlay.show(parse(data));
    });
    const channel = pc.createDataChannel('control');
    // The other side closes its channels when it ends the session: nothing tells us sooner.
    channel.addEventListener('close', () => this.#publisher && this.#publisher.lost(pc));
    const control = new Control(channel, {
      set: (want) => this.#set(want),
      notice: ({ recording, watchers }) => {
        this.#view.recording(recording);
        this.#view.watchers(watchers);
      },
      model: (model) => this.#model(model),
      bye: (reason) => this.#bye(reason),
    }, async () => {
      await control.hello(await this.#camera.list());
      control.camera(this.#camera.describe(), this.#microphone.on);
      if (this.#isPaused) control.paused(true);
    });
    this.#control = control;
  }

  /** @param {'connecting'|'live'|'reconnecting'|'failed'} state @param {import('./whip.js').WhipError} [error] */
  #publishing(state, error) {
    clearTimeout(this.#hintTimer);
    if (state === 'failed') return error && error.code !== 'ended' ? this.#fail(error.code) : this.#bye('');
    if (state !== 'live') this.#view.recording(false);
    if (this.#isPaused) {
      this.#applyPause();
      return;
    }
    this.#enter(state);
    if (state === 'live') this.#view.notice('');
    else if (error) this.#view.notice(words.hint[error.code], true);
    else {
      const hint = state === 'connecting' ? words.hint.approve : words.hint.unreachable;
      this.#hintTimer = setTimeout(() => this.#view.notice(hint, true), HINT_MS);
    }
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
    // A refusal means only that the preview waits for a touch; what is sent does not depend on it.
    video.play().catch(() => {});
    this.#view.cameras(await this.#camera.list(), (this.#camera.describe() || { id: '' }).id);
  }

  /** Changes the camera under a running connection. @param {() => Promise<boolean>} work whether the wish came true */
  #change(work) {
    this.#cameraWork = this.#cameraWork.then(async () => {
      if (!this.#publisher) return;
      try {
        if (!(await work())) this.#view.notice(words.hint.flipFailed);
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

  /** Gives the connection the open camera and microphone, or nothing while paused: then not even a black picture is sent. */
  async #send() {
    if (!this.#senders) return;
    const { picture, sound } = this.#senders;
    const paused = this.#isPaused;
    try {
      await Promise.all([
        picture.replaceTrack(paused ? null : this.#camera.track),
        sound.replaceTrack(paused ? null : this.#microphone.track),
      ]);
    } catch {
      // The connection was closed meanwhile; the next one begins with this camera.
    }
  }

  #cameraEnded() {
    if (!this.#publisher || this.#paused.here) return; // On return a camera that ended is opened again.
    this.#change(async () => Boolean(await this.#camera.open()));
  }

  /** @param {boolean} on */
  async #torch(on) {
    try {
      await this.#camera.setTorch(on);
    } catch {
      this.#view.notice(words.hint.torchFailed);
    }
    this.#tell();
  }

  /** @param {number} value */
  async #zoom(value) {
    if (!Number.isFinite(value)) return;
    await this.#camera.setZoom(value).catch(() => {}); // The camera stays as it is, and so does what is shown.
    this.#tell();
  }

  /** Switches the microphone. Without it the picture goes on. @param {boolean} on */
  async #listen(on) {
    if (on) {
      try {
        await this.#microphone.open();
      } catch {
        this.#view.notice(words.hint.microphoneFailed);
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
    if (this.#control) this.#control.camera(camera, this.#microphone.on);
  }

  // What the computer says.

  /** @param {any} want */
  async #set(want) {
    if (typeof want.camera === 'string' && want.camera) await this.#change(() => this.#camera.choose({ facing: 'environment', id: want.camera }));
    else if (want.facing === 'user' || want.facing === 'environment') await this.#change(() => this.#camera.choose({ facing: want.facing }));
    else if (want.flip === true) await this.#change(() => this.#camera.flip());
    if (want.width !== undefined || want.height !== undefined || want.fps !== undefined) {
      await this.#camera.setSize(want).catch(() => {}); // The camera keeps what it had, and #tell says so.
    }
    if (typeof want.torch === 'boolean') await this.#torch(want.torch);
    if (want.zoom !== undefined) await this.#zoom(Number(want.zoom));
    // From afar a microphone can only be switched off: whether it listens is for who holds the phone to say.
    if (want.microphone === false && this.#microphone.on) await this.#listen(false);
    if (typeof want.paused === 'boolean') {
      this.#paused.there = want.paused;
      await this.#applyPause();
    }
    this.#tell();
  }

  /** @param {{name: string, state: string, text: string, colours: unknown}} model */
  #model({ name, state, text, colours }) {
    useColours(colours);
    this.#view.model(state === 'ready' ? name : text || name);
    if (state === 'loading') this.#view.notice(words.hint.modelLoading);
    if (state === 'failed') this.#view.notice(words.hint.modelFailed);
    if (state === 'ready') this.#view.notice('');
  }

  /** @param {string} reason */
  #bye(reason) {
    this.#end();
    this.#enter('stopped', words.card.ended(reason));
  }

  // Coming and going.

  get #isPaused() {
    return this.#paused.here || this.#paused.there;
  }

  async #applyPause() {
    if (!this.#publisher) return;
    const paused = this.#isPaused;
    if (paused) {
      this.#enter('paused', undefined, { text: this.#paused.here ? words.pausedHere : words.pausedThere });
    } else if (this.#state === 'paused') {
      const pc = this.#publisher.connection;
      this.#enter(pc && pc.connectionState === 'connected' ? 'live' : 'reconnecting');
      this.#publisher.nudge();
    }
    await this.#send();
    if (this.#control) this.#control.paused(paused);
  }

  async #visibility() {
    if (!this.#publisher) return;
    this.#paused.here = document.visibilityState === 'hidden';
    if (!this.#paused.here) await this.#wakeCamera();
    await this.#applyPause();
  }

  /** After the lock screen a phone may have ended the camera, or leave it muted for good. */
  async #wakeCamera() {
    const { track } = this.#camera;
    if (track && track.readyState === 'live' && track.muted) {
      await new Promise((resolve) => {
        track.addEventListener('unmute', resolve, { once: true });
        setTimeout(resolve, UNMUTE_MS);
      });
    }
    if (track && track.readyState === 'live' && !track.muted) {
      this.#view.video.play().catch(() => {}); // As in #preview.
      return;
    }
    if (document.visibilityState === 'visible') await this.#change(async () => Boolean(await this.#camera.open()));
  }

  #stop() {
    if (this.#control) this.#control.bye();
    this.#end();
    this.#enter('stopped', words.card.stopped);
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
    if (this.#publisher) {
      this.#end();
      this.#start();
    }
  }

  #end() {
    clearTimeout(this.#hintTimer);
    if (this.#publisher) this.#publisher.stop();
    this.#publisher = null;
    this.#control = null;
    this.#senders = null;
    this.#camera.close();
    this.#microphone.close();
    this.#view.microphone(false);
    this.#overlay.stop();
    this.#view.video.srcObject = null;
  }

  /** @param {string} code @returns {boolean} */
  #code(code) {
    if (!isToken(code)) return false;
    // The same code again changes nothing in the address, so no event would come of it.
    if (location.hash === `#${code}`) location.reload();
    else location.hash = code;
    return true;
  }

  async #showStats() {
    const pc = this.#publisher && this.#publisher.connection;
    if (pc && this.#view.detailed) this.#view.stats(await this.#stats.line(pc));
  }
}

/** @param {unknown} data @returns {any} */
function parse(data) {
  try {
    return typeof data === 'string' && data.length < 65536 ? JSON.parse(data) : null;
  } catch {
    return null;
  }
}

/**
 * Puts one codec first, for tests by `?codec=`. Without it the browser's own order stands: it knows what its hardware encodes.
 *
 * @param {RTCRtpTransceiver} transceiver
 * @param {string|null} codec for example "vp8"
 */
function prefer(transceiver, codec) {
  if (!codec || !transceiver.setCodecPreferences) return;
  const all = (RTCRtpReceiver.getCapabilities('video') || { codecs: [] }).codecs;
  const wanted = all.filter((c) => c.mimeType.toLowerCase() === `video/${codec.toLowerCase()}`);
  if (wanted.length) transceiver.setCodecPreferences([...wanted, ...all.filter((c) => !wanted.includes(c))]);
}

/**
 * When the path is narrow, gives up some sharpness and some rhythm. Neither alone is right: keeping the rate takes pictures down to 240
 * lines, where a detector finds little, and keeping the size takes the rate down to where boxes lag behind. Browsers that do not
 * know the wish go by the track's content hint.
 *
 * @param {RTCRtpSender} sender
 */
function balance(sender) {
  const parameters = sender.getParameters();
  /** @type {any} */ (parameters).degradationPreference = 'balanced';
  sender.setParameters(parameters).catch(() => {}); // As said: the hint remains.
}

speak().then(() => new PhonePage());
