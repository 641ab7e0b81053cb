package session

import (
	"testing"
	"time"
)

const ms = time.Millisecond

// placeSpan is a time in which seconds are alike.
type placeSpan struct {
	seconds         int
	computer, phone time.Duration // ages of the boxes; 0: it cannot detect
	strained        bool
}

// placeCases are times, one after the other. The phone's boxes have an age of their own, which
// shows once it detects.
var placeCases = map[string]struct {
	spans []placeSpan
	moves []int // the seconds at which it moves
	end   Place
}{
	"a quick computer keeps it": {[]placeSpan{{100, 60 * ms, 30 * ms, false}}, nil, OnComputer},
	"a slow computer, a quick phone": {
		[]placeSpan{{100, 400 * ms, 100 * ms, false}},
		[]int{10},
		OnPhone,
	},
	"a moment of slowness is nothing": {
		[]placeSpan{
			{30, 60 * ms, 40 * ms, false},
			{8, 400 * ms, 40 * ms, false},
			{60, 60 * ms, 40 * ms, false},
		}, nil, OnComputer,
	},
	"strain is a reason to try, and the phone may keep it": {
		[]placeSpan{{60, 150 * ms, 100 * ms, true}}, []int{10}, OnPhone,
	},
	"a phone that is clearly worse gives it back, and is left alone then": {
		[]placeSpan{{300, 400 * ms, 900 * ms, false}}, []int{10, 40}, OnComputer,
	},
	"hardly better is no reason": {
		[]placeSpan{{60, 400 * ms, 100 * ms, false}, {200, 90 * ms, 400 * ms, false}},
		// What the computer was like counts until it is forgotten: 400 ms.
		[]int{10},
		OnPhone,
	},
	"without a model here the phone has to": {
		[]placeSpan{{5, 0, 300 * ms, false}},
		[]int{0},
		OnPhone,
	},
	"a phone that fails gives it back at once": {
		[]placeSpan{{60, 400 * ms, 100 * ms, false}, {5, 400 * ms, 0, false}},
		[]int{10, 60},
		OnComputer,
	},
	"a phone that cannot is not asked": {[]placeSpan{{60, 900 * ms, 0, true}}, nil, OnComputer},
}

func TestDetectionGoesWhereBoxesAreYoungest(t *testing.T) {
	for name, c := range placeCases {
		var ch chooser
		var moves []int
		start, on := time.Unix(1000, 0), OnComputer
		second := 0
		for _, sp := range c.spans {
			for range sp.seconds {
				age := sp.computer
				if on == OnPhone {
					age = sp.phone
				}
				next := ch.next(placeSecond{
					at: start.Add(time.Duration(second) * time.Second), on: on, age: age,
					strained: sp.strained, computer: sp.computer > 0, phone: sp.phone > 0,
				})
				if next.wants != on {
					moves, on = append(moves, second), next.wants
				}
				ch = next
				second++
			}
		}
		if on != c.end || len(moves) != len(c.moves) {
			t.Errorf("%s: it moves at %v to %s, want %v and %s", name, moves, on, c.moves, c.end)
			continue
		}
		for i, at := range c.moves {
			if d := moves[i] - at; d < 0 || d > 2 {
				t.Errorf("%s: it moves at %v, want %v", name, moves, c.moves)
			}
		}
	}
}

// A phone that was asked and does not begin is given up.
func TestAPhoneThatDoesNotBeginIsGivenUp(t *testing.T) {
	var c chooser
	start := time.Unix(1000, 0)
	var wants []Place
	for i := range 200 {
		c = c.next(placeSecond{
			at: start.Add(time.Duration(i) * time.Second), on: OnComputer, age: 400 * ms,
			computer: true, phone: true,
		})
		if len(wants) == 0 || wants[len(wants)-1] != c.wants {
			wants = append(wants, c.wants)
		}
	}
	if len(wants) != 3 || wants[1] != OnPhone || wants[2] != OnComputer {
		t.Errorf("it wants %v", wants)
	}
}
