package desktop

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"testing"

	"handlens/app/session"
	"handlens/media/peer"
	"handlens/media/whip"
)

// refusing answers every offer with an error.
type refusing struct{ err error }

func (r refusing) Answer(context.Context, string, peer.Handler) (*peer.Conn, error) {
	return nil, r.err
}

// TestWhipAdapterTranslatesErrors has the HTTP server tell apart what went wrong.
func TestWhipAdapterTranslatesErrors(t *testing.T) {
	from := whip.Visitor{Name: "Phone", Remote: netip.MustParseAddrPort("[::ffff:192.0.2.1]:1234")}
	other := errors.New("something else")
	for _, c := range []struct{ ours, want error }{
		{peer.ErrBadOffer, whip.ErrBadOffer},
		{peer.ErrNoVideo, whip.ErrNoVideo},
		{peer.ErrManyVideos, whip.ErrManyVideos},
		{peer.ErrNotBundled, whip.ErrNotBundled},
		{peer.ErrBadFragment, whip.ErrBadFragment},
		{peer.ErrStaleETag, whip.ErrStaleETag},
		{session.ErrFull, whip.ErrFull},
		{session.ErrRefused, whip.ErrRefused},
		{other, other},
	} {
		answer := refusing{fmt.Errorf("because: %w", c.ours)}
		m := session.NewManager(answer, session.NewWorker(), session.NoSink{}, session.Display{},
			nil)
		got, err := whipAdapter{m, newVisits(new(fanout))}.Join(t.Context(), "", from)
		if got != nil || !errors.Is(err, c.want) || !errors.Is(err, c.ours) {
			t.Errorf("%v became %v, %v", c.ours, got, err)
		}
	}
}

// TestWhipAdapterNamesTheVisitor asks a person about the phone that wants in.
func TestWhipAdapterNamesTheVisitor(t *testing.T) {
	var asked session.Visitor
	approve := func(_ context.Context, v session.Visitor) bool {
		asked = v
		return false
	}
	m := session.NewManager(
		nowhere{}, session.NewWorker(), session.NoSink{}, session.Display{}, approve)
	from := whip.Visitor{Name: "Phone", Remote: netip.MustParseAddrPort("[::ffff:192.0.2.1]:1234")}
	_, err := whipAdapter{m, newVisits(new(fanout))}.Join(t.Context(), "", from)
	if !errors.Is(err, whip.ErrRefused) {
		t.Errorf("it says %v", err)
	}
	if want := (session.Visitor{Name: "Phone", Address: "192.0.2.1", Visit: "v1"}); asked != want {
		t.Errorf("asked was for %+v", asked)
	}
}
