package peer

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
)

// calledAt is the key of a context's value.
type calledAt struct{}

// CalledAt returns a context for [Host.Answer] that says by which of this computer's addresses the
// phone called. That one is certain to be reached, so it comes first in the answer: some programs
// try no other.
func CalledAt(ctx context.Context, address netip.Addr) context.Context {
	return context.WithValue(ctx, calledAt{}, address.Unmap().WithZone(""))
}

// arrange makes of pion's answer, or of a later one, one that the phone can take at its word.
func (o *offer) arrange(local *sdp.SessionDescription, called netip.Addr) {
	var candidates []sdp.Attribute
	var first *sdp.MediaDescription // that the transport is of
	for _, m := range local.MediaDescriptions {
		for _, a := range m.Attributes {
			if a.Key == "candidate" {
				candidates = append(candidates, a)
			}
		}
		drop(m, "candidate", "end-of-candidates")
		if m.MediaName.Port.Value == 0 {
			continue
		}
		if first == nil {
			first = m
		}
		mid, _ := m.Attribute(sdp.AttrKeyMID)
		// RFC 9725 section 4.4.1 wants it of both sides, whatever RFC 8858 says of answers.
		if o.muxOnly[mid] {
			m.WithPropertyAttribute("rtcp-mux-only")
		}
		if mid == o.video {
			o.layers.accept(m)
		}
	}
	if !o.bundled { // nor may the answer have a group then (RFC 5888 section 9.2)
		local.Attributes = without(local.Attributes, sdp.AttrKeyGroup)
	}
	if first != nil {
		first.Attributes = append(first.Attributes, sorted(candidates, called)...)
		first.WithPropertyAttribute("end-of-candidates")
	}
}

// sorted returns the candidates in the order in which they are to be tried by who tries them one by
// one, or takes the first alone, as FFmpeg does: what came by UDP and IPv4 first, then IPv6, then
// TCP; among these the address that was called, then by priority. Those of RTCP, which pion lists
// too, are left out: RTCP goes by the same port.
func sorted(candidates []sdp.Attribute, called netip.Addr) []sdp.Attribute {
	type ranked struct {
		sdp.Attribute
		rank, priority int
	}
	var list []ranked
	for _, c := range candidates {
		// foundation, component, transport, priority, address, …
		words := strings.Fields(c.Value)
		if len(words) < 6 || words[1] != "1" {
			continue
		}
		rank := 0
		if !strings.EqualFold(words[2], "udp") {
			rank += 4
		}
		address, err := netip.ParseAddr(words[4])
		if err != nil || !address.Is4() {
			rank += 2
		}
		if address != called {
			rank++
		}
		priority, _ := strconv.Atoi(words[3]) // ours are numbers
		list = append(list, ranked{c, rank, priority})
	}
	slices.SortFunc(list, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.priority, a.priority),
			cmp.Compare(a.Value, b.Value))
	})
	out := make([]sdp.Attribute, len(list))
	for i, c := range list {
		out[i] = c.Attribute
	}
	return out
}
