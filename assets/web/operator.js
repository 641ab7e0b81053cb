// Works the camera and the microphone, for whoever holds the phone and for the computer.

import { Camera, CameraError } from './camera.js';
import { messages } from './messages.js';
import { Microphone } from './microphone.js';

/**
 * @typedef {object} Page what the page does for it
 * @property {() => boolean} publishing whether there is any use for a camera
 * @property {() => Promise<void>} send sends the tracks that are open now
 * @property {() => Promise<void>|undefined} resized
 * @property {() => void} tell tells the computer how camera and microphone are set
 * @property {(code: CameraError['code']) => void} fail
 */

/** Changes them under a running connection, and shows how they are set. */
export class Operator {
  camera = new Camera();
  microphone = new Microphone();
  #view;
  #page;
  /** Only one change of the camera at a time. @type {Promise<void>} */ #work = Promise.resolve();

  /** @param {import('./view.js').View} view @param {Page} page */
  constructor(view, page) {
    this.#view = view;
    this.#page = page;
    this.microphone.onended = () => this.listen(false);
  }

  close() {
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
    this.#view.choices(await this.camera.list(), this.camera.sizes());
    this.tell();
  }

  /** Opens the camera again after it has ended. */
  reopen() {
    return this.#change(async () => Boolean(await this.camera.open()));
  }

  /** After the lock screen a phone may have ended the camera, or leave it muted for good. */
  async wake() {
    if (await this.camera.wakes()) this.#view.play();
    else if (document.visibilityState === 'visible') await this.reopen();
  }

  flip() {
    return this.#change(() => this.camera.flip());
  }

  /** @param {import('./camera.js').Choice} choice */
  choose(choice) {
    return this.#change(() => this.camera.choose(choice));
  }

  /** @param {() => Promise<boolean>} work returns whether it did what was asked for */
  #change(work) {
    this.#work = this.#work.then(async () => {
      if (!this.#page.publishing()) return;
      try {
        if (!(await work())) this.#view.notice(messages.hint.flipFailed);
      } catch (err) {
        return this.failed(err);
      }
      if (!this.#page.publishing()) return this.camera.close();
      await this.#page.send();
      await this.preview();
    });
    return this.#work;
  }

  /** @param {Record<string, unknown>} want see Camera.setSize */
  async resize(want) {
    await this.camera.setSize(want).catch(() => {}); // It keeps what it had, and tell says so.
    await this.#page.resized();
    this.tell();
  }

  /** @param {number} size see Camera.setUsable */
  async suit(size) {
    if (!(await this.camera.setUsable(size).catch(() => false))) return;
    await this.#page.resized();
    this.tell();
  }

  /** @param {boolean} on */
  async torch(on) {
    try {
      await this.camera.setTorch(on);
    } catch {
      this.#view.notice(messages.hint.torchFailed);
    }
    this.tell();
  }

  /** @param {number} factor */
  zoomBy(factor) {
    return this.#zoom((this.camera.describe()?.zoom?.value ?? NaN) * factor);
  }

  /** @param {number} value */
  async #zoom(value) {
    if (!Number.isFinite(value)) return;
    // On failure the camera stays as it is, and so does what is shown.
    await this.camera.setZoom(value).catch(() => {});
    this.tell();
  }

  /** Switches the microphone. Without it the video goes on. @param {boolean} on */
  async listen(on) {
    if (on) {
      try {
        await this.microphone.open();
      } catch {
        this.#view.notice(messages.hint.microphoneFailed);
      }
    }
    // The user may have left while the browser asked.
    if (!on || !this.#page.publishing()) this.microphone.close();
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
    if (zoom !== undefined) await this.#zoom(Number(zoom));
    // The computer can only switch the microphone off: on is for whoever holds the phone.
    if (want.microphone === false && this.microphone.on) await this.listen(false);
  }

  /** Shows and tells the computer how camera and microphone are set. */
  tell() {
    this.#view.camera(this.camera.describe());
    this.#view.microphone(this.microphone.on);
    this.#page.tell();
  }
}
