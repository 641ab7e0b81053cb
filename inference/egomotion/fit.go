package egomotion

import (
	"math"

	"handlens/inference"
)

const (
	// across is the number of blocks along the longer side; radius is that of a block, in pixels of
	// the shrunk frame.
	across = 14
	radius = 4
	// texture is the least eigenvalue of a block's gradients, per pixel, that makes it distinct in
	// all directions.
	texture = 3.0
	// A block's alignment ends after steps, or when a step is shorter than settled; astray is how
	// far it may end from where it began. All are in pixels of the shrunk frame.
	steps   = 6
	settled = 0.02
	astray  = 5.0
	// agree is how far a block may lie from the common motion, in pixels. leastVote blocks must
	// agree, and leastPart of all.
	agree     = 0.4
	leastVote = 8
	leastPart = 0.45
	// trials is the number of pairs of blocks that each propose a motion.
	trials = 80
	// turnMost bounds rotation and scale from one kept frame to the next.
	turnMost = 0.3
)

// block is a piece of the kept frame and how far it has moved.
type block struct {
	cx, cy   int     // centre
	x, y     float64 // the same relative to the frame's centre
	dx, dy   float64
	gradient [3]float64 // sums of x², xy, y²
}

// fitter finds the motion between two frames.
type fitter struct {
	blocks []block
	moved  []block // those that were aligned
	masked []bool  // by pixel of the quarter frame
	gx, gy [(2*radius + 1) * (2*radius + 1)]float32
}

// begin chooses the blocks of the kept frame, outside of the boxes if that leaves enough.
func (f *fitter) begin(g *gray, things []inference.Box) {
	f.choose(g, things)
	if len(things) > 0 && len(f.blocks) < 2*leastVote {
		things = nil
		f.choose(g, nil)
	}
	w, h := g.w/4, g.h/4
	f.masked = append(f.masked[:0], make([]bool, w*h)...)
	for _, b := range things {
		b = larger(b)
		x0, x1 := cell(b.X1, w), cell(b.X2, w)
		for y := cell(b.Y1, h); y < cell(b.Y2, h); y++ {
			for x := x0; x < x1; x++ {
				f.masked[y*w+x] = true
			}
		}
	}
}

// cell is the pixel at a part, 0..1, of a side of n pixels; for what is not a number the first.
func cell(v float32, n int) int {
	if !(v > 0) {
		return 0
	}
	return int(min(v, 1) * float32(n))
}

func larger(b inference.Box) inference.Box {
	w, h := margin*(b.X2-b.X1), margin*(b.Y2-b.Y1)
	return inference.Box{X1: b.X1 - w, Y1: b.Y1 - h, X2: b.X2 + w, Y2: b.Y2 + h}
}

func (f *fitter) choose(g *gray, things []inference.Box) {
	f.blocks = f.blocks[:0]
	pitch := max(1, max(g.w, g.h)/across)
	for cy := pitch / 2; cy < g.h; cy += pitch {
		for cx := pitch / 2; cx < g.w; cx += pitch {
			if cx < radius+1 || cy < radius+1 || cx >= g.w-radius-1 || cy >= g.h-radius-1 ||
				inAny(things, g, cx, cy) {
				continue
			}
			b := block{
				cx: cx, cy: cy, x: float64(cx) - float64(g.w-1)/2,
				y: float64(cy) - float64(g.h-1)/2,
			}
			if f.distinct(g, &b) {
				f.blocks = append(f.blocks, b)
			}
		}
	}
}

func inAny(things []inference.Box, g *gray, cx, cy int) bool {
	x, y := (float32(cx)+0.5)/float32(g.w), (float32(cy)+0.5)/float32(g.h)
	for _, b := range things {
		if b = larger(b); x > b.X1 && x < b.X2 && y > b.Y1 && y < b.Y2 {
			return true
		}
	}
	return false
}

// distinct fills in a block's gradients and tells whether it can be aligned.
func (f *fitter) distinct(g *gray, b *block) bool {
	f.slopes(g, b)
	xx, xy, yy := b.gradient[0], b.gradient[1], b.gradient[2]
	least := (xx+yy)/2 - math.Sqrt(square((xx-yy)/2)+xy*xy)
	return least > texture*float64(len(f.gx))
}

// slopes computes a block's gradients.
func (f *fitter) slopes(g *gray, b *block) {
	b.gradient = [3]float64{}
	i := 0
	for y := b.cy - radius; y <= b.cy+radius; y++ {
		for x := b.cx - radius; x <= b.cx+radius; x++ {
			p := y*g.w + x
			gx, gy := (g.pix[p+1]-g.pix[p-1])/2, (g.pix[p+g.w]-g.pix[p-g.w])/2
			f.gx[i], f.gy[i] = gx, gy
			b.gradient[0] += float64(gx * gx)
			b.gradient[1] += float64(gx * gy)
			b.gradient[2] += float64(gy * gy)
			i++
		}
	}
}

