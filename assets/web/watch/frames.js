// Tells of each frame that the video shows, and which one it is.

/**
 * @typedef {object} Shown a frame that is on the screen
 * @property {number|null} rtp its timestamp, where the browser tells
 * @property {number} at when it came on the screen, on the page's clock
 * @property {number} behind milliseconds since its last packet came; NaN where nobody tells
 */

/** Watches one video element, in whichever window it is. */
export class Frames {
  #video;
  #onframe;
  /** @type {RTCRtpReceiver|null} */ #receiver = null;
  #seen = 0;

  /** @param {HTMLVideoElement} video @param {(frame: Shown) => void} onframe */
  constructor(video, onframe) {
    this.#video = video;
    this.#onframe = onframe;
    if ('requestVideoFrameCallback' in video) this.#next();
    else this.#look();
  }

  /** What the video comes from. @param {RTCRtpReceiver} receiver */
  set receiver(receiver) {
    this.#receiver = receiver;
  }

  #next() {
    this.#video.requestVideoFrameCallback((now, metadata) => {
      this.#next();
      const { rtpTimestamp, receiveTime, expectedDisplayTime } = metadata;
      this.#onframe({
        rtp: rtpTimestamp ?? this.#delivered(), at: Math.max(now, expectedDisplayTime || 0),
        behind: receiveTime === undefined ? NaN : expectedDisplayTime - receiveTime,
      });
    });
  }

  /** For browsers that tell of no frames: each is looked for. */
  #look() {
    requestAnimationFrame((now) => {
      this.#look();
      const seen = this.#video.getVideoPlaybackQuality().totalVideoFrames;
      if (seen === this.#seen) return;
      this.#seen = seen;
      this.#onframe({ rtp: this.#delivered(), at: now, behind: NaN });
    });
  }

  /** @returns {number|null} the timestamp of the frame that was handed to the video last */
  #delivered() {
    return this.#receiver?.getSynchronizationSources?.()[0]?.rtpTimestamp ?? null;
  }
}
