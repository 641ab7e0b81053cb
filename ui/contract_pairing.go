package ui

import (
	"image"
	"time"

	"handlens/media/pairing"
	"handlens/media/reach"
	"handlens/media/visit"
)

// Pairing is how a phone gets here.
type Pairing struct {
	// URL is what the QR code says, with the token.
	URL string
	// Address is what a person types, and Token the code that the page then asks for; shown as
	// text.
	Address, Token string
	// QR draws the code with whole-pixel modules, no larger than so many pixels. It must not wait.
	QR func(pixels int) (image.Image, error)
	// Others are all addresses that this machine has, best first, and Chosen the one that the code
	// holds.
	Others []AddressChoice
	Chosen int
	// Choose asks for the code of another address; the answer is a new SetPairing. It runs off the
	// UI goroutine.
	Choose func(i int)
	// Warning is what is likely to go wrong.
	Warning PairingWarning
}

// WarningCode is a kind of PairingWarning.
type WarningCode int

// The warnings.
const (
	NoWarning WarningCode = iota
	// NoNetwork: this machine is on no network.
	NoNetwork
	// PortTaken: Port is used, because the Wanted one is taken.
	PortTaken

	warningCodes // how many there are
)

// PairingWarning is what is likely to keep a phone from coming here.
type PairingWarning struct {
	Code         WarningCode
	Wanted, Port int
}

// AddressChoice is one of the machine's addresses.
type AddressChoice struct {
	// Address is the IP as text, Interface the card's name.
	Address, Interface string
	Kind               pairing.Kind
	// Loopback says that only this machine itself can use it.
	Loopback bool
	// Score orders them: larger is likelier to be reached by a phone.
	Score int
	// URL is what the code of this address says, with the token, and QR draws that code as
	// Pairing.QR does.
	URL string
	QR  func(pixels int) (image.Image, error)
}

// Doctor is how far each device has come on its way to a picture with boxes, and what is likely to
// keep those away that have not come at all.
type Doctor struct {
	// Visits are those of now and of the last minutes, newest first.
	Visits []Visit
	// Nobody are the likely causes why nobody comes, the likeliest first.
	Nobody []reach.Suspect
	// Port is the one that a firewall has to let in, for TCP and for UDP.
	Port int
}

// Visit is one device's.
type Visit struct {
	visit.Visit
	// Suspects are the likely causes of its Problem, the likeliest first; none when the Problem
	// says it all.
	Suspects []reach.Suspect
}

// Guard says who may join. Its methods run off the UI goroutine.
type Guard interface {
	// Known lists the phones that join without being asked for, the one seen last first.
	Known() []KnownPhone
	// Revoke forgets a phone, sends it away, and makes a new code that it does not know.
	Revoke(id string) error
	// RenewCode makes a new code, which comes by SetPairing. Phones that are here stay.
	RenewCode() error
}

// KnownPhone is a phone that joins without being asked for.
type KnownPhone struct {
	// ID is its key's fingerprint, Name what to call it.
	ID, Name string
	// Added is when it was let in for good, Seen when it last joined.
	Added, Seen time.Time
	// Here says that it is here now.
	Here bool
}

// Applicant is who wants to join.
type Applicant struct {
	Name, Address string
	// Watches says that it wants to watch in a browser, and is no phone that sends.
	Watches bool
	// Lasting says that it can be known again, so that it need not ask the next time.
	Lasting bool
}

// Approval is the answer to an Applicant.
type Approval struct {
	// Allow lets it in now, Remember without asking from now on.
	Allow, Remember bool
}
