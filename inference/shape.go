package inference

import "math"

// What a shape may hold, whoever it comes from: a model's masks are traced to far fewer points, and
// no model has more key points.
const (
	// MaxOutline bounds an outline's points.
	MaxOutline = 512
	// MaxKeypoints bounds a shape's key points.
	MaxKeypoints = 256
)

// keypointSeen is the least score of a key point that is drawn, the one that Ultralytics' own plots
// have.
const keypointSeen = 0.25

// Seen tells whether a key point is certain enough to be drawn.
func (k Keypoint) Seen() bool { return k.Score >= keypointSeen }

// personLimbs joins COCO's 17 key points of a person (nose, eyes, ears, shoulders, elbows, wrists,
// hips, knees, ankles; the left one of each pair first): the "skeleton" of the category in COCO's
// person_keypoints files, counted from 0.
var personLimbs = [][2]int{
	{15, 13},
	{13, 11},
	{16, 14},
	{14, 12},
	{11, 12},
	{5, 11},
	{6, 12},
	{5, 6},
	{5, 7},
	{6, 8},
	{7, 9},
	{8, 10},
	{1, 2},
	{0, 1},
	{0, 2},
	{1, 3},
	{2, 4},
	{3, 5},
	{4, 6},
}

// Limbs returns which key points, by their indices, are joined by lines: a person's for COCO's 17,
// none for any other number. It is shared and must not be changed.
func (s *Shape) Limbs() [][2]int {
	if s == nil || len(s.Keypoints) != 17 {
		return nil
	}
	return personLimbs
}

// Out takes a point from coordinates of the box to those that the box itself is in.
func (b Box) Out(p Point) Point {
	return Point{X: b.X1 + p.X*(b.X2-b.X1), Y: b.Y1 + p.Y*(b.Y2-b.Y1)}
}

// In takes a point from the coordinates that the box is in to those of the box. The box must not be
// empty.
func (b Box) In(p Point) Point {
	return Point{X: (p.X - b.X1) / (b.X2 - b.X1), Y: (p.Y - b.Y1) / (b.Y2 - b.Y1)}
}

// Moved returns the shape, which belongs to the box from, in coordinates of the box to, with each
// point left where it is in the picture: for a box that was cut. It is the same shape where the
// boxes are the same or one of them is empty.
func (s *Shape) Moved(from, to Box) *Shape {
	if s == nil || from == to || !hasSides(from) || !hasSides(to) {
		return s
	}
	m := &Shape{}
	for _, p := range s.Outline {
		m.Outline = append(m.Outline, to.In(from.Out(p)))
	}
	for _, k := range s.Keypoints {
		m.Keypoints = append(m.Keypoints, Keypoint{Point: to.In(from.Out(k.Point)), Score: k.Score})
	}
	return m
}

// Pixels is the shape of a box in a picture of that size as COCO's files have it
// (https://cocodataset.org/#format-data): x, y, x, y, … of the outline in pixels, and x, y, score,
// … of the key points. Both are nil where there is nothing, also for a nil shape.
func (s *Shape) Pixels(b Box, width, height int) (outline, keypoints []float64) {
	if s == nil {
		return nil, nil
	}
	at := func(p Point) (x, y float64) {
		p = b.Out(p)
		return round(p.X*float32(width), 100), round(p.Y*float32(height), 100)
	}
	for _, p := range s.Outline {
		x, y := at(p)
		outline = append(outline, x, y)
	}
	for _, k := range s.Keypoints {
		x, y := at(k.Point)
		keypoints = append(keypoints, x, y, round(k.Score, 1e3))
	}
	return outline, keypoints
}

// hasSides tells whether a box has sides that can be divided by.
func hasSides(b Box) bool { return b.X2-b.X1 > 0 && b.Y2-b.Y1 > 0 }

// NewShape makes a shape from points in the coordinates that the box is in, as messages and files
// have them: x, y and, for key points, the score. What is not finite or lies far outside is brought
// near (a key point with the score 0 then), what is too much left out. It is nil when there is
// nothing.
func NewShape(b Box, outline [][2]float32, keypoints [][3]float32) *Shape {
	if !hasSides(b) {
		return nil
	}
	s := &Shape{}
	if len(outline) > 2 {
		for _, p := range outline[:min(len(outline), MaxOutline)] {
			if near, ok := nearBy(b.In(Point{p[0], p[1]})); ok {
				s.Outline = append(s.Outline, near)
			}
		}
	}
	for _, k := range keypoints[:min(len(keypoints), MaxKeypoints)] {
		s.Keypoints = append(s.Keypoints, keypointIn(b, Point{k[0], k[1]}, k[2]))
	}
	if len(s.Outline) < 3 {
		s.Outline = nil
	}
	if s.Outline == nil && s.Keypoints == nil {
		return nil
	}
	return s
}

// keypointIn is a key point in coordinates of the box. One that is not finite keeps its number in
// the order, in the middle of the box and unseen.
func keypointIn(b Box, p Point, score float32) Keypoint {
	p, ok := nearBy(b.In(p))
	if !ok {
		return Keypoint{Point: Point{0.5, 0.5}}
	}
	if !(score >= 0) {
		score = 0
	}
	return Keypoint{Point: p, Score: min(score, 1)}
}

// farAway bounds how many sides of the box a point may lie outside it.
const farAway = 64

// nearBy brings a point in coordinates of a box near to it; false for what is not finite.
func nearBy(p Point) (Point, bool) {
	for _, v := range [2]float32{p.X, p.Y} {
		if v != v || math.IsInf(float64(v), 0) {
			return Point{}, false
		}
	}
	return Point{X: max(-farAway, min(p.X, farAway)), Y: max(-farAway, min(p.Y, farAway))}, true
}
