package peer

import "errors"

// What callers tell apart; each is wrapped with one sentence that says what was wrong.
var (
	// ErrBadOffer: the offer is no SDP that we can answer.
	ErrBadOffer = errors.New("this offer cannot be answered")
	// ErrNoVideo: the offer is valid, but sends no video in a codec that we know.
	ErrNoVideo = errors.New("this offer has no video for us")
	// ErrManyVideos: the offer sends several videos, and one phone has one picture.
	ErrManyVideos = errors.New("this offer sends several videos")
	// ErrNotBundled: the offer wants a transport for each of its sections; there is one for all.
	ErrNotBundled = errors.New("this offer does not send everything by one transport (BUNDLE)")
	// ErrNoFeed: there is no video to watch, or it changed just now.
	ErrNoFeed = errors.New("there is no video to watch")
	// ErrManyViewers: as many watch as may.
	ErrManyViewers = errors.New("no more viewers can watch now")
	// ErrBadFragment: the body of a PATCH is no ICE fragment for this connection (RFC 8840).
	ErrBadFragment = errors.New("this ICE fragment cannot be used")
	// ErrStaleETag: the PATCH was meant for an ICE session that a restart has replaced (RFC 9725
	// section 4.3.1).
	ErrStaleETag = errors.New("this ICE session was replaced by a restart")
	// ErrClosed: the host or the connection is closed.
	ErrClosed = errors.New("the connection is closed")
)

// ErrMissingETag: the PATCH has no If-Match, which is required (428 in RFC 9725 section 4.3.1).
// errors.Is takes it for an ErrStaleETag too, for callers that do not tell them apart.
var ErrMissingETag error = missingETag{}

type missingETag struct{}

func (missingETag) Error() string {
	return "the request does not say which ICE session it is for (If-Match)"
}
func (missingETag) Is(target error) bool { return target == ErrStaleETag }
