package egomotion

import "math"

// vote returns the motion on which most blocks agree; false when too few of all blocks do. The same
// blocks always propose the same pairs.
func vote(blocks []block, of int) (shift, bool) {
	need := max(leastVote, int(math.Ceil(leastPart*float64(of))))
	if len(blocks) < need {
		return shift{}, false
	}
	// Usually nothing has moved.
	var best shift
	most := agreement(blocks, best)
	for i := range trials {
		// Two blocks far apart in the list, which goes row by row, show a rotation best.
		p, q := &blocks[(i*7919)%len(blocks)], &blocks[(i*7919+len(blocks)/2+i*31)%len(blocks)]
		s, ok := pair(p, q)
		if !ok {
			continue
		}
		if n := agreement(blocks, s); n > most {
			best, most = s, n
		}
	}
	for range 3 {
		var ok bool
		if best, ok = squares(blocks, best); !ok {
			return shift{}, false
		}
	}
	n := 0
	for i := range blocks {
		if agrees(&blocks[i], best) > 0 {
			n++
		}
	}
	return best, n >= need && math.Abs(best.a) <= turnMost && math.Abs(best.b) <= turnMost
}

// pair returns the similarity transform that moves two blocks as they moved; false when they lie
// too close together.
func pair(p, q *block) (shift, bool) {
	x, y := q.x-p.x, q.y-p.y
	n := x*x + y*y
	if n < 400 {
		return shift{}, false
	}
	u, v := q.dx-p.dx, q.dy-p.dy
	s := shift{a: (x*u + y*v) / n, b: (x*v - y*u) / n}
	dx, dy := s.on(p.x, p.y)
	s.x, s.y = p.dx-dx, p.dy-dy
	return s, math.Abs(s.a) <= turnMost && math.Abs(s.b) <= turnMost
}

// agrees is how well a block agrees with a motion: 1 is fully, 0 not at all (Tukey's biweight).
func agrees(k *block, s shift) float64 {
	dx, dy := s.on(k.x, k.y)
	off := (square(dx-k.dx) + square(dy-k.dy)) / (agree * agree)
	if !(off < 1) {
		return 0
	}
	return square(1 - off)
}

func agreement(blocks []block, s shift) (sum float64) {
	for i := range blocks {
		sum += agrees(&blocks[i], s)
	}
	return sum
}

// squares fits a similarity transform by least squares to the blocks that agree with s, weighted by
// how well they do; false when they lie too close together.
func squares(blocks []block, s shift) (shift, bool) {
	var n, x, y, u, v float64
	each := func(do func(k *block, weight float64)) {
		for i := range blocks {
			if w := agrees(&blocks[i], s); w > 0 {
				do(&blocks[i], w)
			}
		}
	}
	each(func(k *block, w float64) { n, x, y, u, v = n+w, x+w*k.x, y+w*k.y, u+w*k.dx, v+w*k.dy })
	if !(n > 1) {
		return shift{}, false
	}
	x, y, u, v = x/n, y/n, u/n, v/n
	var spread, a, b float64
	each(func(k *block, w float64) {
		px, py, pu, pv := k.x-x, k.y-y, k.dx-u, k.dy-v
		spread += w * (px*px + py*py)
		a += w * (px*pu + py*pv)
		b += w * (px*pv - py*pu)
	})
	if spread < 100*n { // less than ten pixels about their centre
		return shift{}, false
	}
	out := shift{a: a / spread, b: b / spread}
	dx, dy := out.on(x, y)
	out.x, out.y = u-dx, v-dy
	return out, true
}
