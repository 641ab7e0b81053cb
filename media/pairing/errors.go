package pairing

import "errors"

var (
	// ErrDamagedAuthority says that the file of the certificate authority is there but cannot be
	// used. The error that wraps it names the file and says what to do. A new one is never made
	// over it by itself: phones may trust the old one, and the file may only be unreadable for a
	// moment.
	ErrDamagedAuthority = errors.New("the certificate authority cannot be used")

	// ErrNoPort says that neither the wanted port nor any of those after it is free for TCP and
	// UDP.
	ErrNoPort = errors.New("no free port")

	// ErrQRTooSmall says that the picture asked for has fewer pixels than the QR code has modules.
	ErrQRTooSmall = errors.New("too few pixels for the QR code")
)
