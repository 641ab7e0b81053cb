package peer

import (
	"net/netip"
	"time"

	"handlens/media"
)

// Stats is a snapshot of one connection. Counters count from its beginning.
type Stats struct {
	State State

	// Packets and Bytes are the RTP packets of the video that arrived and their payloads' size,
	// repeats and repairs included.
	Packets, Bytes uint64
	// FirstPacket is when the first of them arrived; zero before that.
	FirstPacket time.Time
	// Bitrate is what arrived within the last second, in bits per second.
	Bitrate float64
	// Duplicates arrived twice, Late after their time; Invalid were no RTP of a format that was
	// agreed on; Overrun came faster than they could be sorted.
	Duplicates, Late, Invalid, Overrun uint64
	// Lost were never received, Recovered arrived because we asked again (NACK).
	Lost, Recovered uint64
	// NACKs counts the packets that we asked for again, repeats included; PLIs our requests for a
	// key frame.
	NACKs, PLIs uint64

	// Frames were assembled whole and given to the Handler, KeyFrames of them were key frames.
	Frames, KeyFrames uint64
	// Dropped counts the frames that were not given to the Handler, by cause.
	Dropped Drops

	// AudioPackets are the packets of the microphone that were given to the Handler, SoundLost
	// never came or came too late, SoundDropped came twice, late, or faster than the Handler took
	// them.
	AudioPackets, AudioLost, AudioDropped uint64

	// RTT is the round trip of the last seconds, zero while unknown. Jitter is that of RFC 3550
	// section 6.4.1.
	RTT, Jitter time.Duration
	// Codec is what the phone sends now.
	Codec media.Codec
	// ClockKnown says that the phone's clock is mapped to ours, ClockOffset is phone minus ours.
	// It is wrong by ClockError at most.
	ClockKnown              bool
	ClockOffset, ClockError time.Duration
	// FromCamera says that media.Packet.Captured is when the camera took the frame, as the phone's
	// browser has it, and not when the browser got it.
	FromCamera bool

	// Local and Remote are the two ends of the path in use, Network is "udp" or "tcp". Zero while
	// there is none.
	Local, Remote netip.AddrPort
	Network       string
	// Detections and Control say whether the data channels are open; DetectionsSent and
	// DetectionsSkipped count messages.
	Detections, Control               bool
	DetectionsSent, DetectionsSkipped uint64
	// ControlDropped counts the phone's messages that were too large, too many or no JSON object
	// with a type.
	ControlDropped uint64
	// ResultsDropped counts what the phone itself had found that was too long, or too much.
	ResultsDropped uint64
}

// Drops counts frames that came at least in part and were not given on.
type Drops struct {
	// Incomplete: packets were missing for good.
	Incomplete uint64
	// Unreferenced: whole, but what it refers to was lost before.
	Unreferenced uint64
	// Malformed: the payload breaks its codec's RTP format.
	Malformed uint64
	// TooLarge: beyond the limits of one frame.
	TooLarge uint64
	// Overflow: whole and good, but the Handler was too slow.
	Overflow uint64
}

// Total is the sum over all causes.
func (d Drops) Total() uint64 {
	return d.Incomplete + d.Unreferenced + d.Malformed + d.TooLarge + d.Overflow
}
