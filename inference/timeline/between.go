package timeline

import (
	"cmp"
	"slices"
	"time"

	"handlens/inference"
)

const (
	// holdFor is how long an object that only one pass found is shown before or after it.
	holdFor = 300 * time.Millisecond
	// joinFor is how far apart two passes may be to interpolate between them.
	joinFor = 2 * time.Second
	// leastIoU is the overlap of two boxes without a track that count as the same object.
	leastIoU = 0.2
)

// between returns what there is at a moment between two passes. An object that both found is
// interpolated; one that only one pass found is shown in that pass' half of the time, for at most
// holdFor.
func between(before, after pass, at time.Duration) []inference.Detection {
	gap := after.at - before.at
	part := float32(float64(at-before.at) / float64(gap))
	pairs := make([]int, len(before.found)) // the index in after, plus one
	taken := make([]bool, len(after.found))
	if gap <= joinFor {
		pairTracks(before.found, after.found, pairs, taken)
		pairOverlaps(before.found, after.found, pairs, taken)
	}
	out := make([]inference.Detection, 0, len(before.found)+len(after.found))
	for i, d := range before.found {
		switch {
		case pairs[i] > 0:
			out = append(out, mix(d, after.found[pairs[i]-1], part))
		case part < 0.5 && at-before.at <= holdFor:
			out = append(out, d)
		}
	}
	for i, d := range after.found {
		if !taken[i] && part >= 0.5 && after.at-at <= holdFor {
			out = append(out, d)
		}
	}
	return out
}

// pairTracks pairs detections of the same track.
func pairTracks(a, b []inference.Detection, pairs []int, taken []bool) {
	place := make(map[int]int, len(b))
	for j, d := range b {
		if _, twice := place[d.Track]; d.Track > 0 && !twice {
			place[d.Track] = j
		}
	}
	for i, d := range a {
		if j, ok := place[d.Track]; ok && d.Track > 0 && !taken[j] {
			pairs[i], taken[j] = j+1, true
		}
	}
}

// pairOverlaps pairs the rest by class and overlap, the best first. Two tracks are two objects,
// wherever they are.
func pairOverlaps(a, b []inference.Detection, pairs []int, taken []bool) {
	type pair struct {
		i, j int
		iou  float64
	}
	var all []pair
	for i, x := range a {
		for j, y := range b {
			if pairs[i] > 0 || taken[j] || x.Class != y.Class || x.Track > 0 && y.Track > 0 {
				continue
			}
			if v := overlap(x.Box, y.Box); v >= leastIoU {
				all = append(all, pair{i, j, v})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y pair) int { return cmp.Compare(y.iou, x.iou) })
	for _, p := range all {
		if pairs[p.i] == 0 && !taken[p.j] {
			pairs[p.i], taken[p.j] = p.j+1, true
		}
	}
}

// mix interpolates between two detections of an object: part 0 is a, 1 is b. What cannot be mixed
// is taken from the nearer one.
func mix(a, b inference.Detection, part float32) inference.Detection {
	d := a
	if part >= 0.5 {
		d = b
	}
	d.Track = max(a.Track, b.Track)
	on := func(x, y float32) float32 { return x*(1-part) + y*part }
	d.Box = inference.Box{
		X1: on(a.Box.X1, b.Box.X1), Y1: on(a.Box.Y1, b.Box.Y1),
		X2: on(a.Box.X2, b.Box.X2), Y2: on(a.Box.Y2, b.Box.Y2),
	}
	d.Score = on(a.Score, b.Score)
	if box, shape, ok := inference.MixRotated(a, b, part); ok {
		d.Box, d.Shape = box, shape
	}
	return d
}

// overlap is the IoU of two boxes, 0..1, in double precision; 0 also for what is no box.
func overlap(a, b inference.Box) float64 {
	w := float64(min(a.X2, b.X2)) - float64(max(a.X1, b.X1))
	h := float64(min(a.Y2, b.Y2)) - float64(max(a.Y1, b.Y1))
	if !(w > 0 && h > 0) {
		return 0
	}
	both := w * h
	return both / (area(a) + area(b) - both)
}

func area(b inference.Box) float64 {
	return (float64(b.X2) - float64(b.X1)) * (float64(b.Y2) - float64(b.Y1))
}
