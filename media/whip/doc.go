// Package whip is the HTTP server of Handlens: the phone's page and its assets, the way to trust
// our certificate, and WHIP, the WebRTC-HTTP Ingestion Protocol of RFC 9725, by which the page (or
// OBS, FFmpeg, GStreamer) begins, trickles, restarts and ends a session. Comments give the section
// of RFC 9725 that a line follows.
//
// It knows nothing of WebRTC: a [Host] answers offers and hands back a [Session].
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
// page (which holds no secret), the authority's public certificate, a probe of
// whether a browser trusts it, and 401 with an empty body. Who
// guesses tokens is answered slower and slower and then locked out, for longer each time. A phone
// that the host remembers gets the token for a signature of its key (/key). Bodies, waiting times,
// the number of joins under way, held-back answers, nonces, and the table of those who guess are
// all bounded.
package whip
