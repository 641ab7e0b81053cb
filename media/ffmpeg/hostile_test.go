package ffmpeg

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"handlens/media"
)

// FuzzFirstKey looks for parameters in arbitrary first frames: what is found lies in the frame,
// and a file is made or refused.
func FuzzFirstKey(f *testing.F) {
	for i, codec := range codecs {
		f.Add(uint8(i), livePackets(f, codec, true)[0].Data)
	}
	f.Add(uint8(0), []byte{0, 0, 1, 0x67})
	f.Add(uint8(3), []byte{0x0a, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		if h := sequenceHeader(data); h != nil && !bytes.Contains(data, h) {
			t.Error("a sequence header that is not in the picture")
		}
		if sets := parameterSets(data); len(sets) > 2*len(data)+8 {
			t.Errorf("%d bytes of parameters in %d", len(sets), len(data))
		}
		m, err := CreateMatroska(filepath.Join(t.TempDir(), "clean.mkv"), MuxerOptions{
			Codec: codecs[int(which)%len(codecs)], Width: 96, Height: 64, FirstKey: data,
			Audio: true,
		})
		if err != nil {
			return
		}
		for i := range 4 { // what FFmpeg makes of it is an error or nothing
			_ = m.Video(data, i == 0, time.Duration(i)*time.Second)
			_ = m.Audio(data, time.Duration(i)*time.Second)
		}
		_ = m.Close()
	})
}

func TestMuxerRefusesWhatItCannot(t *testing.T) {
	dir := t.TempDir()
	for _, o := range []MuxerOptions{
		{Codec: media.H264, Width: 96, Height: 64},
		{Codec: media.AV1, Width: 96, Height: 64, FirstKey: []byte{1, 2, 3}},
		{Codec: media.CodecUnknown, Width: 96, Height: 64},
	} {
		if m, err := CreateMatroska(filepath.Join(dir, "no.mkv"), o); err == nil {
			m.Close()
			t.Errorf("%+v was opened", o)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 0 {
		t.Errorf("%v was left behind", left)
	}
	p := livePackets(t, media.VP8, true)[0]
	m, err := CreateMatroska(filepath.Join(dir, "clean.mkv"),
		MuxerOptions{Codec: media.VP8, Width: 48, Height: 32})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := CreateMatroska(filepath.Join(dir, "clean.mkv"),
		MuxerOptions{Codec: media.VP8, Width: 48, Height: 32}); err == nil {
		t.Error("a file was written over")
	}
	if err := m.Video(p.Data, true, time.Second); err != nil {
		t.Fatal(err)
	}
	if err := m.Video(p.Data, true, time.Second); err == nil {
		t.Error("a picture at the time of the one before was written")
	}
	if err := m.Video(nil, false, 2*time.Second); !errors.Is(err, ErrDamaged) {
		t.Errorf("a picture of no bytes gives %v", err)
	}
	if err := m.Video(p.Data, true, 3*time.Second); err != nil {
		t.Errorf("a good picture after bad ones gives %v", err)
	}
	if err := errors.Join(m.Sync(), m.Close(), m.Close()); err != nil {
		t.Error(err)
	}
	if err := m.Video(p.Data, true, 4*time.Second); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed file gives %v", err)
	}
}
