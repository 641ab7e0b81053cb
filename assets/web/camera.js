// The phone's cameras: open, flip, choose, light and zoom.

const STORED = 'handlens.camera';
const WIDTH = 1280;
const HEIGHT = 720;
const FRAME_RATE = 30;

/** Why there is no picture. */
export class CameraError extends Error {
  /** @param {'denied'|'missing'|'busy'|'constraints'|'insecure'|'unsupported'|'failed'} code @param {unknown} [cause] */
  constructor(code, cause) {
    super(code);
    this.code = code;
    this.cause = cause;
  }
}

/** What browsers call the reasons; the older names are still thrown by some. @type {Record<string, CameraError['code']>} */
const CODES = {
  NotAllowedError: 'denied', PermissionDeniedError: 'denied', SecurityError: 'denied',
  NotFoundError: 'missing', DevicesNotFoundError: 'missing',
  NotReadableError: 'busy', TrackStartError: 'busy', AbortError: 'busy',
  OverconstrainedError: 'constraints', ConstraintNotSatisfiedError: 'constraints',
};

/** @typedef {{facing: 'environment'|'user', id?: string}} Choice which side, and which camera exactly when one was picked */

/** One camera at a time. */
export class Camera {
  /** @type {MediaStream|null} */ #stream = null;
  /** @type {Choice} */ #choice = stored();
  #size = { width: WIDTH, height: HEIGHT, frameRate: FRAME_RATE };
  #torch = false;
  #zoom = 0;

  /** Called when the open camera ends without our doing, for example unplugged or taken by a call. @type {() => void} */
  onended = () => {};

  /** @returns {MediaStream|null} */
  get stream() {
    return this.#stream;
  }

  /** @returns {MediaStreamTrack|null} */
  get track() {
    return this.#stream ? this.#stream.getVideoTracks()[0] || null : null;
  }

  /** Which way the open camera looks; '' when the browser does not tell. @returns {'environment'|'user'|''} */
  get facing() {
    const { track } = this;
    return track ? track.getSettings().facingMode || facingOf(track.label) : '';
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
    if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia || !window.RTCPeerConnection) throw new CameraError('unsupported');
    // Phones open one camera at a time: with the old one still open the new one is "in use".
    this.close();
    try {
      this.#stream = await this.#ask(choice);
    } catch (err) {
      throw new CameraError(CODES[/** @type {Error} */ (err).name] || 'failed', err);
    }
    const { track } = this;
    track.addEventListener('ended', () => {
      if (track === this.track) this.onended();
    });
    // The encoder should expect movement, as of a film, rather than the still detail of a shared screen.
    if ('contentHint' in track) track.contentHint = 'motion';
    this.#torch = false;
    this.#zoom = track.getSettings().zoom || 0;
    this.#choice = { ...choice, facing: this.facing || choice.facing };
    store(this.#choice);
    return track;
  }

  /** @param {Choice} choice @returns {Promise<MediaStream>} */
  async #ask(choice) {
    const { width, height, frameRate } = this.#size;
    // "none": a size that the camera has itself, rather than one that the browser cuts out of a larger picture.
    const size = { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: frameRate }, resizeMode: 'none' };
    const side = { ...size, facingMode: { ideal: choice.facing } };
    const get = (video) => navigator.mediaDevices.getUserMedia({ video, audio: false });
    if (!choice.id) return get(side);
    try {
      return await get({ ...size, deviceId: { exact: choice.id } });
    } catch (err) {
      // Some browsers name their cameras anew with each visit, so the one that was remembered may be unknown.
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
    return this.choose({ facing: this.#choice.facing === 'user' ? 'environment' : 'user' });
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

  /** @returns {Promise<{id: string, label: string, facing: string}[]>} the cameras; labels need the user's consent first */
  async list() {
    if (!navigator.mediaDevices || !navigator.mediaDevices.enumerateDevices) return [];
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((d) => d.kind === 'videoinput' && d.deviceId).map((d) => ({ id: d.deviceId, label: d.label, facing: facingOf(d.label) }));
  }

  /** What the open camera is and can do, as the `camera` message of the control channel says it. */
  describe() {
    const { track } = this;
    if (!track) return null;
    const is = track.getSettings();
    const can = capabilities(track);
    return {
      id: is.deviceId || '', label: track.label, facing: this.facing,
      width: is.width || 0, height: is.height || 0, fps: Math.round(is.frameRate || 0),
      torch: can.torch ? this.#torch : null,
      zoom: can.zoom && can.zoom.max > can.zoom.min
        ? { min: can.zoom.min, max: can.zoom.max, step: can.zoom.step || 0.1, value: this.#zoom || is.zoom || can.zoom.min }
        : null,
    };
  }

  /** @param {boolean} on @throws {CameraError} when this camera has no light that can be switched */
  async setTorch(on) {
    await this.#apply({ torch: on });
    this.#torch = on;
  }

  /** @param {number} value is brought into the camera's range @returns {Promise<void>} */
  async setZoom(value) {
    const { zoom } = this.describe() || {};
    if (!zoom) return;
    const want = Math.min(zoom.max, Math.max(zoom.min, value));
    await this.#apply({ zoom: want });
    this.#zoom = want;
  }

  /** Asks for another size or rate; what is left out stays. @param {{width?: number, height?: number, fps?: number}} want */
  async setSize({ width, height, fps }) {
    const ok = (v, most) => Number.isFinite(v) && v > 0 && v <= most;
    if (ok(width, 7680)) this.#size.width = width;
    if (ok(height, 7680)) this.#size.height = height;
    if (ok(fps, 240)) this.#size.frameRate = fps;
    const { track } = this;
    if (!track) return;
    const { width: w, height: h, frameRate: f } = this.#size;
    await track.applyConstraints({ width: { ideal: w }, height: { ideal: h }, frameRate: { ideal: f } });
  }

  close() {
    if (this.#stream) for (const track of this.#stream.getTracks()) track.stop();
    this.#stream = null;
  }

  /** @param {Record<string, unknown>} constraint */
  async #apply(constraint) {
    const { track } = this;
    if (!track) return;
    try {
      await track.applyConstraints({ advanced: [constraint] });
    } catch (err) {
      throw new CameraError('constraints', err);
    }
  }
}

/** Firefox has no getCapabilities for tracks before version 132. @param {MediaStreamTrack} track @returns {any} */
function capabilities(track) {
  return track.getCapabilities ? track.getCapabilities() : {};
}

/** Guesses from a camera's name which way it looks. @param {string} label @returns {'environment'|'user'|''} */
function facingOf(label) {
  if (/\b(front|user|selfie|facetime)\b/i.test(label)) return 'user';
  return /\b(back|rear|environment)\b/i.test(label) ? 'environment' : '';
}

/** @returns {Choice} */
function stored() {
  try {
    const { facing, id } = JSON.parse(localStorage.getItem(STORED) || '{}');
    return { facing: facing === 'user' ? 'user' : 'environment', ...(typeof id === 'string' && id ? { id } : {}) };
  } catch {
    return { facing: 'environment' }; // Private browsing may have no storage.
  }
}

/** @param {Choice} choice */
function store(choice) {
  try {
    localStorage.setItem(STORED, JSON.stringify(choice));
  } catch {
    // As above: then the choice lasts as long as the page.
  }
}
