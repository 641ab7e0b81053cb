package peer

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"

	"handlens/media"
)

func TestBadOffers(t *testing.T) {
	h := listen(t)
	good := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8}).offer(nil)
	without := func(prefix string) string {
		var b strings.Builder
		for line := range strings.Lines(good) {
			if !strings.HasPrefix(line, prefix) {
				b.WriteString(line)
			}
		}
		return b.String()
	}
	for _, test := range []struct {
		name, offer string
		want        error
	}{
		{"empty", "", ErrBadOffer},
		{"not SDP", "hello", ErrBadOffer},
		{"cut off", good[:len(good)/2], ErrBadOffer},
		{"huge", good + strings.Repeat("a=x\r\n", maxOffer), ErrBadOffer},
		{"no credentials", without("a=ice-"), ErrBadOffer},
		{"no fingerprint", without("a=fingerprint"), ErrBadOffer},
		{"no names", without("a=mid"), ErrBadOffer},
		{"same names", strings.Replace(good, "a=mid:1", "a=mid:0", 1), ErrBadOffer},
		{
			"short password", strings.Replace(good, "a=ice-pwd:", "a=ice-pwd:x\r\na=x:", 1),
			ErrBadOffer,
		},
		{"many sections", good + strings.Repeat("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 "+
			"0.0.0.0\r\n", maxSections), ErrBadOffer},
		{"wants to receive", strings.ReplaceAll(good, "a=sendonly", "a=recvonly"), ErrNoVideo},
		{"inactive", strings.ReplaceAll(good, "a=sendonly", "a=inactive"), ErrNoVideo},
		{"no video", strings.ReplaceAll(good, "m=video", "m=text"), ErrNoVideo},
		{"rejected", strings.ReplaceAll(good, "m=video 9", "m=video 0"), ErrNoVideo},
		{
			"only codecs that we do not know",
			strings.NewReplacer("VP8/", "X1/", "VP9/", "X2/", "AV1/", "X3/", "H264/",
				"X4/").Replace(good), ErrNoVideo,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			checkBadOffer(t, h, test.offer, test.want)
		})
	}
}

func checkBadOffer(t *testing.T, h *Host, offer string, want error) {
	w := &watcher{t: t}
	_, err := h.Answer(t.Context(), offer, w)
	if !errors.Is(err, want) {
		t.Fatalf("%v, want %v", err, want)
	}
	if strings.ContainsAny(err.Error(), "\n") || len(err.Error()) > 300 ||
		len(w.states) != 0 {
		t.Errorf("%q, states %v", err, w.states)
	}
}

// Where the offers are from: testdata/README.md.
func TestOffersOfBrowsers(t *testing.T) {
	h := listen(t)
	for _, name := range []string{"chromium", "safari", "firefox"} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile("testdata/" + name + ".sdp")
			must(t, err)
			offer := strings.ReplaceAll(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n",
				"\r\n")
			o, err := readOffer(offer)
			must(t, err)
			found := map[media.Codec]bool{}
			repairs := 0
			for _, p := range o.payloads {
				if p.rtx {
					repairs++
				} else if p.codec != media.CodecUnknown {
					found[p.codec] = true
				}
			}
			if !found[media.H264] || !found[media.VP8] || repairs == 0 || len(o.rtxStreams) != 1 {
				t.Errorf("codecs %v, %d repairs, %v", found, repairs, o.rtxStreams)
			}
			c, err := h.Answer(t.Context(), offer, &watcher{t: t})
			must(t, err)
			defer c.Close(media.Reason{Code: media.SentAway})
			for _, want := range []string{
				"H264/90000", "VP8/90000", "rtx/90000", "nack pli",
				"transport-cc", "a=recvonly", "typ host", "a=end-of-candidates",
				"tcptype passive",
			} {
				if !strings.Contains(c.Answer(), want) {
					t.Errorf("the answer has no %q:\n%s", want, c.Answer())
				}
			}
			checkStart(t, c.Answer())
			for _, unwanted := range []string{
				"video-orientation", "goog-remb", "H265", "ulpfec",
				"simulcast",
			} {
				if strings.Contains(c.Answer(), unwanted) {
					t.Errorf("the answer has %q", unwanted)
				}
			}
		})
	}
}

