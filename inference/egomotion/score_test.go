package egomotion

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"handlens/inference"
	"handlens/inference/detector"
	"handlens/inference/testmodel"
	"handlens/inference/track"
	"handlens/media"
)

// score is how well a clip was followed, at each frame that was shown.
type score struct {
	// mean overlap (IoU) with the truth of what is shown, and of the boxes as they were last found
	shown, still     float64
	mota, idf1       float64
	switches, tracks int
}

// slowDetector makes rate passes a second, whose results come when the next pass begins, and makes
// mistakes.
type slowDetector struct {
	rate   float64
	random *rand.Rand
}

// pass leaves some objects out, makes edges tremble, and is the less certain the less of an object
// it sees, as models of real objects are. It does not tell the class: ids must not depend on
// colours.
func (l slowDetector) pass(f clip, found []inference.Detection) []inference.Detection {
	var out []inference.Detection
	for _, d := range found {
		if d.Class >= len(f.things) {
			continue
		}
		k := f.things[d.Class]
		share := float32(area(d.Box) / (k.w * k.h))
		if l.random.Float64() < 0.05 || share < 0.35 {
			continue
		}
		d.Score = min(1, d.Score*share)
		w, h := d.Box.X2-d.Box.X1, d.Box.Y2-d.Box.Y1
		off := func(v float32) float32 { return v * float32(0.02*l.random.NormFloat64()) }
		d.Box = inference.Box{
			X1: d.Box.X1 + off(w), Y1: d.Box.Y1 + off(h), X2: d.Box.X2 + off(w),
			Y2: d.Box.Y2 + off(h),
		}
		d.Class, d.Label = 0, "thing"
		out = append(out, d)
	}
	return out
}

// book counts what makes the scores.
type book struct {
	truths, boxes, hits, switches int
	shown, still                  float64
	last                          map[int]int
	together                      map[[2]int]int
	tracks                        map[int]bool
}

const hit = 0.5

// match returns which of the drawn boxes that are still free is a thing's, -1 for none, and their
// overlap. CLEAR MOT: a box that was the thing's a moment ago still is.
func (b *book) match(who int, s seen, drawn []inference.Detection, used map[int]bool) (int,
	float64,
) {
	best, at := 0.0, -1
	for i, d := range drawn {
		v := iou(d.Box, s.box)
		if !used[i] && v >= best {
			best, at = v, i
		}
		if b.last[who] == d.Track && !used[i] && v >= hit {
			return i, v
		}
	}
	return at, best
}

// take counts one frame: which thing is where, what is drawn, and what was last found.
func (b *book) take(truth map[int]seen, drawn, newest []inference.Detection) {
	used := make(map[int]bool)
	for who := range 3 {
		s, there := truth[who]
		if !there || !s.clear {
			continue
		}
		b.truths++
		i, v := b.match(who, s, drawn, used)
		if i >= 0 {
			b.shown += v
		}
		b.still += best(newest, s.box)
		for _, d := range drawn {
			if iou(d.Box, s.box) >= hit {
				b.together[[2]int{who, d.Track}]++
			}
		}
		if v < hit || i < 0 {
			continue
		}
		used[i] = true
		b.hits++
		if b.last[who] != 0 && b.last[who] != drawn[i].Track {
			b.switches++
		}
		b.last[who] = drawn[i].Track
	}
	b.countBoxes(truth, drawn, used)
}

// countBoxes counts the drawn boxes, but not those of something that can hardly be seen.
func (b *book) countBoxes(truth map[int]seen, drawn []inference.Detection, used map[int]bool) {
	for i, d := range drawn {
		b.tracks[d.Track] = true
		doubtful := false
		for _, s := range truth {
			doubtful = doubtful || !s.clear && common(d.Box, s.box) > 0.2*area(s.box)
		}
		if used[i] || !doubtful {
			b.boxes++
		}
	}
}

func best(list []inference.Detection, box inference.Box) float64 {
	most := 0.0
	for _, d := range list {
		most = max(most, iou(d.Box, box))
	}
	return most
}

// score sums up: MOTA after Bernardin and Stiefelhagen (2008), IDF1 after Ristani et al. (2016).
func (b *book) score() score {
	n := float64(b.truths)
	misses, ghosts := b.truths-b.hits, max(0, b.boxes-b.hits)
	return score{
		shown: b.shown / n, still: b.still / n, switches: b.switches, tracks: len(b.tracks),
		mota: 1 - float64(misses+ghosts+b.switches)/n,
		idf1: 2 * float64(b.agreed(0, map[int]bool{})) / (n + float64(b.boxes)),
	}
}

// agreed is the most frames in which things and tracks go together when each thing has one track.
func (b *book) agreed(who int, taken map[int]bool) int {
	if who == 3 {
		return 0
	}
	most := b.agreed(who+1, taken)
	for id := range b.tracks {
		if n := b.together[[2]int{who, id}]; n > 0 && !taken[id] {
			taken[id] = true
			most = max(most, n+b.agreed(who+1, taken))
			delete(taken, id)
		}
	}
	return most
}

