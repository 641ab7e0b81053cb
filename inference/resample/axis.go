package resample

import "math"

// axis says for each output sample which input samples it is made of: Start[i] is the first one,
// and Weight[i*Taps:][:Taps] are their weights, which add up to exactly one.
type axis struct {
	taps   int
	start  []int32
	weight []int16
}

// newAxis makes the table for a bilinear resize from an extent of src input samples (which need not
// be an integer, as for the chroma of an odd width) to n outputs, where `have` input samples exist.
// Centres are aligned: output i lies at (i + 0.5) * src / n in the input, as with OpenCV's
// INTER_LINEAR. With antialias the triangle is widened to the scale when the frame is made smaller,
// as with Pillow's BILINEAR and torchvision's antialias=True. The weights are fixed point and add
// up to `one`. Padded tables have 2, 4 or a multiple of 8 taps and may point past the end of the
// input, with weights of zero; others never do.
func newAxis(src float64, have, n int, antialias bool, one int, padded bool) axis {
	scale := src / float64(n)
	width := 1.0
	if antialias {
		width = math.Max(scale, 1)
	}
	// A triangle of half-width w covers at most ceil(2w) + 1 samples; the table is then cut to what
	// is used.
	rows := make([][]float64, n)
	first := make([]int, n)
	taps := 1
	for i := range rows {
		first[i], rows[i] = triangle((float64(i)+0.5)*scale, width, have)
		taps = max(taps, len(rows[i]))
	}
	switch {
	case !padded:
		taps = min(taps, have)
	case taps <= 2:
		taps = 2
	case taps <= 4:
		taps = 4
	default:
		taps = (taps + 7) / 8 * 8
	}
	a := axis{taps: taps, start: make([]int32, n), weight: make([]int16, n*taps)}
	for i, row := range rows {
		start := first[i]
		if !padded {
			// Nothing beyond the last row may be read, so the window moves back and its first
			// weights are zero.
			start = max(min(start, have-taps), 0)
		}
		a.start[i] = int32(start)
		quantise(a.weight[i*taps:][:taps], first[i]-start, row, one)
	}
	return a
}

// triangle returns the index of the first input sample under a triangle of that half-width around
// centre, and the weights of it and the following ones, adding up to 1. The weight outside the
// frame goes to the samples inside.
func triangle(centre, width float64, have int) (int, []float64) {
	from := max(int(math.Floor(centre-width+0.5)), 0)
	to := min(int(math.Floor(centre+width+0.5)), have)
	from = min(from, have-1)
	if to <= from {
		return from, []float64{1}
	}
	row := make([]float64, to-from)
	sum := 0.0
	for k := range row {
		row[k] = math.Max(0, 1-math.Abs(float64(from+k)+0.5-centre)/width)
		sum += row[k]
	}
	if sum == 0 {
		return from, []float64{1}
	}
	for k := range row {
		row[k] /= sum
	}
	// Zero weights at either end would only lengthen every row of the table.
	for len(row) > 1 && row[len(row)-1] < 1e-6 {
		row = row[:len(row)-1]
	}
	for len(row) > 1 && row[0] < 1e-6 {
		row, from = row[1:], from+1
	}
	return from, row
}

// quantise writes weights as fixed point at an offset. The rounding error of one weight is carried
// to the next, so that a plain surface keeps its value, and a long row of small weights its shape.
// A weight of exactly `one` = 1<<15 does not fit int16 as a number but does as bits, and the rows'
// loop reads it unsigned.
func quantise(dst []int16, offset int, row []float64, one int) {
	sum, given := 0.0, 0
	for k, v := range row {
		sum += v
		upTo := int(math.Round(sum * float64(one)))
		if k == len(row)-1 {
			upTo = one
		}
		dst[offset+k] = int16(uint16(upTo - given))
		given = upTo
	}
}
