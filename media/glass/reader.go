package glass

// Luma is the brightness of a frame, one byte a pixel, rows Stride apart. Limited and full range
// are the same to a Reader.
type Luma struct {
	Pix                   []byte
	Stride, Width, Height int
}

// valid says whether the plane holds what size and stride promise, and is of a size to look at.
func (l Luma) valid() bool {
	return l.Width >= leastSide && l.Height >= leastSide && l.Width <= maxSide &&
		l.Height <= maxSide && l.Stride >= l.Width && l.Stride <= len(l.Pix) &&
		len(l.Pix) >= l.Stride*(l.Height-1)+l.Width
}

const (
	// leastSide and maxSide bound the frames that are looked at, in pixels a side.
	leastSide = 3 * Side
	maxSide   = 16384
	// leastContrast is how much brighter white must be than black, of 255.
	leastContrast = 20
	// unsure is how near to the middle, in half contrasts, a cell may be that is neither black nor
	// white: two exposures are mixed in it.
	unsure = 0.25
	// samples is how many places of a cell are looked at, in each direction.
	samples = 4
)

// Reader reads the code from the frames of one stream. It is cheap while the code stays where it
// was; else it searches the whole frame. One goroutine uses it. The zero value is ready.
type Reader struct {
	last   quad
	known  bool
	search search
}

// Read returns the number that a frame shows. It is false when there is none, or none that is
// beyond doubt.
func (r *Reader) Read(frame Luma) (number int, ok bool) {
	if !frame.valid() {
		return 0, false
	}
	least := 0.
	if r.known {
		number, framed, ok := frame.read(r.last)
		if ok {
			return number, true
		}
		if framed {
			least = r.last.area() / 2
		}
	}
	for _, q := range r.search.quads(frame) {
		if q.area() < least {
			break
		}
		number, framed, ok := frame.read(q)
		if ok {
			r.last, r.known = q, true
			return number, true
		}
		// The screen may also show a picture of the code, which is smaller, and late. It must not
		// be taken for the code while that cannot be read.
		if framed {
			break
		}
	}
	return 0, false
}

// grid are the cells of the code with its margin, from -1 (black) to 1 (white).
type grid [Side][Side]float64

// read reads the code whose border has those corners; framed says that there is a border.
func (l Luma) read(q quad) (number int, framed, ok bool) {
	g, framed := l.sample(q)
	if !framed {
		return 0, false, false
	}
	for range 4 {
		if number, ok = g.number(); ok {
			return number, true, true
		}
		g = g.turned()
	}
	return 0, true, false
}

// sample measures the cells. It is false when the border is not black on white.
func (l Luma) sample(q quad) (grid, bool) {
	var g grid
	p := project(q)
	for y := range Side {
		for x := range Side {
			v, ok := l.cell(p, x, y)
			if !ok {
				return g, false
			}
			g[y][x] = v
		}
	}
	return g, g.normalise()
}

// normalise turns brightness into -1..1. How bright white and black are is taken from the margin
// and the border beside each cell, nearer ones counting more, since light falls unevenly on a
// screen.
func (g *grid) normalise() bool {
	raw := *g
	for y := range Side {
		for x := range Side {
			white := between(&raw, x, y, 0)
			black := between(&raw, min(max(x, 1), Side-2), min(max(y, 1), Side-2), 1)
			if white-black < leastContrast {
				return false
			}
			g[y][x] = (2*raw[y][x] - white - black) / (white - black)
		}
	}
	return g.framed()
}

// between weighs the four cells of a ring that are left, right, above and below a cell.
func between(raw *grid, x, y, ring int) float64 {
	last := Side - 1 - ring
	width := float64(last - ring)
	fx, fy := float64(x-ring)/width, float64(y-ring)/width
	across := raw[y][ring]*(1-fx) + raw[y][last]*fx
	down := raw[ring][x]*(1-fy) + raw[last][x]*fy
	return (across + down) / 2
}

// framed says whether the margin is white and the border black. A few cells may be covered.
func (g *grid) framed() bool {
	wrong := 0
	for y := range Side {
		for x := range Side {
			switch ring := min(x, y, Side-1-x, Side-1-y); {
			case ring == 0 && g[y][x] < unsure, ring == 1 && g[y][x] > -unsure:
				wrong++
			}
		}
	}
	return wrong <= Side/4
}

// number reads the quarters of an upright grid.
func (g *grid) number() (int, bool) {
	var found [quarters]int
	n := 0
	for q := range quarters {
		word, sure := uint32(0), true
		for i := range quarterSide * quarterSide {
			y, x := quarterCell(q, i)
			v := g[y+2][x+2]
			sure = sure && (v < -unsure || v > unsure)
			if v > 0 {
				word |= 1 << i
			}
		}
		if !sure {
			continue
		}
		if number, ok := readQuarter(q, word); ok {
			found[n] = number
			n++
		}
	}
	return join(found[:n])
}

// turned is the grid turned by a quarter.
func (g *grid) turned() grid {
	var t grid
	for y := range Side {
		for x := range Side {
			t[y][x] = g[Side-1-x][y]
		}
	}
	return t
}

// cell is the mean brightness of the middle of a cell; false when it lies outside of the frame.
func (l Luma) cell(p projection, x, y int) (float64, bool) {
	sum := 0
	for j := range samples {
		for i := range samples {
			// The unit square is the border's outer edge: the cells within the margin.
			u := (float64(x-1) + 0.25 + 0.5*(float64(i)+0.5)/samples) / (Side - 2)
			v := (float64(y-1) + 0.25 + 0.5*(float64(j)+0.5)/samples) / (Side - 2)
			at := p.at(u, v)
			if !(at.x >= 0 && at.y >= 0 && at.x < float64(l.Width) && at.y < float64(l.Height)) {
				return 0, false
			}
			sum += int(l.Pix[int(at.y)*l.Stride+int(at.x)])
		}
	}
	return float64(sum) / (samples * samples), true
}
