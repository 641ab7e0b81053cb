package desktop

import (
	"context"
	"errors"
	"sync"

	"handlens/app/session"
	"handlens/media"
	"handlens/media/pairing"
	"handlens/media/whip"
	"handlens/ui"
)

// guard says who may join. It answers the session.Manager, which has a phone with the right token
// before it, and tells the whip.Server which phones get that token by their key; at the window it
// is the ui.Guard. Any goroutine may use it.
//
// Only a person's word has a phone remembered. Where the code is enough (auto), that alone leaves
// nothing behind: whoever scanned it yesterday needs the code of today.
type guard struct {
	noListener
	settings *settings
	known    *knownPhones
	ask      func(context.Context, session.Visitor) ui.Approval
	fault    func(error)
	dataDir  string

	// Known once the app listens, before any phone comes.
	manager   *session.Manager
	whip      *whip.Server
	addresses *addresses

	renewing sync.Mutex // held while the token is replaced

	mu    sync.Mutex
	token string // when it was replaced in this run, else ""
	// phones that are not told of another token, unless they are let in again
	revoked map[string]bool
}

// approve says whether a phone that has the token may join. It may take as long as the person at
// the window does.
func (g *guard) approve(ctx context.Context, from session.Visitor) bool {
	if g.settings.get().Approve == ui.ApproveAsk && !g.known.has(from.Phone) {
		answer := g.ask(ctx, from)
		if !answer.Allow {
			return false
		}
		if answer.Remember {
			if err := g.known.add(from.Phone, from.Name); err != nil {
				g.fault(err)
			}
		}
	}
	g.mu.Lock()
	delete(g.revoked, from.Phone)
	g.mu.Unlock()
	return true
}

// Hello implements session.Sink. A phone that was on its way while the token was replaced did not
// hear of it.
func (g *guard) Hello(s *session.Session) {
	g.known.saw(s.Phone(), s.Name())
	g.mu.Lock()
	token, revoked := g.token, g.revoked[s.Phone()]
	g.mu.Unlock()
	if token != "" && !revoked {
		s.Tell(session.TokenMessage{Token: token})
	}
}

// Known implements ui.Guard.
func (g *guard) Known() []ui.KnownPhone {
	here := make(map[string]bool)
	for _, s := range g.manager.Sessions() {
		here[s.Phone()] = true
	}
	var all []ui.KnownPhone
	for _, p := range g.known.list() {
		all = append(all, ui.KnownPhone{
			ID: p.ID, Name: p.Name, Added: p.Added, Seen: p.Seen, Here: here[p.ID],
		})
	}
	return all
}

// Revoke implements ui.Guard.
func (g *guard) Revoke(id string) error {
	err := g.known.forget(id)
	g.mu.Lock()
	if g.revoked == nil {
		g.revoked = make(map[string]bool)
	}
	g.revoked[id] = true
	g.mu.Unlock()
	return errors.Join(err, g.renew(id))
}

// RenewCode implements ui.Guard.
func (g *guard) RenewCode() error { return g.renew("") }

// renew replaces the token, tells it to the phones that are here, and sends one of them away. The
// server has the new token first: what joins with the old one after that is turned away there, and
// what joined before is among the sessions here.
func (g *guard) renew(without string) error {
	g.renewing.Lock()
	defer g.renewing.Unlock()
	token := pairing.NewToken()
	g.whip.SetToken(token)
	g.mu.Lock()
	g.token = token
	g.mu.Unlock()
	var leaving sync.WaitGroup
	for _, s := range g.manager.Sessions() {
		if s.Phone() != without {
			s.Tell(session.TokenMessage{Token: token})
		} else if c := s.Conn(); c != nil {
			leaving.Go(func() { c.Dismiss(media.Reason{Code: media.SentAway}) })
		}
	}
	g.addresses.renew(token)
	err := writeToken(g.dataDir, g.addresses.port, token)
	leaving.Wait()
	return err
}
