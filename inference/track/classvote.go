package track

import (
	"math"
	"time"
)

const (
	// voteFade is the time constant with which votes fade.
	voteFade = 2 * time.Second
	// Another class must have voteLead times the votes of the present one, in leadPasses passes in
	// a row and for leadFor.
	voteLead   = 1.5
	leadPasses = 3
	leadFor    = 400 * time.Millisecond
	// maxVotes bounds how many classes have votes for one object.
	maxVotes = 6
)

// classVote settles on the class of an object. Detectors waver between similar classes such as car
// and truck; the class changes only when another one has clearly more votes for some time.
type classVote struct {
	class int
	label string
	votes []vote
	at    time.Duration

	leader     int // the class that is ahead of the present one by enough
	leadSince  time.Duration
	leadPasses int
}

type vote struct {
	class  int
	label  string
	weight float64
}

// settle makes a class the present one.
func (v *classVote) settle(class int, label string) {
	v.class, v.label, v.leadPasses = class, label, 0
}

// add counts the class and score, 0..1, of one pass.
func (v *classVote) add(at time.Duration, class int, label string, score float32) {
	fade := math.Exp(-max(0, (at-v.at).Seconds()) / voteFade.Seconds())
	v.at = max(at, v.at)
	mine := -1
	for i := range v.votes {
		v.votes[i].weight *= fade
		if v.votes[i].class == class {
			mine = i
		}
	}
	if mine < 0 {
		mine = v.slot()
		v.votes[mine] = vote{class: class, label: label}
	}
	v.votes[mine].weight += float64(score)
	v.lead(at)
}

// slot returns the index for one more class. When there is no room, the class with the fewest votes
// is replaced, but never the present one.
func (v *classVote) slot() int {
	if len(v.votes) < maxVotes {
		v.votes = append(v.votes, vote{})
		return len(v.votes) - 1
	}
	least := -1
	for i, o := range v.votes {
		if o.class != v.class && (least < 0 || o.weight < v.votes[least].weight) {
			least = i
		}
	}
	return least
}

// lead changes the class when another one has been ahead for long enough.
func (v *classVote) lead(at time.Duration) {
	var own float64
	best := vote{class: v.class}
	for _, o := range v.votes {
		if o.class == v.class {
			own = o.weight
		} else if o.weight > best.weight {
			best = o
		}
	}
	switch {
	case best.class == v.class || best.weight < voteLead*own:
		v.leadPasses = 0
	case v.leadPasses == 0 || v.leader != best.class:
		v.leader, v.leadSince, v.leadPasses = best.class, at, 1
	default:
		v.leadPasses++
		if v.leadPasses >= leadPasses && at-v.leadSince >= leadFor {
			v.settle(best.class, best.label)
		}
	}
}