// checkStart wants the start bitrate in the parameters of each video codec of an answer, once, and
// nowhere else.
func checkStart(t *testing.T, answer string) {
	t.Helper()
	const wish = "x-google-start-bitrate=4000"
	codecs := 0
	for line := range strings.SplitSeq(answer, "\r\n") {
		codec, ok := strings.CutPrefix(line, "a=rtpmap:")
		if !ok || strings.Contains(codec, " rtx/") || strings.Contains(codec, " opus/") {
			continue
		}
		codecs++
		pt, _, _ := strings.Cut(codec, " ")
		_, after, ok := strings.Cut(answer, "\r\na=fmtp:"+pt+" ")
		parameters, _, _ := strings.Cut(after, "\r\n")
		all := strings.Split(parameters, ";")
		if !ok || all[len(all)-1] != wish || slices.Contains(all, "") {
			t.Errorf("%s has the parameters %q, want %s among them", codec, parameters, wish)
		}
	}
	if n := strings.Count(answer, wish); n != codecs || n == 0 {
		t.Errorf("%d codecs of %d ask for a start bitrate:\n%s", n, codecs, answer)
	}
}

var testMids = map[string]bool{"0": true, "1": true}

const fragmentHead = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n"

const fragmentCredentials = "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n"

var fragmentTests = []struct {
	name, text string
	candidates int
	restart    bool
	end        bool
	bad        bool
}{
	{
		name: "of RFC 9725",
		text: "a=group:BUNDLE 0 1\r\n" + fragmentHead + fragmentCredentials +
			"a=candidate:1387637174 1 udp " +
			"2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id " +
			"1\r\na=end-of-candidates\r\n", candidates: 1, restart: true, end: true,
	},
	{
		name: "bare newlines",
		text: strings.ReplaceAll(fragmentHead+fragmentCredentials+"a=end-of-candidates\r\n",
			"\r", ""),
		restart: true, end: true,
	},
	{name: "credentials of the session", text: fragmentCredentials + fragmentHead, restart: true},
	{
		name:    "same credentials twice",
		text:    fragmentCredentials + fragmentHead + fragmentCredentials,
		restart: true,
	},
	{
		name: "IPv6 and TCP",
		text: fragmentHead +
			"a=candidate:1 1 TCP 1 2001:db8::1 9 typ host tcptype active\r\n",
		candidates: 1,
	},
	{name: "name", text: fragmentHead + "a=candidate:1 1 udp 1 x.local 9 typ host\r\n"},
	{name: "RTCP", text: fragmentHead + "a=candidate:1 2 udp 1 192.0.2.1 9 typ host\r\n"},
	{
		name: "unknown transport",
		text: fragmentHead + "a=candidate:1 1 sctp 1 192.0.2.1 9 typ host\r\n",
	},
	{
		name: "unknown attribute", text: fragmentHead + "a=x-y:z\r\na=end-of-candidates\r\n",
		end: true,
	},
	{name: "empty", bad: true},
	{name: "nothing about ICE", text: fragmentHead, bad: true},
	{name: "no SDP", text: "hello\r\n", bad: true},
	{name: "other lines", text: "v=0\r\n" + fragmentHead + fragmentCredentials, bad: true},
	{name: "half of the credentials", text: fragmentHead + "a=ice-ufrag:EsAw\r\n", bad: true},
	{
		name: "short password", text: fragmentHead + "a=ice-ufrag:EsAw\r\na=ice-pwd:short\r\n",
		bad: true,
	},
	{
		name: "odd characters",
		text: fragmentHead + "a=ice-ufrag:Es w\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n",
		bad:  true,
	},
	{
		name: "two different credentials",
		text: fragmentCredentials + fragmentHead + "a=ice-ufrag:Other\r\n",
		bad:  true,
	},
	{
		name: "unknown section", text: "m=video 9 X 1\r\na=mid:7\r\n" + fragmentCredentials,
		bad: true,
	},
	{
		name: "cut candidate", text: fragmentHead + "a=candidate:1 1 udp 1 192.0.2.1 9\r\n",
		bad: true,
	},
	{
		name: "no number", text: fragmentHead + "a=candidate:1 1 udp x 192.0.2.1 9 typ host\r\n",
		bad: true,
	},
	{
		name: "no port", text: fragmentHead + "a=candidate:1 1 udp 1 192.0.2.1 99999 typ host\r\n",
		bad: true,
	},
	{
		name: "huge",
		text: fragmentHead + fragmentCredentials + strings.Repeat("a=x\r\n", maxFragment),
		bad:  true,
	},
}

