package ffmpeg

// sequenceHeader returns the sequence header OBU, with its size, of an AV1 temporal unit in the
// low-overhead format (AV1 specification, section 5.3); nil when it has none.
func sequenceHeader(unit []byte) []byte {
	for len(unit) > 1 {
		head := 1
		if unit[0]&0x04 != 0 { // has an extension
			head++
		}
		if unit[0]&0x02 == 0 || len(unit) < head { // without a size nothing behind it can be found
			return nil
		}
		size, n := leb128(unit[head:])
		if n == 0 || size > len(unit)-head-n {
			return nil
		}
		if unit[0]>>3&0x0f == 1 {
			return unit[:head+n+size]
		}
		unit = unit[head+n+size:]
	}
	return nil
}

// leb128 reads a number of at most four bytes (section 4.10.5); n is 0 when there is none.
func leb128(b []byte) (v, n int) {
	for i := range min(4, len(b)) {
		v |= int(b[i]&0x7f) << (7 * i)
		if b[i]&0x80 == 0 {
			return v, i + 1
		}
	}
	return 0, 0
}
