package ui

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// The measures of the grid, in Fyne's units. Cells grow to fill the width.
const (
	cellWidth  = 216
	cellWords  = 50 // under the picture
	cellGap    = 14
	gridMargin = 16
)

// galleryGrid shows the items in rows. There are cells for those in view only, however many items
// there are; they go round. It takes the keys while it has the focus.
type galleryGrid struct {
	widget.BaseWidget
	g       *gallery
	scroll  *container.Scroll
	content *fyne.Container
	cells   map[string]*galleryCell // by the path of their item
	free    []*galleryCell

	columns       int
	width, height float32 // of a cell
}

func newGalleryGrid(g *gallery) *galleryGrid {
	grid := &galleryGrid{g: g, cells: make(map[string]*galleryCell)}
	grid.content = container.New(&gridArea{grid})
	grid.scroll = container.NewVScroll(grid.content)
	grid.scroll.OnScrolled = func(fyne.Position) { grid.arrange() }
	grid.ExtendBaseWidget(grid)
	return grid
}

// gridArea is as high as all rows together; the cells are placed by arrange.
type gridArea struct{ grid *galleryGrid }

// MinSize is what the scroller scrolls over.
func (a *gridArea) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, 2*gridMargin+float32(a.grid.rows())*(a.grid.height+cellGap)-cellGap)
}

// Layout leaves the cells where arrange put them.
func (*gridArea) Layout([]fyne.CanvasObject, fyne.Size) {}

func (grid *galleryGrid) rows() int {
	columns := max(1, grid.columns)
	return (len(grid.g.shown) + columns - 1) / columns
}

// page is how many rows are in view.
func (grid *galleryGrid) page() int {
	return max(1, int(grid.Size().Height/(grid.height+cellGap)))
}

// measure divides the width.
func (grid *galleryGrid) measure() {
	room := grid.Size().Width - 2*gridMargin
	grid.columns = max(1, int((room+cellGap)/(cellWidth+cellGap)))
	n := float32(grid.columns)
	grid.width = max(1, (room-(n-1)*cellGap)/n)
	grid.height = float32(int(grid.width*9/16)) + cellWords
}

// arrange has a cell for each item in view, in its place.
func (grid *galleryGrid) arrange() {
	grid.measure()
	items := grid.g.shown
	if size := grid.content.MinSize(); size.Height != grid.content.Size().Height {
		grid.scroll.Refresh() // it learns how far it can scroll
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
	var wanted []LibraryItem
	for i, item := range inView {
		cell := grid.cells[item.Path]
		if cell == nil {
			cell = grid.fresh()
			grid.cells[item.Path] = cell
		}
		thumb, had := grid.g.thumbs.get(item)
		if !had {
			wanted = append(wanted, item)
		}
		cell.set(item, thumb, item.Path == grid.g.chosen)
		row, column := (from+i)/grid.columns, (from+i)%grid.columns
		x, y := gridMargin+float32(column)*(grid.width+cellGap), gridMargin+float32(row)*step
		if at := fyne.NewPos(x, y); cell.Position() != at || cell.Size().Width != grid.width {
			move(cell, x, y, grid.width, grid.height)
		}
		objects = append(objects, cell)
	}
	grid.g.thumbs.want(wanted)
	if !slices.Equal(objects, grid.content.Objects) {
		grid.content.Objects = objects
		grid.content.Refresh()
	}
}

// fresh returns a cell that no item has.
func (grid *galleryGrid) fresh() *galleryCell {
	if n := len(grid.free); n > 0 {
		cell := grid.free[n-1]
		grid.free = grid.free[:n-1]
		return cell
	}
	return newGalleryCell(grid.g)
}

// reveal scrolls until that item is in view.
func (grid *galleryGrid) reveal(i int) {
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
func (grid *galleryGrid) FocusGained() {}

// FocusLost implements fyne.Focusable.
func (grid *galleryGrid) FocusLost() {}

// TypedKey gives the key to the window, which gives it to the gallery.
func (grid *galleryGrid) TypedKey(ev *fyne.KeyEvent) { grid.g.w.typed(ev) }

// TypedRune gives the letter to the window.
func (grid *galleryGrid) TypedRune(r rune) { grid.g.w.letter(r) }

// Tapped takes the choice away: the tap went beside the items.
func (grid *galleryGrid) Tapped(*fyne.PointEvent) {
	grid.g.focus()
	grid.g.chosen = ""
	grid.arrange()
	grid.g.head.set()
}

// CreateRenderer implements fyne.Widget.
func (grid *galleryGrid) CreateRenderer() fyne.WidgetRenderer {
	return &gridRenderer{grid: grid, back: canvas.NewRectangle(color.Transparent)}
}

type gridRenderer struct {
	grid *galleryGrid
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
