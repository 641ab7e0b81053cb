package ui

import (
	"image"
	"time"
)

// Share lets others on the network watch in a browser. Its methods run off the UI goroutine.
type Share interface {
	// Link is the address of the viewers' page, with their token, and what draws its code with
	// whole-pixel modules; "" while sharing is off.
	Link() (url string, qr func(pixels int) (image.Image, error))
	// Viewers are those who watch now, the one who came last at the end.
	Viewers() []Viewer
	// Dismiss ends a viewer's connection; "" ends all of them.
	Dismiss(id string) error
	// RenewLink makes a new token. Those who watch now stay.
	RenewLink() error
}

// Viewer is one who watches in a browser.
type Viewer struct {
	ID string
	// Name is what to call the device, Phone the name of the phone that it watches.
	Name, Address, Phone string
	Since                time.Time
}
