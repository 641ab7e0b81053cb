// Works the camera and the microphone, for whoever holds the phone and for the computer.

import { Camera, CameraError } from './camera.js';
import { messages } from './messages.js';
import { Microphone } from './microphone.js';

/**
 * @typedef {object} Page what the page does for it
 * @property {() => boolean} publishing whether there is any use for a camera
 * @property {() => boolean} off whether somebody wants camera and microphone to be off for now
 * @property {() => boolean} hidden whether the page is in the background
 * @property {() => Promise<void>} send sends the tracks that are open now
 * @property {() => Promise<void>|undefined} resized
 * @property {(refused?: Refused) => void} tell tells the computer how camera and microphone are
 *   set, and what could not be done
 * @property {(muted: boolean) => void} muted hears when something else holds the camera
 * @property {() => void} asleep the camera does not open again by itself
 * @property {(code: CameraError['code']) => void} fail
 */
/** @typedef {'camera'|'torch'|'zoom'|'size'} Refused as the `camera` message says it */

/** Changes them under a running connection, and shows how they are set. */
export class Operator {
  camera = new Camera();
  microphone = new Microphone();
  #view;
  #page;
  /** Only one change of the camera at a time. @type {Promise<void>} */ #work = Promise.resolve();
  /** The zoom that is wanted while the camera is still at an earlier one. */ #zoomTo = NaN;
  #zooming = false;
  /** The microphone was on before the pause. */ #hushed = false;

  /** @param {import('./view.js').View} view @param {Page} page */
  constructor(view, page) {
    this.#view = view;
    this.#page = page;
    this.microphone.onended = () => this.listen(false);
    this.camera.onmuted = (muted) => page.muted(muted);
    // When the page comes back, a camera that ended meanwhile is opened again.
    this.camera.onended = () => page.hidden() || page.off() || this.settle();
  }

  close() {
    this.#hushed = false;
    this.camera.close();
    this.microphone.close();
  }

  /** @param {unknown} err of the camera */
  failed(err) {
    this.#page.fail(err instanceof CameraError ? err.code : 'failed');
  }

  /** Shows the open camera, and what there is to choose from. */
  async preview() {
    this.#view.preview(this.camera.stream, this.camera.facing === 'user');
    this.#view.controls.choices(await this.camera.list(), this.camera.sizes());
    this.tell();
  }

  /**
   * Has camera and microphone on or off, as the pauses are. After the lock screen a phone may have
   * ended the camera, or leave it muted for good: then it is opened again.
   *
   * @param {boolean} [tapped] the user has asked for it just now, so that the browser may ask back
   */
  settle(tapped = false) {
    return this.#enqueue(async () => {
      if (this.#page.off()) return this.#rest();
      if (this.#page.hidden()) return;
      const open = await this.camera.wakes();
      if (this.#page.off() || this.#page.hidden()) return;
      try {
        if (!open) await this.camera.open();
        else if (!this.#hushed) return this.#view.play();
      } catch (err) {
        const { code } = /** @type {CameraError} */ (err);
        if (tapped || code === 'missing') return this.failed(err);
        // Without a tap some browsers refuse, and what holds the camera may let it go.
        this.#page.asleep();
        return;
      }
      await this.#wakeMicrophone();
      await this.#use();
    });
  }

  /** Switches everything off until settle finds no pause any more. */
  async #rest() {
    this.#hushed = this.#hushed || this.microphone.on;
    this.camera.close();
    this.microphone.close();
    this.#view.preview(null, false);
    this.tell();
  }

  async #wakeMicrophone() {
    if (!this.#hushed) return;
    this.#hushed = false;
    await this.microphone.open().catch(() => this.#view.notice(messages.hint.microphoneFailed));
  }

  /** Sends and shows what is open now. */
  async #use() {
    if (!this.#page.publishing()) return this.close();
    if (this.#page.off()) return this.#rest();
    await this.#page.send();
    await this.preview();
  }

  flip() {
    return this.#change(() => this.camera.flip(), { facing: this.camera.otherSide });
  }

  /** @param {import('./choice.js').Choice} choice */
  choose(choice) {
    return this.#change(() => this.camera.choose(choice), choice);
  }

  /**
   * @param {() => Promise<boolean>} work returns whether it did what was asked for
   * @param {import('./choice.js').Choice} choice what a camera that is off is to be when it is next
   *   on
   */
  #change(work, choice) {
    return this.#enqueue(async () => {
      if (this.#page.off()) {
        this.camera.remember(choice);
        return this.tell();
      }
      let done = false;
      try {
        done = await work();
      } catch (err) {
        return this.failed(err);
      }
      if (!done) this.#view.notice(messages.hint.flipFailed);
      await this.#use();
      if (!done) this.#page.tell('camera');
    });
  }

