package layout

import "handlens/inference"

// detectNetNorm is what DetectNet_v2 measures distances in, in pixels.
const detectNetNorm = 35

// decodeMaps reads scores [1, C, height, width] and the maps that make boxes of them.
func (l *Layout) decodeMaps(out Outputs, c *candidates) error {
	order := 0
	for _, v := range l.maps.levels {
		across, down := cellsAlong(l.input.Width, v.stride), cellsAlong(l.input.Height, v.stride)
		n := across * down
		scores, err := planesOf(out.Output(v.scores), v.firstScore, l.classes, n)
		if err != nil {
			return err
		}
		boxes, err := planesOf(out.Output(v.boxes), 0, l.mapPlanes(), n)
		if err != nil {
			return err
		}
		var offsets []float32
		if v.offsets >= 0 {
			if offsets, err = planesOf(out.Output(v.offsets), 0, 2, n); err != nil {
				return err
			}
		}
		limit := c.limit
		if c.activation == sigmoid {
			limit = logit(limit)
		}
		for class := range l.classes {
			plane := scores[class*n:][:n]
			for i, score := range plane {
				if !(score >= limit) || l.maps.form == mapCentres && !isPeak(plane, i, across) {
					continue
				}
				x, y := i%across, i/across
				c.add(order+i, class, c.activated(score),
					l.mapBox(boxes, offsets, v.stride, n, class, x, y, i))
			}
		}
		order += n
	}
	return nil
}

// mapPlanes is how many planes the boxes have.
func (l *Layout) mapPlanes() int {
	switch l.maps.form {
	case mapCentres:
		return 2
	case mapCorners:
		return 4 * l.classes
	}
	return 4 * l.bins
}

// planesOf returns so many planes of n numbers.
func planesOf(t *Tensor, first, planes, n int) ([]float32, error) {
	if len(t.Shape) != 4 || t.Shape[0] != 1 || t.Shape[1] < int64(first+planes) ||
		t.Shape[2]*t.Shape[3] != int64(n) || int64(len(t.Float32)) != t.Shape[1]*int64(n) {
		return nil, t.changed()
	}
	return t.Float32[first*n:][:planes*n], nil
}

// isPeak tells whether no neighbour of a cell has a greater score.
func isPeak(plane []float32, i, across int) bool {
	x, y, down := i%across, i/across, len(plane)/across
	for v := max(0, y-1); v <= min(down-1, y+1); v++ {
		for u := max(0, x-1); u <= min(across-1, x+1); u++ {
			if plane[v*across+u] > plane[i] {
				return false
			}
		}
	}
	return true
}

// mapBox is the box of cell i, which is at x and y, of n, in pixels of the input.
func (l *Layout) mapBox(boxes, offsets []float32, stride, n, class, x, y, i int) inference.Box {
	s := float32(stride)
	left, top := float32(x), float32(y)
	switch l.maps.form {
	case mapCentres:
		return fromCentre((left+offsets[i])*s, (top+offsets[n+i])*s, boxes[i]*s, boxes[n+i]*s)
	case mapCorners:
		const norm = detectNetNorm
		at := func(k int) float32 { return boxes[(4*class+k)*n+i] * norm }
		cx, cy := left*s+0.5, top*s+0.5
		return inference.Box{X1: cx - at(0), Y1: cy - at(1), X2: cx + at(2), Y2: cy + at(3)}
	}
	var bins [4 * maxBins]float32
	for k := range 4 * l.bins {
		bins[k] = boxes[k*n+i]
	}
	return l.distances(bins[:4*l.bins], x, y, stride)
}
