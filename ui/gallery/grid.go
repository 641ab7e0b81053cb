package gallery

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

// The measures of the grid, in Fyne's units. Cells grow to fill the width.
const (
	cellWidth  = 216
	cellWords  = 50 // under the picture
	cellGap    = 14
	gridMargin = 16
)

// grid shows the items in rows. Only those in view have cells, which are reused. It takes the keys
// while it has the focus.
type grid struct {
	widget.BaseWidget
	g       *Gallery
	scroll  *container.Scroll
	content *fyne.Container
	cells   map[string]*cell // by the path of their item
	free    []*cell

	columns       int
	width, height float32 // of a cell
}

func newGrid(g *Gallery) *grid {
	grid := &grid{g: g, cells: make(map[string]*cell)}
	grid.content = container.New(&contentLayout{grid})
	grid.scroll = container.NewVScroll(grid.content)
	grid.scroll.OnScrolled = func(fyne.Position) { grid.arrange() }
	grid.ExtendBaseWidget(grid)
	return grid
}

// contentLayout is as high as all rows together; the cells are placed by arrange.
type contentLayout struct{ grid *grid }

// MinSize is what the scroller scrolls over.
func (a *contentLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, 2*gridMargin+float32(a.grid.rows())*(a.grid.height+cellGap)-cellGap)
}

// Layout leaves the cells where arrange put them.
func (*contentLayout) Layout([]fyne.CanvasObject, fyne.Size) {}

func (grid *grid) rows() int {
	columns := max(1, grid.columns)
	return (len(grid.g.shown) + columns - 1) / columns
}

// page is how many rows are in view.
func (grid *grid) page() int {
	return max(1, int(grid.Size().Height/(grid.height+cellGap)))
}

// measure divides the width.
func (grid *grid) measure() {
	room := grid.Size().Width - 2*gridMargin
	grid.columns = max(1, int((room+cellGap)/(cellWidth+cellGap)))
	n := float32(grid.columns)
	grid.width = max(1, (room-(n-1)*cellGap)/n)
	grid.height = float32(int(grid.width*9/16)) + cellWords
}

// arrange has a cell for each item in view, in its place.
func (grid *grid) arrange() {
	grid.measure()
	items := grid.g.shown
	if size := grid.content.MinSize(); size.Height != grid.content.Size().Height {
		grid.scroll.Refresh() // so that it knows how far it can scroll
	}
	step := grid.height + cellGap
	top := max(0, int((grid.scroll.Offset.Y-gridMargin)/step))
	bottom := int((grid.scroll.Offset.Y+grid.Size().Height)/step) + 1
	from, to := min(top*grid.columns, len(items)), min(bottom*grid.columns, len(items))
	inView := items[from:to]

	seen := make(map[string]bool, len(inView))
	for _, item := range inView {
		seen[item.Path] = true
	}
	for path, cell := range grid.cells {
		if !seen[path] {
			delete(grid.cells, path)
			grid.free = append(grid.free, cell)
		}
	}
	objects := make([]fyne.CanvasObject, 0, len(inView))
	var wanted []Item
	for i, item := range inView {
		cell := grid.cells[item.Path]
		if cell == nil {
			cell = grid.takeCell()
			grid.cells[item.Path] = cell
		}
		thumb, had := grid.g.thumbnails.get(item)
		if !had {
			wanted = append(wanted, item)
		}
		cell.set(item, thumb, item.Path == grid.g.chosenPath)
		row, column := (from+i)/grid.columns, (from+i)%grid.columns
		x, y := gridMargin+float32(column)*(grid.width+cellGap), gridMargin+float32(row)*step
		if at := fyne.NewPos(x, y); cell.Position() != at || cell.Size().Width != grid.width {
			kit.SetBounds(cell, x, y, grid.width, grid.height)
		}
		objects = append(objects, cell)
	}
	grid.g.thumbnails.request(wanted)
	if !slices.Equal(objects, grid.content.Objects) {
		grid.content.Objects = objects
		grid.content.Refresh()
	}
}

// takeCell returns a cell that shows no item.
func (grid *grid) takeCell() *cell {
	if n := len(grid.free); n > 0 {
		cell := grid.free[n-1]
		grid.free = grid.free[:n-1]
		return cell
	}
	return newCell(grid.g)
}

// scrollTo scrolls until that item is in view.
func (grid *grid) scrollTo(i int) {
	top := gridMargin + float32(i/max(1, grid.columns))*(grid.height+cellGap)
	bottom := top + grid.height
	y, view := grid.scroll.Offset.Y, grid.Size().Height
	switch {
	case top-gridMargin < y:
		grid.scroll.ScrollToOffset(fyne.NewPos(0, top-gridMargin))
	case bottom+gridMargin > y+view:
		grid.scroll.ScrollToOffset(fyne.NewPos(0, bottom+gridMargin-view))
	}
}

// FocusGained implements fyne.Focusable.
func (grid *grid) FocusGained() {}

// FocusLost implements fyne.Focusable.
func (grid *grid) FocusLost() {}

// TypedKey passes the key to the window, which passes it to the gallery.
func (grid *grid) TypedKey(ev *fyne.KeyEvent) { kit.PassKey(grid, ev) }

// TypedRune passes the letter to the window.
func (grid *grid) TypedRune(r rune) { kit.PassRune(grid, r) }

// Tapped clears the choice: the tap missed all items.
func (grid *grid) Tapped(*fyne.PointEvent) {
	grid.g.focus()
	grid.g.chosenPath = ""
	grid.arrange()
	grid.g.header.update()
}

// CreateRenderer implements fyne.Widget.
func (grid *grid) CreateRenderer() fyne.WidgetRenderer {
	return &gridRenderer{grid: grid, back: canvas.NewRectangle(color.Transparent)}
}

type gridRenderer struct {
	grid *grid
	back *canvas.Rectangle
}

func (r *gridRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	r.grid.measure()
	r.grid.scroll.Resize(size)
	r.grid.arrange()
}

func (r *gridRenderer) MinSize() fyne.Size { return fyne.NewSize(cellWidth, cellWords) }
func (r *gridRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.back, r.grid.scroll}
}
func (r *gridRenderer) Refresh() { r.grid.scroll.Refresh() }
func (r *gridRenderer) Destroy() {}
