package track

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"handlens/inference"
)

// actor is a thing of a drawn scene whose place is known at any time.
type actor struct {
	class    int
	from, to float64 // seconds in which it is there
	box      func(t float64) inference.Box
}

// scene draws what a detector would find of actors, with its faults.
type scene struct {
	actors []actor
	random *rand.Rand
	noise  float64 // of each edge, in sizes of the box
	missed float64 // the part of the boxes that is not found
	weak   float64 // the part that is found with a low score
	ghosts float64 // low boxes of nothing per look
}

var names = []string{"person", "car", "truck", "dog"}

// moving is a box of so much width and height whose middle goes from one place by so much a second.
func moving(x, y, w, h, vx, vy float64) func(float64) inference.Box {
	return func(t float64) inference.Box { return centred(x+vx*t, y+vy*t, w, h) }
}

func pt(x, y float32) Point { return Point{X: x, Y: y} }

func centred(x, y, w, h float64) inference.Box {
	return inference.Box{
		X1: float32(x - w/2), Y1: float32(y - h/2), X2: float32(x + w/2),
		Y2: float32(y + h/2),
	}
}

// truth is where the actors can be seen, -1 for nobody in between; the later ones hide the earlier
// ones that they cover by more than half.
func (s *scene) truth(t float64) map[int]inference.Box {
	seen := make(map[int]inference.Box)
	for i, a := range s.actors {
		if t < a.from || t > a.to {
			continue
		}
		box, ok := clip(a.box(t))
		if !ok || area(box) < 0.3*area(a.box(t)) {
			continue
		}
		hidden := false
		for j, b := range s.actors[i+1:] {
			front := b.box(t)
			if t >= s.actors[i+1+j].from && t <= s.actors[i+1+j].to &&
				shared(box, front) > 0.5*area(box) {
				hidden = true
			}
		}
		if !hidden {
			seen[i] = box
		}
	}
	return seen
}

func shared(a, b inference.Box) float64 {
	w, h := min(a.X2, b.X2)-max(a.X1, b.X1), min(a.Y2, b.Y2)-max(a.Y1, b.Y1)
	return float64(max(0, w)) * float64(max(0, h))
}

// detect returns what the detector finds, and which actor each is, -1 for a ghost.
func (s *scene) detect(t float64) (found []inference.Detection, who []int) {
	truth := s.truth(t)
	for i, a := range s.actors {
		box, ok := truth[i]
		if !ok || s.random.Float64() < s.missed {
			continue
		}
		off := func(size float32) float32 { return size * float32(s.random.NormFloat64()*s.noise) }
		w, h := box.X2-box.X1, box.Y2-box.Y1
		box = inference.Box{
			X1: box.X1 + off(w), Y1: box.Y1 + off(h), X2: box.X2 + off(w),
			Y2: box.Y2 + off(h),
		}
		score := float32(0.5 + 0.4*s.random.Float64())
		if s.random.Float64() < s.weak {
			score = float32(0.15 + 0.2*s.random.Float64())
		}
		found = append(found,
			inference.Detection{Box: box, Class: a.class, Label: names[a.class], Score: score})
		who = append(who, i)
	}
	for range int(s.ghosts + s.random.Float64()) {
		found = append(found, inference.Detection{
			Box: centred(s.random.Float64(), s.random.Float64(), 0.05+0.2*s.random.Float64(),
				0.05+0.2*s.random.Float64()),
			Score: float32(0.1 + 0.2*s.random.Float64()), Label: names[0],
		})
		who = append(who, -1)
	}
	return found, who
}

// outcome is how well a scene was followed.
type outcome struct {
	ids map[int]map[int]bool // of each actor
	// mean overlap of what is drawn with the truth, and of the last look's boxes as they were
	carried, still float64
	// the part of the truth that is drawn at all; boxes of nothing per frame
	shown, ghosts    float64
	seen             map[string]int
	switches, tracks int
}

