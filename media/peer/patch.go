package peer

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"handlens/media/plaintext"
)

// iceSession is the ICE session that a connection is in; a restart begins another one.
type iceSession struct {
	// offer is used by whoever holds the patching token.
	offer *offer
	// used are the phone's user fragments so far: a restart with one of them is an old request that
	// was overtaken.
	used map[string]bool
	// candidates counts those of this session.
	candidates int

	mu   sync.Mutex
	etag string
}

func (s *iceSession) init(o *offer) {
	s.offer, s.used = o, map[string]bool{o.ufrag: true}
	s.etag = newETag()
}

// negotiation is what any connection needs to agree with the other side: the offer and its ICE
// session, and pion's connection. Conn and Viewer are made around it.
type negotiation struct {
	host    *Host
	pc      *webrtc.PeerConnection
	ctx     context.Context
	cancel  context.CancelFunc
	servers *serverNet // nil without STUN and TURN servers

	patching chan struct{} // holds one token: who patches
	ice      iceSession
	remotes  remotes
}

func (c *negotiation) init(h *Host, o *offer) (err error) {
	c.host, c.patching = h, make(chan struct{}, 1)
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.ice.init(o)
	c.remotes = remotes{attached: &h.attached, anywhere: len(h.cfg.ICEServers) > 0}
	if len(h.cfg.ICEServers) > 0 {
		c.servers, err = newServerNet()
	}
	return err
}

// maxRestarts bounds the ICE restarts of one connection. One a minute would last it a day.
const maxRestarts = 1500

// ETag returns the strong entity tag of the current ICE session, with its quotes.
func (c *negotiation) ETag() string {
	c.ice.mu.Lock()
	defer c.ice.mu.Unlock()
	return c.ice.etag
}

// Patch applies the body of a PATCH (application/trickle-ice-sdpfrag, RFC 8840) as RFC 9725 section
// 4.3 has it. ifMatch is the value of the If-Match header, empty when there was none. New
// candidates of the phone are added, and the result is empty (answer 204, no ETag). Credentials
// that are not the current ones are an ICE restart: the result is the fragment with our new
// credentials and all our candidates (answer 200 with the new ETag). A restart is allowed with the
// star or with the current tag. No error ends the connection. Errors wrap ErrBadFragment,
// ErrMissingETag, ErrStaleETag or ErrClosed, or are ctx's.
func (c *negotiation) Patch(ctx context.Context, ifMatch, frag string) (string, error) {
	select {
	case c.patching <- struct{}{}:
		defer func() { <-c.patching }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if c.ctx.Err() != nil {
		return "", ErrClosed
	}
	c.remotes.note(ctx)
	s := &c.ice
	f, err := readFragment(frag, s.offer.mids)
	if err != nil {
		return "", err
	}
	if strings.TrimSpace(ifMatch) == "" {
		return "", ErrMissingETag
	}
	if !matchETag(ifMatch, c.ETag()) {
		return "", ErrStaleETag
	}
	if f.ufrag == "" || (f.ufrag == s.offer.ufrag && f.pwd == s.offer.pwd) {
		return "", c.addCandidates(f)
	}
	if s.used[f.ufrag] {
		return "", fmt.Errorf("%w: its credentials were used before", ErrStaleETag)
	}
	if len(s.used) > maxRestarts {
		return "", fmt.Errorf("%w: this connection was restarted too often", ErrBadFragment)
	}
	return c.restart(ctx, f)
}

// addCandidates gives the phone's candidates to pion.
func (c *negotiation) addCandidates(f *fragment) error {
	s := &c.ice
	if s.candidates += len(f.candidates); s.candidates > maxCandidates {
		return fmt.Errorf("%w: it brings more than %d candidates", ErrBadFragment, maxCandidates)
	}
	for _, line := range f.candidates {
		init := webrtc.ICECandidateInit{Candidate: "candidate:" + line.value}
		if line.mid != "" {
			init.SDPMid = &line.mid
		}
		// One that cannot be used is discarded in silence (RFC 9725 section 4.3.2).
		if err := c.pc.AddICECandidate(init); err != nil {
			c.host.log.Debug("discarding a candidate", "error", err)
		}
	}
	if f.end {
		if err := c.pc.AddICECandidate(webrtc.ICECandidateInit{}); err != nil {
			c.host.log.Debug("end of candidates", "error", err)
		}
	}
	return nil
}

// restart begins another ICE session. Media flows on: DTLS and SRTP are not touched.
func (c *negotiation) restart(ctx context.Context, f *fragment) (string, error) {
	s := &c.ice
	text, err := s.offer.restarted(f)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrBadFragment, err)
	}
	s.used[f.ufrag] = true
	local, err := c.describe(ctx, text)
	if err != nil {
		return "", c.refusal(ctx, ErrBadFragment, err)
	}
	answer, err := writeFragment(local)
	if err != nil {
		return "", err
	}
	s.offer.ufrag, s.offer.pwd, s.candidates = f.ufrag, f.pwd, 0
	s.mu.Lock()
	s.etag = newETag()
	s.mu.Unlock()
	return answer, c.addCandidates(f)
}

