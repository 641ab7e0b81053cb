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

// videoNames are the codecs of video as session descriptions name them.
var videoNames = map[string]media.Codec{
	"H264": media.H264, "VP8": media.VP8, "VP9": media.VP9, "AV1": media.AV1,
}

// offer is a phone's offer, read and checked.
type offer struct {
	// sdp is what pion is given: the phone's words, but of several audio sections only the first is
	// sent to us, nothing is said of layers, and what belongs to the transport stands in the one
	// section that it is of.
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
	// bundled says that the offer itself has the video in a BUNDLE group.
	bundled bool
	// layers are the videos of several sizes that are sent side by side (simulcast).
	layers layers
	// watches says that the other side wants to receive, not to send.
	watches bool
	// muxOnly are the sections that take RTCP on the port of RTP and nowhere else (RFC 8858).
	muxOnly map[string]bool
}

// readOffer checks an offer. The error wraps ErrBadOffer, ErrNoVideo, ErrManyVideos or
// ErrNotBundled.
func readOffer(text string) (*offer, error) { return readOfferOf(text, false) }

// readViewerOffer checks the offer of one who wants to receive one video.
func readViewerOffer(text string) (*offer, error) { return readOfferOf(text, true) }

func readOfferOf(text string, watches bool) (*offer, error) {
	if len(text) > maxOffer {
		return nil,
			fmt.Errorf("%w: it has %d bytes, more than %d", ErrBadOffer, len(text), maxOffer)
	}
	o := &offer{
		sdp: new(sdp.SessionDescription), rtxStreams: map[uint32]uint32{},
		mids: map[string]bool{}, muxOnly: map[string]bool{}, watches: watches,
	}
	if err := o.sdp.UnmarshalString(text); err != nil {
		return nil, fmt.Errorf("%w: it is not SDP: %w", ErrBadOffer, err)
	}
	if n := len(o.sdp.MediaDescriptions); n == 0 || n > maxSections {
		return nil,
			fmt.Errorf("%w: it has %d media sections, not 1 to %d", ErrBadOffer, n, maxSections)
	}
	if err := o.checkSize(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadOffer, err)
	}
	if err := o.readSections(); err != nil {
		return nil, err
	}
	for _, m := range o.sdp.MediaDescriptions {
		o.silence(m)
		keepFeedback(m)
	}
	candidates, err := o.takeCandidates()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadOffer, err)
	}
	if err := o.readTransport(candidates); err != nil {
		return nil, err
	}
	if err := checkCredentials(o.ufrag, o.pwd); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadOffer, err)
	}
	return o, nil
}

// readSections reads all media sections, among which must be one video.
func (o *offer) readSections() error {
	videos := 0
	for _, m := range o.sdp.MediaDescriptions {
		if err := o.readSection(m); err != nil {
			return fmt.Errorf("%w: %w", ErrBadOffer, err)
		}
		if m.MediaName.Media == "video" && live(m) && o.sends(m) {
			videos++
		}
	}
	// RFC 9725 section 4.4.3 wants no part of what is offered to be left out.
	if videos > 1 {
		return fmt.Errorf("%w: there are %d", ErrManyVideos, videos)
	}
	if o.video == "" {
		return fmt.Errorf("%w: no section has video in H264, VP8, VP9 or AV1", ErrNoVideo)
	}
	return nil
}

// readSection reads one media section.
func (o *offer) readSection(m *sdp.MediaDescription) error {
	mid, ok := m.Attribute(sdp.AttrKeyMID)
	if !ok || !isToken(mid) || o.mids[mid] {
		return errors.New("a media section has no name (a=mid) of its own")
	}
	o.mids[mid] = true
	o.muxOnly[mid] = has(m, "rtcp-mux-only")
	if !live(m) {
		return nil
	}
	if err := o.checkTransport(m); err != nil {
		return err
	}
	o.accept(m, mid)
	return nil
}

