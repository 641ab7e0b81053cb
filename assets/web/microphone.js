// The phone's microphone: open while it is switched on, closed otherwise.

/**
 * What we ask of it; a browser leaves out what it cannot do. The page plays no audio, so there is
 * no echo to cancel, and iOS sounds like a telephone while it tries.
 */
const CONSTRAINTS = {
  echoCancellation: false, noiseSuppression: true, autoGainControl: true,
  channelCount: { ideal: 1 },
};

/** One microphone. It is off on every visit: consent is given for one visit only. */
export class Microphone {
  /** @type {MediaStream|null} */ #stream = null;

  /** Called when it ends without our doing, as when a call takes it. @type {() => void} */
  onended = () => {};

  get track() {
    return this.#stream?.getAudioTracks()[0] || null;
  }

  get on() {
    return this.track !== null;
  }

  /**
   * Opens it; the browser asks its user the first time.
   *
   * @returns {Promise<void>} rejects when it may not or cannot be opened
   */
  async open() {
    if (this.on) return;
    this.#stream = await navigator.mediaDevices.getUserMedia({ audio: CONSTRAINTS, video: false });
    const { track } = this;
    track?.addEventListener('ended', () => {
      if (track !== this.track) return;
      this.#stream = null;
      this.onended();
    });
  }

  close() {
    for (const track of this.#stream?.getTracks() || []) track.stop();
    this.#stream = null;
  }
}
