package whip

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"handlens/media/plaintext"
)

// Programs whose HTTP client says nothing are known by their offers, which were recorded
// (../peer/testdata/README.md).
func TestProgramOf(t *testing.T) {
	for _, test := range []struct{ agent, offer, want string }{
		{"", "ffmpeg", "FFmpeg"},
		{"Python-urllib/3.11", "gstreamer", "GStreamer"},
		{"Python/3.11 aiohttp/3.9.5", "gstreamer-two", "GStreamer"},
		{"", "aiortc", "aiortc"},
		{"node", "libdatachannel", "libdatachannel"},
		{"Mozilla/5.0 (OBS-Studio/30.2.3; Linux; en-US)", "libdatachannel", "OBS"},
		{"Python/3.11 aiohttp/3.9.5", "chromium", "aiortc"}, // of old, with one fingerprint
		{"x", "chromium", "unknown device"},
	} {
		offer, err := os.ReadFile("../peer/testdata/" + test.offer + ".sdp")
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("POST", "/whip", nil)
		r.Header.Set("User-Agent", test.agent)
		if got := visitor(r, string(offer)).Name; got != test.want {
			t.Errorf("%q with the offer of %s is called %q, want %q", test.agent, test.offer, got,
				test.want)
		}
	}
}

func TestNameOf(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, " +
			"like Gecko) CriOS/126.0 Mobile/15E148 Safari/604.1": "iPhone",
		"Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) " +
			"Version/12.1 Mobile/15E148 Safari/604.1": "iPad",
		"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) " +
			"Chrome/120.0.0.0 Mobile Safari/537.36": "Pixel 8",
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) " +
			"Chrome/130.0.0.0 Mobile Safari/537.36": "Android phone",
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) " +
			"Chrome/130.0.0.0 Safari/537.36": "Android tablet",
		"Mozilla/5.0 (Linux; Android 13; SM-S911B Build/TP1A.220624.014; wv) AppleWebKit/537.36 " +
			"Chrome/120.0.0.0 Mobile Safari/537.36": "SM-S911B",
		"Mozilla/5.0 (Linux; U; Android 4.4.2; en-us; GT-I9505 Build/KOT49H) AppleWebKit/534.30 " +
			"Version/4.0 Mobile Safari/534.30": "GT-I9505",
		"Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0": "Android phone",
		"Mozilla/5.0 (Android 14; Tablet; rv:130.0) Gecko/130.0 Firefox/130.0": "Android tablet",
		"Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-G990B) AppleWebKit/537.36 " +
			"SamsungBrowser/23.0 Chrome/115.0 Mobile Safari/537.36": "SAMSUNG SM-G990B",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 " +
			"Safari/537.36": "Chrome on Linux",
		"Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 " +
			"Firefox/130.0": "Firefox on Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) " +
			"Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0": "Edge on Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like " +
			"Gecko) Version/17.6 Safari/605.1.15": "Safari on Mac",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) " +
			"Chrome/130.0.0.0 Safari/537.36": "Chrome on ChromeOS",
		"Mozilla/5.0 (OBS-Studio/30.2.3; Linux; Ubuntu 24.04; en-US)": "OBS",
		"Lavf/62.3.100": "FFmpeg", "GStreamer souphttpsrc 1.24": "GStreamer", "curl/8.5.0": "curl",
		"": "unknown device", "x": "unknown device", "Android": "Android tablet",
		"Android Mobile (": "Android phone",
		"Mozilla/5.0 (Linux; Android 14; <b>x</b>) Mobile": "Android phone",
	} {
		if got := nameOf(agent); got != want {
			t.Errorf("%q is called %q, want %q", agent, got, want)
		}
	}
}

// FuzzNameOf: the name goes onto a label and into logs, so it is short and plain whatever the
// header is.
func FuzzNameOf(f *testing.F) {
	for _, seed := range []string{
		"", "Android", "Android;;;)", "(Linux; Android 14; \x1b[31m\n)",
		"Android (" + strings.Repeat("a", 500) + ")",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, agent string) {
		name := nameOf(plaintext.PrintableASCII(agent, 256))
		if name == "" || len(name) > 32 || plaintext.PrintableASCII(name, 64) != name {
			t.Fatalf("%q is called %q", agent, name)
		}
	})
}

// TestPhoneNames takes only what can be a page's own name.
func TestPhoneNames(t *testing.T) {
	for name, ok := range map[string]bool{
		"AAAAAAAAAAAAAAAAAAAAAA": true, "0-_zZ0-_zZ0-_zZ0": true, strings.Repeat("x", 64): true,
		"": false, "short": false, strings.Repeat("x", 65): false,
		"AAAAAAAAAAAAAAAAAAAAA=": false, "AAAAAAAAAAAAAAAAAA\nAA": false,
	} {
		r := httptest.NewRequest(http.MethodPost, "/whip", http.NoBody)
		r.Header[phoneHeader] = []string{name}
		want := ""
		if ok {
			want = name
		}
		if got := visitor(r, "").Phone; got != want {
			t.Errorf("%q is taken as %q", name, got)
		}
	}
}
