package peer

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"

	"handlens/media"
)

const (
	// maxOffer bounds an offer in bytes; a browser's with all its codecs has some 8000.
	maxOffer = 64 << 10
	// maxSections bounds its media sections; our page has two.
	maxSections = 16
)

// offer is a phone's offer, read and checked.
type offer struct {
	// sdp is what pion is given: the phone's words, but of several videos only the first is sent to
	// us, of several audio sections too, and no simulcast.
	sdp        *sdp.SessionDescription
	ufrag, pwd string
	payloads   payloads
	// rtxStreams maps the SSRC of a repair stream to that of its media.
	rtxStreams map[uint32]uint32
	mids       map[string]bool
	// video is the mid of the section that sends to us.
	video string
	// audio is the mid of the section that sends us Opus, "" for none.
	audio string
}

// readOffer checks an offer. The error wraps ErrBadOffer or ErrNoVideo.
func readOffer(text string) (*offer, error) {
	if len(text) > maxOffer {
		return nil,
			fmt.Errorf("%w: it has %d bytes, more than %d", ErrBadOffer, len(text), maxOffer)
	}
	o := &offer{
		sdp: new(sdp.SessionDescription), rtxStreams: map[uint32]uint32{},
		mids: map[string]bool{},
	}
	if err := o.sdp.UnmarshalString(text); err != nil {
		return nil, fmt.Errorf("%w: it is not SDP: %w", ErrBadOffer, err)
	}
	if n := len(o.sdp.MediaDescriptions); n == 0 || n > maxSections {
		return nil,
			fmt.Errorf("%w: it has %d media sections, not 1 to %d", ErrBadOffer, n, maxSections)
	}
	for _, m := range o.sdp.MediaDescriptions {
		if err := o.readSection(m); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBadOffer, err)
		}
	}
	if err := checkCredentials(o.ufrag, o.pwd); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadOffer, err)
	}
	if o.video == "" {
		return nil, fmt.Errorf("%w: no section sends video in H264, VP8, VP9 or AV1", ErrNoVideo)
	}
	return o, nil
}

// readSection reads one media section and silences it when it is not the video or the audio that we
// want.
func (o *offer) readSection(m *sdp.MediaDescription) error {
	mid, ok := m.Attribute(sdp.AttrKeyMID)
	if !ok || mid == "" || o.mids[mid] {
		return errors.New("a media section has no name (a=mid) of its own")
	}
	o.mids[mid] = true
	rejected := m.MediaName.Port.Value == 0 && !has(m, "bundle-only")
	if !rejected {
		if err := o.transport(m); err != nil {
			return err
		}
	}
	if m.MediaName.Media != "application" && (rejected || !o.accept(m, mid)) {
		drop(m, "sendrecv", "sendonly", "recvonly", "inactive")
		m.Attributes = append(m.Attributes, sdp.NewPropertyAttribute("inactive"))
	}
	return nil
}

// accept says whether a section is the video or the audio that we want: the first of its kind that
// we can read.
func (o *offer) accept(m *sdp.MediaDescription, mid string) bool {
	switch {
	case m.MediaName.Media == "video" && o.video == "" && o.sends(m) && o.readPayloads(m):
		o.video = mid
		o.readRTXStreams(m)
		drop(m, "simulcast", "rid")
		return true
	case m.MediaName.Media == "audio" && o.audio == "" && o.sends(m) && o.readOpus(m):
		o.audio = mid
		return true
	}
	return false
}

// transport notes how a section is to be reached.
func (o *offer) transport(m *sdp.MediaDescription) error {
	if _, ok := o.attribute(m, "fingerprint"); !ok {
		return errors.New("a media section has no DTLS fingerprint")
	}
	if o.ufrag == "" {
		o.ufrag, _ = o.attribute(m, "ice-ufrag")
		o.pwd, _ = o.attribute(m, "ice-pwd")
	}
	return nil
}

// attribute looks in the section, then in the session.
func (o *offer) attribute(m *sdp.MediaDescription, key string) (string, bool) {
	if v, ok := m.Attribute(key); ok {
		return v, true
	}
	return o.sdp.Attribute(key)
}

// sends says whether the phone would send on the section; without a word about the direction it
// would (RFC 8866 section 6.7).
func (o *offer) sends(m *sdp.MediaDescription) bool {
	for _, attributes := range [][]sdp.Attribute{m.Attributes, o.sdp.Attributes} {
		for _, a := range attributes {
			switch a.Key {
			case "sendrecv", "sendonly":
				return true
			case "recvonly", "inactive":
				return false
			}
		}
	}
	return true
}

