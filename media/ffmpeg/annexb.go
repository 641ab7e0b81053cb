package ffmpeg

// #include "shim.h"
import "C"

import (
	"bytes"
	"encoding/binary"
	"unsafe"
)

// packetData is a packet's data as long as the packet lives.
func packetData(p *C.AVPacket) []byte { return unsafe.Slice((*byte)(p.data), int(p.size)) }

var startCode = []byte{0, 0, 0, 1}

// annexB brings H.264 as encoders give it (with start codes, as avcC parameters, or with lengths) into the form with start codes (H.264 annex B).
func annexB(b []byte) []byte {
	switch {
	case bytes.HasPrefix(b, startCode), bytes.HasPrefix(b, startCode[1:]):
		return b
	case len(b) > 6 && b[0] == 1:
		return fromAVCC(b)
	}
	var out []byte
	for len(b) > 4 {
		n := int(binary.BigEndian.Uint32(b))
		if n > len(b)-4 {
			break
		}
		out = append(append(out, startCode...), b[4:4+n]...)
		b = b[4+n:]
	}
	return out
}

// fromAVCC takes the parameter sets out of an avcC box (ISO/IEC 14496-15, section 5.3.3).
func fromAVCC(b []byte) []byte {
	var out []byte
	rest := b[5:]
	for _, mask := range []byte{0x1f, 0xff} { // the counts of SPS and PPS
		if len(rest) == 0 {
			return out
		}
		n := int(rest[0] & mask)
		rest = rest[1:]
		for range n {
			if len(rest) < 2 {
				return out
			}
			size := int(binary.BigEndian.Uint16(rest))
			if size > len(rest)-2 {
				return out
			}
			out = append(append(out, startCode...), rest[2:2+size]...)
			rest = rest[2+size:]
		}
	}
	return out
}

// parameterSets returns the SPS and PPS of an H.264 picture in annex B form, each with a start code; nil when it has none.
func parameterSets(b []byte) []byte {
	var out []byte
	for len(b) > 0 {
		at := bytes.Index(b, startCode[1:])
		if at < 0 {
			break
		}
		b = b[at+3:]
		end := bytes.Index(b, startCode[1:])
		unit := b
		if end >= 0 {
			unit = bytes.TrimRight(b[:end], "\x00")
		}
		if len(unit) > 0 {
			if kind := unit[0] & 0x1f; kind == 7 || kind == 8 {
				out = append(append(out, startCode...), unit...)
			}
		}
		if end < 0 {
			break
		}
		b = b[end:]
	}
	return out
}
