package whip

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
)

// trustPage says how to stop the certificate's warning. Without an authority of ours there is
// nothing to say.
func (s *Server) trustPage(w http.ResponseWriter, r *http.Request) {
	if s.cfg.Authority == nil {
		http.NotFound(w, r)
		return
	}
	s.file(w, r, "trust.html", typeHTML)
}

// trustCertificate gives the authority's certificate for Android and desktops. Android takes it
// from the downloads by hand: since version 11 no page may open its installer.
func (s *Server) trustCertificate(w http.ResponseWriter, r *http.Request) {
	if s.cfg.Authority == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Disposition", `attachment; filename="handlens-ca.crt"`)
	serve(w, r, "application/x-x509-ca-cert", s.cfg.Authority.CertificateDER())
}

// trustProfile gives the same as a configuration profile, which Safari offers to install.
func (s *Server) trustProfile(w http.ResponseWriter, r *http.Request) {
	if s.cfg.Authority == nil {
		http.NotFound(w, r)
		return
	}
	serve(w, r, "application/x-apple-aspen-config",
		profile(s.cfg.Authority.Name(), s.cfg.Authority.CertificateDER()))
}

// trustInfo tells the page the authority's name and fingerprint, to be compared with what the
// phone shows: {"name": …, "fingerprint": …}.
func (s *Server) trustInfo(w http.ResponseWriter, r *http.Request) {
	if s.cfg.Authority == nil {
		http.NotFound(w, r)
		return
	}
	data, err := json.Marshal(map[string]string{
		"name": s.cfg.Authority.Name(), "fingerprint": s.cfg.Authority.Fingerprint(),
	})
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError),
			http.StatusInternalServerError)
		return
	}
	serve(w, r, typeJSON, data)
}

// profileTemplate is an Apple configuration profile with one root certificate (Apple, Configuration
// Profile Reference, payload com.apple.security.root). It is not signed: only Apple's own customers
// can, and the phone says "not signed" and takes it.
const profileTemplate = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>PayloadType</key><string>Configuration</string>
	<key>PayloadVersion</key><integer>1</integer>
	<key>PayloadIdentifier</key><string>handlens.authority.%[1]s</string>
	<key>PayloadUUID</key><string>%[2]s</string>
	<key>PayloadDisplayName</key><string>%[4]s</string>
	<key>PayloadDescription</key><string>Lets this device trust the Handlens app on one computer. It can vouch for private addresses only, and for no site on the internet.</string>
	<key>PayloadRemovalDisallowed</key><false/>
	<key>PayloadContent</key>
	<array>
		<dict>
			<key>PayloadType</key><string>com.apple.security.root</string>
			<key>PayloadVersion</key><integer>1</integer>
			<key>PayloadIdentifier</key><string>handlens.authority.%[1]s.root</string>
			<key>PayloadUUID</key><string>%[3]s</string>
			<key>PayloadDisplayName</key><string>%[4]s</string>
			<key>PayloadCertificateFileName</key><string>handlens-ca.cer</string>
			<key>PayloadContent</key>
			<data>%[5]s</data>
		</dict>
	</array>
</dict>
</plist>
`

// profile fills the form. Its identifiers come from the certificate, so that installing it twice
// replaces it, and two computers do not replace each other's.
func profile(name string, der []byte) []byte {
	var escaped strings.Builder
	_ = xml.EscapeText(&escaped, []byte(name)) // a strings.Builder takes everything
	sum := sha256.Sum256(der)
	return fmt.Appendf(nil, profileTemplate, fmt.Sprintf("%x", sum[:8]),
		stableUUID("profile", der), stableUUID("root", der), escaped.String(),
		base64.StdEncoding.EncodeToString(der))
}

// stableUUID makes a UUID of its own kind (RFC 9562 section 5.8, version 8) from a purpose and
// data.
func stableUUID(purpose string, data []byte) string {
	h := sha256.New()
	h.Write([]byte("handlens " + purpose + "\x00"))
	h.Write(data)
	b := h.Sum(nil)[:16]
	b[6] = b[6]&0x0f | 0x80 // version
	b[8] = b[8]&0x3f | 0x80 // variant
	return strings.ToUpper(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}
