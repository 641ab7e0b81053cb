package layout

// yoloStrides are the cell sizes, in pixels, of most YOLO families.
var yoloStrides = [4]int{8, 16, 32}

// grids are the sets of cell sizes of the YOLO families: the usual one, with a coarser level for
// large inputs (P6), with a finer one for small things (P2), and two of them (tiny models).
var grids = [...][4]int{yoloStrides, {8, 16, 32, 64}, {4, 8, 16, 32}, {16, 32}, {8, 16}}

// cellsOf counts the cells of these sizes; 0 ends the list.
func cellsOf(in Input, strides [4]int) int64 {
	n := 0
	for _, s := range strides {
		if s > 0 {
			n += (in.Width / s) * (in.Height / s)
		}
	}
	return int64(n)
}

// gridOf tells of n rows of which cells they are: how many rows each cell has, 1 or 3 (anchors). It
// is 0 when n is not the number of any grid.
func gridOf(in Input, n int64) (strides [4]int, each int64) {
	for _, g := range grids {
		switch cells := cellsOf(in, g); {
		case cells == 0:
		case n == cells:
			return g, 1
		case n == 3*cells:
			return g, 3
		}
	}
	return strides, 0
}

// cells counts the cells of the usual YOLO strides.
func cells(width, height int) int {
	return int(cellsOf(Input{Width: width, Height: height}, yoloStrides))
}
