package session

import "time"

// The past can be decoded from key frames on only, and phones send none of their own accord, so we
// ask for some. Each is as large as some four frames of 720p and takes three frame intervals to get
// here, so that it and two or three frames after it come late: seldom enough for one frame in a
// hundred. The price is paid where there is time: a replay decodes from further back.
const (
	// keyMost is how long the stream may go without a key frame, keyBytes how much of it: about as
	// long at 6 Mbit/s. Beyond that the tape, which drops its past from key frame to key frame,
	// would lose too much at once.
	keyMost  = 30 * time.Second
	keyBytes = maxTape / 4
	// From keyLeast on one is asked for as soon as there is little to be late: when the phone sends
	// at less than a share still of the bitrate since the last key frame, little moves.
	keyLeast = 15 * time.Second
	still    = 0.5
	// keyClean replaces these where recordings keep the stream as it comes: it can only begin at a
	// key frame, and should not begin long before the recording.
	keyClean = 10 * time.Second
)

// wantsKey says whether to ask for a key frame, when the last one was so long and so many bytes ago
// and the phone sends at that bitrate now; clean as in Display.
func wantsKey(age time.Duration, bytes int, bitrate float64, clean bool) bool {
	switch {
	case clean:
		return age > keyClean
	case age > keyMost || bytes > keyBytes:
		return true
	case age > keyLeast:
		return bitrate < still*8*float64(bytes)/age.Seconds()
	}
	return false
}
