// Is run before the page's own scripts, and notes what the bench is about: how old a picture is
// when its boxes are known and drawn, and what leaves the device. The pages do what they do for
// everybody: this only listens in.
(() => {
  const clock = () => performance.timeOrigin + performance.now();
  /** RTP's clock for video, in ticks a millisecond. */
  const TICKS = 90;

  /** @type {RTCPeerConnection|null} */ let peer = null;
  /** What each detection took, in ms: from the capture until its boxes were known, and drawn. */
  let boxes = [];
  /** What runs the model on this page. */ let engine = null;
  /** What the last run on this page took, by its steps. */ let steps;
  /** A frame of which the computer has said when it was taken. */ let known = null;
  /** The timestamp of the frame on the screen. */ let shown;

  /** Notes that the boxes of a picture are known now. @param {number} taken on the clock */
  function note(taken, took) {
    const box = { known: clock() - taken, drawn: null, took };
    boxes.push(box);
    requestAnimationFrame(() => { box.drawn = clock() - taken; });
  }

  const create = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const channel = create.call(this, label, options);
    if (label !== 'detections') return channel;
    peer = this;
    channel.addEventListener('message', ({ data }) => {
      const { t, rtp } = JSON.parse(data);
      if (rtp !== undefined) known = { t, rtp };
      note(t);
    });
    const send = channel.send.bind(channel);
    channel.send = (data) => { // what a phone has found itself
      note(JSON.parse(data).t, steps);
      send(data);
    };
    return channel;
  };

  const ask = HTMLVideoElement.prototype.requestVideoFrameCallback;
  HTMLVideoElement.prototype.requestVideoFrameCallback = function (callback) {
    return ask.call(this, (now, metadata) => {
      shown = metadata.rtpTimestamp;
      callback(now, metadata);
    });
  };

  window.Worker = class extends Worker {
    /** The timestamps of the frames under way, by the number of the question. */ #asked = {};

    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({ data }) => {
        if (data.ready) engine = data.ready;
        if (data.took) this.#answered(data);
      });
    }

    postMessage(message, ...more) {
      if (message.frame) this.#asked[message.id] = shown;
      super.postMessage(message, ...more);
    }

    #answered({ id, took }) {
      steps = took;
      const rtp = this.#asked[id];
      delete this.#asked[id];
      // A viewer knows when its frames were taken by what the computer says of others.
      if (known && rtp !== undefined) note(known.t + ((rtp - known.rtp) | 0) / TICKS, took);
    }
  };

  /** What has left and come so far, and what is sent. */
  async function counters() {
    const sum = { sent: 0, received: 0, found: 0, told: 0 };
    if (!peer) return sum;
    const report = await peer.getStats();
    report.forEach((s) => {
      if (s.type === 'transport') {
        sum.sent += s.bytesSent;
        sum.received += s.bytesReceived;
      } else if (s.type === 'outbound-rtp' && s.kind === 'video') {
        const codec = s.codecId && report.get(s.codecId);
        if (codec) sum.codec = codec.mimeType;
        sum.width = s.frameWidth;
        sum.height = s.frameHeight;
      } else if (s.type === 'data-channel' && s.label === 'detections') {
        sum.found += s.bytesSent;
        sum.told += s.bytesReceived;
      }
    });
    return sum;
  }

  globalThis.bench = {
    counters,
    begin: () => { boxes = []; },
    /** @param {boolean} own whether those that this page has found count, or the computer's */
    boxes: (own) => boxes.filter(({ took }) => own === Boolean(took)),
    engine: () => engine,
  };
})();
