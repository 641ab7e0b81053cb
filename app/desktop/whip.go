package desktop

import (
	"context"
	"errors"
	"fmt"

	"handlens/app/session"
	"handlens/media/peer"
	"handlens/media/whip"
)

// whipAdapter is a whip.Host that has the manager answer. The HTTP server and the sessions do not
// know each other, so it puts each error into the terms of the one who asks.
type whipAdapter struct {
	manager *session.Manager
	visits  *visits
}

// Join implements whip.Host.
func (a whipAdapter) Join(
	ctx context.Context, offer string, from whip.Visitor,
) (whip.Session, error) {
	ctx = peer.CalledFrom(peer.CalledAt(ctx, from.Called), from.Remote.Addr())
	id := a.visits.offered(from)
	conn, err := a.manager.Join(ctx, offer, session.Visitor{
		Name: from.Name, Address: from.Remote.Addr().Unmap().String(),
		Phone: from.Phone, Visit: id,
	})
	a.visits.answered(id, err)
	if err != nil {
		return nil, whipError(err)
	}
	return whipSession{conn}, nil
}

// whipSession is a connection as the HTTP server sees it.
type whipSession struct{ *peer.Conn }

// Patch implements whip.Session.
func (s whipSession) Patch(ctx context.Context, ifMatch, fragment string) (string, error) {
	answer, err := s.Conn.Patch(peer.CalledFrom(ctx, whip.CalledFrom(ctx)), ifMatch, fragment)
	return answer, whipError(err)
}

// whipError makes an error one that the HTTP server can tell apart; others stay as they are.
func whipError(err error) error {
	for _, pair := range []struct{ ours, theirs error }{
		{peer.ErrBadOffer, whip.ErrBadOffer},
		{peer.ErrNoVideo, whip.ErrNoVideo},
		{peer.ErrManyVideos, whip.ErrManyVideos},
		{peer.ErrNotBundled, whip.ErrNotBundled},
		{peer.ErrBadFragment, whip.ErrBadFragment},
		{peer.ErrStaleETag, whip.ErrStaleETag},
		{session.ErrFull, whip.ErrFull},
		{session.ErrRefused, whip.ErrRefused},
	} {
		if errors.Is(err, pair.ours) {
			return fmt.Errorf("%w: %w", pair.theirs, err)
		}
	}
	return err
}
