package e2e

import (
	"slices"
	"testing"
)

// ownSenders makes senders on a connection that only notes what it is asked for; feed gives them
// some seconds that are all alike, and returns by how much the frames are scaled down then.
const ownSenders = `import('/senders.js').then(({ Senders }) => {
  const parameters = { encodings: [{}] };
  const sender = {
    track: null, getParameters: () => parameters, setParameters: async () => {},
  };
  const senders = new Senders({ addTransceiver: () => ({ sender }) }, null, null, null, []);
  window.feed = async (seconds, usable, told) => {
    let sample;
    for (let i = 0; i < seconds; i++) {
      const scale = parameters.encodings[0].scaleResolutionDownBy;
      sample = { target: 0, source: 30, trip: 0, sending: {
        width: 1280 / scale, height: 720 / scale, fps: 30, bitrate: 1e6, codec: 'VP8', encode: 5,
        efficient: null, limited: 'none', ...told.sending,
      }, ...told.sample };
      await senders.follow(sample, usable);
    }
    const [{ scaleResolutionDownBy, maxBitrate }] = parameters.encodings;
    return [scaleResolutionDownBy, sample.sending.limited, maxBitrate > 5e6,
      parameters.degradationPreference].join(' ');
  };
})`

// TestFramesAreScaledDownOnANarrowPath has the frames scaled down while the path carries too
// little, to what the detector makes use of and no further, and whole again when it carries more.
func TestFramesAreScaledDownOnANarrowPath(t *testing.T) {
	p := modulePage(t)
	evaluate[any](p, ownSenders+`.then(() => null)`)
	for _, c := range []struct{ script, want string }{
		{`feed(9, 640, { sample: { target: 4e6 } })`, "1 none"},
		// Two bad seconds are not yet a narrow path.
		{`feed(2, 640, { sample: { target: 3e5 } })`, "1 none"},
		{`feed(3, 640, { sample: { target: 4e6 } })`, "1 none"},
		{`feed(3, 640, { sample: { target: 3e5 } })`, "1.5 none"},
		{`feed(30, 640, { sample: { target: 5e4 } })`, "2 bandwidth"},
		{`feed(30, 416, { sample: { target: 5e4 } })`, "3 bandwidth"},
		// There is room for the next larger ones, and not for the whole.
		{`feed(30, 640, { sample: { target: 6e5 } })`, "1.5 bandwidth"},
		{`feed(30, 640, { sample: { target: 4e6 } })`, "1 none"},
		// A browser that does not tell what it allows the encoder.
		{`feed(5, 640, { sending: { fps: 12, limited: 'cpu' } })`, "1.5 cpu"},
		{`feed(20, 640, {})`, "1.5 cpu"},
		{`feed(20, 640, {})`, "1 none"},
	} {
		want := c.want + " true maintain-resolution"
		if got := evaluate[string](p, c.script); got != want {
			t.Errorf("after %s it is %s, want %s", c.script, got, want)
		}
	}
}

// rated has the page's codecs sorted by what a browser says that they cost.
const rated = `(async (says) => {
  Object.defineProperty(navigator, 'mediaCapabilities', { configurable: true, value: {
    encodingInfo: async ({ type, video }) => says(type, video.contentType.split(';')[0]),
  } });
  const { cheapest, prefer } = await import('/codecs.js?' + Math.random());
  const order = await cheapest();
  let asked = [];
  prefer({ setCodecPreferences: (all) => { asked = all; } }, order);
  const media = asked.map((c) => c.mimeType.slice(6)).filter((c) => /^(H264|VP8)$/.test(c));
  return [...order.map((c) => c.slice(6)), 'first ' + (media[0] || 'any')];
})`

// TestTheCodecThatCostsLeast sorts codecs by what the browser says of them.
func TestTheCodecThatCostsLeast(t *testing.T) {
	p := modulePage(t)
	for script, want := range map[string][]string{
		// All in software: H.264 costs least.
		`() => ({ supported: true, smooth: true, powerEfficient: false })`: {
			"H264", "VP8", "VP9", "AV1", "first H264",
		},
		`(_, codec) => ({ supported: true, smooth: true, powerEfficient: codec === 'video/VP8' })`: {
			"VP8", "H264", "VP9", "AV1", "first VP8",
		},
		`(_, codec) => ({ supported: codec !== 'video/H264', smooth: codec === 'video/VP8' })`: {
			"VP8", "first VP8",
		},
		// A browser that cannot tell keeps its own order.
		`() => { throw new TypeError('webrtc'); }`: {"first any"},
	} {
		if got := evaluate[[]string](p, rated+`(`+script+`)`); !slices.Equal(got, want) {
			t.Errorf("%s: the order is %v, want %v", script, got, want)
		}
	}
}
