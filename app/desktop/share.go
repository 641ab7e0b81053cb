package desktop

import (
	"context"
	"errors"
	"fmt"
	"image"
	"strings"
	"sync"

	"handlens/app/session"
	"handlens/media"
	"handlens/media/pairing"
	"handlens/media/peer"
	"handlens/media/whip"
	"handlens/ui"
)

// share lets others on the network watch in a browser, while the person wants that. It answers the
// HTTP server, which has a viewer with the right token before it, by the session.Viewers; at the
// window it is the ui.Share. The viewers' token is kept nowhere but here: each start has its own,
// and each time that sharing is switched on. Any goroutine may use it.
type share struct {
	noListener
	settings *settings
	tell     listener
	ask      func(context.Context, session.Visitor) ui.Approval
	visits   *visits

	// Known once the app listens, before any viewer comes.
	viewers *session.Viewers
	whip    *whip.Server

	telling sync.Mutex // held while the viewers are told of, so that the newest list is the last

	changing sync.Mutex // held while the token is replaced
	mu       sync.Mutex
	token    string // "" while nobody may watch
	origin   string // https://ADDRESS:PORT of the code; "" while there is none
}

var (
	_ ui.Share      = (*share)(nil)
	_ whip.Audience = (*share)(nil)
)

// apply has the settings take effect. It does not wait.
func (sh *share) apply(v ui.Settings) {
	sh.changing.Lock()
	defer sh.changing.Unlock()
	sh.mu.Lock()
	on := sh.token != ""
	sh.mu.Unlock()
	switch {
	case v.Share && !on:
		sh.viewers.SetMost(v.MaxViewers)
		sh.renew(pairing.NewToken())
	case v.Share:
		sh.viewers.SetMost(v.MaxViewers)
	case on:
		sh.renew("")
		sh.viewers.SetMost(0)
	}
}

// renew replaces the token and tells of the new link. sh.changing is held.
func (sh *share) renew(token string) {
	sh.whip.SetViewerToken(token)
	sh.mu.Lock()
	sh.token = token
	sh.mu.Unlock()
	sh.tellLink()
}

func (sh *share) tellLink() {
	sh.mu.Lock()
	origin := sh.origin
	sh.mu.Unlock()
	if origin != "" {
		sh.tell.Sharing(sh.link())
	}
}

// link is the address of the viewers' page, with their token; "" while nobody may watch.
func (sh *share) link() string {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.token == "" || sh.origin == "" {
		return ""
	}
	return sh.origin + "/watch#" + sh.token
}

// Pairing implements listener: the link has the address that the phones' code has.
func (sh *share) Pairing(offer pairingOffer) {
	before := sh.link()
	sh.mu.Lock()
	sh.origin = strings.TrimSuffix(offer.URL, "/#"+offer.Token)
	sh.mu.Unlock()
	if sh.link() != before {
		sh.tellLink()
	}
}

// Model implements listener.
func (sh *share) Model(st modelState) { sh.viewers.SetModel(st.message()) }

// ViewerJoined implements session.Sink.
func (sh *share) ViewerJoined(*session.Viewer) { sh.tellViewers() }

// ViewerLeft implements session.Sink.
func (sh *share) ViewerLeft(*session.Viewer, media.Reason) { sh.tellViewers() }

func (sh *share) tellViewers() {
	sh.telling.Lock()
	defer sh.telling.Unlock()
	sh.tell.Watching(sh.Viewers())
}

// Link implements ui.Share.
func (sh *share) Link() (url string, qr func(pixels int) (image.Image, error)) {
	link := sh.link()
	return link, func(pixels int) (image.Image, error) { return pairing.QRImage(link, pixels) }
}

// Viewers implements ui.Share.
func (sh *share) Viewers() []ui.Viewer {
	all := []ui.Viewer{}
	for _, v := range sh.viewers.List() {
		all = append(all, ui.Viewer{
			ID: v.ID(), Name: v.Name(), Address: v.Address(), Phone: v.Session().Name(),
			Since: v.Since(),
		})
	}
	return all
}

// Dismiss implements ui.Share.
func (sh *share) Dismiss(id string) error {
	sh.viewers.Dismiss(id)
	return nil
}

// errNotShared is answered to who wants another link while there is none.
var errNotShared = errors.New("nobody may watch in a browser now, so there is no link")

// RenewLink implements ui.Share.
func (sh *share) RenewLink() error {
	sh.changing.Lock()
	defer sh.changing.Unlock()
	sh.mu.Lock()
	on := sh.token != ""
	sh.mu.Unlock()
	if !on {
		return errNotShared
	}
	sh.renew(pairing.NewToken())
	return nil
}

// approve says whether one who has the viewers' token may watch. It may take as long as the person
// at the window does. A viewer has no key by which it could be known again.
func (sh *share) approve(ctx context.Context, from session.Visitor) bool {
	return !sh.asks() || sh.ask(ctx, from).Allow
}

// asks says whether viewers are let in one by one.
func (sh *share) asks() bool { return sh.settings.get().Approve == ui.ApproveAsk }

// Comes implements whip.Audience: a viewer is on no phone's way here.
func (sh *share) Comes(from whip.Visitor) { sh.visits.book.Watches(from.Remote) }

// Phones implements whip.Audience. Who has the link but was not let in learns no names.
func (sh *share) Phones(again string) []whip.Phone {
	all := []whip.Phone{}
	if sh.asks() && !sh.viewers.Knows(again) {
		return all
	}
	for _, p := range sh.viewers.Phones() {
		all = append(all, whip.Phone(p))
	}
	return all
}

// Watch implements whip.Audience.
func (sh *share) Watch(
	ctx context.Context, offer string, wish whip.Wish, from whip.Visitor,
) (whip.Session, error) {
	ctx = peer.CalledFrom(peer.CalledAt(ctx, from.Called), from.Remote.Addr())
	v, err := sh.viewers.Watch(ctx, offer, wish.Phone, wish.Again, session.Visitor{
		Name: from.Name, Address: from.Remote.Addr().Unmap().String(), Watches: true,
	})
	if err != nil {
		return nil, watchError(err)
	}
	return whipViewer{v}, nil
}

// watchError is whipError for viewers.
func watchError(err error) error {
	for _, pair := range []struct{ ours, theirs error }{
		{peer.ErrNoVideo, whip.ErrOtherCodec},
		{peer.ErrNoFeed, whip.ErrNothingSent},
		{peer.ErrManyViewers, whip.ErrManyViewers},
		{session.ErrManyViewers, whip.ErrManyViewers},
		{session.ErrNoPhone, whip.ErrNoPhone},
		{session.ErrNothingSent, whip.ErrNothingSent},
	} {
		if errors.Is(err, pair.ours) {
			return fmt.Errorf("%w: %w", pair.theirs, err)
		}
	}
	return whipError(err)
}

// whipViewer is a viewer's connection as the HTTP server sees it.
type whipViewer struct{ *peer.Viewer }

// Patch implements whip.Session.
func (v whipViewer) Patch(ctx context.Context, ifMatch, fragment string) (string, error) {
	answer, err := v.Viewer.Patch(peer.CalledFrom(ctx, whip.CalledFrom(ctx)), ifMatch,
		fragment)
	return answer, whipError(err)
}

// Close implements whip.Session. Who leaves by DELETE is the viewer, not the phone.
func (v whipViewer) Close(reason media.Reason) {
	if reason.Code == media.PhoneLeft {
		reason.Code = media.PhoneClosed
	}
	v.Viewer.Close(reason)
}
