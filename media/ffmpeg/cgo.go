package ffmpeg

// #include <stdint.h>
import "C"

import (
	"unsafe"

	"github.com/asticode/go-astiav"
)

// pointer hands a slice to C for the length of one call; nil stays nil.
func pointer(b []byte) *C.uint8_t { return (*C.uint8_t)(unsafe.SliceData(b)) }

func flag(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

// avError gives FFmpeg's error number the binding's type, whose text FFmpeg writes.
func avError(n C.int) error { return astiav.Error(n) }
