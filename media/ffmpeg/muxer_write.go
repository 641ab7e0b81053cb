package ffmpeg

// #include "shim.h"
import "C"

import (
	"fmt"
	"time"
)

// Video writes one encoded frame. Times must grow. Each frame lasts until the next one, so it is
// written when that one comes.
func (m *Muxer) Video(data []byte, key bool, at time.Duration) error {
	if err := m.usable(); err != nil {
		return err
	}
	if at <= m.lastVideo {
		return fmt.Errorf("the frame's time %v does not lie after the one before", at)
	}
	if len(data) == 0 || len(data) > maxPacketSize {
		return fmt.Errorf("%w: an encoded frame of %d bytes", ErrDamaged, len(data))
	}
	if err := m.writeHeldVideo(at - m.lastVideo); err != nil {
		return err
	}
	if m.lastVideo >= 0 && at-m.cut >= m.every && (key || at-m.cut >= 2*m.every) {
		if err := m.Flush(); err != nil {
			return err
		}
		m.cut = at
	}
	m.rate.add(at)
	m.heldVideo, m.heldKey, m.lastVideo = append(m.heldVideo[:0], data...), key, at
	return nil
}

// writeHeldVideo writes the frame that was held back, which lasts that long.
func (m *Muxer) writeHeldVideo(length time.Duration) error {
	if len(m.heldVideo) == 0 {
		return nil
	}
	err := m.write(0, m.heldVideo, m.heldKey, ticksOf(m.lastVideo),
		ticksOf(m.lastVideo+length)-ticksOf(m.lastVideo))
	m.heldVideo = m.heldVideo[:0]
	return err
}

// Audio writes one packet of Opus. What lies before the one before it, or makes no sense, is left
// out. Each packet lasts until the next one in the file, like a frame: where packets were lost,
// or the phone's clock drifts, MP4 would close up what comes in a later fragment. Before the first
// one there is a packet of silence, unless it is at zero.
func (m *Muxer) Audio(packet []byte, at time.Duration) error {
	if err := m.usable(); err != nil {
		return err
	}
	d := opusDuration(packet)
	if !m.audio || d == 0 || at < 0 || at <= m.lastAudio {
		return nil
	}
	if m.lastAudio < 0 && at > 0 {
		// MP4 in fragments begins each track at zero, where it would move the first packet to.
		m.heldAudio, m.lastAudio = append(m.heldAudio, silentOpus...), 0
	}
	if err := m.writeHeldAudio(at); err != nil {
		return err
	}
	// While no frame comes the audio is still to reach the file.
	if at-m.cut >= 2*m.every {
		if err := m.Flush(); err != nil {
			return err
		}
		m.cut = at
	}
	m.heldAudio, m.lastAudio, m.heard = append(m.heldAudio[:0], packet...), at, true
	return nil
}

// writeHeldAudio writes the audio that was held back, which lasts until then.
func (m *Muxer) writeHeldAudio(until time.Duration) error {
	if len(m.heldAudio) == 0 {
		return nil
	}
	err := m.write(1, m.heldAudio, true, samples(m.lastAudio), samples(until)-samples(m.lastAudio))
	m.heldAudio = m.heldAudio[:0]
	return err
}

func samples(d time.Duration) int64 { return ticksIn(d, opusSampleRate) }

func ticksOf(d time.Duration) int64 { return ticksIn(d, rtpRate) }

// ticksIn rounds, so that what had been a whole number of ticks is one again.
func ticksIn(d time.Duration, rate int64) int64 {
	return int64(d/time.Second)*rate + (int64(d%time.Second)*rate+int64(time.Second/2))/int64(
		time.Second)
}

// write hands one packet to FFmpeg, which makes its own copy; times are in the ticks of frames or
// of audio.
func (m *Muxer) write(track int, data []byte, key bool, at, length int64) error {
	if err := m.packet.fill(data, at); err != nil {
		return err
	}
	base := C.int(rtpRate)
	if track == 1 {
		base = opusSampleRate
	}
	if n := C.hl_mux(m.format, m.packet.packet, C.int(track), base, C.int64_t(at),
		C.int64_t(length), flag(key)); n < 0 {
		return m.fail(n)
	}
	return m.check()
}

// Flush ends the fragment and has it written to the file.
func (m *Muxer) Flush() error {
	if err := m.usable(); err != nil {
		return err
	}
	if n := C.av_write_frame(m.format, nil); n < 0 {
		return m.fail(n)
	}
	C.avio_flush(m.format.pb)
	return m.check()
}

// Bytes is how much was written so far.
func (m *Muxer) Bytes() int64 {
	st, err := m.file.Stat()
	if err != nil {
		return 0
	}
	return st.Size()
}

// Sync has what was written reach the disk.
func (m *Muxer) Sync() error { return m.file.Sync() }

func (m *Muxer) usable() error {
	if m.closed {
		return ErrClosed
	}
	return m.failure
}

// check asks for what FFmpeg's buffer met: it keeps the first error of the file and writes nothing
// behind it.
func (m *Muxer) check() error {
	if n := m.format.pb.error; n < 0 {
		return m.fail(n)
	}
	return nil
}

func (m *Muxer) fail(n C.int) error {
	if m.format.pb != nil && m.format.pb.error < 0 {
		n = m.format.pb.error // tells more than what the container makes of it
	}
	m.failure = systemError(n)
	return m.failure
}

// Close ends the file and frees everything. After a failure what was written before it stays. It
// may be called again.
func (m *Muxer) Close() error {
	if m.closed {
		return nil
	}
	if m.begun && m.failure == nil {
		_ = m.writeHeldVideo(lastFrameLength) // a failure is kept
		if m.failure == nil {
			_ = m.writeHeldAudio(m.lastAudio + opusDuration(m.heldAudio))
		}
	}
	m.closed = true
	err := m.failure
	if m.begun && err == nil {
		if n := C.av_write_trailer(m.format); n < 0 {
			err = m.fail(n)
		} else {
			C.avio_flush(m.format.pb)
			err = m.check()
		}
		if err == nil && m.matroska {
			err = finishHead(m.file, m.rate.frame(), m.heard)
		}
		if e := m.file.Sync(); err == nil {
			err = e
		}
	}
	if e := m.free(); err == nil {
		err = e
	}
	return err
}

func (m *Muxer) free() (err error) {
	if m.format != nil {
		if n := C.avio_closep(&m.format.pb); n < 0 && m.failure == nil {
			err = systemError(n)
		}
		C.avformat_free_context(m.format)
		m.format = nil
	}
	if m.packet != nil {
		m.packet.free()
		m.packet = nil
	}
	if m.file != nil {
		if e := m.file.Close(); err == nil {
			err = e
		}
	}
	return err
}