// describe gives pion an offer and returns its answer once our candidates are in it: at once where
// all are local, within about gatherTimeout where servers are asked.
func (c *negotiation) describe(ctx context.Context, offer string) (*sdp.SessionDescription, error) {
	c.remotes.note(ctx)
	c.remotes.restart()
	if err := c.pc.SetRemoteDescription(webrtc.SessionDescription{
		Type: webrtc.SDPTypeOffer,
		SDP:  offer,
	}); err != nil {
		return nil, err
	}
	answer, err := c.pc.CreateAnswer(nil)
	if err != nil {
		return nil, errors.Join(err, c.rollback())
	}
	gathered := webrtc.GatheringCompletePromise(c.pc)
	if err := c.pc.SetLocalDescription(answer); err != nil {
		return nil, errors.Join(err, c.rollback())
	}
	if err := c.gather(ctx, gathered); err != nil {
		return nil, err
	}
	text := c.pc.LocalDescription().SDP
	c.checkRelay(text)
	var local sdp.SessionDescription
	if err := local.UnmarshalString(text); err != nil {
		return nil, fmt.Errorf("reading our own answer: %w", err)
	}
	called, _ := ctx.Value(calledAt{}).(netip.Addr)
	c.ice.offer.arrange(&local, called)
	return &local, nil
}

// refusal wraps what pion found wrong, unless the true reason is that somebody gave up.
func (c *negotiation) refusal(ctx context.Context, as, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case c.ctx.Err() != nil:
		return ErrClosed
	}
	return fmt.Errorf("%w: %s", as, inShort(err))
}

// inShort words an error in one line that is not too long: pion repeats what it was given.
func inShort(err error) string {
	const longest = 200
	text := []rune(plaintext.Printable(err.Error()))
	if len(text) > longest {
		return string(text[:longest]) + "…"
	}
	return string(text)
}

func (c *negotiation) rollback() error {
	return c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeRollback})
}

// writeFragment makes the answer to a restart: credentials and candidates of the section that has
// them.
func writeFragment(local *sdp.SessionDescription) (string, error) {
	for _, m := range local.MediaDescriptions {
		ufrag, ok1 := m.Attribute("ice-ufrag")
		pwd, ok2 := m.Attribute("ice-pwd")
		mid, ok3 := m.Attribute(sdp.AttrKeyMID)
		if !ok1 || !ok2 || !ok3 || m.MediaName.Port.Value == 0 {
			continue
		}
		var b strings.Builder
		line := func(format string, a ...any) { fmt.Fprintf(&b, format+"\r\n", a...) }
		if group, ok := local.Attribute(sdp.AttrKeyGroup); ok {
			line("a=group:%s", group)
		}
		line("m=%s 9 %s %s", m.MediaName.Media, strings.Join(m.MediaName.Protos, "/"),
			strings.Join(m.MediaName.Formats, " "))
		line("a=mid:%s", mid)
		line("a=ice-ufrag:%s", ufrag)
		line("a=ice-pwd:%s", pwd)
		for _, a := range m.Attributes {
			if a.Key == "candidate" {
				line("a=candidate:%s", a.Value)
			}
		}
		line("a=end-of-candidates")
		return b.String(), nil
	}
	return "", errors.New("our own answer has no ICE credentials")
}
