// Package forward sends a phone's video on to a server elsewhere (WHIP, RFC 9725), for an audience
// of any size: as the phone encodes it, or with boxes burnt in.
//
//	f := forward.Start(target, source, changed)
//	…
//	f.Stop()
//	<-f.Done()
//
// A [Forward] has one goroutine, which connects, waits until that is over, and begins again, later
// each time; with boxes another one, while it is connected, which makes the video. Nothing of the
// phone's own road waits for either: frames go through a bounded queue, and what does not fit is
// left out up to the next key frame. Key frames that the server asks for are asked of the phone.
package forward
