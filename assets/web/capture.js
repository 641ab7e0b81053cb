// When the camera took the last frames, as far as the browser tells.

/** How many frames are remembered. */
const KEPT = 12;

/**
 * Watches the preview: of each frame the browser says when the camera took it. Browsers without
 * requestVideoFrameCallback, or without captureTime, do not say it.
 */
export class CaptureTimes {
  #video;
  /** On this page's clock, in Unix milliseconds. @type {number[]} */ #times = [];

  /** @param {HTMLVideoElement} video the preview */
  constructor(video) {
    this.#video = video;
    this.#next();
  }

  /** @returns {number[]} the last few, oldest first */
  get newest() {
    return this.#times;
  }

  #next() {
    this.#video.requestVideoFrameCallback?.((_now, { captureTime }) => {
      if (captureTime) {
        this.#times = [...this.#times.slice(1 - KEPT), performance.timeOrigin + captureTime];
      }
      this.#next();
    });
  }
}
