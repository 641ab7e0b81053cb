package e2e

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"handlens/media/glass"
)

// TestGlass measures the delay from glass to glass with the very screen in front of the camera: the
// browser takes the X server's picture for the camera's. The window shows the code, and its pixels
// go by the browser's capture and encoder, the network and the decoder back to the window.
func TestGlass(t *testing.T) {
	const readings = 60
	s := startScreen(t)
	l := newAccount(t.TempDir(), modelFile(t), 0,
		[]string{"DISPLAY=" + s.display, "LIBGL_ALWAYS_SOFTWARE=1"},
		"--readings", fmt.Sprint(readings))
	l.command = "glass"
	a := l.app(t)
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
	told := a.wait(t, "no JSON", nil).Text
	var median, p95 float64
	_, err := fmt.Sscanf(told, "From glass to glass: median %f ms, 95 %% within %f ms.", &median,
		&p95)
	if err != nil || !(0 < median && median <= p95) {
		t.Errorf("it says %q (%v)", told, err)
	}
	<-a.done
	var ages []float64
	last := -1
	for _, e := range a.all("glass") {
		if e.Delay <= 0 {
			t.Errorf("number %d was read, which was never drawn: %+v", e.Number, e)
		}
		if last >= 0 && (e.Number-last+glass.Numbers)%glass.Numbers > glass.Numbers/2 {
			t.Errorf("number %d was read after %d", e.Number, last)
		}
		last = e.Number
		if e.Painted > 0 {
			ages = append(ages, e.Painted)
		}
	}
	if len(ages) < readings/2 {
		t.Fatalf("the age is known of only %d frames", len(ages))
	}
	slices.Sort(ages)
	age := ages[len(ages)/2]
	t.Logf("%s; of it %.0f ms since the browser took the frame", told, age)
	// What was taken was drawn before; the code changes some thirty times a second.
	if median+34 < age {
		t.Errorf("the delay is %v ms, although the frames were %v ms old when painted", median, age)
	}
}

// all returns the events of that name that have come.
func (a *app) all(name string) []event {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []event
	for _, e := range a.events[a.from:] {
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
		ModifyResponse: func(r *http.Response) error {
			r.Header.Del("Permissions-Policy")
			return nil
		},
	})
	t.Cleanup(proxy.Close)
	return proxy.URL + "/#" + token
}
