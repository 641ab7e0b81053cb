package track

import (
	"math"
	"time"
)

const (
	// Votes fade by this time constant.
	voteFade = 2 * time.Second
	// Another class must have so many times the votes of the present one, in so many looks in a row
	// and for so long.
	voteLead  = 1.5
	leadLooks = 3
	leadFor   = 400 * time.Millisecond
	// maxVotes bounds how many classes one object is thought to be.
	maxVotes = 6
)

// kind is what an object is. Detectors waver between neighbours such as car and truck; a kind
// changes only when the other class has persistently more to say for itself.
type kind struct {
	class int
	label string
	votes []vote
	at    time.Duration

	leader    int // the class that is ahead of the present one by enough
	leadSince time.Duration
	leadLooks int
}

type vote struct {
	class  int
	label  string
	weight float64
}

func (k *kind) lock(class int, label string) {
	k.class, k.label, k.leadLooks = class, label, 0
}

// vote takes in what one look thinks of it.
func (k *kind) vote(at time.Duration, class int, label string, score float32) {
	fade := math.Exp(-max(0, (at-k.at).Seconds()) / voteFade.Seconds())
	k.at = max(at, k.at)
	mine := -1
	for i := range k.votes {
		k.votes[i].weight *= fade
		if k.votes[i].class == class {
			mine = i
		}
	}
	if mine < 0 {
		mine = k.room()
		k.votes[mine] = vote{class: class, label: label}
	}
	k.votes[mine].weight += float64(score)
	k.lead(at)
}

// room returns the place for one more class; the one with the fewest votes gives way, the present
// one never.
func (k *kind) room() int {
	if len(k.votes) < maxVotes {
		k.votes = append(k.votes, vote{})
		return len(k.votes) - 1
	}
	least := -1
	for i, v := range k.votes {
		if v.class != k.class && (least < 0 || v.weight < k.votes[least].weight) {
			least = i
		}
	}
	return least
}

// lead changes the kind when another class has been ahead for long enough.
func (k *kind) lead(at time.Duration) {
	var own float64
	best := vote{class: k.class}
	for _, v := range k.votes {
		if v.class == k.class {
			own = v.weight
		} else if v.weight > best.weight {
			best = v
		}
	}
	switch {
	case best.class == k.class || best.weight < voteLead*own:
		k.leadLooks = 0
	case k.leadLooks == 0 || k.leader != best.class:
		k.leader, k.leadSince, k.leadLooks = best.class, at, 1
	default:
		k.leadLooks++
		if k.leadLooks >= leadLooks && at-k.leadSince >= leadFor {
			k.lock(best.class, best.label)
		}
	}
}
