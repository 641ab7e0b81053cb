package kit

// NoticeKind is how a notice looks.
type NoticeKind int

// The kinds of notices.
const (
	Info NoticeKind = iota
	Success
	Warning
	Failure
)

// Notice is a sentence that stands in the corner for a while.
type Notice struct {
	Kind NoticeKind
	Text string
	// Picture is the path of an image file to show small beside the text; "" for none.
	Picture string
	// ActionLabel and Action make a button; both or none. Action runs off the UI goroutine.
	ActionLabel string
	Action      func()
}
