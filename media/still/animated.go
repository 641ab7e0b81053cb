package still

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"io"

	"golang.org/x/image/webp"

	"handlens/media/filekind"
)

// oneOfAnimated reads a WebP that is laid out as an animated one with a single picture, which
// x/image does not know. For all others it tells what went wrong.
func oneOfAnimated(r io.ReaderAt, size int64, kind string, why error) (image.Image, error) {
	failed := fmt.Errorf("is not a complete picture: %w", why)
	if kind != filekind.WebP {
		return nil, failed
	}
	var frame []byte
	filekind.Chunks(r, size, kind, func(name string, from, length int64) bool {
		const head = 16 // place, size, how long, flags
		if name == "ANMF" && length > head {
			frame = make([]byte, length-head)
			if n, _ := r.ReadAt(frame, from+head); n < len(frame) {
				frame = nil
			}
		}
		return frame == nil
	})
	if frame == nil {
		return nil, failed
	}
	return decodeFrame(frame, orientation(r, size, kind), failed)
}

// decodeFrame decodes the chunks of a frame as a file of their own.
func decodeFrame(frame []byte, turn int, failed error) (image.Image, error) {
	if len(frame) < 8 {
		return nil, failed
	}
	if string(frame[:4]) == "ALPH" { // the picture follows
		n := 8 + int(binary.LittleEndian.Uint32(frame[4:]))
		if n += n & 1; n < 8 || n > len(frame) {
			return nil, failed
		}
		frame = frame[n:]
	}
	file := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(4+len(frame)))
	file = append(append(file, "WEBP"...), frame...)
	config, err := webp.DecodeConfig(bytes.NewReader(file))
	if err == nil {
		err = checkSize(config.Width, config.Height)
	}
	if err != nil {
		return nil, failed
	}
	img, err := webp.Decode(bytes.NewReader(file))
	if err == nil {
		img, err = video(img)
	}
	if err != nil {
		return nil, failed
	}
	return upright(img, turn), nil
}
