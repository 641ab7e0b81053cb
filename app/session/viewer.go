package session

import (
	"bytes"
	"encoding/json"
	"sync/atomic"
	"time"

	"handlens/media"
	"handlens/media/peer"
)

const (
	// tellEvery is the least time between two looks at what there is to tell a viewer, and
	// tellFirst that until the first word has gone out, when the channel has opened.
	tellEvery = 250 * time.Millisecond
	tellFirst = 20 * time.Millisecond
)

// Viewer is one who watches a phone's video in a browser, or in another WHEP player. It is the
// peer.ViewerHandler of its connection, and owns a goroutine that tells it what has changed.
type Viewer struct {
	id      string
	from    Visitor
	session *Session
	all     *Viewers
	conn    atomic.Pointer[peer.Viewer] // nil while it is being made
	instead *Viewer                     // ends once this one stands; nil for none

	// Owned by the connection's goroutine.
	joined bool
	gone   chan struct{} // closed when the connection is over
	told   chan struct{} // closed when the goroutine is

	since time.Time // set before anybody is told of it
}

// ID names the viewer towards the window and in events.
func (v *Viewer) ID() string { return v.id }

// Name is a guess, for example "Chrome"; Address the other end's IP address.
func (v *Viewer) Name() string { return v.from.Name }

// Address is the other end's IP address.
func (v *Viewer) Address() string { return v.from.Address }

// Session is the one whose video it watches.
func (v *Viewer) Session() *Session { return v.session }

// Since is when it began to.
func (v *Viewer) Since() time.Time { return v.since }

// Control implements peer.ViewerHandler: there is nothing that a viewer could have us do.
func (v *Viewer) Control([]byte) {}

// State implements peer.ViewerHandler.
func (v *Viewer) State(state peer.State, reason media.Reason) {
	switch {
	case state == peer.Connected && !v.joined:
		v.joined, v.since = true, v.session.now()
		v.gone, v.told = make(chan struct{}), make(chan struct{})
		v.session.audience.add(v)
		go v.tell()
		v.all.joined(v)
	case state == peer.Closed:
		if v.joined {
			close(v.gone)
			<-v.told
			v.session.audience.remove(v)
		}
		v.all.left(v, reason)
	}
}

// close ends the connection, if there is one already, and waits for that.
func (v *Viewer) close(reason media.Reason) {
	if c := v.conn.Load(); c != nil {
		c.Close(reason)
	}
}

// tell is the goroutine that tells the viewer what has changed. It looks again and again: many
// things change far more often than anybody could follow.
func (v *Viewer) tell() {
	defer close(v.told)
	var said [5][]byte // the last word of each kind
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-v.gone:
			return
		case <-timer.C:
		}
		for i, m := range v.news() {
			b, err := json.Marshal(m)
			if c := v.conn.Load(); err == nil && c != nil && !bytes.Equal(b, said[i]) &&
				c.SendControl(b) {
				said[i] = b
			}
		}
		if said[0] == nil {
			timer.Reset(tellFirst)
		} else {
			timer.Reset(tellEvery)
		}
	}
}

// news is all that there is to tell now.
func (v *Viewer) news() [5]toViewer {
	return [5]toViewer{
		MutedMessage{v.session.audience.muted()},
		v.all.modelMessage(),
		PhonesMessage{v.all.Phones(), v.session.id},
		v.session.sceneMessage(),
		v.session.tracking.shows().forPages(),
	}
}