  /** @param {() => Promise<void>} work runs when what was asked for before is done */
  #enqueue(work) {
    this.#work = this.#work.then(() => (this.#page.publishing() ? work() : undefined));
    return this.#work;
  }

  /** @param {Record<string, unknown>} want see Camera.setSize */
  async resize(want) {
    // On failure it keeps what it had, and tell says so.
    const refused = await done(this.camera.setSize(want)) ? undefined : 'size';
    if (refused) this.#view.notice(messages.hint.sizeFailed);
    await this.#page.resized();
    this.tell(refused);
  }

  /** @param {number} size see Camera.setUsable */
  async suit(size) {
    if (!(await this.camera.setUsable(size).catch(() => false))) return;
    await this.#page.resized();
    this.tell();
  }

  /** @param {boolean} on */
  async torch(on) {
    const refused = await done(this.camera.setTorch(on)) ? undefined : 'torch';
    if (refused) this.#view.notice(messages.hint.torchFailed);
    this.tell(refused);
  }

  /**
   * Fingers ask faster than cameras do it: only the newest wish counts.
   *
   * @param {number} value
   */
  async zoom(value) {
    this.#zoomTo = value;
    if (this.#zooming) return;
    this.#zooming = true;
    let well = true;
    while (!Number.isNaN(this.#zoomTo)) {
      const next = this.#zoomTo;
      this.#zoomTo = NaN;
      // On failure the camera stays as it is, and so does what is shown.
      well = await done(this.camera.setZoom(next));
      this.tell(well ? undefined : 'zoom');
    }
    this.#zooming = false;
  }

  /** Switches the microphone. Without it the video goes on. @param {boolean} on */
  async listen(on) {
    this.#hushed = false;
    if (on) {
      try {
        await this.microphone.open();
      } catch {
        this.#view.notice(messages.hint.microphoneFailed);
      }
    }
    // The user may have left while the browser asked.
    if (!on || !this.#page.publishing()) this.microphone.close();
    if (this.#page.off()) await this.#rest();
    await this.#page.send();
    this.tell();
  }

  /** Does what the computer asks for. @param {Record<string, unknown>} want see Commands.set */
  async obey(want) {
    const { camera: id, facing, torch, zoom } = want;
    if (typeof id === 'string' && id) {
      await this.choose({ facing: 'environment', id });
    } else if (facing === 'user' || facing === 'environment') {
      await this.choose({ facing });
    } else if (want.flip === true) {
      await this.flip();
    }
    const { width, height, fps, automatic } = want;
    if ([width, height, fps, automatic].some((v) => v !== undefined)) await this.resize(want);
    if (typeof torch === 'boolean') await this.torch(torch);
    if (typeof zoom === 'number' && zoom > 0) await this.zoom(zoom);
    // The computer can only switch the microphone off: on is for whoever holds the phone.
    if (want.microphone === false && (this.microphone.on || this.#hushed)) await this.listen(false);
  }

  /**
   * Shows and tells the computer how camera and microphone are set.
   *
   * @param {Refused} [refused] what could not be done
   */
  tell(refused) {
    this.#view.controls.camera(this.camera.describe());
    this.#view.controls.microphone(this.microphone.on);
    this.#page.tell(refused);
  }
}

/** @param {Promise<unknown>} work @returns {Promise<boolean>} whether it did not fail */
const done = (work) => work.then(() => true, () => false);
