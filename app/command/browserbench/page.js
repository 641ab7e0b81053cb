// Is run before the page's own scripts, and notes what the bench is about: how old a picture is
// when its boxes are known and drawn, and what leaves the device.
(() => {
  const VIDEO = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
  const clock = () => performance.timeOrigin + performance.now();

  /** @type {RTCPeerConnection|null} */ let peer = null;
  /** What each detection took, in ms: from the capture until its boxes were known, and drawn. */
  let boxes = [];
  let bytes = 0; // of results that would be sent to others

  /** Notes that boxes are known now. @param {() => number} age of their picture @param took */
  function note(age, took) {
    const box = { known: age(), drawn: null, took };
    boxes.push(box);
    requestAnimationFrame(() => { box.drawn = age(); });
  }

  const create = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const channel = create.call(this, label, options);
    if (label === 'detections') {
      peer = this;
      channel.addEventListener('message', ({ data }) => {
        const { t } = JSON.parse(data);
        note(() => clock() - t);
      });
    }
    return channel;
  };

  /** What has left and come so far, and what is sent. */
  async function counters() {
    const sum = { sent: 0, received: 0, video: 0, results: bytes, frames: 0 };
    if (!peer) return sum;
    const report = await peer.getStats();
    report.forEach((s) => {
      if (s.type === 'transport') {
        sum.sent += s.bytesSent;
        sum.received += s.bytesReceived;
      } else if (s.type === 'outbound-rtp' && s.kind === 'video') {
        sum.video += s.bytesSent + s.headerBytesSent;
        sum.frames += s.framesSent;
        const codec = s.codecId && report.get(s.codecId);
        if (codec) sum.codec = codec.mimeType;
        sum.width = s.frameWidth;
        sum.height = s.frameHeight;
      } else if (s.type === 'data-channel' && s.label === 'detections') {
        sum.results += s.bytesReceived;
      }
    });
    return sum;
  }

  /** A video that shows a stream, with a canvas for the boxes over it. */
  async function shown(stream) {
    const video = document.createElement('video');
    video.muted = video.playsInline = true;
    video.srcObject = stream;
    document.body.append(video);
    await video.play();
    const canvas = document.createElement('canvas');
    document.body.append(canvas);
    return { video, context: canvas.getContext('2d') };
  }

  function draw({ video, context }, found) {
    const { canvas } = context;
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    for (const { box: [x1, y1, x2, y2], label } of found) {
      const x = x1 * canvas.width;
      const y = y1 * canvas.height;
      context.strokeRect(x, y, x2 * canvas.width - x, y2 * canvas.height - y);
      context.fillText(label, x, y);
    }
  }

  /** Detects in the newest frame of a stream, over and over. */
  async function detect(stream, { token, limits }) {
    const { Detector } = await import('/detect/detector.js');
    const answer = await fetch('/model', { headers: { Authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`/model answers ${answer.status}`);
    const detector = new Detector();
    const ready = await detector.open({ token, model: await answer.json() });
    const here = await shown(stream);
    const { video } = here;
    /** Of the newest frame that was not looked at yet: when it was captured. */
    let next = null;
    async function look() {
      if (next === null || detector.busy) return;
      const taken = next;
      next = null;
      const frame = new VideoFrame(video);
      const { videoWidth: w, videoHeight: h } = video;
      const { detections, took } = await detector.detect(frame, w, h, limits);
      const found = JSON.parse(detections);
      bytes += JSON.stringify({ t: Math.round(taken), took: 0, detections: found }).length;
      note(() => performance.now() - taken, took);
      requestAnimationFrame(() => draw(here, found));
      look();
    }
    const each = (now, { captureTime }) => {
      video.requestVideoFrameCallback(each);
      next = captureTime ?? NaN; // of a viewer it is unknown until the phone's clock is
      look();
    };
    video.requestVideoFrameCallback(each);
    return { provider: ready.provider, threads: ready.threads, why: ready.why };
  }

  const camera = () => navigator.mediaDevices.getUserMedia({ video: VIDEO });

  const described = (pc) => new Promise((resolve) => {
    const ready = () => pc.iceGatheringState === 'complete' && resolve(pc.localDescription.sdp);
    pc.addEventListener('icegatheringstatechange', ready);
    ready();
  });

  globalThis.bench = {
    counters,
    count: () => boxes.length,
    begin: () => { boxes = []; },
    boxes: () => boxes,
    detect: async (o) => detect(await camera(), o),

    /** Offers the camera to a viewer, in that codec. @returns {Promise<string>} */
    async offer(codec) {
      const pc = peer = new RTCPeerConnection();
      const stream = await camera();
      const sends = pc.addTransceiver(stream.getVideoTracks()[0], {
        direction: 'sendonly', streams: [stream],
      });
      const { codecs } = RTCRtpSender.getCapabilities('video');
      sends.setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === codec
        || mimeType === 'video/rtx'));
      await pc.setLocalDescription();
      return described(pc);
    },
    accept: (sdp) => peer.setRemoteDescription({ type: 'answer', sdp }),

    /** Watches a phone and detects in what comes. */
    async answer(sdp) {
      const pc = peer = new RTCPeerConnection();
      bench.stream = new Promise((resolve) => {
        pc.addEventListener('track', ({ streams }) => resolve(streams[0]));
      });
      await pc.setRemoteDescription({ type: 'offer', sdp });
      await pc.setLocalDescription();
      return described(pc);
    },
    watch: async (o) => detect(await bench.stream, o),
  };
})();
