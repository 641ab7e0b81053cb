package layout

import (
	"math"

	"handlens/inference"
)

// maxTraced bounds how many points of a contour are simplified; a longer one is sampled evenly
// first.
const maxTraced = 2048

// maxCorners bounds the points of an outline that comes from a mask.
const maxCorners = 64

// field is a mask as a model gives it: width × height samples, positive inside. It is linear
// between the samples, and everything around them is outside. Each sample must be a number. The
// memory of its slices is used again.
type field struct {
	width, height int
	v             []float32

	seen []bool // by sample: the contour passed upwards to the left of it
	// the contour being traced, and the one of the largest part so far
	path, large []inference.Point
	keep        []bool
	stack       [][2]int
}

// reset makes it a field of width × height samples, all 0.
func (f *field) reset(width, height int) {
	n := width * height
	if cap(f.v) < n {
		f.v, f.seen = make([]float32, n), make([]bool, n)
	}
	f.width, f.height = width, height
	f.v, f.seen = f.v[:n], f.seen[:n]
	clear(f.v)
	clear(f.seen)
}

// nothing is what lies around a field: it is not a number, and thus not inside.
var nothing = float32(math.NaN())

// at is a sample.
func (f *field) at(x, y int) float32 {
	if uint(x) >= uint(f.width) || uint(y) >= uint(f.height) {
		return nothing
	}
	return f.v[y*f.width+x]
}

// outline returns the simplified contour around the largest connected part, in samples (a sample
// itself lies at whole numbers); empty when nothing is inside. It is valid until the next reset.
// The part's holes are filled.
func (f *field) outline() []inference.Point {
	f.large = f.large[:0]
	largest := 0.0
	for y := range f.height {
		for x := range f.width {
			if f.v[y*f.width+x] > 0 && !(f.at(x-1, y) > 0) && !f.seen[y*f.width+x] {
				f.trace(x, y)
				// It goes clockwise around a part, and counterclockwise around a hole.
				if a := signedArea(f.path); a > largest {
					largest = a
					f.path, f.large = f.large, f.path
				}
			}
		}
	}
	return f.simplify(f.large)
}

// The corners of a cell between four samples, clockwise from the upper left one, and its edges:
// edge e joins corner e and the next one.
var corners = [5][2]int{{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}}

// across is the step to the cell beyond an edge.
var across = [4][2]int{{0, -1}, {1, 0}, {0, 1}, {-1, 0}}

// trace follows the contour (marching squares) from where it passes upwards between the sample at
// x, y and its left neighbour, with the inside on its right, until it returns there.
func (f *field) trace(x, y int) {
	f.path = f.path[:0]
	// The cell above that pair of samples, entered through its lower edge.
	cx, cy, entry := x-1, y-1, 2
	for {
		f.path = append(f.path, f.crossing(cx, cy, entry))
		if entry == 2 {
			i := (cy+1)*f.width + cx + 1
			if f.seen[i] {
				f.path = f.path[:len(f.path)-1]
				return
			}
			f.seen[i] = true
		}
		exit := f.exit(cx, cy, entry)
		cx, cy, entry = cx+across[exit][0], cy+across[exit][1], (exit+2)%4
	}
}

// exit is the edge through which the contour leaves a cell that it has entered.
func (f *field) exit(cx, cy, entry int) int {
	var in [4]bool
	sum, n := float32(0), 0
	for i, c := range corners[:4] {
		v := f.at(cx+c[0], cy+c[1])
		sum += v
		if in[i] = v > 0; in[i] {
			n++
		}
	}
	// Where the contour enters, the edge's first corner is inside and the next one is not; where it
	// leaves, it is the reverse.
	if n == 2 && in[entry] && in[(entry+2)%4] {
		// A saddle: the middle tells whether the two parts belong together.
		if sum > 0 {
			return (entry + 1) % 4
		}
		return (entry + 3) % 4
	}
	for e := range 4 {
		if !in[e] && in[(e+1)%4] {
			return e
		}
	}
	return (entry + 2) % 4 // never: a contour that enters a cell leaves it
}

