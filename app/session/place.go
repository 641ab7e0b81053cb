package session

import "time"

// Place is where detection runs.
type Place string

// The places. OnAutomatic is a wish only: wherever the boxes are youngest.
const (
	OnComputer  Place = "computer"
	OnPhone     Place = "phone"
	OnAutomatic Place = "auto"
)

// MoveWhy is why detection runs somewhere else from now on.
type MoveWhy string

// The reasons.
const (
	// MoveChosen: somebody wants it there, at the window or at the phone.
	MoveChosen MoveWhy = "chosen"
	// MoveYounger: the boxes were late where it ran, or are younger there.
	MoveYounger MoveWhy = "younger"
	// MoveStopped: the phone has stopped sending what it finds.
	MoveStopped MoveWhy = "stopped"
)

// PlaceFigures is what detection in one place was like when it last ran there; zero when it never
// did.
type PlaceFigures struct {
	// Took is what one frame took. Age is how old boxes were on average: until they were known, and
	// until the next ones were.
	Took, Age time.Duration
	// FPS is how many frames were looked at in a second, Load the share of the time that was spent
	// on that, 0..1.
	FPS, Load float64
}

const (
	// lateBoxes is an age from which on boxes trail visibly behind what they belong to, so that it
	// is worth trying the other place.
	lateBoxes = 250 * time.Millisecond
	// clearly is what part of this place's age the other one's must be, and for how long, before it
	// is worth a move.
	clearly    = 0.75
	clearlyFor = 10 * time.Second
	// moveEvery is the least time between two moves.
	moveEvery = 30 * time.Second
	// knownFor is how long it counts what the other place was like.
	knownFor = 10 * time.Minute
	// loadsFor is how long a phone may take to begin.
	loadsFor = time.Minute
)

// placeSecond is what is known of the last second.
type placeSecond struct {
	at  time.Time
	on  Place         // where it runs
	age time.Duration // of the boxes from there; 0 when there were none
	// strained says that this computer cannot do all that it should.
	strained bool
	// computer and phone say where it could run at all.
	computer, phone bool
}

// chooser is the automatic choice of a place: a plain value, which next takes from second to
// second.
type chooser struct {
	wants Place // OnComputer or OnPhone
	moved time.Time
	since time.Time // for how long there has been a reason to move
	// What each place was like when it last ran there, and when that was.
	computer, phone seenAge
	givenUp         time.Time // when the phone did not begin in time
}

type seenAge struct {
	age time.Duration
	at  time.Time
}

// add takes in one second, smoothed over about four.
func (s *seenAge) add(age time.Duration, at time.Time) {
	if s.at.IsZero() || at.Sub(s.at) > clearlyFor {
		s.age = age
	} else {
		s.age += (age - s.age) / 4
	}
	s.at = at
}

func (s *seenAge) known(at time.Time) bool { return !s.at.IsZero() && at.Sub(s.at) < knownFor }

// next takes in one second; wants is where it should run from now on.
func (c chooser) next(x placeSecond) chooser {
	c = c.noted(x)
	phone := c.phoneCan(x)
	if c.wants == OnPhone && (!phone || x.on == OnComputer) {
		return c.whilePhoneIsAway(x, phone)
	}
	if c.wants == OnComputer && phone && !x.computer {
		return c.to(OnPhone, x.at)
	}
	switch {
	case !phone || !x.computer || !c.reason(x):
		c.since = time.Time{}
		return c
	case c.since.IsZero():
		c.since = x.at
	}
	rested := c.moved.IsZero() || x.at.Sub(c.moved) >= moveEvery
	if rested && x.at.Sub(c.since) >= clearlyFor {
		return c.to(other(c.wants), x.at)
	}
	return c
}

// noted takes in how old the boxes were.
func (c chooser) noted(x placeSecond) chooser {
	if c.wants == "" {
		c.wants = x.on
	}
	switch {
	case x.age > 0 && x.on == OnComputer:
		c.computer.add(x.age, x.at)
	case x.age > 0:
		c.phone.add(x.age, x.at)
	}
	return c
}

// phoneCan says whether the phone could detect, and has not failed to a moment ago.
func (c chooser) phoneCan(x placeSecond) bool {
	return x.phone && (c.givenUp.IsZero() || x.at.Sub(c.givenUp) > knownFor)
}

// whilePhoneIsAway is next while the phone, which should detect, does not or cannot: it may still
// be loading.
func (c chooser) whilePhoneIsAway(x placeSecond, can bool) chooser {
	if !can {
		return c.to(OnComputer, x.at)
	}
	if x.at.Sub(c.moved) > loadsFor && x.computer {
		c.givenUp = x.at
		return c.to(OnComputer, x.at)
	}
	return c
}

// reason says whether the other place is better, or may be.
func (c chooser) reason(x placeSecond) bool {
	here, there := c.computer, c.phone
	if c.wants == OnPhone {
		here, there = there, here
	}
	switch {
	case x.on != c.wants || x.age == 0:
		return false
	case there.known(x.at):
		return float64(there.age) <= clearly*float64(here.age)
	}
	return here.age > lateBoxes || c.wants == OnComputer && x.strained
}

func (c chooser) to(p Place, at time.Time) chooser {
	c.wants, c.moved, c.since = p, at, time.Time{}
	return c
}

func other(p Place) Place {
	if p == OnPhone {
		return OnComputer
	}
	return OnPhone
}