// find returns how the content moved from a to b; false when that is not certain. The guess is how
// it had moved a moment ago.
func (f *fitter) find(a, b *pyramid, guess shift) (shift, bool) {
	if len(f.blocks) < leastVote {
		return shift{}, false
	}
	if s, ok := f.align(&a.full, &b.full, guess); ok {
		return s, true
	}
	// It did not go on as before: start again from what the small frame says.
	dx, dy := f.search(&a.quarter, &b.quarter, guess)
	return f.align(&a.full, &b.full, shift{x: float64(4 * dx), y: float64(4 * dy)})
}

// reach is how far the search goes, in pixels of the quarter frame: a sixth of the longer side.
const reach = 6

// search finds the shift, in whole pixels of the quarter frame, under which the two are most alike
// apart from their brightness.
func (f *fitter) search(a, b *gray, guess shift) (x, y int) {
	gx, gy := int(math.Round(guess.x/4)), int(math.Round(guess.y/4))
	best := math.Inf(1)
	for dy := -reach; dy <= reach; dy++ {
		for dx := -reach; dx <= reach; dx++ {
			d := f.unlike(a, b, dx, dy)
			if near := math.Abs(float64(dx-gx)) + math.Abs(float64(dy-gy)); d+0.01*near < best {
				best, x, y = d+0.01*near, dx, dy
			}
		}
	}
	return x, y
}

// unlike is the variance of the difference under a shift, over every other pixel.
func (f *fitter) unlike(a, b *gray, dx, dy int) float64 {
	var sum, squares float32
	n := 0
	x0, x1 := max(0, -dx), min(a.w, a.w-dx)
	for y := max(0, -dy); y < min(a.h, a.h-dy); y++ {
		for x := x0 + (y+x0)&1; x < x1; x += 2 {
			p := y*a.w + x
			if f.masked[p] {
				continue
			}
			d := a.pix[p] - b.pix[p+dy*a.w+dx]
			sum, squares = sum+d, squares+d*d
			n++
		}
	}
	if n < 32 {
		return math.Inf(1)
	}
	mean := sum / float32(n)
	return float64(squares/float32(n) - mean*mean)
}

// align aligns each block, beginning where a first motion puts it, and lets them vote.
func (f *fitter) align(a, b *gray, first shift) (shift, bool) {
	f.moved = f.moved[:0]
	for _, k := range f.blocks {
		k.dx, k.dy = first.on(k.x, k.y)
		if f.follow(a, b, &k) {
			f.moved = append(f.moved, k)
		}
	}
	return vote(f.moved, len(f.blocks))
}

// follow aligns one block; false when it is lost.
func (f *fitter) follow(a, b *gray, k *block) bool {
	f.slopes(a, k)
	xx, xy, yy := k.gradient[0], k.gradient[1], k.gradient[2]
	det := xx*yy - xy*xy
	fromX, fromY := k.dx, k.dy
	for range steps {
		x, y := float32(k.cx)+float32(k.dx), float32(k.cy)+float32(k.dy)
		if !(x >= radius+1 && y >= radius+1 && x < float32(b.w-radius-2) &&
			y < float32(b.h-radius-2)) {
			return false
		}
		ex, ey := f.misfit(a, b, k, x, y)
		sx, sy := (yy*ex-xy*ey)/det, (xx*ey-xy*ex)/det
		k.dx, k.dy = k.dx+sx, k.dy+sy
		if !(math.Abs(k.dx-fromX) <= astray && math.Abs(k.dy-fromY) <= astray) {
			return false
		}
		if math.Abs(sx)+math.Abs(sy) < settled {
			break
		}
	}
	return true
}

// misfit is the projection on the gradients of the difference between a block and what lies at x, y
// in the other frame, apart from the brightness.
func (f *fitter) misfit(a, b *gray, k *block, x, y float32) (ex, ey float64) {
	var sx, sy, sgx, sgy, sum float32
	i := 0
	for v := -radius; v <= radius; v++ {
		line := a.pix[(k.cy+v)*a.w+k.cx-radius:]
		for u := range 2*radius + 1 {
			d := line[u] - b.at(x+float32(u-radius), y+float32(v))
			sx, sy, sum = sx+d*f.gx[i], sy+d*f.gy[i], sum+d
			sgx, sgy = sgx+f.gx[i], sgy+f.gy[i]
			i++
		}
	}
	mean := sum / float32(i)
	return float64(sx - mean*sgx), float64(sy - mean*sgy)
}

func square(v float64) float64 { return v * v }
