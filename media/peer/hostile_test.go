package peer

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"handlens/media"
)

// hostileOffers are offers that mean no good, made of a good one. Those that can be answered all
// the same may be.
func hostileOffers(good string) map[string]string {
	after := func(line, more string) string {
		at := strings.Index(good, line)
		end := at + strings.Index(good[at:], "\r\n") + 2
		return good[:end] + more + good[end:]
	}
	lines := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format+"\r\n", i)
		}
		return b.String()
	}
	fill := func(format string) string { // as many lines as may be
		n := min(maxAttributes-strings.Count(good, "\na="), (maxOffer-len(good))/(len(format)+4))
		return after("a=mid:0", lines(n, format))
	}
	rename := func(mid string) string {
		return strings.NewReplacer("a=mid:0\r", "a=mid:"+mid+"\r", "BUNDLE 0", "BUNDLE "+mid).
			Replace(good)
	}
	return map[string]string{
		"lines":         after("a=mid:0", strings.Repeat("a=x\r\n", 2*maxAttributes)),
		"codecs":        fill("a=rtpmap:96 VP8/90000/%d"),
		"parameters":    fill("a=fmtp:96 x=%d"),
		"repairs":       fill("a=rtpmap:%d rtx/90000"),
		"feedback":      fill("a=rtcp-fb:* nack x%d"),
		"the same wish": fill("a=rtcp-fb:* nack%.0d"),
		"many formats": strings.Replace(good, "SAVPF ",
			"SAVPF "+strings.Repeat("96 ", maxFormats), 1),
		"extensions":   fill("a=extmap:%d urn:x"),
		"streams":      fill("a=ssrc:%d cname:x"),
		"groups":       fill("a=ssrc-group:FID %d 1"),
		"layers":       fill("a=simulcast:send %d"),
		"fingerprints": fill("a=fingerprint:sha-256 %d"),
		"candidates":   fill("a=candidate:%d 1 udp 1 10.0.0.1 5000 typ host"),
		"the same one": fill("a=candidate:1 1 udp 1 10.0.0.1 5000 typ host x %.0d"),
		"names":        fill("a=candidate:%d 1 udp 1 x.local 5000 typ host"),
		"mids":         fill("a=mid:%d"),
		"formats": strings.Replace(good, "SAVPF ",
			"SAVPF "+strings.Repeat("96 ", maxFormats-30), 1),
		"a long line": after("a=mid:0", "a=x:"+strings.Repeat("x", 40000)+"\r\n"),
		"a long format": strings.Replace(good, "SAVPF ", "SAVPF "+strings.Repeat("9", 40000)+" ",
			1),
		"sections":       good + strings.Repeat(good[strings.Index(good, "m="):], 6),
		"lone CR":        after("a=mid:0", "a=x:\ra=candidate:evil\r\n"),
		"a name with CR": rename("0\ra=evil:1"),
		"lone LF":        strings.ReplaceAll(good, "\r\n", "\n"),
		"blank lines":    strings.ReplaceAll(good, "\r\n", "\r\n\r\n"),
		"unicode":        rename("🎥\u202e\u2028\u0085"),
		"a wide name":    rename(strings.Repeat("m", 1000)),
		"a blank name":   rename("\t"),
		"a spaced name":  rename("0 1 2"),
		"layers' names": after("a=mid:0", "a=rid:é send\r\na=rid:b send\r\n"+
			"a=simulcast:send é;b;\u2028;"+strings.Repeat("c", 99)+"\r\n"),
		"an extension":  after("a=mid:0", "a=extmap:999999999999 "+sdp.SDESMidURI+"\r\n"),
		"numbers":       strings.NewReplacer("m=video 9", "m=video 99999999").Replace(good),
		"negative":      strings.NewReplacer("m=video 9", "m=video -9").Replace(good),
		"payload types": strings.NewReplacer("96", "99999999999999999999").Replace(good),
		"origin":        strings.Replace(good, "o=-", "o=-"+strings.Repeat(" 9", 999), 1),
		"times":         strings.Replace(good, "t=0 0", "t=18446744073709551616 0", 1),
		"bandwidth":     after("c=IN", "b=AS:99999999999999999999\r\n"),
		"port count":    strings.Replace(good, "m=video 9", "m=video 9/65535", 1),
		"a data port":   strings.ReplaceAll(good, "a=sctp-port:5000", "a=sctp-port:99999999"),
		"a data size":   strings.ReplaceAll(good, "a=sctp-port:5000", "a=max-message-size:-1"),
	}
}

// tooMuch are the offers that have more of something than is looked at.
var tooMuch = map[string]bool{
	"lines": true, "many formats": true, "candidates": true, "sections": true, "a wide name": true,
}

// TestHostileOffers: each is answered, in lines that we mean, or refused in a sentence, and leaves
// nothing behind.
func TestHostileOffers(t *testing.T) {
	h := listen(t)
	good := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8}).offer(nil)
	before := measure()
	for what, offer := range hostileOffers(good) {
		if len(offer) > maxOffer+2000 && what != "sections" {
			t.Errorf("%s: %d bytes test nothing but the size", what, len(offer))
		}
		w := &watcher{t: t}
		c, err := h.Answer(t.Context(), offer, w)
		if err != nil {
			known := errors.Is(err, ErrBadOffer) || errors.Is(err, ErrNoVideo) ||
				errors.Is(err, ErrManyVideos) || errors.Is(err, ErrNotBundled)
			if !known || strings.ContainsAny(err.Error(), "\r\n") || len(err.Error()) > 400 {
				t.Errorf("%s: %.500q", what, err)
			}
			continue
		}
		if tooMuch[what] {
			t.Errorf("%s: answered", what)
		}
		checkAnswer(t, what, c.Answer(), len(offer))
		c.Close(media.Reason{Code: media.SentAway})
	}
	checkUsage(t, "hostile offers", before)
}

// checkAnswer wants an answer to repeat nothing that could be read as a line of its own.
func checkAnswer(t *testing.T, what, answer string, offered int) {
	t.Helper()
	if len(answer) > offered+32<<10 || !utf8.ValidString(answer) {
		t.Errorf("%s: an answer of %d bytes", what, len(answer))
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(answer, "\r\n"), "\r\n") {
		if len(line) < 2 || line[1] != '=' || strings.ContainsAny(line, "\r\n\u0085\u2028\u2029") ||
			strings.Contains(line, "evil") {
			t.Errorf("%s: the answer has the line %.100q", what, line)
		}
	}
	for _, r := range answer {
		if r > '~' {
			t.Errorf("%s: the answer has %q", what, r)
			return
		}
	}
}