// readPayloads notes the payload types of the codecs that we know and of their repairs; false when
// there are none.
func (o *offer) readPayloads(m *sdp.MediaDescription) (found bool) {
	codecs := map[string]media.Codec{
		"H264": media.H264, "VP8": media.VP8, "VP9": media.VP9,
		"AV1": media.AV1,
	}
	var rtx [128]bool
	for _, a := range m.Attributes {
		number, name, ok := strings.Cut(a.Value, " ")
		pt, err := strconv.ParseUint(number, 10, 7)
		if a.Key != "rtpmap" || !ok || err != nil {
			continue
		}
		name, _, _ = strings.Cut(name, "/")
		name = strings.ToUpper(strings.TrimSpace(name))
		if c, ok := codecs[name]; ok {
			o.payloads[pt] = payload{codec: c}
			found = true
		}
		rtx[pt] = name == "RTX"
	}
	for _, a := range m.Attributes {
		number, parameters, ok := strings.Cut(a.Value, " ")
		pt, err := strconv.ParseUint(number, 10, 7)
		if a.Key != "fmtp" || !ok || err != nil || !rtx[pt] {
			continue
		}
		for parameter := range strings.SplitSeq(parameters, ";") {
			value, ok := strings.CutPrefix(strings.TrimSpace(parameter), "apt=")
			if apt, err := strconv.ParseUint(value, 10, 7); ok && err == nil &&
				o.payloads[apt].codec != media.CodecUnknown {
				o.payloads[pt] = payload{rtx: true, apt: uint8(apt)}
			}
		}
	}
	return found
}

// readOpus notes the payload types of Opus; false when there are none. It always says 48000 and
// two channels, whatever it holds (RFC 7587 section 4.1).
func (o *offer) readOpus(m *sdp.MediaDescription) (found bool) {
	for _, a := range m.Attributes {
		number, name, ok := strings.Cut(a.Value, " ")
		pt, err := strconv.ParseUint(number, 10, 7)
		if a.Key != "rtpmap" || !ok || err != nil ||
			!strings.EqualFold(strings.TrimSpace(name), "opus/48000/2") {
			continue
		}
		// All sections share one transport, and therefore the numbers.
		if o.payloads[pt] == (payload{}) {
			o.payloads[pt] = payload{audio: true}
			found = true
		}
	}
	return found
}

// readRTXStreams notes which stream repairs which (RFC 5576 section 4.2, RFC 4588 section 8.8).
func (o *offer) readRTXStreams(m *sdp.MediaDescription) {
	for _, a := range m.Attributes {
		rest, ok := strings.CutPrefix(a.Value, "FID ")
		if a.Key != "ssrc-group" || !ok {
			continue
		}
		if f := strings.Fields(rest); len(f) == 2 {
			of, err1 := strconv.ParseUint(f[0], 10, 32)
			by, err2 := strconv.ParseUint(f[1], 10, 32)
			if err1 == nil && err2 == nil {
				o.rtxStreams[uint32(by)] = uint32(of)
			}
		}
	}
}

// restarted returns the offer with other ICE credentials and candidates, as an ICE restart would
// have it (RFC 8839 section 4.4.1.1.1).
func (o *offer) restarted(f *fragment) (string, error) {
	for _, m := range o.sdp.MediaDescriptions {
		drop(m, "ice-ufrag", "ice-pwd", "candidate", "end-of-candidates")
		m.Attributes = append(m.Attributes, sdp.NewAttribute("ice-ufrag", f.ufrag),
			sdp.NewAttribute("ice-pwd", f.pwd))
	}
	o.sdp.Attributes = without(o.sdp.Attributes, "ice-ufrag", "ice-pwd", "candidate",
		"end-of-candidates")
	o.sdp.Origin.SessionVersion++
	return o.text()
}

// text returns the SDP.
func (o *offer) text() (string, error) {
	b, err := o.sdp.Marshal()
	return string(b), err
}

func has(m *sdp.MediaDescription, key string) bool {
	_, ok := m.Attribute(key)
	return ok
}

func drop(m *sdp.MediaDescription, keys ...string) { m.Attributes = without(m.Attributes, keys...) }

// without returns the attributes without those of these keys.
func without(attributes []sdp.Attribute, keys ...string) []sdp.Attribute {
	kept := attributes[:0:0]
next:
	for _, a := range attributes {
		for _, k := range keys {
			if a.Key == k {
				continue next
			}
		}
		kept = append(kept, a)
	}
	return kept
}
