package ui

import "time"

// Rules understands the sentences of rules, and has done what they ask for. Read and Write do not
// wait; the others run off the UI goroutine.
type Rules interface {
	// Read understands a rule's sentence. The error says in English what is not understood.
	Read(text string) (RuleParts, error)
	// Write makes the sentence again, and Title what it is called.
	Write(RuleParts) string
	Title(RuleParts) string
	// Try has done what a rule asks for, now.
	Try(text string) error
	// Fired is when each rule fired last since the start, by its sentence as Write makes it.
	Fired() map[string]time.Time
}

// RuleParts are what a rule's sentence says.
type RuleParts struct {
	Name    string
	Classes []string // none stands for all
	// Zone or Line is where, by name; "" for the whole picture.
	Zone, Line string
	// Missing turns it around: there is none.
	Missing  bool
	MoreThan int
	Seconds  float64 // for so long
	// From and To are minutes of the day; equal for the whole day.
	From, To int
	Every    float64 // seconds between two times at least
	Then     []RuleAction
}

// RuleAction is one thing to do: "snapshot", "clip", "sound", "notify", "webhook" or "command".
type RuleAction struct {
	Do      string
	To      string // the address, or the command
	Picture bool   // is sent along to the address
	// Before and After are the seconds of a clip.
	Before, After float64
}
