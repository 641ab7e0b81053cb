package visit

import (
	"net/netip"
	"time"

	"handlens/media"
)

// Rung is a step on the way from the QR code to a picture with boxes.
type Rung uint8

// The rungs, in their order.
const (
	// TCP: a connection has come to our port.
	TCP Rung = iota
	// TLS: the device accepts our certificate.
	TLS
	// Page: its browser has fetched the page.
	Page
	// Token: the page has shown the right code, or a key that we know.
	Token
	// Camera: the phone's camera is open.
	Camera
	// ICE: the phone and we have found a path for the video, and encrypted it.
	ICE
	// RTP: the first packet of video has come.
	RTP
	// KeyFrame: the first whole picture is decoded.
	KeyFrame
	// Box: the first picture with a box.
	Box

	rungs // how many there are
)

// Rungs returns all rungs in their order.
func Rungs() []Rung {
	all := make([]Rung, rungs)
	for i := range all {
		all[i] = Rung(i)
	}
	return all
}

// Problem is why a device comes no further, or comes in a poor way.
type Problem uint8

// The problems, in the order of the rungs that they keep dark.
const (
	// NoProblem: all is well, or nothing is known yet.
	NoProblem Problem = iota

	// CertificateRefused: its browser shows the certificate warning, and nobody has gone on.
	CertificateRefused
	// HandshakeBroken: the TLS handshake was begun and broke off, as when a proxy or a security
	// program stands in between.
	HandshakeBroken
	// NoRequest: the encrypted connection stands, but the page was not asked for.
	NoRequest

	// PageSilent: the page was fetched, but its scripts say nothing: an old browser, or one that
	// blocks scripts.
	PageSilent
	// NoToken: the page was opened without the code.
	NoToken
	// WrongToken: the code is that of another day, or mistyped.
	WrongToken
	// LockedOut: too many wrong codes have come from this address.
	LockedOut

	// AwaitingTap: the page is open, and nobody has tapped Start.
	AwaitingTap
	// CameraAsking: the browser asks for the camera.
	CameraAsking
	// CameraDenied to CameraFailed: what the page says that the camera said.
	CameraDenied
	CameraMissing
	CameraBusy
	CameraInsecure
	CameraUnsupported
	CameraFailed

	// AwaitingApproval: somebody at the computer has to let it in.
	AwaitingApproval
	// Refused: somebody at the computer did not.
	Refused
	// Full: as many phones are here as there may be.
	Full
	// OfferUnusable: the browser offers no video that we can receive.
	OfferUnusable

	// NoPath: HTTP works, but neither UDP nor TCP carries the video.
	NoPath
	// HandshakeFailed: packets come and go, but the DTLS handshake failed.
	HandshakeFailed
	// OverTCP: UDP does not get through, so the video takes TCP; it works, less smoothly.
	OverTCP

	// NoVideo: the connection stands, but no video comes.
	NoVideo
	// NoKeyFrame: packets come, but no whole picture.
	NoKeyFrame
	// NoDecoder: what comes cannot be decoded here.
	NoDecoder

	// ModelLoading, ModelFailed: pictures come, but nothing looks at them.
	ModelLoading
	ModelFailed
	// NothingFound: the detector looks, and finds nothing.
	NothingFound

	// OutOfReach: it was here and is silent now.
	OutOfReach

	problems // how many there are
)

// Problems returns all but NoProblem, for tests that want each of them worded.
func Problems() []Problem {
	all := make([]Problem, 0, problems-1)
	for p := NoProblem + 1; p < problems; p++ {
		all = append(all, p)
	}
	return all
}

// Visit is how far one device has come. A value; nobody changes it.
type Visit struct {
	// ID names it in this run of the program.
	ID string
	// Address is where it came from, Called the address of ours that it came to.
	Address, Called netip.Addr
	// Name is what to call it; "" until it has asked for the page.
	Name string
	// Session is the ID of its session; "" until it has one.
	Session string
	// Began is when the first sign of it came.
	Began time.Time
	// Problem keeps the next rung dark, or says what is poor about the way.
	Problem Problem
	// Over says that it is gone, and Reason why, where that is known.
	Over   bool
	Reason media.Reason

	// At holds when each rung was reached, counted from Began, for those that Lit says.
	At  [rungs]time.Duration
	Lit [rungs]bool
}

// Top returns the highest rung that is lit; false when none is.
func (v Visit) Top() (Rung, bool) {
	for r := rungs; r > 0; r-- {
		if v.Lit[r-1] {
			return r - 1, true
		}
	}
	return 0, false
}
