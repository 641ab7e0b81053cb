package report

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/draw"

	"handlens/app/recording"
)

// heat is for how long objects were in each cell.
type heat = [recording.HeatRows][recording.HeatColumns]float64

// HeatMap lays over a picture, which may be nil, how long objects were where.
func HeatMap(still image.Image, size image.Point, heat heat) *image.RGBA {
	const width = 960
	out := image.NewRGBA(image.Rect(0, 0, width, max(1, width*size.Y/max(1, size.X))))
	draw.Draw(out, out.Rect, image.NewUniform(color.Gray{Y: 40}), image.Point{}, draw.Src)
	if still != nil {
		draw.CatmullRom.Scale(out, out.Rect, still, still.Bounds(), draw.Src, nil)
	}
	heat = spread(heat)
	most := 0.0
	for _, row := range heat {
		for _, v := range row {
			most = max(most, v)
		}
	}
	if most == 0 {
		return out
	}
	cells := image.NewNRGBA(image.Rect(0, 0, recording.HeatColumns, recording.HeatRows))
	for y, row := range heat {
		for x, v := range row {
			// The root shows paths that were walked but once beside places of long stays.
			cells.SetNRGBA(x, y, warm(math.Sqrt(v/most)))
		}
	}
	draw.CatmullRom.Scale(out, out.Rect, cells, cells.Bounds(), draw.Over, nil)
	return out
}

// spread gives each cell a part of what its neighbours have, as seen from some steps back: boxes
// are larger than cells.
func spread(heat heat) (out heat) {
	kernel := [...]float64{0.06, 0.24, 0.4, 0.24, 0.06}
	const half = len(kernel) / 2
	var across [recording.HeatRows][recording.HeatColumns]float64 // as heat, which is a value here
	for y := range heat {
		for x := range heat[y] {
			for i, k := range kernel {
				if n := x + i - half; n >= 0 && n < recording.HeatColumns {
					across[y][x] += k * heat[y][n]
				}
			}
		}
	}
	for y := range heat {
		for x := range heat[y] {
			for i, k := range kernel {
				if n := y + i - half; n >= 0 && n < recording.HeatRows {
					out[y][x] += k * across[n][x]
				}
			}
		}
	}
	return out
}

// warm is a colour from nothing by blue and yellow to red, for 0..1.
func warm(v float64) color.NRGBA {
	if v <= 0 {
		return color.NRGBA{R: 30, G: 60, B: 200}
	}
	mix := func(a, b, t float64) uint8 { return uint8(math.Round(a + (b-a)*min(1, max(0, t)))) }
	c := color.NRGBA{A: mix(70, 200, v)}
	if v < 0.5 {
		c.R, c.G, c.B = mix(30, 250, 2*v), mix(60, 210, 2*v), mix(200, 40, 2*v)
	} else {
		c.R, c.G, c.B = mix(250, 220, 2*v-1), mix(210, 30, 2*v-1), mix(40, 30, 2*v-1)
	}
	return c
}
