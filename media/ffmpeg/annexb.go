package ffmpeg

import "bytes"

var startCode = []byte{0, 0, 0, 1}

// parameterSets returns the SPS and PPS of an H.264 frame in annex B form, each with a start
// code; nil when it has none.
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
