// Package ffmpeg is the only package that uses FFmpeg: it decodes what phones send ([Decoder]),
// reads video files ([Reader], [AudioReader], [Probe]), turns frames into RGBA for the screen
// ([Converter]), lays them into a recording's canvas ([Letterbox]), codes them ([Encoder]) and
// writes them into files ([Muxer], [Finish]). What leaves it are [media.Frame] values and bytes in
// Go memory, frames upright whatever the camera's rotation; no C pointer does.
//
//	d, err := ffmpeg.NewDecoder(media.VP8, pool)
//	…
//	defer d.Close()
//	err = d.Decode(packet, func(f *media.Frame) { mailbox.Put(f.Retain()) })
//
// # Who owns what
//
// Each of them belongs to one goroutine at a time and is closed by its owner. None starts a
// goroutine that outlives the call, unless a driver hangs while an encoder is proved
// ([OpenEncoder]), or while it decodes ([OpenDecoder], whose hardware has a goroutine until Close);
// FFmpeg may start threads of its own inside, which end at Close. Frames come from the caller's
// [media.Pool] and outlive the value that made them.
//
// Decoders and encoders are opened through go-astiav. What it cannot do, or not without an
// allocation for each frame, is done in C: copying and turning planes (avframe.c), YUV to RGB
// with the right matrix (rgba.c), scaling with that matrix (scale.c, letterbox.c), and files whose
// packets come out of memory of ours (encode.c, head.c).
package ffmpeg

// The C code is small and hot, and GCC vectorises fully only from -O3 on.

// #cgo pkg-config: libavformat libavcodec libswscale libavutil
// #cgo linux LDFLAGS: -ldl
// #cgo CFLAGS: -O3 -std=gnu11 -Wall -Wextra
import "C"
