package ort

import (
	"math"
	"sync"
)

// halves is the float32 of each binary16 number (IEEE 754-2008, 3.6), by its bits: 256 KB, made
// when a model first needs it.
var halves = sync.OnceValue(func() *[1 << 16]float32 {
	t := new([1 << 16]float32)
	for i := range t {
		t[i] = widenHalf(uint16(i))
	}
	return t
})

// widenHalf converts a binary16 number: one sign bit, five of the exponent, ten of the fraction.
func widenHalf(h uint16) float32 {
	sign, exponent, fraction := uint32(h>>15)<<31, uint32(h>>10&31), uint32(h&1023)
	switch exponent {
	case 0: // zero and what is smaller than 2^-14
		v := float32(fraction) / (1 << 24)
		return math.Float32frombits(sign | math.Float32bits(v))
	case 31: // infinity, and what is not a number
		return math.Float32frombits(sign | 0xff<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}

// Float16Bits returns the bits of the binary16 number nearest to v (ties to even), as
// [Tensor].Float16 takes them. What is too large becomes infinite.
func Float16Bits(v float32) uint16 {
	bits := math.Float32bits(v)
	sign := uint16(bits >> 16 & 0x8000)
	bits &= 0x7fffffff
	switch {
	case bits > 0xff<<23: // not a number
		return sign | 0x7e00
	case bits >= 0x477ff000: // from 65520 on
		return sign | 0x7c00
	// below 2^-14: the fraction counts steps of 2^-24, and rounding up to the first normal number
	// fits by itself
	case bits < 113<<23:
		return sign | uint16(math.RoundToEven(float64(math.Float32frombits(bits))*(1<<24)))
	}
	// half of the last place, and a little less where that is even already
	bits += 0xfff + bits>>13&1
	return sign | uint16((bits-112<<23)>>13)
}
