// The picture in other places: on the whole screen, and in a small window over all others.

/** The size of the small window, in pixels of the page. */
const SMALL = 420;

/** @typedef {Window & {document: Document}} SmallWindow */

/** Where the picture is. */
export class Place {
  #stage;
  #video;
  #onchange;
  /** With boxes, where the browser can. @type {SmallWindow|null} */ #window = null;

  /**
   * @param {HTMLElement} stage has the video and what is drawn over it
   * @param {HTMLVideoElement} video
   * @param {() => void} onchange
   */
  constructor(stage, video, onchange) {
    this.#stage = stage;
    this.#video = video;
    this.#onchange = onchange;
    document.addEventListener('fullscreenchange', onchange);
    for (const event of ['enterpictureinpicture', 'leavepictureinpicture']) {
      video.addEventListener(event, onchange);
    }
  }

  /** @returns {boolean} whether the whole screen can be had; iPhones give it to videos alone */
  get canFill() {
    return document.fullscreenEnabled || 'webkitEnterFullscreen' in this.#video;
  }

  get fills() {
    return document.fullscreenElement !== null;
  }

  get canFloat() {
    return 'documentPictureInPicture' in window || Boolean(document.pictureInPictureEnabled);
  }

  get floats() {
    return this.#window !== null || document.pictureInPictureElement !== null;
  }

  /** @returns {Promise<void>} rejects when the browser refuses */
  async fill() {
    if (this.fills) return document.exitFullscreen();
    if (document.fullscreenEnabled) return document.documentElement.requestFullscreen();
    /** @type {any} */ (this.#video).webkitEnterFullscreen();
  }

  /** @returns {Promise<void>} rejects when the browser refuses */
  async float() {
    if (this.#window) return this.#window.close();
    if (document.pictureInPictureElement) return document.exitPictureInPicture();
    const small = /** @type {any} */ (window).documentPictureInPicture;
    if (small) await this.#open(small);
    else await this.#video.requestPictureInPicture();
  }

  /** @param {{requestWindow: (size: object) => Promise<SmallWindow>}} api */
  async #open(api) {
    const { videoWidth, videoHeight } = this.#video;
    const shape = videoWidth / videoHeight || 16 / 9;
    const [width, height] = shape > 1 ? [SMALL, SMALL / shape] : [SMALL * shape, SMALL];
    const opened = await api.requestWindow({
      width: Math.round(width), height: Math.round(height),
    });
    this.#window = opened;
    for (const name of ['/base.css', '/watch.css']) {
      opened.document.head.append(Object.assign(opened.document.createElement('link'), {
        rel: 'stylesheet', href: new URL(name, location.origin).href,
      }));
    }
    opened.document.title = document.title;
    const home = this.#stage.parentElement;
    const next = this.#stage.nextSibling;
    opened.document.body.append(this.#stage);
    opened.addEventListener('pagehide', () => {
      this.#window = null;
      home?.insertBefore(this.#stage, next);
      this.#play();
      this.#onchange();
    });
    this.#play();
    this.#onchange();
  }

  /** A video that is moved to another document stops. */
  #play() {
    this.#video.play().catch(() => {});
  }
}
