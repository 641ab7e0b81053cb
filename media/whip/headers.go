package whip

import "net/http"

// contentPolicy allows what the phone's page does and nothing else: scripts, styles, pictures and
// requests of our own origin, pictures made in the page (screenshots), the camera's stream, and the
// manifest; WebAssembly and workers for detection in the browser. Nothing inline, no other origin,
// no frame around it.
const contentPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; " +
	"worker-src 'self' blob:; style-src 'self'; img-src 'self' blob: data:; " +
	"connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; font-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// permissionsPolicy gives the page what it needs and takes from it, and from whatever might slip
// into it, what it does not.
const permissionsPolicy = "camera=(self), microphone=(self), screen-wake-lock=(self), " +
	"fullscreen=(self), " +
	"geolocation=(), display-capture=(), payment=(), usb=()"

// secure puts the headers on every answer that keep the page to itself. Strict-Transport-Security
// is left out on purpose: browsers ignore it after a certificate warning, it does not hold for
// addresses, and for a name under .local it would turn the warning of a new authority into a wall
// without a door.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("Permissions-Policy", permissionsPolicy)
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY") // for browsers without frame-ancestors
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Embedder-Policy", "require-corp")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		// the page is small and near, and an old one with a new server would be a puzzle
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// crossOrigin opens the WHIP resources, and only these, to pages of other origins, such as a WHIP
// client in a browser (RFC 9725 section 4.2). That is safe since nothing is granted by cookies or
// addresses: a foreign page must know the token.
func crossOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", "Location, ETag, Link, Retry-After")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		next.ServeHTTP(w, r)
	})
}
