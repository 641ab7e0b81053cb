package glass

import "image"

const (
	// Side is how many cells the code has on a side, its white margin included.
	Side = inner + 4
	// Numbers is how many there are; counting begins again after the last one.
	Numbers = quarters << turnBits

	quarters    = 4
	quarterSide = 5
	inner       = 2 * quarterSide
	turnBits    = 14
	checkBits   = quarterSide*quarterSide - turnBits
	turns       = 1 << turnBits

	// checkPoly is the generator of the 11-bit CRC, x^11 + x^9 + x^8 + x^7 + x^2 + 1 (FlexRay
	// protocol specification 2.1, section 4.5.2), without its highest term.
	checkPoly = 0x385
	// mask is laid over the cells of each quarter, so that no number is a blank one.
	mask = 0x1a5_93c6
)

// cells are the cells inside the border, true for white.
type cells [inner][inner]bool

// Image draws the code of a number, one pixel a cell. Scaled up without smoothing it is what the
// camera has to see; around it there may be anything.
func Image(number int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, Side, Side))
	c := encode(number)
	for y := range Side {
		for x := range Side {
			margin := x == 0 || y == 0 || x == Side-1 || y == Side-1
			border := x == 1 || y == 1 || x == Side-2 || y == Side-2
			if margin || !border && c[y-2][x-2] {
				img.Pix[y*img.Stride+x] = 255
			}
		}
	}
	return img
}

// encode returns the cells that show a number: in each quarter the last one that was its turn.
func encode(number int) cells {
	var c cells
	for q := range quarters {
		last := modulo(number-modulo(number-q, quarters), Numbers)
		word := quarterWord(q, last/quarters)
		for i := range quarterSide * quarterSide {
			y, x := quarterCell(q, i)
			c[y][x] = word>>i&1 != 0
		}
	}
	return c
}

// quarterCell is where bit i of a quarter stands.
func quarterCell(q, i int) (y, x int) {
	return q/2*quarterSide + i/quarterSide, q%2*quarterSide + i%quarterSide
}

// quarterWord is what quarter q shows at its turn.
func quarterWord(q, turn int) uint32 {
	gray := uint32(turn ^ turn>>1)
	return (gray<<checkBits | checksum(q, gray)) ^ mask
}

// readQuarter returns the number that a quarter shows; false when the checksum is wrong.
func readQuarter(q int, word uint32) (number int, ok bool) {
	word ^= mask
	gray := word >> checkBits
	if word&(1<<checkBits-1) != checksum(q, gray) {
		return 0, false
	}
	turn := gray
	for shift := 1; shift < turnBits; shift <<= 1 {
		turn ^= turn >> shift
	}
	return int(turn)*quarters + q, true
}

// checksum is the CRC of a quarter's place and number.
func checksum(q int, gray uint32) uint32 {
	data := uint32(q)<<turnBits | gray
	crc := uint32(1<<checkBits - 1)
	for i := turnBits + 1; i >= 0; i-- {
		high := crc>>(checkBits-1)&1 ^ data>>i&1
		crc = crc << 1 & (1<<checkBits - 1)
		if high != 0 {
			crc ^= checkPoly
		}
	}
	return crc
}

// agreement is how far back the numbers of a frame's quarters may reach: three when they stand
// still, and twice as far where some show the new number and others still the one before.
const agreement = 2*quarters - 1

// join returns the newest of the numbers that a frame's quarters show. It wants two at least, all
// close to each other.
func join(found []int) (newest int, ok bool) {
	if len(found) < 2 {
		return 0, false
	}
	newest = found[0]
	for _, n := range found[1:] {
		if modulo(n-newest, Numbers) < Numbers/2 {
			newest = n
		}
	}
	for _, n := range found {
		if modulo(newest-n, Numbers) > agreement {
			return 0, false
		}
	}
	return newest, true
}

// modulo is the remainder that is never negative.
func modulo(a, n int) int { return (a%n + n) % n }
