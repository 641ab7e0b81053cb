package cli

// Exit statuses. A command that a signal has cut short ends with 128 and the signal's number.
const (
	Done   = 0
	Failed = 1
	Usage  = 2
)
