// Package ffmpeg is the only room that knows FFmpeg: it decodes what phones send ([Decoder]), reads video files ([Reader]) and
// turns pictures into RGBA for the screen ([Converter]). What leaves it are [media.Frame] values in Go memory, upright whatever
// the camera's rotation; no C pointer does.
//
//	d, err := ffmpeg.NewDecoder(media.VP8, pool)
//	…
//	defer d.Close()
//	err = d.Decode(packet, func(f *media.Frame) { mailbox.Put(f.Retain()) })
//
// # Who owns what
//
// Each of the three belongs to one goroutine at a time and is closed by its owner. None starts a goroutine; FFmpeg may start
// threads of its own inside, which end at Close. Frames come from the caller's [media.Pool] and outlive the value that made them.
//
// Codec work goes through go-astiav. Three small C files do what it cannot: copying and turning planes without an allocation
// (picture.c), YUV to RGB with the right matrix (rgba.c) and scaling with that matrix (scale.c).
package ffmpeg

// The C code is small and hot, and GCC vectorises fully only from -O3 on.

// #cgo pkg-config: libavformat libavcodec libswscale libavutil
// #cgo CFLAGS: -O3 -std=gnu11 -Wall -Wextra
import "C"
