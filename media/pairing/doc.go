// Package pairing decides who may join and how they find us: it ranks the machine's addresses,
// makes the token and the QR code that carries both to the phone, keeps a certificate authority of
// this installation's own, and opens the one port that everything is served from.
//
// A start looks like this:
//
//	listener, err := pairing.Listen(8443)            // 8443, or the next free one: listener.Port
//	authority, err := pairing.LoadAuthority(dir)     // made at the first start, then the same
//	token := pairing.NewToken()
//	addresses, err := pairing.Addresses()            // best first
//	url := pairing.URL(addresses[0].IP, listener.Port, token)
//	picture, err := pairing.QRImage(url, 320)
//	server.TLSConfig = authority.TLSConfig(pairing.IPs)
//	server.ServeTLS(listener.TLS, "", "")
//
// # Who owns what
//
// A [Listener] owns its accept loop and one short-lived goroutine per connection that has not yet
// said what it is; Close ends and waits for all of them. Connections that were handed out belong to
// whoever accepted them. [Watch] runs in the caller's goroutine. Nothing else here starts a
// goroutine. An [Authority] and the [tls.Config] it hands out may be used from any number of
// goroutines.
//
// The package is pure Go and sends nothing to the network of its own accord. [FindTailnet] starts
// the program tailscale, which asks its own service on this machine; [Tailnet.Fetch] has that get a
// certificate from the internet, so it is for those who have chosen the name.
package pairing
