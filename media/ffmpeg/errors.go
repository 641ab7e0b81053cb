package ffmpeg

import "errors"

var (
	// ErrCodec says that a packet or a decoder was asked for a codec that the decoder does not
	// handle.
	ErrCodec = errors.New("no decoder for this codec")
	// ErrDamaged says that a frame could not be decoded without errors. Nothing was emitted for
	// it and, in a [Decoder], nothing will be until the next key frame.
	ErrDamaged = errors.New("the frame is damaged")
	// ErrNeedKey says that a frame cannot be decoded because no good key frame came before it.
	// Ask the sender for one.
	ErrNeedKey = errors.New("a key frame is needed first")
	// ErrClosed says that a Decoder, Reader or Converter was used after its Close.
	ErrClosed = errors.New("already closed")
	// ErrNotVideo says that a file is in no format that can be read, or has no video in it.
	ErrNotVideo = errors.New("no video that can be read")
)
