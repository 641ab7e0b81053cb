package whip

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"handlens/media/plaintext"
)

// Visitor is who sent a request, as far as that can be told. Everything but Remote and Phone is
// what the other side says of itself.
type Visitor struct {
	Remote    netip.AddrPort
	UserAgent string // at most 256 printable ASCII characters
	Name      string // a guess for people: "iPhone", "Pixel 8", "Android phone", "OBS"
	// Phone is the fingerprint of the key that the page has proved to have (see provenPhone), by
	// which it is known again; "" when it has none.
	Phone string
	// Called is the address of this computer that the request came to.
	Called netip.Addr
}

// unknownDevice is the name of one that does not say what it is.
const unknownDevice = "unknown device"

// visitor tells who sent a request; offer is its body, if it is one that begins a session.
func visitor(r *http.Request, offer string) Visitor {
	const longestAgent = 256
	agent := plaintext.PrintableASCII(r.UserAgent(), longestAgent)
	name := nameOf(agent)
	if name == unknownDevice {
		name = programOf(agent, offer)
	}
	// Chrome has frozen the model out of its User-Agent ("Android 10; K") and tells it, when asked
	// by Accept-CH, in a header of its own.
	if model := cleanModel(strings.Trim(r.Header.Get("Sec-CH-UA-Model"), `"`)); model != "" {
		name = model
	}
	return Visitor{
		Remote: remote(r), UserAgent: agent, Name: name, Called: called(r),
		Phone: provenPhone(r.Header, offer),
	}
}

// called is our own end of the connection that a request came by; the zero value when the server
// was not told.
func called(r *http.Request) netip.Addr {
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return addrPort(local).Addr()
}

// addrPort is the address of a TCP connection's end; the zero value for anything else.
func addrPort(a net.Addr) netip.AddrPort {
	if a == nil {
		return netip.AddrPort{}
	}
	return parseAddrPort(a.String())
}

// callerKey is the key of a context's value.
type callerKey struct{}

// withCaller returns a request's context, which knows where the request came from.
func withCaller(r *http.Request) context.Context {
	return context.WithValue(r.Context(), callerKey{}, remote(r).Addr())
}

// CalledFrom is the address that a PATCH came from, for the context of [Session.Patch]; the zero
// value for any other context.
func CalledFrom(ctx context.Context) netip.Addr {
	a, _ := ctx.Value(callerKey{}).(netip.Addr)
	return a
}

// remote is the other side's address; the zero value when the server was not told one.
func remote(r *http.Request) netip.AddrPort {
	return parseAddrPort(r.RemoteAddr)
}

func parseAddrPort(text string) netip.AddrPort {
	a, err := netip.ParseAddrPort(text)
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// nameOf guesses from a User-Agent what a person would call the device.
func nameOf(agent string) string {
	switch {
	case agent == "":
		return unknownDevice
	case strings.Contains(agent, "iPhone"):
		return "iPhone"
	case strings.Contains(agent, "iPad"):
		return "iPad"
	case strings.Contains(agent, "Android"):
		return androidName(agent)
	}
	for _, tool := range []struct{ mark, name string }{
		{"OBS", "OBS"},
		{"Lavf", "FFmpeg"},
		{"GStreamer", "GStreamer"},
		{"gst", "GStreamer"},
		{"curl/", "curl"},
	} {
		if strings.Contains(agent, tool.mark) {
			return tool.name
		}
	}
	browser := first(agent, "a browser", []string{
		"Edg", "Edge", "OPR/", "Opera", "SamsungBrowser", "Samsung Internet", "Firefox/", "Firefox",
		"Chrome/", "Chrome", "Chromium/", "Chromium", "Safari/", "Safari",
	})
	system := first(agent, "", []string{
		"Windows", "Windows", "CrOS", "ChromeOS", "Mac OS X", "Mac", "Linux", "Linux", "FreeBSD",
		"FreeBSD",
	})
	switch {
	case system != "":
		return browser + " on " + system
	case browser != "a browser":
		return browser
	}
	return unknownDevice
}

// programOf guesses by which program or library an offer was made whose HTTP client does not say:
// by the names that it gives its sessions and streams, and aiortc by its three fingerprints or by
// the client that it is used with.
func programOf(agent, offer string) string {
	for _, program := range []struct {
		name  string
		marks []string
	}{
		{"FFmpeg", []string{"\ns=FFmpegPublishSession"}},
		{"GStreamer", []string{" webrtctransceiver"}},
		{"libdatachannel", []string{"\no=rtc "}},
		{"aiortc", []string{
			"\na=fingerprint:sha-256 ", "\na=fingerprint:sha-384 ", "\na=fingerprint:sha-512 ",
		}},
	} {
		if !slices.ContainsFunc(program.marks, func(mark string) bool {
			return !strings.Contains(offer, mark)
		}) {
			return program.name
		}
	}
	if strings.Contains(agent, "aiohttp/") {
		return "aiortc"
	}
	return unknownDevice
}

// first returns the name of the first mark that is in agent; pairs are mark, name, mark, name, ….
func first(agent, fallback string, pairs []string) string {
	for i := 0; i < len(pairs); i += 2 {
		if strings.Contains(agent, pairs[i]) {
			return pairs[i+1]
		}
	}
	return fallback
}

// androidName takes the model from "(Linux; Android 14; Pixel 8 Build/…)" where it is one.
func androidName(agent string) string {
	generic := "Android tablet"
	if strings.Contains(agent, "Mobile") {
		generic = "Android phone"
	}
	_, rest, _ := strings.Cut(agent, "Android")
	inside, _, closed := strings.Cut(rest, ")")
	if !closed {
		return generic
	}
	fields := strings.Split(inside, ";")
	for _, f := range fields[1:] { // the first is the version of Android
		f, _, _ = strings.Cut(f, " Build/")
		f = strings.TrimSpace(f)
		switch {
		case f == "K", f == "U", f == "wv", f == "Mobile", f == "Tablet",
			strings.HasPrefix(f, "rv:"):
			continue
		case len(f) == len("en-us") && f[2] == '-': // old browsers tell their language here
			continue
		}
		if model := cleanModel(f); model != "" {
			return model
		}
	}
	return generic
}

// cleanModel makes a device's own word for itself fit for a label, or empty.
func cleanModel(model string) string {
	const longest = 32
	model = strings.TrimSpace(plaintext.PrintableASCII(model, longest))
	if model == "K" || strings.ContainsAny(model, `<>"\`) {
		return ""
	}
	return model
}
