package resample

import "handlens/media"

// matrix turns samples of 0..255 into red, green and blue of 0..255: red = ky (Y - y0) + rv (V -
// 128), and so on.
type matrix struct{ y0, ky, rv, gu, gv, bu float64 }

// matrixOf derives the numbers from the weights of red and blue in luma (ITU-R BT.601-7 and
// BT.709-6, section 3).
func matrixOf(c media.Color) matrix {
	kr, kb := 0.299, 0.114
	if c.Matrix == media.BT709 {
		kr, kb = 0.2126, 0.0722
	}
	kg := 1 - kr - kb
	m := matrix{y0: 0, ky: 1}
	chroma := 1.0
	if !c.FullRange {
		// Limited range: luma 16..235, chroma 16..240.
		m.y0, m.ky, chroma = 16, 255.0/219, 255.0/224
	}
	m.rv = 2 * (1 - kr) * chroma
	m.bu = 2 * (1 - kb) * chroma
	m.gu = -2 * (1 - kb) * kb / kg * chroma
	m.gv = -2 * (1 - kr) * kr / kg * chroma
	return m
}
