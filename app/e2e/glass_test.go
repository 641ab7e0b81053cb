package e2e

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"math"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestGlass runs the command that measures the delay from glass to glass.
func TestGlass(t *testing.T) {
	const readings = 60
	s := startScreen(t)
	l := newAccount(t.TempDir(), modelFile(t), 0,
		[]string{"DISPLAY=" + s.display, "LIBGL_ALWAYS_SOFTWARE=1"},
		"--readings", fmt.Sprint(readings))
	l.command = "glass"
	a := l.app(t)
	t.Run("codes of a clip", func(t *testing.T) {
		b := startBrowser(t, coded, allowed)
		for _, codec := range []string{"VP8", "H264"} {
			t.Run(codec, func(t *testing.T) { readClip(t, a, b, codec) })
		}
	})
	t.Run("the screen", func(t *testing.T) { filmScreen(t, a, s, readings) })
}

// coded shows numbers that the program does not come to draw.
var coded = clip{name: "coded", width: 640, height: 480, number: 40_000}

// noteCaptures has the page keep the answer, and when the camera took each frame.
const noteCaptures = `(() => {
	const agree = RTCPeerConnection.prototype.setRemoteDescription;
	RTCPeerConnection.prototype.setRemoteDescription = function (description) {
		window.answer = description.sdp;
		return agree.call(this, description);
	};
	window.taken = [];
	const video = document.getElementById('video');
	const note = (now, { captureTime }) => {
		window.taken.push(performance.timeOrigin + captureTime);
		video.requestVideoFrameCallback(note);
	};
	video.requestVideoFrameCallback(note);
	return true;
})()`

// readClip has the codes of a clip read that the browser's camera plays: each is read as one that
// the clip has, in their order. When each was taken is as the browser says it.
func readClip(t *testing.T, a *app, b browserProcess, codec string) {
	mark := a.mark()
	p := b.open(t, withCodec(a.url, codec))
	p.state("ready")
	evaluate[bool](p, noteCaptures)
	p.start()
	joined := a.waitSince(t, mark, "phone-joined", nil)
	var read []event
	a.waitSince(t, mark, "glass", func(e event) bool {
		if e.Session == joined.Session && e.Captured > 0 {
			read = append(read, e)
		}
		return len(read) == 45
	})
	if !evaluate[bool](p, "window.answer.includes('/abs-capture-time')") {
		t.Error("frames do not say when they were taken")
	}
	taken := evaluate[[]float64](p, "window.taken")
	a.waitSince(t, mark, "stats", func(e event) bool {
		return e.Session == joined.Session && e.AgeFrom == "camera"
	})
	p.stop()
	checkCodes(t, read, taken)
}

// checkCodes checks what was read, against when the browser says that the frames were taken.
func checkCodes(t *testing.T, read []event, taken []float64) {
	t.Helper()
	slices.SortFunc(read, func(a, b event) int { return cmp.Compare(a.Captured, b.Captured) })
	var off []float64
	for i, e := range read {
		if e.Number < coded.number || e.Number >= coded.number+clipFrames || e.Delay != 0 {
			t.Errorf("%d was read, which the clip does not show: %+v", e.Number, e)
		}
		off = append(off, nearest(taken, e.Captured))
		if i == 0 {
			continue
		}
		// A busy browser plays the clip unevenly, and its first frame twice.
		steps := (e.Number - read[i-1].Number + clipFrames) % clipFrames
		passed := (e.Captured - read[i-1].Captured) * clipRate / 1000
		if steps == 0 && e.Number != coded.number || float64(steps)-passed > 4 {
			t.Errorf("from %d to %d %.2f frames passed", read[i-1].Number, e.Number, passed)
		}
	}
	slices.Sort(off)
	middle := off[len(off)/2]
	t.Logf("times of capture are off by %.1f to %.1f ms, %.1f in the middle", off[0],
		off[len(off)-1], middle)
	// A frame is taken every 67 ms: by chance they would be off by some 17 ms in the middle.
	if math.Abs(middle) > 4 {
		t.Errorf("what the program takes for the times of capture is off by %.1f ms", middle)
	}
}

// nearest is how far a time is from the nearest of those.
func nearest(all []float64, at float64) float64 {
	best := math.Inf(1)
	for _, v := range all {
		if math.Abs(at-v) < math.Abs(best) {
			best = at - v
		}
	}
	return best
}

// filmScreen puts the very screen in front of the camera: the browser takes the X server's picture
// for the camera's. The window shows the code, and its pixels go by the browser's capture and
// encoder, the network and the decoder back to the window.
func filmScreen(t *testing.T, a *app, s screen, readings int) {
	mark := a.mark()
	// Without a head Chromium takes no screen. Its window lies outside of it.
	b := startBrowser(t, landscape, chromedp.Env("DISPLAY="+s.display),
		chromedp.Flag("headless", false), chromedp.Flag("window-position", "1270,790"),
		chromedp.Flag("use-fake-device-for-media-stream", false),
		chromedp.Flag("use-file-for-fake-video-capture", false),
		chromedp.Flag("auto-select-desktop-capture-source", "Entire screen"))
	p := b.open(t, withoutPolicy(t, a.url))
	p.state("ready")
	evaluate[bool](p, `(navigator.mediaDevices.getUserMedia = () =>
		navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 30 }, audio: false }), true)`)
	p.start()
	told := a.waitSince(t, mark, "no JSON", nil).Text
	var median, p95 float64
	_, err := fmt.Sscanf(told, "From glass to glass: median %f ms, 95 %% within %f ms.", &median,
		&p95)
	if err != nil || !(0 < median && median <= p95) {
		t.Errorf("it says %q (%v)", told, err)
	}
	<-a.done
	var ages []float64
	for _, e := range a.all(mark, "glass") {
		if e.Delay <= 0 {
			t.Errorf("number %d was read, which was never drawn: %+v", e.Number, e)
		}
		if e.Painted > 0 {
			ages = append(ages, e.Painted)
		}
	}
	if len(ages) < readings/2 {
		t.Fatalf("the age is known of only %d frames", len(ages))
	}
	slices.Sort(ages)
	age := ages[len(ages)/2]
	t.Logf("%s Of it %.0f ms since the browser took the frame.", told, age)
	// What was taken was drawn before; the code changes some thirty times a second.
	if median+34 < age {
		t.Errorf("the delay is %v ms, although the frames were %v ms old when painted", median, age)
	}
}

// all returns the events of that name that have come since the mark.
func (a *app) all(mark int, name string) []event {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []event
	for _, e := range a.events[mark:] {
		if e.Event == name {
			all = append(all, e)
		}
	}
	return all
}

// withoutPolicy returns the address of a proxy for the program by which the page may have the
// screen: the program's own headers forbid it.
func withoutPolicy(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	token := u.Fragment
	u.Fragment = ""
	proxy := httptest.NewTLSServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(u)
			r.Out.Header.Del("Origin")
		},
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
		ErrorLog:  log.New(io.Discard, "", 0), // the program ends before the page
		ModifyResponse: func(r *http.Response) error {
			r.Header.Del("Permissions-Policy")
			return nil
		},
	})
	t.Cleanup(proxy.Close)
	return proxy.URL + "/#" + token
}
