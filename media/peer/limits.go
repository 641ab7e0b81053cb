package peer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

const (
	// maxAttributes bounds the attributes of an offer in all, maxFormats the payload types of one
	// of its sections: pion looks through all of them for each. A browser has some 300, and 40.
	maxAttributes, maxFormats = 1000, 128
	// maxTag bounds the name of a section or of a layer; browsers use one or two characters, and
	// some programs a word.
	maxTag = 64
)

// checkSize refuses offers that are larger than any that means something.
func (o *offer) checkSize() error {
	attributes := len(o.sdp.Attributes)
	for _, m := range o.sdp.MediaDescriptions {
		attributes += len(m.Attributes)
		if n := len(m.MediaName.Formats); n > maxFormats {
			return fmt.Errorf("a media section has %d formats, more than %d", n, maxFormats)
		}
	}
	if attributes > maxAttributes {
		return fmt.Errorf("it has %d attributes, more than %d", attributes, maxAttributes)
	}
	return nil
}

// isToken says whether a name that our answer repeats is one (RFC 8866 section 9, "token").
func isToken(name string) bool {
	for _, c := range []byte(name) {
		if c <= ' ' || c > '~' || strings.IndexByte(`"(),/:;<=>?@[\]`, c) >= 0 {
			return false
		}
	}
	return name != "" && len(name) <= maxTag
}

// keepFeedback leaves of a section's wishes for feedback those that we have, each once: pion
// compares each with all, for each format.
func keepFeedback(m *sdp.MediaDescription) {
	known := videoCodecs()[0].RTCPFeedback // the same for all
	kept := m.Attributes[:0:0]
	seen := map[string]bool{}
	for _, a := range m.Attributes {
		if a.Key == "rtcp-fb" {
			_, wish, _ := strings.Cut(a.Value, " ")
			ours := slices.ContainsFunc(known, func(f webrtc.RTCPFeedback) bool {
				return wish == strings.TrimSpace(f.Type+" "+f.Parameter)
			})
			if !ours || seen[a.Value] {
				continue
			}
			seen[a.Value] = true
		}
		kept = append(kept, a)
	}
	m.Attributes = kept
}
