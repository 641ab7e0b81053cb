// The phone's microphone: open while it is switched on, closed otherwise.

/**
 * What may be asked of it; a browser leaves out what it cannot do. The page plays no sound, so there is no echo to take away, and iOS sounds
 * like a telephone while it tries.
 */
const WISH = { echoCancellation: false, noiseSuppression: true, autoGainControl: true, channelCount: { ideal: 1 } };

/** One microphone. It is off on every visit: that it was on in the last one is no consent for this one. */
export class Microphone {
  /** @type {MediaStream|null} */ #stream = null;

  /** Called when it ends without our doing, for example when a call takes it. @type {() => void} */
  onended = () => {};

  /** @returns {MediaStreamTrack|null} */
  get track() {
    return this.#stream ? this.#stream.getAudioTracks()[0] || null : null;
  }

  /** @returns {boolean} */
  get on() {
    return this.track !== null;
  }

  /** Opens it; the browser asks its user at the first time. Rejects when it must not or cannot. @returns {Promise<void>} */
  async open() {
    if (this.on) return;
    this.#stream = await navigator.mediaDevices.getUserMedia({ audio: WISH, video: false });
    const { track } = this;
    track.addEventListener('ended', () => {
      if (track !== this.track) return;
      this.#stream = null;
      this.onended();
    });
  }

  close() {
    if (this.#stream) for (const track of this.#stream.getTracks()) track.stop();
    this.#stream = null;
  }
}
