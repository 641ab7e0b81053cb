package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"handlens/media"
	"handlens/media/atomicfile"
	"handlens/media/ffmpeg"
)

// MKVWriter is a phone's video as it came, not encoded again: Name.clean.mkv. Frames may change
// their size. Picture, Audio and Close are for one goroutine at a time, the other methods for any.
// A goroutine of the stream's own syncs the file to disk each second.
type MKVWriter struct {
	dir, name string
	audio     bool
	paths     []string
	codec     media.Codec
	muxer     *ffmpeg.Muxer // nil until there is a key frame
	syncer    *syncer
	begun     bool
	first     time.Duration
	last      time.Duration
	written   int64 // by files that are closed
	closed    bool
	failure   error

	origin, bytes atomic.Int64
}

// CreateMKV begins a clean stream in dir, which Reserve has made. The file appears with the first
// key frame; its name gets a number when it is taken. The caller closes the MKVWriter.
func CreateMKV(dir, name string, sound bool) (*MKVWriter, error) {
	if err := checkSpace(dir); err != nil {
		return nil, err
	}
	return &MKVWriter{dir: dir, name: fileName(name), audio: sound}, nil
}

// Video writes one encoded frame with its time, on any clock that all frames and the audio
// share; the first one that is written is the file's zero. What comes before the first key frame,
// or at no later time than the one before, is left out. A phone that changes its codec begins
// another file, whose times go on. After an error of the disk ([ErrFull] is one) nothing more can
// be written: what was stays.
func (s *MKVWriter) Video(p media.Packet, at time.Duration) error {
	if err := s.usable(); err != nil {
		return err
	}
	if s.begun && at <= s.last {
		return nil
	}
	if s.muxer == nil || p.Codec != s.codec {
		if !p.Key {
			return nil
		}
		w, h, ok := sizeOf(p)
		if !ok {
			return nil
		}
		if err := s.begin(p, w, h); err != nil {
			return s.fail(err)
		}
	}
	if !s.begun {
		s.begun, s.first = true, at
		s.origin.Store(int64(at))
	}
	s.last = at
	switch err := s.muxer.Video(p.Data, p.Key, at-s.first); {
	case errors.Is(err, ffmpeg.ErrDamaged): // no encoded frame at all: left out
	case err != nil:
		return s.fail(err)
	}
	s.bytes.Store(s.written + s.muxer.Bytes())
	return nil
}

// sizeOf decodes a key frame, once a file, for the size that a file says at its beginning.
func sizeOf(p media.Packet) (w, h int, ok bool) {
	var pool media.Pool
	d, err := ffmpeg.NewDecoder(p.Codec, &pool)
	if err != nil {
		return 0, 0, false
	}
	defer d.Close()
	err = d.Decode(p, func(f *media.Frame) { w, h = f.Width, f.Height })
	return w, h, err == nil && w > 0
}

// begin opens a file for streams that begin with p.
func (s *MKVWriter) begin(p media.Packet, w, h int) error {
	if err := s.end(); err != nil {
		return err
	}
	for n := 1; n <= maxSame; n++ {
		path := filepath.Join(s.dir, s.name+mkvSuffix)
		if n > 1 {
			path = filepath.Join(s.dir, fmt.Sprintf("%s.clean (%d).mkv", s.name, n))
		}
		m, err := ffmpeg.CreateMatroska(path,
			ffmpeg.MuxerOptions{
				Codec: p.Codec, Width: w, Height: h, FirstKey: p.Data,
				Audio: s.audio,
			})
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return err
		}
		s.muxer, s.codec = m, p.Codec
		s.paths = append(s.paths, path)
		s.syncer = startSyncer(m.Sync)
		atomicfile.SyncDir(s.dir)
		return nil
	}
	return fmt.Errorf("%d streams called %s exist already", maxSame, s.name)
}

// end closes the file, if there is one.
func (s *MKVWriter) end() error {
	if s.muxer == nil {
		return nil
	}
	s.syncer.stop()
	err := s.muxer.Close()
	if st, e := os.Stat(s.paths[len(s.paths)-1]); e == nil {
		s.written += st.Size()
	}
	s.bytes.Store(s.written)
	s.muxer = nil
	return err
}

// Audio writes one packet of Opus, on the clock of the frames. What lies before the first frame
// is left out.
func (s *MKVWriter) Audio(packet []byte, at time.Duration) error {
	if err := s.usable(); err != nil {
		return err
	}
	if !s.audio || s.muxer == nil || at < s.first {
		return nil
	}
	if err := s.muxer.Audio(packet, at-s.first); err != nil {
		return s.fail(err)
	}
	s.bytes.Store(s.written + s.muxer.Bytes())
	return nil
}

// Bytes is how much was written so far.
func (s *MKVWriter) Bytes() int64 { return s.bytes.Load() }

// Origin is the time of the first frame in the file on the clock of the frames: the file's
// zero. It is 0 before there is one.
func (s *MKVWriter) Origin() time.Duration { return time.Duration(s.origin.Load()) }

func (s *MKVWriter) usable() error {
	if s.closed {
		return ErrClosed
	}
	if s.failure == nil && s.muxer != nil {
		if err := s.syncer.err(); err != nil {
			s.failure = explain(s.dir, err)
		}
	}
	return s.failure
}

func (s *MKVWriter) fail(err error) error {
	s.failure = explain(s.dir, err)
	return s.failure
}

// Close writes the index and returns the files' paths: one, or none when there was no key frame, or
// several when the codec changed. They are there also beside an error, which says why the end is
// missing.
func (s *MKVWriter) Close() ([]string, error) {
	if s.closed {
		return s.paths, nil
	}
	s.closed = true
	err := s.end()
	if s.failure != nil {
		return s.paths, s.failure
	}
	if err != nil {
		return s.paths, explain(s.dir, err)
	}
	return s.paths, nil
}