// follow tracks a clip that was watched, with the camera's motion or without.
func (f clip) follow(pictures []watched, moved []track.Moved, rate float64) score {
	l := slowDetector{rate, rand.New(rand.NewPCG(uint64(rate), 3))}
	k := track.New(track.Options{})
	b := book{last: map[int]int{}, together: map[[2]int]int{}, tracks: map[int]bool{}}
	var newest, pending []inference.Detection
	var pendingAt time.Duration
	waiting := false
	next := 0.0
	for i, p := range pictures {
		now := p.at.Seconds()
		if moved != nil {
			k.Camera(p.at, moved[i])
		}
		if now >= next-1e-6 {
			if waiting {
				newest = k.Update(pendingAt, pending)
			}
			pending, pendingAt, waiting = l.pass(f, p.found), p.at, true
			next += 1 / rate
		}
		if now >= 1 {
			b.take(f.truth(now), k.Predict(p.at, nil), newest)
		}
	}
	return b.score()
}

// watch decodes a clip, finds what is in each frame with our own model, and follows the camera,
// leaving out what was found in the frame before.
func (f clip) watch(t testing.TB, d *detector.Detector) ([]watched, []track.Moved) {
	t.Helper()
	var pictures []watched
	var moved []track.Moved
	var e Estimator
	var things []inference.Box
	each(t, f.shoot(t), func(p *media.Frame) {
		found, _, err := d.Detect(p, nil)
		if err != nil {
			t.Fatal(err)
		}
		m, _ := e.Next(p, p.PTS, things)
		pictures, moved = append(pictures, watched{p.PTS, found}), append(moved, m)
		things = things[:0]
		for _, x := range found {
			things = append(things, x.Box)
		}
	})
	if len(pictures) != clipSeconds*clipRate {
		t.Fatalf("%d pictures came back", len(pictures))
	}
	return pictures, moved
}

// What is expected of each clip at each rate, far below what is measured, so that the test says
// when something breaks.
const (
	leastShown = 0.55
	leastIDF1  = 0.6
)

// TestClips holds what is shown against what was drawn, in clips that our own encoder encoded, at
// three rates of the detector, with and without following the camera. go test -v -run Clips
// ./inference/egomotion prints the figures.
func TestClips(t *testing.T) {
	data, err := testmodel.Build("yolov8", 320)
	if err != nil {
		t.Fatal(err)
	}
	d, err := detector.OpenBytes("test.onnx", data, detector.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	t.Logf("%-17s %6s %7s %6s %6s %6s %6s %4s %6s", "clip", "passes", "camera", "shown", "found",
		"MOTA", "IDF1", "sw.", "tracks")
	for _, f := range clips {
		pictures, moved := f.watch(t, d)
		if f.camera != nil {
			f.checkCamera(t, moved)
		}
		for _, rate := range []float64{30, 10, 5} {
			with, without := f.follow(pictures, moved, rate), f.follow(pictures, nil, rate)
			for i, s := range []score{without, with} {
				t.Logf("%-17s %4.0f/s %7s %6.2f %6.2f %6.2f %6.2f %4d %6d",
					f.name, rate, []string{"no", "yes"}[i], s.shown, s.still, s.mota, s.idf1,
					s.switches, s.tracks)
			}
			f.checkScores(t, rate, with, without)
		}
	}
}

// checkScores fails when a clip was followed badly, with the camera's motion and without.
func (f clip) checkScores(t *testing.T, rate float64, with, without score) {
	t.Helper()
	if with.shown < with.still || with.shown < leastShown || with.idf1 < leastIDF1 {
		t.Errorf("%s at %v passes a second: %+v", f.name, rate, with)
	}
	if f.pillar != (inference.Box{}) && with.switches > 0 {
		t.Errorf("%s at %v passes a second: %d switches of ids", f.name, rate, with.switches)
	}
	if f.camera == nil && (with.shown < without.shown-0.01 || with.switches > without.switches ||
		with.idf1 < without.idf1-0.01) {
		t.Errorf("%s at %v passes a second: following the camera of a tripod costs %+v, before %+v",
			f.name, rate, with, without)
	}
	if f.camera != nil && (with.shown < without.shown+0.1 || with.idf1 < 0.95 ||
		with.switches > 0) {
		t.Errorf("%s at %v passes a second: following the camera gains nothing: %+v, before %+v",
			f.name, rate, with, without)
	}
}

// checkCamera holds what was found of the camera's motion against what it was, in pixels of the
// clip.
func (f clip) checkCamera(t *testing.T, moved []track.Moved) {
	t.Helper()
	var sum, worst float64
	for i := 1; i < len(moved); i++ {
		x0, y0 := f.camera(float64(i-1) / clipRate)
		x1, y1 := f.camera(float64(i) / clipRate)
		x, y := moved[i].On(0.5, 0.5)
		off := math.Hypot((x-0.5-(x1-x0))*clipWidth, (y-0.5-(y1-y0))*clipHeight)
		sum, worst = sum+off, max(worst, off)
	}
	mean := sum / float64(len(moved)-1)
	t.Logf("%s: the camera is found %.2f pixels off in the mean, %.2f at most", f.name, mean, worst)
	if mean > 0.5 || worst > 4 {
		t.Errorf("%s: the camera is found %.2f pixels off in the mean, %.2f at most", f.name, mean,
			worst)
	}
}
