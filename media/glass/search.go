package glass

import (
	"cmp"
	"slices"
)

const (
	// searchSide is how small the shorter side of a frame is made to be searched, about.
	searchSide = 360
	// maxQuads bounds the places of one frame where the code may be, largest first.
	maxQuads = 12
	// darker is how much darker than its surroundings a pixel of the border is, of 255.
	darker = 6
)

// search finds the places of a frame where the code may be. Its memory is used again.
type search struct {
	small         []uint8
	width, height int
	sums          []uint32 // of all pixels above and to the left, with a row and a column of zeros
	dark          []bool
	stack, blob   []int32
	found         []quad
}

// quads returns the outlines of what is dark and has four corners, largest first, in the frame's
// pixels. The result is valid until the next call.
func (s *search) quads(frame Luma) []quad {
	scale := max(1, (min(frame.Width, frame.Height)+searchSide/2)/searchSide)
	s.shrink(frame, scale)
	s.threshold()
	s.found = s.found[:0]
	for i := range s.dark {
		if s.dark[i] {
			s.collect(int32(i))
			if q, ok := s.corners(); ok {
				s.found = append(s.found, q)
			}
		}
	}
	slices.SortFunc(s.found, func(a, b quad) int { return cmp.Compare(b.area(), a.area()) })
	s.found = s.found[:min(len(s.found), maxQuads)]
	for i := range s.found {
		for j := range s.found[i] {
			s.found[i][j].x *= float64(scale)
			s.found[i][j].y *= float64(scale)
		}
	}
	return s.found
}

// shrink averages blocks of scale × scale pixels.
func (s *search) shrink(frame Luma, scale int) {
	s.width, s.height = frame.Width/scale, frame.Height/scale
	s.small = sized(s.small, s.width*s.height)
	for y := range s.height {
		for x := range s.width {
			sum := 0
			for j := range scale {
				row := frame.Pix[(y*scale+j)*frame.Stride+x*scale:]
				for _, v := range row[:scale] {
					sum += int(v)
				}
			}
			s.small[y*s.width+x] = uint8(sum / (scale * scale))
		}
	}
}

// threshold marks the pixels that are darker than the mean around them.
func (s *search) threshold() {
	w, h := s.width, s.height
	s.sums = sized(s.sums, (w+1)*(h+1))
	for y := range h {
		row := uint32(0)
		for x := range w {
			row += uint32(s.small[y*w+x])
			s.sums[(y+1)*(w+1)+x+1] = s.sums[y*(w+1)+x+1] + row
		}
	}
	s.dark = sized(s.dark, w*h)
	reach := max(4, min(w, h)/8)
	for y := range h {
		top, bottom := max(0, y-reach), min(h, y+reach+1)
		for x := range w {
			left, right := max(0, x-reach), min(w, x+reach+1)
			sum := s.sums[bottom*(w+1)+right] - s.sums[top*(w+1)+right] -
				s.sums[bottom*(w+1)+left] + s.sums[top*(w+1)+left]
			n := uint32((bottom - top) * (right - left))
			s.dark[y*w+x] = (uint32(s.small[y*w+x])+darker)*n < sum
		}
	}
}

// collect moves a connected patch of dark pixels into blob.
func (s *search) collect(start int32) {
	s.blob = s.blob[:0]
	s.stack = append(s.stack[:0], start)
	s.dark[start] = false
	w := int32(s.width)
	for len(s.stack) > 0 {
		i := s.stack[len(s.stack)-1]
		s.stack = s.stack[:len(s.stack)-1]
		s.blob = append(s.blob, i)
		x := i % w
		if x > 0 {
			s.visit(i - 1)
		}
		if x < w-1 {
			s.visit(i + 1)
		}
		if i >= w {
			s.visit(i - w)
		}
		if int(i+w) < len(s.dark) {
			s.visit(i + w)
		}
	}
}

func (s *search) visit(i int32) {
	if s.dark[i] {
		s.dark[i] = false
		s.stack = append(s.stack, i)
	}
}

// corners returns the corners of the blob, clockwise, if it can be the code's border.
func (s *search) corners() (quad, bool) {
	const leastPixels = 4 * (Side - 2) * 2
	if len(s.blob) < leastPixels {
		return quad{}, false
	}
	first := s.at(s.blob[0])
	a := s.farthest(func(p point) float64 { return distance(p, first) })
	b := s.farthest(func(p point) float64 { return distance(p, a) })
	c := s.farthest(func(p point) float64 { return cross(a, b, p) })
	d := s.farthest(func(p point) float64 { return -cross(a, b, p) })
	q := quad{a, d, b, c}
	if !q.plausible(2 * (Side - 2)) {
		return quad{}, false
	}
	return s.outline(q), true
}

// farthest returns the pixel of the blob that counts most.
func (s *search) farthest(by func(point) float64) point {
	best, most := point{}, 0.
	for i, at := range s.blob {
		p := s.at(at)
		if v := by(p); i == 0 || v > most {
			best, most = p, v
		}
	}
	return best
}

// at is the middle of a pixel.
func (s *search) at(i int32) point {
	return point{float64(int(i)%s.width) + 0.5, float64(int(i)/s.width) + 0.5}
}

// outline moves the corners from the middles of the outermost pixels to their outer edges.
func (s *search) outline(q quad) quad {
	middle := point{}
	for _, p := range q {
		middle.x += p.x / 4
		middle.y += p.y / 4
	}
	for i, p := range q {
		q[i].x += 0.5 * sign(p.x-middle.x)
		q[i].y += 0.5 * sign(p.y-middle.y)
	}
	return q
}

func distance(a, b point) float64 { return (a.x-b.x)*(a.x-b.x) + (a.y-b.y)*(a.y-b.y) }

func sign(v float64) float64 {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// sized returns a slice of that length, in the memory of s where it is large enough. What is in it
// is undefined, but zero in new memory.
func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
