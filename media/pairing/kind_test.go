package pairing

import (
	"slices"
	"testing"
)

// TestEveryCardHasAKnownKind looks at all that the names of cards can lead to.
func TestEveryCardHasAKnownKind(t *testing.T) {
	all := Kinds()
	for _, r := range nameRules {
		if !slices.Contains(all, r.kind) {
			t.Errorf("cards called %q… are of the kind %q, which Kinds leaves out", r.prefix,
				r.kind)
		}
		if r.score >= scoreBridge != r.kind.Reachable() {
			t.Errorf("%q has the score %d, and a phone reaches it: %v", r.kind, r.score,
				r.kind.Reachable())
		}
	}
	if s := slices.Sorted(slices.Values(all)); len(slices.Compact(s)) != len(all) {
		t.Errorf("a kind is there twice: %q", s)
	}
}

// TestAddressesKnowTheirNetwork wants the network of each address, which tells whether somebody
// else is on it.
func TestAddressesKnowTheirNetwork(t *testing.T) {
	got := rank([]netInterface{
		at("wlan0", "192.168.178.42/24", "fd12::7/64").with(wifi),
		at("wg0", "10.66.66.2/32").with(tunnel),
	})
	for i, want := range []string{"192.168.178.0/24", "fd12::/64", "10.66.66.2/32"} {
		if i >= len(got) || got[i].Network.String() != want {
			t.Errorf("address %d of %+v is not in %s", i, got, want)
		}
	}
}
