// The phone's cameras: open, flip, choose, light and zoom.

import { store, stored } from './choice.js';
import { facingOf, namedLenses } from './lenses.js';

/** The sizes and rates on offer, beside the automatic one. @type {Readonly<Size>[]} */
const SIZES = [
  { width: 640, height: 360, fps: 30 }, { width: 1280, height: 720, fps: 30 },
  { width: 1280, height: 720, fps: 60 }, { width: 1920, height: 1080, fps: 30 },
];
/** What is asked of the camera without a wish: a picture that people find sharp. */
const USUAL = SIZES[1];
/** The same for a detector that makes use of more. */
const LARGE = SIZES[3];
/** How many pixels along the longer side a detector makes use of that has not told. */
const USABLE = 640;
/** How long a camera that a lock screen muted may take to come back by itself. */
const UNMUTE_MS = 1500;
/** A camera that is muted for longer is held by something else. A busy phone stumbles as well. */
const MUTED_MS = 1000;

/** Why there is no video. */
export class CameraError extends Error {
  /**
   * @param {'denied'|'missing'|'busy'|'constraints'|'insecure'|'unsupported'|'failed'} code
   * @param {unknown} [cause]
   */
  constructor(code, cause) {
    super(code);
    this.code = code;
    this.cause = cause;
  }
}

/** What browsers call the reasons. @type {Record<string, CameraError['code']>} */
const CODES = {
  NotAllowedError: 'denied', SecurityError: 'denied', NotFoundError: 'missing',
  NotReadableError: 'busy', AbortError: 'busy', OverconstrainedError: 'constraints',
};

/** @typedef {import('./choice.js').Facing} Facing */
/** @typedef {import('./choice.js').Choice} Choice */
/** @typedef {{width: number, height: number, fps: number}} Size in pixels, and frames a second */
/**
 * @typedef {object} Description what the open camera is and can do, as the `camera` message of the
 *   control channel says it
 * @property {string} id
 * @property {string} label
 * @property {Facing|''} facing '' when the browser does not tell
 * @property {number} width in pixels
 * @property {number} height in pixels
 * @property {number} fps
 * @property {Size|null} asked the size and rate that somebody asked for; null: automatic
 * @property {boolean|null} torch whether the light is on; null: there is none
 * @property {{min: number, max: number, value: number}|null} zoom null: there is none
 */

/** One camera at a time. */
export class Camera {
  /** @type {MediaStream|null} */ #stream = null;
  /** @type {Choice} */ #choice = stored();
  /** The names that people know, by id. @type {Map<string, string>} */ #names = new Map();
  /** What somebody asked for. @type {Size|null} */ #asked = null;
  /** Pixels along the longer side that the detector makes use of. */ #usable = USABLE;
  #torch = false;
  #zoom = 0;
  /** @type {Description|null} */ #described = null;

  /** Called when the open one ends without our doing, as when a call takes it or it is unplugged.
   * @type {() => void} */
  onended = () => {};

  /** Called when something else holds the open one, and when it is free again.
   * @type {(muted: boolean) => void} */
  onmuted = () => {};

  get stream() {
    return this.#stream;
  }

  get track() {
    return this.#stream?.getVideoTracks()[0] || null;
  }

  /** @returns {Facing|''} which way the open camera looks; '' when the browser does not tell */
  get facing() {
    const { track } = this;
    if (!track) return '';
    const { facingMode } = track.getSettings();
    return facingMode === 'user' || facingMode === 'environment'
      ? facingMode : facingOf(track.label);
  }

  /** @returns {Facing} which way another camera than the chosen one would look */
  get otherSide() {
    return this.#choice.facing === 'user' ? 'environment' : 'user';
  }

  /**
   * Opens the camera that was chosen last, at first the rear one.
   *
   * @param {Choice} [choice] another one, remembered when it opens
   * @returns {Promise<MediaStreamTrack>}
   * @throws {CameraError}
   */
  async open(choice = this.#choice) {
    if (!window.isSecureContext) throw new CameraError('insecure');
    if (!navigator.mediaDevices?.getUserMedia || !window.RTCPeerConnection) {
      throw new CameraError('unsupported');
    }
    // Phones open one camera at a time: with the old one still open the new one is "in use".
    this.close();
    try {
      this.#stream = await this.#ask(choice);
    } catch (err) {
      throw new CameraError(CODES[/** @type {Error} */ (err).name] || 'failed', err);
    }
    const { track } = this;
    if (!track) throw new CameraError('failed');
    track.addEventListener('ended', () => {
      if (track === this.track) this.onended();
    });
    this.#watchMute(track);
    this.#torch = false;
    this.#zoom = settings(track).zoom || 0;
    this.remember({ ...choice, facing: this.facing || choice.facing });
    return track;
  }

