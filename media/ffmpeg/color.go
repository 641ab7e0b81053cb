package ffmpeg

// #include "shim.h"
import "C"

import (
	"math"

	"handlens/media"
)

// colorOf reads a decoded frame's colour description. Unspecified is BT.601 in limited range:
// that is what browsers send over WebRTC without saying so, and what swscale and OpenCV take a file
// for. BT.2020, which I420 frames have no name for, is nearest to BT.709.
func colorOf(f *C.AVFrame) media.Color {
	var c media.Color
	switch f.colorspace {
	case C.AVCOL_SPC_BT709, C.AVCOL_SPC_BT2020_NCL, C.AVCOL_SPC_BT2020_CL:
		c.Matrix = media.BT709
	}
	switch f.format {
	case C.AV_PIX_FMT_YUVJ420P, C.AV_PIX_FMT_YUVJ422P, C.AV_PIX_FMT_YUVJ444P, C.AV_PIX_FMT_YUVJ440P,
		C.AV_PIX_FMT_YUVJ411P:
		c.FullRange = true
	default:
		c.FullRange = f.color_range == C.AVCOL_RANGE_JPEG
	}
	return c
}

const (
	// Luma comes in times 2^7 and leaves with 5 fractional bits after the high half of a product is
	// taken: 2^(16-7+5).
	lumaScale = 1 << 14
	// Chroma comes in times 2^8: 2^(16-8+5).
	chromaScale = 1 << 13
)

// factors derives the numbers of the YUV to RGB conversion from the matrix's red and blue weights
// (ITU-R BT.601-7 and BT.709-6, section 3). Each is the factor of the formula times the scale that
// the 16-bit arithmetic of rgba.c takes away again.
func factors(c media.Color) C.hl_color {
	kr, kb := 0.299, 0.114
	if c.Matrix == media.BT709 {
		kr, kb = 0.2126, 0.0722
	}
	kg := 1 - kr - kb
	offset, ys, cs := 16, 255.0/219, 255.0/224
	if c.FullRange {
		offset, ys, cs = 0, 1, 1
	}
	chroma := func(v float64) C.int { return C.int(math.Round(v * cs * chromaScale)) }
	return C.hl_color{
		y_offset: C.int(offset),
		cy:       C.int(math.Round(ys * lumaScale)),
		crv:      chroma(2 * (1 - kr)),
		cgu:      chroma(2 * (1 - kb) * kb / kg),
		cgv:      chroma(2 * (1 - kr) * kr / kg),
		cbu:      chroma(2 * (1 - kb)),
	}
}
