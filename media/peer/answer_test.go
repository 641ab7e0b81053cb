package peer

import (
	"errors"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"handlens/media"
)

// recorded returns an offer that a program really made (testdata/README.md).
func recorded(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".sdp")
	must(t, err)
	return strings.ReplaceAll(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n", "\r\n")
}

// answerTo returns the answer to an offer, read.
func answerTo(t *testing.T, h *Host, offer string) *sdp.SessionDescription {
	t.Helper()
	c, err := h.Answer(t.Context(), offer, &watcher{t: t})
	must(t, err)
	t.Cleanup(func() { c.Close(media.Reason{Code: media.SentAway}) })
	answer := new(sdp.SessionDescription)
	must(t, answer.UnmarshalString(c.Answer()))
	return answer
}

func TestRecordedOffersOfPrograms(t *testing.T) {
	h := listen(t)
	for _, test := range []struct {
		name     string
		sections int
		want     error
	}{
		{"ffmpeg", 1, nil},
		{"gstreamer", 1, nil},
		{"gstreamer-two", 0, ErrNotBundled},
		{"aiortc", 2, nil},
		{"libdatachannel", 2, nil},
		{"layers", 1, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			offer := recorded(t, test.name)
			if test.want != nil {
				checkBadOffer(t, h, offer, test.want)
				return
			}
			answer := answerTo(t, h, offer)
			accepted := 0
			for _, m := range answer.MediaDescriptions {
				if m.MediaName.Port.Value != 0 {
					accepted++
				}
			}
			if accepted != test.sections || accepted != len(answer.MediaDescriptions) {
				t.Errorf("%d of %d sections are accepted, want %d", accepted,
					len(answer.MediaDescriptions), test.sections)
			}
			m := answer.MediaDescriptions[0]
			if !has(m, "rtcp-mux") ||
				has(m, "rtcp-mux-only") != strings.Contains(offer, "a=rtcp-mux-only") {
				t.Errorf("the answer on the port of RTCP is another than the offer's: %v",
					m.Attributes)
			}
			_, grouped := answer.Attribute("group")
			if grouped != strings.Contains(offer, "a=group:BUNDLE") {
				t.Errorf("a group is in the answer: %v", grouped)
			}
		})
	}
}

// FFmpeg takes the first candidate alone.
func TestTheOrderOfCandidates(t *testing.T) {
	h := listen(t)
	h.cfg.Addresses = []netip.Addr{
		netip.MustParseAddr("::1"), netip.MustParseAddr("127.0.0.1"),
		netip.MustParseAddr("127.0.0.2"),
	}
	offer := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8}).offer(nil)
	var first []string
	for range 8 {
		ctx := CalledAt(t.Context(), netip.MustParseAddr("127.0.0.2"))
		c, err := h.Answer(ctx, offer, &watcher{t: t})
		must(t, err)
		defer c.Close(media.Reason{Code: media.SentAway})
		var got []string
		for line := range strings.Lines(c.Answer()) {
			if value, ok := strings.CutPrefix(line, "a=candidate:"); ok {
				words := strings.Fields(value)
				got = append(got, strings.Join(append(words[1:3:3], words[4]), " "))
			}
		}
		if first == nil {
			first = got
			want := []string{"1 udp 127.0.0.2", "1 udp 127.0.0.1", "1 udp ::1"}
			if len(got) < 4 || !slices.Equal(got[:3], want) {
				t.Errorf("the candidates are %q", got)
			}
			for _, c := range got[min(3, len(got)):] {
				if !strings.HasPrefix(c, "1 tcp ") {
					t.Errorf("%q comes late", c)
				}
			}
		}
		if !slices.Equal(got, first) {
			t.Errorf("now they are %q", got)
		}
	}
}