  /** Notes what to open the next time. @param {Choice} choice */
  remember(choice) {
    this.#choice = choice;
    store(choice);
  }

  /** @param {MediaStreamTrack} track */
  #watchMute(track) {
    let timer = 0;
    const look = () => {
      clearTimeout(timer);
      if (track !== this.track) return;
      if (!track.muted) this.onmuted(false);
      else timer = setTimeout(() => track === this.track && this.onmuted(track.muted), MUTED_MS);
    };
    track.addEventListener('mute', look);
    track.addEventListener('unmute', look);
    look();
  }

  /** @param {Choice} choice @returns {Promise<MediaStream>} */
  async #ask(choice) {
    const size = this.#constraints;
    const side = { ...size, facingMode: { ideal: choice.facing } };
    /** @param {MediaTrackConstraints} video */
    const get = (video) => navigator.mediaDevices.getUserMedia({ video, audio: false });
    if (!choice.id) return get(side);
    try {
      return await get({ ...size, deviceId: { exact: choice.id } });
    } catch (err) {
      // Some browsers give cameras new ids on each visit, so the remembered one may be unknown.
      const { name } = /** @type {Error} */ (err);
      if (CODES[name] !== 'constraints' && CODES[name] !== 'missing') throw err;
      delete choice.id;
      return get(side);
    }
  }

  /**
   * Opens the camera on the other side; when that fails, the one before.
   *
   * @returns {Promise<boolean>} whether it is another one now
   * @throws {CameraError} when even the one before is gone
   */
  flip() {
    return this.choose({ facing: this.otherSide });
  }

  /** As flip, for that very camera. @param {Choice} choice @returns {Promise<boolean>} */
  async choose(choice) {
    const before = this.#choice;
    try {
      await this.open(choice);
      return true;
    } catch (err) {
      if (/** @type {CameraError} */ (err).code === 'denied') throw err;
      await this.open(before);
      return false;
    }
  }

  /**
   * @returns {Promise<ReturnType<typeof namedLenses>>} the cameras; names need the user's consent
   *   first
   */
  async list() {
    const devices = (await navigator.mediaDevices?.enumerateDevices?.()) || [];
    const lenses = namedLenses(devices.filter((d) => d.kind === 'videoinput' && d.deviceId)
      .map(({ deviceId: id, label }) => ({ id, label })));
    this.#names = new Map(lenses.map(({ id, label }) => [id, label]));
    return lenses;
  }

  /**
   * @returns {Description|null} of a camera that is off for now: what is to be when it is next on;
   *   null before one was open
   */
  describe() {
    const { track } = this;
    if (track) this.#described = this.#describe(track);
    else if (this.#described) {
      const { id = '', facing } = this.#choice;
      const same = !id && facing === this.#described.facing;
      this.#described = {
        ...this.#described, facing, asked: this.#asked,
        ...(same ? {} : { id, label: this.#names.get(id) || '' }),
        torch: this.#described.torch === null ? null : false,
      };
    }
    return this.#described;
  }

  /** @param {MediaStreamTrack} track @returns {Description} */
  #describe(track) {
    const is = settings(track);
    const { torch, zoom } = capabilities(track);
    return {
      id: is.deviceId || '', label: this.#names.get(is.deviceId || '') || track.label,
      facing: this.facing,
      width: is.width || 0, height: is.height || 0, fps: Math.round(is.frameRate || 0),
      asked: this.#asked,
      torch: torch ? this.#torch : null,
      zoom: zoom && zoom.min > 0 && zoom.max > zoom.min ? {
        min: zoom.min, max: zoom.max, value: this.#zoom || is.zoom || zoom.min,
      } : null,
    };
  }

  /** @param {boolean} on @throws {CameraError} when this camera has no light to switch */
  async setTorch(on) {
    if (!this.track || this.describe()?.torch === null) throw new CameraError('constraints');
    await this.#apply({ torch: on });
    this.#torch = on;
  }

  /**
   * @param {number} value is brought into the camera's range
   * @throws {CameraError} when this camera has no zoom
   */
  async setZoom(value) {
    const zoom = this.describe()?.zoom;
    if (!this.track || !zoom) throw new CameraError('constraints');
    const want = Math.min(zoom.max, Math.max(zoom.min, value));
    await this.#apply({ zoom: want });
    this.#zoom = want;
  }

  /** @returns {Size} what the camera is asked for */
  get #size() {
    return this.#asked || (this.#usable > USUAL.width ? LARGE : USUAL);
  }

  /** @returns {MediaTrackConstraints} */
  get #constraints() {
    const { width, height, fps } = this.#size;
    return {
      width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: fps },
      // A size of the camera itself, not one that the browser cuts out of a larger frame, unless
      // somebody wants it so.
      ...(this.#asked ? {} : { resizeMode: 'none' }),
    };
  }

  /** @returns {number} pixels along the longer side that the detector makes use of */
  get usable() {
    return this.#usable;
  }

  /** @returns {Size[]} the sizes and rates on offer that the open camera can do */
  sizes() {
    const { track } = this;
    const { width, height, frameRate } = track ? capabilities(track) : {};
    const most = Math.max(width?.max || 0, height?.max || 0);
    return SIZES.filter((size) => (!most || size.width <= most) &&
      (!frameRate?.max || size.fps <= Math.ceil(frameRate.max)));
  }

  /**
   * Asks for another size or rate; what is left out or makes no sense stays. The automatic one
   * follows what the detector makes use of.
   *
   * @param {{width?: unknown, height?: unknown, fps?: unknown, automatic?: unknown}} want
   */
  async setSize({ width, height, fps, automatic }) {
    const size = this.#size;
    const before = this.#asked;
    this.#asked = automatic === true ? null : {
      width: within(width, 7680) ?? size.width,
      height: within(height, 7680) ?? size.height,
      fps: within(fps, 240) ?? size.fps,
    };
    try {
      await this.track?.applyConstraints(this.#constraints);
    } catch (err) {
      this.#asked = before;
      throw new CameraError('constraints', err);
    }
  }

  /**
   * Goes by what the detector makes use of, unless somebody asked for a size.
   *
   * @param {number} usable pixels along the longer side; 0: unknown
   * @returns {Promise<boolean>} whether the camera was asked for another size
   */
  async setUsable(usable) {
    const before = this.#size;
    this.#usable = usable || USABLE;
    if (this.#size === before) return false;
    await this.track?.applyConstraints(this.#constraints);
    return true;
  }

  /**
   * Gives a camera that a lock screen muted some time to come back.
   *
   * @returns {Promise<boolean>} whether it delivers frames
   */
  async wakes() {
    const { track } = this;
    if (track?.readyState === 'live' && track.muted) {
      await new Promise((resolve) => {
        track.addEventListener('unmute', resolve, { once: true });
        setTimeout(resolve, UNMUTE_MS);
      });
    }
    return Boolean(track) && track?.readyState === 'live' && !track.muted;
  }

  close() {
    for (const track of this.#stream?.getTracks() || []) track.stop();
    this.#stream = null;
  }

  /** @param {Record<string, unknown>} constraint */
  async #apply(constraint) {
    try {
      await this.track?.applyConstraints({ advanced: [constraint] });
    } catch (err) {
      throw new CameraError('constraints', err);
    }
  }
}

/** The settings, with the zoom of those that have one. @param {MediaStreamTrack} track
 * @returns {MediaTrackSettings & {zoom?: number}} */
const settings = (track) => track.getSettings();

/** Firefox has no getCapabilities for tracks before version 132. @param {MediaStreamTrack} track
 * @returns {MediaTrackCapabilities & {torch?: boolean, zoom?: {min: number, max: number}}} */
const capabilities = (track) => /** @type {any} */ (track.getCapabilities?.() || {});

/** @param {unknown} value @param {number} most @returns {number|undefined} a number in 0..most */
function within(value, most) {
  return typeof value === 'number' && value > 0 && value <= most ? value : undefined;
}
