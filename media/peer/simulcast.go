package peer

import (
	"strings"

	"github.com/pion/sdp/v3"
)

// maxLayers bounds the layers of one video; browsers send three.
const maxLayers = 8

// layerExtensions are the header extensions without which browsers send one layer only.
var layerExtensions = []string{sdp.SDESMidURI, sdp.SDESRTPStreamIDURI}

// layers are the videos of several sizes that a section offers to send side by side (RFC 8853). The
// description does not say which is the largest, and answering for one of them alone would make it
// the only one that is sent, be it the smallest. So all are taken, as streams that nothing else is
// told apart by, and the receiver follows the largest.
type layers struct {
	rids []string
	// extensions are the lines of the offer's layerExtensions.
	extensions []string
}

// read notes the layers of a section.
func (l *layers) read(m *sdp.MediaDescription) {
	value, _ := m.Attribute("simulcast")
	words := strings.Fields(value)
	for i := 0; i+1 < len(words); i += 2 {
		if words[i] != "send" {
			continue
		}
		for stream := range strings.SplitSeq(words[i+1], ";") {
			rid, _, _ := strings.Cut(stream, ",") // the others stand in for it
			rid = strings.TrimPrefix(rid, "~")
			if isToken(rid) && len(l.rids) < maxLayers {
				l.rids = append(l.rids, rid)
			}
		}
	}
	for _, a := range m.Attributes {
		for _, uri := range layerExtensions {
			if a.Key == sdp.AttrKeyExtMap && strings.HasSuffix(a.Value, " "+uri) {
				l.extensions = append(l.extensions, a.Value)
			}
		}
	}
}

// accept puts the layers into the section of an answer.
func (l *layers) accept(m *sdp.MediaDescription) {
	if len(l.rids) == 0 {
		return
	}
	for _, e := range l.extensions {
		m.WithValueAttribute(sdp.AttrKeyExtMap, e)
	}
	for _, rid := range l.rids {
		m.WithValueAttribute("rid", rid+" recv")
	}
	m.WithValueAttribute("simulcast", "recv "+strings.Join(l.rids, ";"))
}

// hideLayers keeps the layers from pion, which then takes each stream by its payload type. Repairs
// go by the streams themselves, unless it is known which stream repairs which.
func (o *offer) hideLayers(m *sdp.MediaDescription) {
	drop(m, "simulcast", "rid", "ssrc", "ssrc-group")
	if len(o.rtxStreams) > 0 {
		return
	}
	formats, kept := m.MediaName.Formats[:0:0], m.Attributes[:0:0]
	repair := func(pt string) bool {
		n, ok := payloadType(pt)
		return ok && o.payloads[n].rtx
	}
	for _, f := range m.MediaName.Formats {
		if !repair(f) {
			formats = append(formats, f)
		}
	}
	for _, a := range m.Attributes {
		pt, _, _ := strings.Cut(a.Value, " ")
		ofFormat := a.Key == "rtpmap" || a.Key == "fmtp" || a.Key == "rtcp-fb"
		if !ofFormat || !repair(pt) {
			kept = append(kept, a)
		}
	}
	m.MediaName.Formats, m.Attributes = formats, kept
}