// What is offered outside the video's BUNDLE group, but would not be taken anyway, does no harm;
// candidates then stand in the section that is accepted.
func TestAnOfferOfWhichOneSectionIsUnbundled(t *testing.T) {
	h := listen(t)
	offer := recorded(t, "gstreamer-two")
	_, audio, _ := strings.Cut(offer, "m=audio")
	audio, _, _ = strings.Cut("m=audio"+audio, "m=video")
	_, video, _ := strings.Cut(offer, "m=video")
	video, _, _ = strings.Cut("m=video"+video, "m=audio")
	head, _, _ := strings.Cut(offer, "m=")
	audio = strings.ReplaceAll(audio, "a=sendrecv", "a=recvonly")
	answer := answerTo(t, h, head+audio+video)
	if len(answer.MediaDescriptions) != 2 {
		t.Fatalf("%d sections", len(answer.MediaDescriptions))
	}
	for i, m := range answer.MediaDescriptions {
		if taken := m.MediaName.Port.Value != 0; taken != (i == 1) || has(m, "candidate") != taken {
			t.Errorf("%s is taken: %v, with candidates: %v", m.MediaName.Media, taken,
				has(m, "candidate"))
		}
	}
}

func TestLayersAreAllTaken(t *testing.T) {
	answer := answerTo(t, listen(t), recorded(t, "layers"))
	m := answer.MediaDescriptions[0]
	if v, _ := m.Attribute("simulcast"); v != "recv q;h;f" {
		t.Errorf("simulcast is %q", v)
	}
	rids, extensions, repairs := 0, 0, 0
	for _, a := range m.Attributes {
		switch {
		case a.Key == "rid":
			rids++
		case a.Key == "extmap" && strings.Contains(a.Value, "sdes:"):
			extensions++
		case a.Key == "rtpmap" && strings.Contains(a.Value, "rtx"):
			repairs++
		}
	}
	// Which stream would repair which nobody says.
	if rids != 3 || extensions != 2 || repairs != 0 {
		t.Errorf("%d layers, %d extensions, %d repairs", rids, extensions, repairs)
	}
}

func TestBadTransports(t *testing.T) {
	good := recorded(t, "libdatachannel")
	replace := func(old, by string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%q is not in the offer", old)
		}
		return strings.ReplaceAll(good, old, by)
	}
	_, mark, _ := strings.Cut(good, "a=fingerprint:sha-256 ")
	mark, _, _ = strings.Cut(mark, "\r\n")
	for name, test := range map[string]struct {
		offer string
		want  error
	}{
		"as it was":         {good, nil},
		"sha-1 for sha-256": {replace("sha-256", "sha-1"), ErrBadOffer},
		"capital letters":   {replace("sha-256", "SHA-256"), nil},
		"unknown function":  {replace("sha-256", "sha-3"), ErrBadOffer},
		"unknown one first": {replace("a=fingerprint",
			"a=fingerprint:sha-3 AA\r\na=fingerprint"), nil},
		"cut short":          {replace(mark, mark[:20]), ErrBadOffer},
		"no colons":          {replace(mark, strings.ReplaceAll(mark, ":", "")), ErrBadOffer},
		"no hexadecimal":     {replace(mark, "X"+mark[1:]), ErrBadOffer},
		"nothing":            {replace("sha-256 "+mark, ""), ErrBadOffer},
		"setup active":       {replace("setup:actpass", "setup:active"), nil},
		"setup passive":      {replace("setup:actpass", "setup:passive"), nil},
		"setup holdconn":     {replace("setup:actpass", "setup:holdconn"), ErrBadOffer},
		"setup nonsense":     {replace("setup:actpass", "setup:x"), ErrBadOffer},
		"setup of nobody":    {replace("a=setup:actpass\r\n", ""), nil},
		"channels elsewhere": {replace("BUNDLE video 0", "BUNDLE video"), ErrNotBundled},
		"another group first": {
			replace("a=group:BUNDLE", "a=group:BUNDLE x\r\na=group:BUNDLE"),
			nil,
		},
		"no such name": {replace("BUNDLE video 0", "BUNDLE x video 0"), nil},
		"video twice":  {good + secondVideo(good), ErrManyVideos},
		"second video refused": {good + strings.Replace(secondVideo(good), "sendonly", "inactive",
			1), nil},
	} {
		if _, err := readOffer(test.offer); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

// secondVideo is the video section of an offer under another name.
func secondVideo(offer string) string {
	_, video, _ := strings.Cut(offer, "m=video")
	video, _, _ = strings.Cut(video, "m=application")
	return "m=video" + strings.Replace(video, "a=mid:video", "a=mid:second", 1)
}
