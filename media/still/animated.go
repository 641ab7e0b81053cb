package still

import (
	"bytes"
	"encoding/binary"
	"image"
	"io"

	"golang.org/x/image/webp"

	"handlens/media/filekind"
)

// oneOfAnimated reads a WebP that is laid out as an animated one with a single picture, which
// x/image does not know.
func oneOfAnimated(r io.ReaderAt, size int64) (image.Image, bool) {
	var frame []byte
	filekind.Chunks(r, size, filekind.WebP, func(name string, from, length int64) bool {
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
		return nil, false
	}
	img, ok := decodeFrame(frame)
	if !ok {
		return nil, false
	}
	return upright(img, orientation(r, size, filekind.WebP)), true
}

// decodeFrame decodes the chunks of a frame as a file of their own.
func decodeFrame(frame []byte) (image.Image, bool) {
	if len(frame) < 8 {
		return nil, false
	}
	if string(frame[:4]) == "ALPH" { // the picture follows
		n := 8 + int(binary.LittleEndian.Uint32(frame[4:]))
		if n += n & 1; n < 8 || n > len(frame) {
			return nil, false
		}
		frame = frame[n:]
	}
	file := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(4+len(frame)))
	file = append(append(file, "WEBP"...), frame...)
	config, err := webp.DecodeConfig(bytes.NewReader(file))
	if err != nil || checkSize(config.Width, config.Height) != nil {
		return nil, false
	}
	img, err := webp.Decode(bytes.NewReader(file))
	if err == nil {
		img, err = video(img)
	}
	return img, err == nil
}
