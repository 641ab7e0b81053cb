package session

import (
	"bytes"
	"fmt"
	"slices"
	"sync"

	"handlens/media"
	"handlens/media/peer"
)

// audience is who watches a session's video, and what keeps it from them. It outlives the phone's
// connections, as the session does. Any goroutine may use it, but none that holds the session's
// lock.
type audience struct {
	feed *peer.Feed

	mu      sync.Mutex
	viewers []*Viewer
	blurs   bool // a class is to stay unrecognisable
	paused  bool // the phone says so
}

func (a *audience) setBlurs(on bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.blurs = on
	a.feed.Mute(a.why() != "")
}

func (a *audience) setPaused(on bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.paused = on
	a.feed.Mute(a.why() != "")
}

// why says why no video is sent; "" when it is. The caller holds the lock.
func (a *audience) why() MuteReason {
	switch {
	case a.blurs:
		return MutedBlurred
	case a.paused:
		return MutedPaused
	}
	return ""
}

func (a *audience) muted() MuteReason {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.why()
}

func (a *audience) add(v *Viewer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.viewers = append(a.viewers, v)
}

func (a *audience) remove(v *Viewer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.viewers = slices.DeleteFunc(a.viewers, func(w *Viewer) bool { return w == v })
}

// detected sends viewers what was found in the frame of that timestamp: the phone's message with
// that in it.
func (a *audience) detected(message []byte, rtp uint32) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.viewers) == 0 {
		return
	}
	message = fmt.Appendf(bytes.Clone(message[:len(message)-1]), `,"rtp":%d}`, rtp)
	for _, v := range a.viewers {
		if c := v.conn.Load(); c != nil {
			c.SendDetections(message)
		}
	}
}

// end sends the viewers off.
func (a *audience) end(reason media.Reason) {
	if reason.Code != media.ProgramClosed {
		reason = media.Reason{Code: media.PhoneLeft} // however it went: that is not theirs to know
	}
	a.feed.Close(reason)
}

// Watching is how many watch the phone's video in a browser.
func (s *Session) Watching() int {
	s.audience.mu.Lock()
	defer s.audience.mu.Unlock()
	return len(s.audience.viewers)
}

// sceneMessage is what viewers are told beside the detections.
func (s *Session) sceneMessage() SceneMessage {
	sc := s.Scene()
	if sc.Frame != nil {
		sc.Frame.Release()
	}
	return newScene(sc.View, s.tracking.shows())
}

// requestKeyFrame asks the phone for a key frame, if there is a connection.
func (s *Session) requestKeyFrame() {
	if c := s.Conn(); c != nil {
		c.RequestKeyFrame()
	}
}
