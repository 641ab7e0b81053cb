package tile

import (
	"image"
	"image/color"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"handlens/inference"
	"handlens/inference/overlay"
	"handlens/ui/kit"
)

// maxShapeSide bounds the picture that outlines, keypoints and rotated boxes are drawn on, in
// pixels; a larger tile shows it enlarged.
const maxShapeSide = 1280

// shapeLayer shows outlines, keypoints and rotated boxes over the video. Fyne's polygons have at
// most sixteen corners, so the shapes are drawn into a transparent picture, no larger than what
// they cover. It costs nothing with a model that has none. It belongs to the UI goroutine.
type shapeLayer struct {
	raster *canvas.Raster
	img    *image.RGBA

	// What the picture shows.
	last []inference.Detection
	size image.Point
	area image.Rectangle
}

func newShapeLayer() *shapeLayer {
	l := &shapeLayer{}
	l.raster = canvas.NewRaster(func(int, int) image.Image {
		if l.img == nil {
			return image.NewUniform(color.Transparent)
		}
		return l.img
	})
	l.raster.ScaleMode = canvas.ImageScaleSmooth
	l.raster.Hide()
	return l
}

// set shows the shapes of what was found on a video of that size in pixels, which lies at that
// place; faint ones are more transparent.
func (l *shapeLayer) set(found []inference.Detection, size image.Point, faint bool,
	at fyne.Position, video fyne.Size,
) {
	if !slices.ContainsFunc(found, func(d inference.Detection) bool { return d.Shape != nil }) ||
		size.X < 1 || size.Y < 1 {
		l.last = nil
		kit.SetVisible(l.raster, false)
		return
	}
	translucency := 0.0
	if faint {
		translucency = 1 - faintAlpha/255.0
	}
	if size != l.size || translucency != l.raster.Translucency || !slices.Equal(found, l.last) {
		l.last, l.size = append(l.last[:0], found...), size
		l.raster.Translucency = translucency
		l.draw()
		canvas.Refresh(l.raster)
	}
	kit.SetVisible(l.raster, !l.area.Empty())
	x, y := video.Width/float32(size.X), video.Height/float32(size.Y)
	kit.SetBounds(l.raster, at.X+x*float32(l.area.Min.X), at.Y+y*float32(l.area.Min.Y),
		x*float32(l.area.Dx()), y*float32(l.area.Dy()))
}

// draw redraws the layer, in the same memory where that is large enough.
func (l *shapeLayer) draw() {
	picture := image.Rectangle{Max: l.size}
	l.area = overlay.ShapeExtent(picture, l.last)
	if l.area.Empty() {
		return
	}
	n := 4 * l.area.Dx() * l.area.Dy()
	if l.img == nil || cap(l.img.Pix) < n {
		l.img = &image.RGBA{Pix: make([]uint8, n)}
	}
	l.img.Pix, l.img.Stride, l.img.Rect = l.img.Pix[:n], 4*l.area.Dx(), l.area
	clear(l.img.Pix)
	overlay.DrawShapes(l.img, picture, l.last)
	l.img.Rect = image.Rectangle{Max: l.area.Size()}
}

// placeShapes shows the shapes of the boxes that are shown.
func (t *Tile) placeShapes(at fyne.Position, video fyne.Size) {
	var found []inference.Detection
	fresh := freshness(t.current.lag)
	if t.options.Boxes && fresh > 0 && t.front != nil {
		found = t.current.detections
	}
	t.shapes.set(found, shapeSize(t.canvasScale(), video), fresh == 1, at, video)
}

// shapeSize is how many pixels the video's place has on the screen, within the bounds.
func shapeSize(scale float32, video fyne.Size) image.Point {
	w, h := float64(video.Width*scale), float64(video.Height*scale)
	k := min(1, maxShapeSide/max(w, h, 1))
	return image.Pt(int(math.Round(k*w)), int(math.Round(k*h)))
}

// canvasScale is how many pixels the screen has for one of the tile's units.
func (t *Tile) canvasScale() float32 {
	if c := fyne.CurrentApp().Driver().CanvasForObject(t); c != nil {
		return c.Scale()
	}
	return 1
}
