// Command icon draws the program's icon: a hand lens with the corners of a detection box in it. Run
// it by `go generate ./assets`.
//
//	icon [-side PIXELS] [-fill PART] FILE.png
//	icon [-fill PART] FILE.icns
//	icon [-fill PART] FILE.ico
//
// With -fill the ground reaches all edges, for systems that cut the icon into a shape of their own,
// and what is on it is drawn that much smaller: four fifths in the middle are seen everywhere.
//
// Each shape is a signed distance in pixels (negative inside), so that one function anti-aliases
// them all: a pixel is covered by half a pixel's distance more or less than its centre is inside.
// The result is the same on every machine.
package main

import (
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
)

func main() {
	var ic icon
	flag.IntVar(&ic.side, "side", 512, "the icon's side in pixels")
	flag.Float64Var(&ic.fill, "fill", 0, "fill the square, with what is on it so large")
	flag.Parse()
	if flag.NArg() != 1 || ic.side < 1 || ic.fill < 0 || ic.fill > 1 {
		fmt.Fprintln(os.Stderr,
			"usage: icon [-side PIXELS] [-fill PART] FILE.png|FILE.icns|FILE.ico")
		os.Exit(2)
	}
	write := ic.write
	switch filepath.Ext(flag.Arg(0)) {
	case ".icns":
		write = ic.writeICNS
	case ".ico":
		write = ic.writeICO
	}
	if err := write(flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "icon:", err)
		os.Exit(1)
	}
}

// icon says how to draw it. All lengths below are in units of its side.
type icon struct {
	side int     // in pixels
	fill float64 // how large it is on a ground without corners; 0: on one with round corners
}

func (ic icon) write(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(f, ic.draw()); err != nil {
		_ = f.Close() // the encoder's error is the one to tell
		return fmt.Errorf("write %s: %w", name, err)
	}
	return f.Close()
}

// rgb is a colour in 0..1 without alpha.
type rgb struct{ r, g, b float64 }

func hex(v uint32) rgb {
	return rgb{float64(v>>16&255) / 255, float64(v>>8&255) / 255, float64(v&255) / 255}
}

func mix(a, b rgb, t float64) rgb {
	t = min(max(t, 0), 1)
	return rgb{a.r + (b.r-a.r)*t, a.g + (b.g-a.g)*t, a.b + (b.b-a.b)*t}
}

// Colours of the program: night for the ground, mint for what is found.
var (
	nightTop, nightFoot = hex(0x1d2536), hex(0x0a0d14)
	rimTop, rimFoot     = hex(0xf4f7fb), hex(0x9fb0c8)
	glassTop, glassFoot = hex(0x24506a), hex(0x101a2a)
	mint, mintDeep      = hex(0x6ff0d3), hex(0x2fbf9f)
)

// The lens stands up and left of the middle, the handle goes down and right.
const (
	lensX, lensY = 0.435, 0.425
	lensR        = 0.255 // middle of the rim
	rimHalf      = 0.026
	boxHalf      = 0.118 // half the side of the detection box
	boxArm       = 0.075 // length of each corner's arms
	boxStroke    = 0.0155
)

func (ic icon) draw() *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, ic.side, ic.side))
	for py := range ic.side {
		for px := range ic.side {
			x, y := (float64(px)+0.5)/float64(ic.side), (float64(py)+0.5)/float64(ic.side)
			img.SetNRGBA(px, py, ic.at(x, y))
		}
	}
	return img
}

// at returns the icon's colour at a point of the unit square.
func (ic icon) at(x, y float64) color.NRGBA {
	c := mix(nightTop, nightFoot, (x*0.35+y)/1.25)
	if ic.fill > 0 {
		c = ic.lens(c, 0.5+(x-0.5)/ic.fill, 0.5+(y-0.5)/ic.fill)
		return color.NRGBA{byte8(c.r), byte8(c.g), byte8(c.b), 255}
	}
	ground := roundedBox(x-0.5, y-0.5, 0.47, 0.47, 0.115)
	// A thin light edge lifts the ground off dark desktops.
	c = mix(c, hex(0x3a465e), 0.9*ic.cover(math.Abs(ground+0.004)-0.003))
	c = ic.lens(c, x, y)
	return color.NRGBA{byte8(c.r), byte8(c.g), byte8(c.b), byte8(ic.cover(ground))}
}

// lens draws the lens over the colour of the ground at that point.
func (ic icon) lens(c rgb, x, y float64) rgb {
	dx, dy := x-lensX, y-lensY
	r := math.Hypot(dx, dy)

	// The handle: neck first, then the grip over it.
	neck := segment(dx, dy, 0.19, 0.19, 0.27, 0.27) - 0.019
	c = mix(c, mix(rimFoot, rimTop, 0.25), ic.cover(neck))
	grip := segment(dx, dy, 0.262, 0.262, 0.385, 0.385) - 0.042
	c = mix(c, mix(mint, mintDeep, ((dx+dy)-0.5)/0.3), ic.cover(grip))

	// The glass, with a soft light from above, then the rim.
	glass := mix(glassTop, glassFoot, (dy+lensR)/(2*lensR)+0.25*dx/lensR)
	light := math.Exp(-(sq(dx+0.09) + sq(dy+0.115)) / 0.012)
	c = mix(c, mix(glass, hex(0xbfe6f5), 0.33*light), ic.cover(r-lensR))
	c = mix(c, mix(rimTop, rimFoot, (dy+lensR)/(2*lensR)), ic.cover(math.Abs(r-lensR)-rimHalf))

	// What the lens has found.
	c = mix(c, mint, ic.cover(corners(dx, dy)))
	return mix(c, mix(mint, hex(0xffffff), 0.45), ic.cover(r-0.034))
}

// cover turns a signed distance in units of the icon's side into how much of the pixel is inside,
// 0..1.
func (ic icon) cover(d float64) float64 {
	scale := float64(ic.side)
	if ic.fill > 0 {
		scale *= ic.fill
	}
	return min(max(0.5-d*scale, 0), 1)
}

// corners is the distance to the four corners of the detection box. By symmetry one corner, seen in
// the first quadrant, is enough.
func corners(x, y float64) float64 {
	x, y = math.Abs(x), math.Abs(y)
	across := segment(x, y, boxHalf-boxArm, boxHalf, boxHalf, boxHalf)
	down := segment(x, y, boxHalf, boxHalf-boxArm, boxHalf, boxHalf)
	return min(across, down) - boxStroke
}

// segment is the distance from a point to the line from a to b.
func segment(x, y, ax, ay, bx, by float64) float64 {
	px, py, vx, vy := x-ax, y-ay, bx-ax, by-ay
	t := min(max((px*vx+py*vy)/(vx*vx+vy*vy), 0), 1)
	return math.Hypot(px-t*vx, py-t*vy)
}

// roundedBox is the signed distance to a box of those half sides around the origin whose corners
// have radius r.
func roundedBox(x, y, hx, hy, r float64) float64 {
	qx, qy := math.Abs(x)-hx+r, math.Abs(y)-hy+r
	return math.Hypot(max(qx, 0), max(qy, 0)) + min(max(qx, qy), 0) - r
}

func sq(v float64) float64 { return v * v }

func byte8(v float64) uint8 { return uint8(math.Round(255 * min(max(v, 0), 1))) }
