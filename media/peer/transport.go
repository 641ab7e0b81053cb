package peer

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pion/sdp/v3"
)

// transportKeys are the attributes of a transport that a section may leave to the session.
var transportKeys = []string{"ice-ufrag", "ice-pwd", "fingerprint", "setup"}

// fingerprintSizes are the bytes of a fingerprint by the hash functions that pion has and that may
// still be used (RFC 8122 section 5).
var fingerprintSizes = map[string]int{
	"sha-1": 20, "sha-224": 28, "sha-256": 32, "sha-384": 48, "sha-512": 64,
}

// checkTransport checks how a section is to be reached.
func (o *offer) checkTransport(m *sdp.MediaDescription) error {
	if _, err := o.fingerprint(m); err != nil {
		return err
	}
	// RFC 8842 section 5.1. "holdconn" is of the same grammar, but nobody could ever connect.
	setup, ok := o.attribute(m, "setup")
	if ok && setup != "actpass" && setup != "active" && setup != "passive" {
		return fmt.Errorf("%.20q says nothing of who begins the handshake (a=setup)", setup)
	}
	return nil
}

// fingerprint returns the first fingerprint of a section by a hash function that we have; those by
// others are left alone (RFC 8122 section 5.1).
func (o *offer) fingerprint(m *sdp.MediaDescription) (string, error) {
	found, usable := false, ""
	for _, attributes := range [][]sdp.Attribute{m.Attributes, o.sdp.Attributes} {
		for _, a := range attributes {
			if a.Key != "fingerprint" {
				continue
			}
			found = true
			name, value, _ := strings.Cut(a.Value, " ")
			name = strings.ToLower(name)
			size, known := fingerprintSizes[name]
			if !known {
				continue
			}
			digits := strings.Split(value, ":")
			bytes, err := hex.DecodeString(strings.Join(digits, ""))
			if err != nil || len(bytes) != size || len(digits) != size {
				return "", fmt.Errorf("a DTLS fingerprint is none of %s", name)
			}
			if usable == "" {
				usable = name + " " + value
			}
		}
		if found {
			break
		}
	}
	switch {
	case !found:
		return "", errors.New("a media section has no DTLS fingerprint")
	case usable == "":
		return "", errors.New("all DTLS fingerprints are by hash functions that are not known here")
	}
	return usable, nil
}

// readTransport finds the one transport that carries the video and all else that we want, and puts
// what belongs to it into its section, which is where pion looks. What cannot go by that transport
// and yet is wanted is an error: we have no other.
func (o *offer) readTransport(candidates []sdp.Attribute) error {
	group := o.bundle()
	for _, m := range o.sdp.MediaDescriptions {
		mid, _ := m.Attribute(sdp.AttrKeyMID)
		wanted := mid == o.audio || (m.MediaName.Media == "application" && live(m))
		if wanted && !slices.Contains(group, mid) {
			return fmt.Errorf("%w: %.20q is outside", ErrNotBundled, mid)
		}
	}
	tagged := o.section(group[0])
	mark, err := o.fingerprint(tagged)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBadOffer, err)
	}
	o.ufrag, _ = o.attribute(tagged, "ice-ufrag")
	o.pwd, _ = o.attribute(tagged, "ice-pwd")
	setup, negotiates := o.attribute(tagged, "setup")
	o.sdp.Attributes = without(o.sdp.Attributes, append(transportKeys, sdp.AttrKeyGroup)...)
	for _, m := range o.sdp.MediaDescriptions {
		drop(m, transportKeys...)
	}
	o.sdp.WithValueAttribute(sdp.AttrKeyGroup, "BUNDLE "+strings.Join(group, " "))
	tagged.WithValueAttribute("fingerprint", mark)
	tagged.WithICECredentials(o.ufrag, o.pwd)
	tagged.Attributes = append(tagged.Attributes, candidates...)
	if negotiates {
		tagged.WithValueAttribute("setup", setup)
	}
	return nil
}

// takeCandidates takes the phone's candidates out of the offer and returns those that we can use,
// each once: all sections share one transport, and browsers may list them in each. The others,
// names of multicast DNS above all, are passed over in silence.
func (o *offer) takeCandidates() (usable []sdp.Attribute, err error) {
	for _, m := range o.sdp.MediaDescriptions {
		for _, a := range m.Attributes {
			if a.Key != "candidate" || slices.Contains(usable, a) {
				continue
			}
			if ok, err := checkCandidate(a.Value); err != nil || !ok {
				continue
			}
			if usable = append(usable, a); len(usable) > maxCandidates {
				return nil, fmt.Errorf("it has more than %d candidates", maxCandidates)
			}
		}
		drop(m, "candidate", "end-of-candidates")
	}
	return usable, nil
}

// bundle returns the sections that share the video's transport, the one that the transport is of
// first (RFC 9143 section 7.2.1): that BUNDLE group which has the video, or the video alone.
func (o *offer) bundle() []string {
	for _, a := range o.sdp.Attributes {
		if a.Key != sdp.AttrKeyGroup {
			continue
		}
		words := strings.Fields(a.Value)
		if len(words) < 2 || words[0] != "BUNDLE" || !slices.Contains(words[1:], o.video) {
			continue
		}
		o.bundled = true
		var group []string
		for _, mid := range words[1:] {
			if m := o.section(mid); m != nil && live(m) && !slices.Contains(group, mid) {
				group = append(group, mid)
			}
		}
		return group
	}
	return []string{o.video}
}

// section returns the section of that name, or nil.
func (o *offer) section(mid string) *sdp.MediaDescription {
	for _, m := range o.sdp.MediaDescriptions {
		if name, _ := m.Attribute(sdp.AttrKeyMID); name == mid {
			return m
		}
	}
	return nil
}