// live says whether a section is offered at all (RFC 8866 section 5.14, RFC 9143 section 6).
func live(m *sdp.MediaDescription) bool {
	return m.MediaName.Port.Value != 0 || has(m, "bundle-only")
}

// silence has a section that is neither the video nor the audio that we want send nothing.
func (o *offer) silence(m *sdp.MediaDescription) {
	mid, _ := m.Attribute(sdp.AttrKeyMID)
	if m.MediaName.Media != "application" && mid != o.video && mid != o.audio {
		drop(m, "sendrecv", "sendonly", "recvonly", "inactive")
		m.Attributes = append(m.Attributes, sdp.NewPropertyAttribute("inactive"))
	}
}

// accept notes whether a section is the video or the audio that we want: the first of its kind that
// we can read.
func (o *offer) accept(m *sdp.MediaDescription, mid string) {
	switch {
	case m.MediaName.Media == "video" && o.video == "" && o.sends(m) && o.readPayloads(m):
		o.video = mid
		o.readRTXStreams(m)
		o.layers.read(m)
		if len(o.layers.rids) > 0 {
			o.hideLayers(m)
		}
	case m.MediaName.Media == "audio" && o.audio == "" && !o.watches && o.sends(m) && o.readOpus(m):
		o.audio = mid
	}
}

// attribute looks in the section, then in the session.
func (o *offer) attribute(m *sdp.MediaDescription, key string) (string, bool) {
	if v, ok := m.Attribute(key); ok {
		return v, true
	}
	return o.sdp.Attribute(key)
}

// sends says whether the other side would send on the section, or receive if that is what it came
// for; without a word about the direction it would (RFC 8866 section 6.7).
func (o *offer) sends(m *sdp.MediaDescription) bool {
	for _, attributes := range [][]sdp.Attribute{m.Attributes, o.sdp.Attributes} {
		for _, a := range attributes {
			switch a.Key {
			case "sendrecv":
				return true
			case "sendonly":
				return !o.watches
			case "recvonly":
				return o.watches
			case "inactive":
				return false
			}
		}
	}
	return true
}

// readPayloads notes the payload types of the codecs that we know and of their repairs; false when
// there are none.
func (o *offer) readPayloads(m *sdp.MediaDescription) (found bool) {
	var rtx [128]bool
	for _, a := range m.Attributes {
		number, name, ok := strings.Cut(a.Value, " ")
		pt, valid := payloadType(number)
		if a.Key != "rtpmap" || !ok || !valid {
			continue
		}
		name, _, _ = strings.Cut(name, "/")
		name = strings.ToUpper(strings.TrimSpace(name))
		if c, ok := videoNames[name]; ok {
			o.payloads[pt] = payload{codec: c}
			found = true
		}
		rtx[pt] = name == "RTX"
	}
	for _, a := range m.Attributes {
		number, parameters, ok := strings.Cut(a.Value, " ")
		pt, valid := payloadType(number)
		if a.Key != "fmtp" || !ok || !valid || !rtx[pt] {
			continue
		}
		for parameter := range strings.SplitSeq(parameters, ";") {
			value, ok := strings.CutPrefix(strings.TrimSpace(parameter), "apt=")
			if apt, valid := payloadType(value); ok && valid &&
				o.payloads[apt].codec != media.CodecUnknown {
				o.payloads[pt] = payload{rtx: true, apt: apt}
			}
		}
	}
	return found
}

// payloadType reads the number of a payload type.
func payloadType(text string) (uint8, bool) {
	n, err := strconv.ParseUint(text, 10, 7)
	return uint8(n), err == nil
}

// readOpus notes the payload types of Opus; false when there are none. It always says 48000 and
// two channels, whatever it holds (RFC 7587 section 4.1).
func (o *offer) readOpus(m *sdp.MediaDescription) (found bool) {
	for _, a := range m.Attributes {
		number, name, ok := strings.Cut(a.Value, " ")
		pt, valid := payloadType(number)
		if a.Key != "rtpmap" || !ok || !valid ||
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