func TestFragments(t *testing.T) {
	for _, test := range fragmentTests {
		t.Run(test.name, func(t *testing.T) {
			f, err := readFragment(test.text, testMids)
			if test.bad {
				if !errors.Is(err, ErrBadFragment) || strings.Contains(err.Error(), "\n") {
					t.Errorf("%v", err)
				}
				return
			}
			must(t, err)
			if len(f.candidates) != test.candidates || (f.ufrag != "") != test.restart ||
				f.end != test.end {
				t.Errorf("%+v", f)
			}
		})
	}
}

func FuzzFragment(f *testing.F) {
	f.Add("a=group:BUNDLE 0 1\r\nm=video 9 UDP/TLS/RTP/SAVPF " +
		"96\r\na=mid:0\r\na=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\na=end-of-candidates\r\n")
	f.Add("a=candidate:1 1 tcp 1 2001:db8::1 9 typ host tcptype active\n")
	f.Fuzz(func(t *testing.T, text string) {
		fr, err := readFragment(text, testMids)
		switch {
		case err != nil && !errors.Is(err, ErrBadFragment):
			t.Fatal(err)
		case err == nil && len(fr.candidates) > maxCandidates:
			t.Fatal("too many candidates")
		case err == nil && fr.ufrag != "" && checkCredentials(fr.ufrag, fr.pwd) != nil:
			t.Fatal("bad credentials pass")
		}
	})
}

func FuzzOffer(f *testing.F) {
	for _, name := range []string{"chromium", "safari", "firefox"} {
		text, err := os.ReadFile("testdata/" + name + ".sdp")
		must(f, err)
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := readOffer(text)
		if err != nil {
			if !errors.Is(err, ErrBadOffer) && !errors.Is(err, ErrNoVideo) &&
				!errors.Is(err, ErrManyVideos) && !errors.Is(err, ErrNotBundled) {
				t.Fatal(err)
			}
			return
		}
		text, err = o.text()
		if err != nil || o.video == "" || !o.mids[o.video] {
			t.Fatalf("%+v, %v", o.mids, err)
		}
		if n := strings.Count(text, "a=candidate:"); n > maxCandidates {
			t.Fatalf("%d candidates pass", n)
		}
		for mid := range o.mids {
			if !isToken(mid) {
				t.Fatalf("a section is called %q", mid)
			}
		}
		if _, err := o.restarted(&fragment{
			ufrag: "abcd",
			pwd:   "0123456789012345678901",
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestETags(t *testing.T) {
	tag := newETag()
	if tag == newETag() || len(tag) < 18 || tag[0] != '"' || tag[len(tag)-1] != '"' {
		t.Errorf("tag %s", tag)
	}
	for header, want := range map[string]bool{
		"*": true, `"*"`: true, tag: true, `"a", ` + tag: true, " " + tag + " ": true,
		"": false, `"a"`: false, "W/" + tag: false, strings.Trim(tag, `"`): false,
	} {
		if matchETag(header, tag) != want {
			t.Errorf("%q matches: %v", header, !want)
		}
	}
	if !errors.Is(ErrMissingETag, ErrStaleETag) || errors.Is(ErrStaleETag, ErrMissingETag) {
		t.Error("the sentinels are mixed up")
	}
}