// crossing is where the contour passes an edge of a cell.
func (f *field) crossing(cx, cy, edge int) inference.Point {
	a, b := corners[edge], corners[edge+1]
	va, vb := f.at(cx+a[0], cy+a[1]), f.at(cx+b[0], cy+b[1])
	t := va / (va - vb)
	if t != t { // around the field, the contour lies on the samples' own edge
		t = 0.5
	}
	return inference.Point{
		X: float32(cx) + float32(a[0]) + t*float32(b[0]-a[0]),
		Y: float32(cy) + float32(a[1]) + t*float32(b[1]-a[1]),
	}
}

// signedArea is the area inside a closed polygon, positive if it goes clockwise as seen with y
// downwards, else negative.
func signedArea(polygon []inference.Point) float64 {
	sum := 0.0
	for i, p := range polygon {
		q := polygon[(i+1)%len(polygon)]
		sum += float64(p.X)*float64(q.Y) - float64(q.X)*float64(p.Y)
	}
	return sum / 2
}

// simplify drops, in place, the points that are not needed to stay within a fifth of a sample of
// the contour, or within more if that would take more than maxCorners points (Ramer, An iterative
// procedure for the polygonal approximation of plane curves, 1972; Douglas and Peucker, 1973).
func (f *field) simplify(polygon []inference.Point) []inference.Point {
	if len(polygon) > maxTraced {
		n := 0
		for i := range maxTraced {
			polygon[n] = polygon[i*len(polygon)/maxTraced]
			n++
		}
		polygon = polygon[:n]
	}
	if len(polygon) < 4 {
		return polygon
	}
	for within := float32(0.2); ; within *= 1.5 {
		if n := f.choose(polygon, within); n <= maxCorners {
			kept := polygon[:0]
			for i, p := range polygon {
				if f.keep[i] {
					kept = append(kept, p)
				}
			}
			return kept
		}
	}
}

// choose marks the points that keep a closed polygon within that distance, in samples, and returns
// how many there are.
func (f *field) choose(polygon []inference.Point, within float32) int {
	if cap(f.keep) < len(polygon) {
		f.keep = make([]bool, maxTraced)
	}
	f.keep = f.keep[:len(polygon)]
	clear(f.keep)
	// Two ends that lie far apart: the first point, and the one farthest from it.
	far, _ := farthest(polygon, 0, len(polygon), apart)
	f.keep[0], f.keep[far] = true, true
	n := 2
	f.stack = append(f.stack[:0], [2]int{0, far}, [2]int{far, len(polygon)})
	for len(f.stack) > 0 {
		from, to := f.stack[len(f.stack)-1][0], f.stack[len(f.stack)-1][1]
		f.stack = f.stack[:len(f.stack)-1]
		a, b := polygon[from], polygon[to%len(polygon)]
		i, d := farthest(polygon, from, to, func(p, _ inference.Point) float32 {
			return toSegment(p, a, b)
		})
		if d > within {
			f.keep[i] = true
			n++
			f.stack = append(f.stack, [2]int{from, i}, [2]int{i, to})
		}
	}
	return n
}

// farthest returns which of the points between the indices from and to is farthest away from the
// first one, by a measure of distance, and how far.
func farthest(polygon []inference.Point, from, to int,
	distance func(p, start inference.Point) float32) (at int,
	most float32,
) {
	at = from
	for i := from + 1; i < to; i++ {
		if d := distance(polygon[i], polygon[from]); d > most {
			at, most = i, d
		}
	}
	return at, most
}

// apart is the distance of two points.
func apart(p, q inference.Point) float32 {
	return float32(math.Hypot(float64(p.X-q.X), float64(p.Y-q.Y)))
}

// toSegment is how far a point is from the line between two others.
func toSegment(p, a, b inference.Point) float32 {
	dx, dy := b.X-a.X, b.Y-a.Y
	t := float32(0)
	if length := dx*dx + dy*dy; length > 0 {
		t = max(0, min(((p.X-a.X)*dx+(p.Y-a.Y)*dy)/length, 1))
	}
	return apart(p, inference.Point{X: a.X + t*dx, Y: a.Y + t*dy})
}
