package media

import (
	"fmt"
	"time"
)

// ForwardCode says how a phone's video gets on that is sent on to a server.
type ForwardCode uint8

// The states of what is forwarded.
const (
	// ForwardOff: nothing is sent on, or no longer.
	ForwardOff ForwardCode = iota
	// ForwardWaits: there is no video yet to send on.
	ForwardWaits
	// ForwardConnecting: the server is being called.
	ForwardConnecting
	// ForwardLive: the server gets the video.
	ForwardLive
	// ForwardTaken: another phone is sent to the one address that there is.
	ForwardTaken
	// From here on something is wrong, and it is tried again after Retry.

	// ForwardUnreachable: the server does not answer.
	ForwardUnreachable
	// ForwardUntrusted: the server's certificate is not to be trusted.
	ForwardUntrusted
	// ForwardRefused: the server wants another token (401 or 403).
	ForwardRefused
	// ForwardNotFound: the server takes no video at this address (404 or 405).
	ForwardNotFound
	// ForwardStatus: the server answers with another error, Status.
	ForwardStatus
	// ForwardBadAnswer: what the server answers is no WHIP.
	ForwardBadAnswer
	// ForwardNoWay: it answers, and no packets reach its media port.
	ForwardNoWay
	// ForwardCodec: it does not take the video's codec.
	ForwardCodec
	// ForwardLost: the connection was lost.
	ForwardLost
	// ForwardEncoder: this computer cannot make the video with boxes.
	ForwardEncoder

	forwardCodes // how many there are
)

// ForwardCodes returns all of them but ForwardOff, for tests that want each of them worded.
func ForwardCodes() []ForwardCode {
	all := make([]ForwardCode, 0, forwardCodes-1)
	for c := ForwardOff + 1; c < forwardCodes; c++ {
		all = append(all, c)
	}
	return all
}

// Failing says that something is wrong.
func (c ForwardCode) Failing() bool { return c >= ForwardUnreachable }

// forwardNames are for scripts.
var forwardNames = [forwardCodes]string{
	"off", "waits", "connecting", "live", "taken", "unreachable", "untrusted", "refused",
	"not-found", "status", "bad-answer", "no-way", "codec", "lost", "encoder",
}

// String is the code's name for scripts.
func (c ForwardCode) String() string {
	if c < forwardCodes {
		return forwardNames[c]
	}
	return fmt.Sprintf("forward %d", uint8(c))
}

// Forward is how a phone's video gets on that is sent on to a server.
type Forward struct {
	Code ForwardCode
	// Host is the server, as HOST or HOST:PORT.
	Host string
	// Status is the server's answer, of ForwardStatus.
	Status int
	// Retry is after how long it is tried again, of what fails.
	Retry time.Duration
}

// String words it in English, for logs and the terminal.
func (f Forward) String() string {
	text := map[ForwardCode]string{
		ForwardOff:        "is not sent to %s any more",
		ForwardWaits:      "has no picture yet to send to %s",
		ForwardConnecting: "is about to be sent to %s",
		ForwardLive:       "is sent to %s",
		ForwardTaken: "is not sent to %s: another phone is; {phone} in the address gives " +
			"each its own",
		ForwardUnreachable: "is not sent: %s does not answer",
		ForwardUntrusted:   "is not sent: the certificate of %s is not to be trusted",
		ForwardRefused:     "is not sent: %s wants another token",
		ForwardNotFound:    "is not sent: %s takes no video at this address",
		ForwardStatus:      "is not sent: %s answers with an error",
		ForwardBadAnswer:   "is not sent: what %s answers is no WHIP",
		ForwardNoWay:       "is not sent: no packets reach the media port of %s",
		ForwardCodec:       "is not sent: %s does not take its codec",
		ForwardLost:        "is not sent: the connection to %s was lost",
		ForwardEncoder:     "is not sent to %s: this computer cannot encode it with boxes",
	}[f.Code]
	text = fmt.Sprintf(text, f.Host)
	if f.Code == ForwardStatus {
		text += fmt.Sprintf(" (%d)", f.Status)
	}
	if f.Retry > 0 {
		text += fmt.Sprintf("; the next attempt is in %v", f.Retry.Round(time.Second))
	}
	return text
}
