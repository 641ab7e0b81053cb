package desktop

import (
	"context"
	"errors"
	"fmt"

	"handlens/app/session"
	"handlens/media/peer"
	"handlens/media/whip"
)

// door lets the HTTP face and the sessions speak with each other although neither knows the other: it is a whip.Host and puts
// each error into the words of the one who asks.
type door struct{ manager *session.Manager }

// Join implements whip.Host.
func (d door) Join(ctx context.Context, offer string, from whip.Visitor) (whip.Session, error) {
	conn, err := d.manager.Join(ctx, offer, session.Visitor{Name: from.Name, Address: from.Remote.Addr().Unmap().String()})
	if err != nil {
		return nil, inWhipTerms(err)
	}
	return visit{conn}, nil
}

// visit is a connection as the HTTP face sees it.
type visit struct{ *peer.Conn }

// Patch implements whip.Session.
func (v visit) Patch(ctx context.Context, ifMatch, fragment string) (string, error) {
	answer, err := v.Conn.Patch(ctx, ifMatch, fragment)
	return answer, inWhipTerms(err)
}

func inWhipTerms(err error) error {
	for _, pair := range []struct{ ours, theirs error }{
		{peer.ErrBadOffer, whip.ErrBadOffer},
		{peer.ErrNoVideo, whip.ErrNoVideo},
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
