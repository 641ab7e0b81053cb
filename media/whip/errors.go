package whip

import "errors"

// What a [Host] answers with when it takes no offer; each has its status code. Compared by
// errors.Is, so they may be wrapped with the details, which are for the log: the phone is told the
// sentence here and nothing more.
var (
	// ErrBadOffer: the offer is not SDP that can be answered. 400.
	ErrBadOffer = errors.New("the offer cannot be read")
	// ErrNoVideo: the offer has no video that we could receive (RFC 9725 section 4.4.2). 406.
	ErrNoVideo = errors.New("the offer has no video that this computer can receive: " +
		"H264 (baseline, main or high), VP8, VP9 (profile 0) or AV1 would do")
	// ErrManyVideos: the offer sends more than one video (RFC 9725 section 4.4.3). 406.
	ErrManyVideos = errors.New("the offer sends several videos; " +
		"this computer takes one in each session")
	// ErrNotBundled: the offer wants several transports (RFC 9725 section 4.4.1). 406.
	ErrNotBundled = errors.New("the offer does not put everything into one BUNDLE group " +
		"(max-bundle)")
	// ErrFull: there are as many phones as there may be. 503 with Retry-After.
	ErrFull = errors.New("as many phones as possible are connected already")
	// ErrBadQuery: what a viewer asks to see makes no sense. 400.
	ErrBadQuery = errors.New("what follows the question mark in the address makes no sense")
	// ErrNoPhone: a viewer asks for a phone that is not here. 404.
	ErrNoPhone = errors.New("this phone is not here, or not any more")
	// ErrNothingSent: there is no video to watch yet. 404 with Retry-After, as for a phone that is
	// not here: a 503 would say that there are too many viewers.
	ErrNothingSent = errors.New("no phone sends video now")
	// ErrOtherCodec: a viewer does not take the video that the phone sends. 406.
	ErrOtherCodec = errors.New("the offer does not take the codec that the phone sends")
	// ErrManyViewers: as many watch as may. 503 with Retry-After.
	ErrManyViewers = errors.New("as many watch already as may")
	// ErrRefused: the person at the computer said no. 403.
	ErrRefused = errors.New("the person at the computer refused")
)

// What a [Session] answers a PATCH with.
var (
	// ErrStaleETag: the fragment was meant for an ICE session that has been replaced. 412.
	ErrStaleETag = errors.New("the ICE session has changed since")
	// ErrBadFragment: the fragment is not one that can be used. 400.
	ErrBadFragment = errors.New("the ICE fragment cannot be read")
)

// errBusy: too many offers are under way. 503 with Retry-After.
var errBusy = errors.New("too many ask at this moment")

// ErrClosed: the server is shutting down. 503.
var ErrClosed = errors.New("the server is closed")
