// Package whip is the HTTP server of Handlens: the pages and their assets, the way to trust our
// certificate, and WHIP, the WebRTC-HTTP Ingestion Protocol of RFC 9725, by which the phone's page
// (or OBS, FFmpeg, GStreamer) begins, trickles, restarts and ends a session. Comments give the
// section of RFC 9725 that a line follows. By WHEP (draft-ietf-wish-whep), which is the same but
// for who sends, viewers watch what phones send, while the person at the computer wants that.
//
// It knows nothing of WebRTC: a [Host] answers the offers of phones and an [Audience] those of
// viewers, and both hand back a [Session].
//
// # Who owns what
//
// A [Server] is an [http.Handler]; its methods run in the goroutines of the [http.Server] around
// it. It owns one small goroutine for each session, which forgets the session when its Done closes;
// Close ends the sessions and waits for those goroutines. Another one for each TLS handshake looks
// how that goes, for the [Watcher], and ends with it.
//
// # What an outsider can do
//
// Everything that does something wants the bearer token of the QR code; without it there are the
// page (which holds no secret), the authority's public certificate, and 401 with an empty body. Who
// guesses tokens is answered slower and slower and then locked out, for longer each time. Viewers
// have a token of their own, which opens nothing of the phones', and the other way round; only the
// model, for pages that detect by themselves, is for both. A phone that the host remembers gets the
// token for a signature of its key (/key). Bodies, waiting times, the number of joins under way,
// held-back answers, nonces, and the table of those who guess are all bounded.
package whip
