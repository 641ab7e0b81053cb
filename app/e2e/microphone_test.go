package e2e

import (
	"encoding/json"
	"testing"

	"github.com/chromedp/chromedp"
)

// overhear keeps the page's next connection and what it says on its control channel, for the
// scripts of a test; order plays the computer.
const overhear = `(() => {
  window.trial = { sent: [] };
  const create = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const channel = create.call(this, label, options);
    trial.pc = this;
    if (label === 'control') {
      trial.control = channel;
      const send = channel.send;
      channel.send = (text) => { trial.sent.push(JSON.parse(text)); send.call(channel, text); };
    }
    return channel;
  };
  trial.told = () => trial.sent.filter((m) => m.type === 'camera').pop() || {};
  trial.order = (message) => {
    const data = JSON.stringify(message);
    trial.control.dispatchEvent(new MessageEvent('message', { data }));
  };
  // How many packets of audio went out of the connection.
  trial.audio = async () => {
    let n = 0;
    (await trial.pc.getStats()).forEach((s) => {
      if (s.type === 'outbound-rtp' && s.kind === 'audio') n += s.packetsSent;
    });
    return n;
  };
  trial.mic = () => document.getElementById('microphone');
  return true;
})()`

// TestMicrophone switches the phone's microphone on and off, on the phone and from the computer,
// which may not switch it on.
func TestMicrophone(t *testing.T) {
	a := sharedApp(t)
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	evaluate[bool](p, overhear)
	p.start()
	p.state("live")
	p.until("the computer to hear that it is off", `trial.told().microphone === false`)
	if !evaluate[bool](p,
		`trial.mic().getAttribute('aria-pressed') === 'false' && trial.mic().getBoundingClientRect().height >= 44 && trial.mic().innerText === 'Mic off'`) {
		t.Error("the switch is on, too small, or does not say its state")
	}

	p.do("tap the microphone", chromedp.Click(chromedp.CSS("#microphone")))
	if !evaluate[bool](p,
		`!document.getElementById('ask').hidden && document.getElementById('ask-text').innerText.length > 20`) {
		t.Error("the page does not say what the microphone is for")
	}
	if evaluate[int](p, `trial.audio()`) != 0 ||
		!evaluate[bool](p, `trial.told().microphone === false`) {
		t.Error("audio is sent before it was allowed")
	}
	p.do("allow it", chromedp.Click(chromedp.CSS("#ask-yes")))
	p.until("audio to be sent", `trial.audio().then((n) => n > 10)`)
	p.until("the computer to hear that it is on", `trial.told().microphone === true`)
	if got := evaluate[string](p, `trial.mic().innerText`); got != "Mic on" {
		t.Errorf("the switch says %q", got)
	}

	evaluate[any](p, `trial.order({ type: 'set', microphone: false })`)
	p.until("the computer to hear that it obeyed",
		`trial.told().microphone === false && trial.mic().innerText === 'Mic off'`)
	evaluate[any](p, `trial.order({ type: 'set', microphone: true, zoom: 1 })`)
	p.until("the order to be answered", `trial.sent.filter((m) => m.type === 'camera').length >= 4`)
	if evaluate[bool](p, `trial.told().microphone`) {
		t.Error("the computer could switch the microphone on")
	}

	// Once explained, it needs no words any more.
	p.do("tap the microphone again", chromedp.Click(chromedp.CSS("#microphone")))
	p.until("audio again", `trial.told().microphone === true`)
	evaluate[any](p, `trial.order({ type: 'set', paused: true })`)
	p.until("the page to pause", `document.documentElement.dataset.state === 'paused'`)
	if !evaluate[bool](p, `trial.pc.getSenders().every((s) => s.track === null)`) {
		t.Error("a paused page sends")
	}
	evaluate[any](p, `trial.order({ type: 'set', paused: false })`)
	p.until("video and audio to go on", `trial.pc.getSenders().every((s) => s.track)`)
	p.stop()
	if evaluate[string](p, `trial.mic().getAttribute('aria-pressed')`) != "false" {
		t.Error("the microphone is on after the end")
	}
}

// TestMicrophoneRefused goes on with the video when the microphone is refused.
func TestMicrophoneRefused(t *testing.T) {
	a := sharedApp(t)
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	evaluate[bool](p, overhear)
	p.start()
	p.state("live")
	evaluate[any](p,
		`navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))`)
	p.do("tap the microphone", chromedp.Click(chromedp.CSS("#microphone")),
		chromedp.Click(chromedp.CSS("#ask-yes")))
	p.until("a sentence about it",
		`document.getElementById('notice').innerText.includes('microphone')`)
	if !evaluate[bool](p,
		`document.documentElement.dataset.state === 'live' && trial.mic().innerText === 'Mic off' && trial.pc.getSenders()[0].track.readyState === 'live'`) {
		t.Error("the video did not go on")
	}
}

// phoneCamera gives the browser's camera, which plays a clip, what a phone's can do besides.
const phoneCamera = `(() => {
  const track = MediaStreamTrack.prototype, devices = navigator.mediaDevices;
  const ask = devices.getUserMedia.bind(devices);
  const can = track.getCapabilities, is = track.getSettings;
  const more = { torch: true, zoom: { min: 1, max: 8, step: 0.1 } };
  trial.asked = [];
  trial.constraints = [];
  devices.getUserMedia = (wish) => {
    trial.asked.push(wish.video.facingMode.ideal);
    return ask(wish);
  };
  track.getCapabilities = function () { return { ...can.call(this), ...more }; };
  track.getSettings = function () {
    return { ...is.call(this), facingMode: trial.asked[trial.asked.length - 1] };
  };
  track.applyConstraints = async (c) => { trial.constraints.push(...(c.advanced || [])); };
})()`

// TestOrdersToTheCamera lets the computer ask for the light, the zoom and the other camera.
func TestOrdersToTheCamera(t *testing.T) {
	a := sharedApp(t)
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	evaluate[bool](p, overhear)
	evaluate[any](p, phoneCamera)
	p.start()
	p.state("live")
	p.until("the first description",
		`trial.told().torch === false && trial.told().zoom.max === 8 && trial.told().facing === 'environment'`)
	evaluate[any](p, `trial.order({ type: 'set', torch: true })`)
	p.until("the light",
		`trial.told().torch === true && document.getElementById('torch').getAttribute('aria-pressed') === 'true'`)
	evaluate[any](p, `trial.order({ type: 'set', zoom: 20 })`)
	p.until("the zoom, as far as it goes", `trial.told().zoom.value === 8`)
	evaluate[any](p, `trial.order({ type: 'set', flip: true })`)
	p.until("the other camera",
		`trial.told().facing === 'user' && document.getElementById('video').classList.contains('mirrored')`)
	got, err := json.Marshal(evaluate[[]any](p, `trial.constraints`))
	if err != nil || string(got) != `[{"torch":true},{"zoom":8}]` {
		t.Errorf("the camera was asked for %s, %v", got, err)
	}

	// The notice of a recording is shown over the video, and announced to those who do not see it.
	evaluate[any](p, `trial.order({ type: 'notice', recording: true, seconds: 3720, watchers: 2 })`)
	p.until("the notice",
		`document.getElementById('recording-text').innerText === 'Recording' && document.getElementById('recording-time').innerText.startsWith('1:02:0') && document.getElementById('announcement').textContent === 'Recording' && document.getElementById('watchers').innerText === '2 watching'`)
	evaluate[any](p, `trial.order({ type: 'notice', recording: false, watchers: 0 })`)
	p.until("its end",
		`document.getElementById('recording').hidden && document.getElementById('announcement').textContent === ''`)
}