// follow runs a scene: passes at a rate of so many a second whose results come so many seconds
// late, shown at 30 frames a second.
func (s *scene) follow(t *testing.T, seconds, rate, late float64) outcome {
	t.Helper()
	const fps = 30
	r := run{
		scene: s, tracker: New(Options{Confidence: 0.4}), last: make(map[int]int),
		all: make(map[int]bool), out: outcome{ids: make(map[int]map[int]bool)},
	}
	next, frames := 0.0, 0
	for f := range int(seconds * fps) {
		now := float64(f) / fps
		for ; next+late <= now+1e-9; next += 1 / rate {
			r.pass(next)
		}
		if now < 1 {
			continue // what has just begun has no motion yet
		}
		r.frame(now)
		frames++
	}
	out, n := r.out, float64(max(1, r.boxes))
	out.carried, out.still, out.shown = out.carried/n, out.still/n, float64(r.hits)/n
	out.ghosts /= float64(frames)
	out.seen, out.tracks = r.tracker.Seen(), len(r.all)
	return out
}

// run is a scene that is being followed.
type run struct {
	scene         *scene
	tracker       *Tracker
	out           outcome
	last          map[int]int  // the newest track of each actor
	all           map[int]bool // tracks
	newest, drawn []inference.Detection
	boxes, hits   int
}

// pass lets the detector run at that moment.
func (r *run) pass(at float64) {
	found, who := r.scene.detect(at)
	got := r.tracker.Update(duration(at), found)
	r.newest = r.newest[:0]
	for i, d := range got {
		if d.Track == 0 {
			continue
		}
		r.newest = append(r.newest, d)
		r.all[d.Track] = true
		a := who[i]
		if a < 0 {
			continue
		}
		if r.out.ids[a] == nil {
			r.out.ids[a] = make(map[int]bool)
		}
		r.out.ids[a][d.Track] = true
		if r.last[a] != 0 && r.last[a] != d.Track {
			r.out.switches++
		}
		r.last[a] = d.Track
	}
}

// frame compares what is drawn at that moment with the truth.
func (r *run) frame(now float64) {
	r.drawn = r.tracker.Predict(duration(now), r.drawn[:0])
	truth := r.scene.truth(now)
	for a := range r.scene.actors {
		box, ok := truth[a]
		if !ok {
			continue
		}
		c, u := bestOverlap(r.drawn, box), bestOverlap(r.newest, box)
		r.out.carried, r.out.still = r.out.carried+c, r.out.still+u
		r.boxes++
		if c > 0.3 {
			r.hits++
		}
	}
	for _, d := range r.drawn {
		if r.scene.nearest(now, d.Box) < 0.1 {
			r.out.ghosts++
		}
	}
}

func (s *scene) nearest(t float64, b inference.Box) float64 {
	best := 0.0
	for _, a := range s.actors {
		if t >= a.from && t <= a.to {
			best = max(best, overlap(a.box(t), b))
		}
	}
	return best
}

func bestOverlap(list []inference.Detection, box inference.Box) float64 {
	best := 0.0
	for _, d := range list {
		best = max(best, overlap(d.Box, box))
	}
	return best
}

func duration(t float64) time.Duration { return time.Duration(math.Round(t * 1e9)) }

// street is a scene with people that meet, a car that passes behind a truck, a dog that runs to and
// fro and someone who comes nearer.
func street(seed uint64) *scene {
	return &scene{
		random: rand.New(rand.NewPCG(seed, 7)), noise: 0.02, missed: 0.1, weak: 0.15, ghosts: 0.5,
		actors: []actor{
			{0, 0, 99, moving(0.1, 0.45, 0.08, 0.3, 0.16, 0)}, // walks to the right
			// comes towards the first and passes before it
			{0, 0, 99, moving(0.9, 0.5, 0.09, 0.33, -0.15, 0)},
			{1, 0, 99, moving(-0.2, 0.15, 0.18, 0.12, 0.25, 0)}, // a car
			// a truck, parked before the car's way
			{2, 0, 99, moving(0.75, 0.14, 0.12, 0.2, 0, 0)},
			{3, 0, 99, func(t float64) inference.Box { // a dog
				return centred(0.5+0.3*math.Sin(1.5*t), 0.85, 0.12, 0.1)
			}},
			{0, 0, 99, func(t float64) inference.Box { // comes nearer
				return centred(0.2-0.01*t, 0.5+0.02*t, 0.06+0.02*t, 0.15+0.05*t)
			}},
		},
	}
}
