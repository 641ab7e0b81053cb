package peer

import (
	"errors"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"handlens/media"
	"handlens/media/waittest"
)

// iceLines returns the ICE lines of the first section of an SDP as a fragment.
func iceLines(sdp string) string {
	var b strings.Builder
	sections := strings.SplitAfter(sdp, "\r\nm=")
	for line := range strings.Lines("m=" + sections[1]) {
		for _, prefix := range []string{
			"m=video", "a=mid:", "a=ice-ufrag:", "a=ice-pwd:",
			"a=candidate:", "a=end-of-candidates",
		} {
			if strings.HasPrefix(line, prefix) {
				b.WriteString(line)
			}
		}
	}
	return b.String()
}

// withICE returns an answer with the ICE lines of a fragment.
func withICE(answer, fragment string) string {
	var fresh strings.Builder
	for line := range strings.Lines(fragment) {
		if strings.HasPrefix(line, "a=ice-") || strings.HasPrefix(line, "a=candidate") ||
			strings.HasPrefix(line, "a=end-of") {
			fresh.WriteString(line)
		}
	}
	var b strings.Builder
	for line := range strings.Lines(answer) {
		if strings.HasPrefix(line, "a=ice-") || strings.HasPrefix(line, "a=candidate") ||
			strings.HasPrefix(line, "a=end-of") {
			continue
		}
		b.WriteString(line)
		if strings.HasPrefix(line, "a=mid:") {
			b.WriteString(fresh.String())
		}
	}
	return b.String()
}

// restart restarts ICE by a PATCH, as the page does.
func (p *phone) restart(c *Conn, ifMatch string) {
	p.t.Helper()
	tag := c.ETag()
	offer := p.offer(&webrtc.OfferOptions{ICERestart: true})
	answer, err := c.Patch(p.t.Context(), ifMatch, iceLines(offer))
	must(p.t, err)
	if c.ETag() == tag {
		p.t.Error("the entity tag did not change")
	}
	for _, want := range []string{
		"a=ice-ufrag:", "a=ice-pwd:", "a=candidate:", "a=mid:0",
		"a=end-of-candidates",
	} {
		if !strings.Contains(answer, want) {
			p.t.Errorf("the fragment has no %s:\n%s", want, answer)
		}
	}
	must(p.t,
		p.pc.SetRemoteDescription(webrtc.SessionDescription{
			Type: webrtc.SDPTypeAnswer,
			SDP:  withICE(c.Answer(), answer),
		}))
}

func TestICERestart(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("run", func(t *testing.T) {
		h := listen(t)
		w := &watcher{t: t}
		p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
		c := p.join(h, w)
		p.send(func() bool { return w.frames.Load() >= 10 })
		first := c.ETag()
		for i, ifMatch := range []string{"*", `"*"`, ""} {
			if ifMatch == "" {
				ifMatch = c.ETag()
			}
			before := c.Stats().Remote
			p.restart(c, ifMatch)
			frames := w.frames.Load()
			p.send(func() bool { return w.frames.Load() > frames+10 })
			waittest.Until(t, "the new path", func() bool {
				now := c.Stats().Remote
				return now.IsValid() && now != before
			})
			if i == 0 {
				if _, err := c.Patch(t.Context(), first,
					iceLines(p.pc.LocalDescription().SDP)); !errors.Is(err, ErrStaleETag) {
					t.Errorf("a patch of the old session: %v", err)
				}
			}
		}
	})
}

func TestTrickle(t *testing.T) {
	h := listen(t)
	w := &watcher{t: t}
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	whole := p.offer(nil)
	c, err := h.Answer(t.Context(), withoutCandidates(whole), w)
	must(t, err)
	t.Cleanup(func() { c.Close(media.Reason{Code: media.SentAway}) })
	answer := webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: c.Answer()}
	must(t, p.pc.SetRemoteDescription(answer))
	tag := c.ETag()

	unusable := "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\na=candidate:1 1 udp 2113937151 " +
		"5f9c8a.local 50000 typ host generation 0\r\n"
	for _, step := range []struct {
		name, ifMatch, fragment string
		want                    error
	}{
		{"candidates", tag, iceLines(whole), nil},
		{"the same again", tag, iceLines(whole), nil},
		{"one of several tags", `"x", ` + tag, iceLines(whole), nil},
		{"a name that nobody resolves", tag, unusable, nil},
		{"no tag", "", iceLines(whole), ErrMissingETag},
		{"another tag", `"x"`, iceLines(whole), ErrStaleETag},
		{"a weak tag", "W/" + tag, iceLines(whole), ErrStaleETag},
		{"no fragment", tag, "hello", ErrBadFragment},
		{
			"an unknown section", tag,
			"m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:nine\r\na=end-of-candidates\r\n",
			ErrBadFragment,
		},
		{
			"too many candidates", tag,
			strings.Repeat("a=candidate:1 1 udp 2113937151 192.0.2.1 50000 typ host\r\n",
				maxCandidates+1), ErrBadFragment,
		},
	} {
		answer, err := c.Patch(t.Context(), step.ifMatch, step.fragment)
		if !errors.Is(err, step.want) || answer != "" || c.ETag() != tag {
			t.Errorf("%s: %q, %v; want %v", step.name, answer, err, step.want)
		}
	}
	p.send(func() bool { return w.frames.Load() >= 10 })
	c.Close(media.Reason{Code: media.SentAway})
	if _, err := c.Patch(t.Context(), tag, iceLines(whole)); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// withoutCandidates leaves the candidates out of an offer.
func withoutCandidates(offer string) string {
	var bare strings.Builder
	for line := range strings.Lines(offer) {
		if !strings.HasPrefix(line, "a=candidate") && !strings.HasPrefix(line, "a=end-of") {
			bare.WriteString(line)
		}
	}
	return bare.String()
}
