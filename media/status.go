package media

// Status says why the newest frame of a phone is not the present, or why there is none. Whoever
// shows it puts it into words.
type Status uint8

// The states.
const (
	// StatusLive: all is well.
	StatusLive Status = iota
	// StatusConnecting: the phone has not reached us yet.
	StatusConnecting
	// StatusAwaitingCamera: it is connected and has sent no frame yet.
	StatusAwaitingCamera
	// StatusNoFrames: nothing has come for a while.
	StatusNoFrames
	// StatusDamaged: a frame was damaged, and those that build on it are left out.
	StatusDamaged
	// StatusWeak: packets were lost, and frames that build on them are left out.
	StatusWeak
	// StatusOutOfReach: nothing is heard from the phone.
	StatusOutOfReach
	// StatusPaused: the phone says that it pauses.
	StatusPaused
	// StatusPausedHere: it says so, and was asked to here.
	StatusPausedHere

	statuses // how many there are
)

// Statuses returns all states but StatusLive, for tests that want each of them worded.
func Statuses() []Status {
	all := make([]Status, 0, statuses-1)
	for s := StatusLive + 1; s < statuses; s++ {
		all = append(all, s)
	}
	return all
}
