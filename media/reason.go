package media

import (
	"fmt"
	"time"
)

// ReasonCode says why a phone's connection changed its state.
type ReasonCode uint8

// The reasons, in about the order of a connection's life. NothingHeard, NeverReached and PhoneLost
// come with a Reason's After.
const (
	// NoReason is none at all.
	NoReason ReasonCode = iota
	// AwaitingPhone: the answer was given, the phone has not reached us yet.
	AwaitingPhone
	// PhoneReached: the phone has reached us for the first time.
	PhoneReached
	// PhoneBack: it has come back after a time out of reach.
	PhoneBack
	// NothingHeard: it has been silent for After, and may still come back.
	NothingHeard
	// NeverReached: it did not reach us within After.
	NeverReached
	// PhoneLost: it has been silent for After, and is given up.
	PhoneLost
	// HandshakeFailed: no encrypted connection could be made (DTLS).
	HandshakeFailed
	// PhoneClosed: the phone closed the connection without a word.
	PhoneClosed
	// PhoneLeft: the phone said goodbye.
	PhoneLeft
	// PhoneGaveUp: the phone went away before it was let in.
	PhoneGaveUp
	// Replaced: the phone has come by another connection, perhaps from another tab.
	Replaced
	// TooManyChannels and TooManyStreams: the phone opened more than any honest one does.
	// TooManyMessages: it kept on sending more than is looked at.
	TooManyChannels
	TooManyStreams
	// VideoChanged: the phone sends another kind of video, which a viewer has to agree on anew.
	VideoChanged
	TooManyMessages
	// SentAway: the person at the computer ended the connection.
	SentAway
	// ProgramClosed: Handlens ends.
	ProgramClosed

	reasonCodes // how many there are
)

// ReasonCodes returns all codes but NoReason, for tests that want each of them worded.
func ReasonCodes() []ReasonCode {
	all := make([]ReasonCode, 0, reasonCodes-1)
	for c := NoReason + 1; c < reasonCodes; c++ {
		all = append(all, c)
	}
	return all
}

// Reason is why a phone's connection changed its state. Reasons may be compared.
type Reason struct {
	Code ReasonCode
	// After is how long something took or lasted, for the codes that say so.
	After time.Duration
}

// String words the reason in English, for scripts, logs and the terminal. Scripts rely on these
// words.
func (r Reason) String() string {
	switch r.Code {
	case NoReason:
		return ""
	case NothingHeard:
		return fmt.Sprintf("nothing was heard from the phone for %v; waiting for it to come back",
			r.After)
	case NeverReached:
		return fmt.Sprintf("the phone did not reach us within %v: is it on the same network, and "+
			"does a firewall allow this port?", r.After)
	case PhoneLost:
		return fmt.Sprintf("the phone went away: nothing heard for %v", r.After)
	}
	if text, ok := reasonTexts[r.Code]; ok {
		return text
	}
	return fmt.Sprintf("reason %d", r.Code)
}

var reasonTexts = map[ReasonCode]string{
	AwaitingPhone: "waiting for the phone to reach us",
	PhoneReached:  "the phone has reached us",
	PhoneBack:     "the phone is back",
	HandshakeFailed: "the encrypted connection could not be made: the phone's DTLS handshake " +
		"failed",
	PhoneClosed:     "the phone ended the connection",
	PhoneLeft:       "the phone left",
	PhoneGaveUp:     "the phone went away while it was let in",
	Replaced:        "the phone joined again by another connection",
	TooManyChannels: "the phone opened too many data channels",
	TooManyStreams:  "the phone opened too many streams",
	VideoChanged:    "the phone sends another kind of video",
	TooManyMessages: "the phone sent too many messages",
	SentAway:        "sent away at the computer",
	ProgramClosed:   "Handlens was closed",
}
