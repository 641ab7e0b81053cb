package peer

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/pion/webrtc/v4"

	"handlens/media"
)

// gatherTimeout is how long an answer waits for STUN and TURN servers. Our own addresses are there
// at once; those that servers give come in time or not at all, since no candidate can follow an
// answer (RFC 9725 section 4.3.2). One second is enough for the round trips of a TURN server at
// the other end of the world (a name, TCP, TLS, and two for the allocation), and short beside what
// clients wait: the phone's page gives an ICE restart 2.5 s, OBS a join 8 s.
const gatherTimeout = time.Second

// gatherPoll is how soon it is asked again whether there is a candidate, on a machine so busy that
// its own addresses take longer than gatherTimeout.
const gatherPoll = 50 * time.Millisecond

// pionServers puts ICE servers into pion's terms.
func pionServers(list []media.ICEServer) []webrtc.ICEServer {
	servers := make([]webrtc.ICEServer, len(list))
	for i, s := range list {
		servers[i] = webrtc.ICEServer{URLs: []string{s.URL}}
		if s.Username != "" {
			servers[i].Username, servers[i].Credential = s.Username, s.Credential
		}
	}
	return servers
}

// gather waits until our candidates are there: all of them, or those that there are after
// gatherTimeout. What pion finds later it still uses by itself, since the checks that it sends from
// there tell the phone.
func (c *negotiation) gather(ctx context.Context, gathered <-chan struct{}) error {
	var late <-chan time.Time
	if c.servers != nil {
		timer := time.NewTimer(gatherTimeout)
		defer timer.Stop()
		late = timer.C
	}
	for {
		select {
		case <-gathered:
			return nil
		case <-late:
			if strings.Contains(c.pc.LocalDescription().SDP, "a=candidate:") {
				return nil
			}
			late = time.After(gatherPoll)
		case <-ctx.Done():
			return ctx.Err()
		case <-c.ctx.Done():
			return ErrClosed
		}
	}
}

// checkRelay says in the log, once until it changes, why an answer offers no relayed path although
// there is a TURN server. The session goes on over the paths that there are.
func (c *negotiation) checkRelay(answer string) {
	var turn []string
	for _, s := range c.host.cfg.ICEServers {
		if strings.HasPrefix(s.URL, "turn") {
			turn = append(turn, s.URL)
		}
	}
	if len(turn) == 0 {
		return
	}
	names, what := strings.Join(turn, " and "), ""
	switch {
	case strings.Contains(answer, " typ relay"):
	case c.servers.answered.Load():
		what = fmt.Sprintf("%s answered but gave no relay address within %v, so only direct paths "+
			"are tried; are its user name and password right?", names, gatherTimeout)
	default:
		what = fmt.Sprintf("%s did not answer within %v, so only direct paths are tried; is its "+
			"address right, and does it run?", names, gatherTimeout)
	}
	if was := c.host.relayProblem.Swap(&what); what != "" && (was == nil || *was != what) {
		c.host.log.Warn(what)
	}
}
