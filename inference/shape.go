package inference

import "math"

// Shape is what models of rotated boxes, segmentation and pose tell about an object beyond its box.
// All of it is in coordinates of the box (0 is its left or top edge, 1 the right or bottom one), so
// that it moves and grows with the box when a tracker predicts where that is.
type Shape struct {
	// Corners are the four corners of a rotated box, in order around it; empty for upright boxes.
	// The detection's Box is then the upright rectangle around them, cut to the frame, beyond which
	// they may reach.
	Corners []Point
	// Outline is the edge of the object's mask, a closed polygon of some tens of points; empty for
	// models without masks.
	Outline []Point
	// Keypoints are the model's keypoints in its own order, COCO's 17 for persons; empty for models
	// without keypoints.
	Keypoints []Keypoint
}

// Keypoint is one keypoint, for example a person's left elbow. It may lie outside the box.
type Keypoint struct {
	Point
	// Score is how certain the model is that the keypoint can be seen there, 0..1.
	Score float32
}

// Limits of a shape from any source. A model's masks are traced to far fewer points, and no model
// has more keypoints.
const (
	// MaxOutline bounds the points of an outline.
	MaxOutline = 512
	// MaxKeypoints bounds the keypoints of a shape.
	MaxKeypoints = 256
)

// keypointSeen is the least score of a keypoint that is drawn, the one in Ultralytics' own plots.
const keypointSeen = 0.25

// Seen tells whether a keypoint is certain enough to be drawn.
func (k Keypoint) Seen() bool { return k.Score >= keypointSeen }

// personLimbs joins COCO's 17 keypoints of a person (nose, eyes, ears, shoulders, elbows, wrists,
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

// Limbs returns the pairs of keypoints, by index, that lines join: a person's limbs for COCO's 17
// keypoints, none for any other number. The slice is shared and must not be changed.
func (s *Shape) Limbs() [][2]int {
	if s == nil || len(s.Keypoints) != 17 {
		return nil
	}
	return personLimbs
}

// Out converts a point from coordinates of the box to those that the box itself is in.
func (b Box) Out(p Point) Point {
	return Point{X: b.X1 + p.X*(b.X2-b.X1), Y: b.Y1 + p.Y*(b.Y2-b.Y1)}
}

// In converts a point from the coordinates that the box is in to those of the box. The box must not
// be empty.
func (b Box) In(p Point) Point {
	return Point{X: (p.X - b.X1) / (b.X2 - b.X1), Y: (p.Y - b.Y1) / (b.Y2 - b.Y1)}
}

// Moved converts the shape from coordinates of the box from to those of the box to, so that each
// point stays where it is in the frame: for a box that was clipped. It returns the same shape when
// the boxes are equal or one of them is empty.
func (s *Shape) Moved(from, to Box) *Shape {
	if s == nil || from == to || !hasSides(from) || !hasSides(to) {
		return s
	}
	m := &Shape{}
	for _, p := range s.Corners {
		m.Corners = append(m.Corners, to.In(from.Out(p)))
	}
	for _, p := range s.Outline {
		m.Outline = append(m.Outline, to.In(from.Out(p)))
	}
	for _, k := range s.Keypoints {
		m.Keypoints = append(m.Keypoints, Keypoint{Point: to.In(from.Out(k.Point)), Score: k.Score})
	}
	return m
}

// Pixels returns the shape of a box in a frame of width × height pixels, in the format of COCO's
// files (https://cocodataset.org/#format-data): x, y, x, y, … of the outline in pixels, which is
// that of the rotated box where there is no mask, and x, y, score, … of the keypoints. Either is
// nil when the shape has none, both for a nil shape.
func (s *Shape) Pixels(b Box, width, height int) (outline, keypoints []float64) {
	if s == nil {
		return nil, nil
	}
	at := func(p Point) (x, y float64) {
		p = b.Out(p)
		return round(p.X*float32(width), 100), round(p.Y*float32(height), 100)
	}
	edge := s.Outline
	if edge == nil {
		edge = s.Corners
	}
	for _, p := range edge {
		x, y := at(p)
		outline = append(outline, x, y)
	}
	for _, k := range s.Keypoints {
		x, y := at(k.Point)
		keypoints = append(keypoints, x, y, round(k.Score, 1e3))
	}
	return outline, keypoints
}

// hasSides tells whether a box has sides to divide by.
func hasSides(b Box) bool { return b.X2-b.X1 > 0 && b.Y2-b.Y1 > 0 }

// ShapeData is a shape as a message or a file has it: x and y in the coordinates that the box is in
// and, for keypoints, the score.
type ShapeData struct {
	Corners   [][2]float32 `json:"corners"`
	Outline   [][2]float32 `json:"outline"`
	Keypoints [][3]float32 `json:"keypoints"`
}

// NewShape makes a shape from what a message or a file says. Points far outside the box are moved
// closer. Corners count only if they are four, all finite. Outline points that are not finite are
// left out; such a keypoint keeps its index, with score 0. Points beyond [MaxOutline] and keypoints
// beyond [MaxKeypoints] are dropped. It returns nil when nothing is left or the box is empty.
func NewShape(b Box, data ShapeData) *Shape {
	if !hasSides(b) {
		return nil
	}
	s := &Shape{}
	if len(data.Corners) == 4 {
		if s.Corners = boundedIn(b, data.Corners); len(s.Corners) < 4 {
			s.Corners = nil
		}
	}
	outline, keypoints := data.Outline, data.Keypoints
	if len(outline) > 2 {
		s.Outline = boundedIn(b, outline[:min(len(outline), MaxOutline)])
	}
	for _, k := range keypoints[:min(len(keypoints), MaxKeypoints)] {
		s.Keypoints = append(s.Keypoints, NewKeypoint(b, Point{k[0], k[1]}, k[2]))
	}
	if len(s.Outline) < 3 {
		s.Outline = nil
	}
	if s.Corners == nil && s.Outline == nil && s.Keypoints == nil {
		return nil
	}
	return s
}

// boundedIn converts points to coordinates of the box, without those that are not finite.
func boundedIn(b Box, points [][2]float32) (list []Point) {
	for _, p := range points {
		if p, ok := bounded(b.In(Point{p[0], p[1]})); ok {
			list = append(list, p)
		}
	}
	return list
}

// NewKeypoint makes a keypoint in coordinates of the box from a point in those that the box is in.
// One that is not finite is put in the middle of the box with score 0, so that the others keep
// their indices. The score is limited to 0..1.
func NewKeypoint(b Box, p Point, score float32) Keypoint {
	p, ok := bounded(b.In(p))
	if !ok {
		return Keypoint{Point: Point{0.5, 0.5}}
	}
	if !(score >= 0) {
		score = 0
	}
	return Keypoint{Point: p, Score: min(score, 1)}
}

// farAway bounds how far a point may lie from the box, in sides of the box.
const farAway = 64

// bounded moves a point in coordinates of a box to at most farAway; false if it is not finite.
func bounded(p Point) (Point, bool) {
	for _, v := range [2]float32{p.X, p.Y} {
		if v != v || math.IsInf(float64(v), 0) {
			return Point{}, false
		}
	}
	return Point{X: max(-farAway, min(p.X, farAway)), Y: max(-farAway, min(p.Y, farAway))}, true
}
