// The control channel: JSON objects with a `type`, both ways; app/session/protocol.go has the computer's side of it.

/** The computer's messages are short; anything longer is not from it. */
const MAX_MESSAGE = 16384;

/**
 * @typedef {object} Commands what the computer may ask for or tell
 * @property {(want: any) => void} set camera, facing, flip, torch, zoom, microphone (off only), width, height, fps, paused; each may be missing
 * @property {(notice: {recording: boolean, watchers: number}) => void} notice
 * @property {(model: {name: string, state: string, text: string, colours: unknown}) => void} model
 * @property {(reason: string) => void} bye one of words.endings
 */

/** Speaks the protocol over one data channel. */
export class Control {
  #channel;
  #commands;

  /** @param {RTCDataChannel} channel @param {Commands} commands @param {() => void} onopen */
  constructor(channel, commands, onopen) {
    this.#channel = channel;
    this.#commands = commands;
    channel.addEventListener('open', onopen);
    channel.addEventListener('message', ({ data }) => this.#receive(data));
  }

  /** @param {{id: string, label: string, facing: string}[]} cameras */
  async hello(cameras) {
    this.#send({ type: 'hello', name: await deviceName(), cameras });
  }

  /** @param {object|null} description as Camera.describe makes it @param {boolean} microphone whether sound is sent */
  camera(description, microphone) {
    if (description) this.#send({ type: 'camera', ...description, microphone });
  }

  /** @param {boolean} paused */
  paused(paused) {
    this.#send({ type: 'paused', paused });
  }

  bye() {
    this.#send({ type: 'bye' });
  }

  /** @param {object} message */
  #send(message) {
    if (this.#channel.readyState === 'open') this.#channel.send(JSON.stringify(message));
  }

  /** @param {unknown} data */
  #receive(data) {
    const at = performance.timeOrigin + performance.now();
    if (typeof data !== 'string' || data.length > MAX_MESSAGE) return;
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return; // Not from our program.
    }
    if (!message || typeof message !== 'object') return;
    const text = (v) => (typeof v === 'string' ? v.slice(0, 300) : '');
    switch (message.type) {
      case 'ping':
        this.#send({ type: 'pong', t0: message.t0, t1: at });
        break;
      case 'set':
        this.#commands.set(message);
        break;
      case 'notice':
        this.#commands.notice({ recording: message.recording === true, watchers: Math.max(0, Math.trunc(message.watchers) || 0) });
        break;
      case 'model':
        this.#commands.model({ name: text(message.name), state: text(message.state), text: text(message.text), colours: message.colours });
        break;
      case 'bye':
        this.#commands.bye(text(message.reason));
        break;
      default: // A newer program may say more.
    }
  }
}

/** What people call this device, as far as the browser tells. @returns {Promise<string>} */
async function deviceName() {
  const ua = navigator.userAgent;
  const data = /** @type {any} */ (navigator).userAgentData;
  if (data && data.getHighEntropyValues) {
    try {
      const { model, platform } = await data.getHighEntropyValues(['model']);
      if (model || platform) return model || platform;
    } catch {
      // The browser keeps it to itself: the user agent below says enough.
    }
  }
  if (/iPhone|iPod/.test(ua)) return 'iPhone';
  if (/iPad/.test(ua) || (/Macintosh/.test(ua) && navigator.maxTouchPoints > 1)) return 'iPad';
  const android = ua.match(/Android [\d.]+; ([^;)]+)/);
  if (android && android[1].length > 2) return android[1];
  return (ua.match(/Android|Windows|Macintosh|Linux/) || ['Browser'])[0];
}
