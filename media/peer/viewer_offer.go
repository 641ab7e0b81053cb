package peer

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"handlens/media"
)

// sendFormat is a codec in the terms of one viewer's offer.
type sendFormat struct {
	capability webrtc.RTPCodecCapability
	payload    uint8
	// repair is the payload type of its repairs (RTX); 0 for none.
	repair uint8
}

// formatFor finds how the offer takes a codec: for H.264 in packets of several kinds, by the
// phone's profile where it stands in the offer, since most decoders take any; for the others as
// those profiles that phones send.
func (o *offer) formatFor(codec media.Codec, profile string) (f sendFormat, ok bool) {
	m := o.section(o.video)
	type choice struct {
		sendFormat
		rank int
	}
	var choices []choice
	for pt, p := range o.payloads {
		if p.codec != codec {
			continue
		}
		parameters := formatParameters(m, uint8(pt))
		rank, fits := 0, true
		switch codec {
		case media.H264:
			fits = parameters["packetization-mode"] == "1"
			rank = unlike(parameters["profile-level-id"], profile)
		case media.VP9:
			fits = cmp.Or(parameters["profile-id"], "0") == "0"
		case media.AV1:
			fits = cmp.Or(parameters["profile"], "0") == "0"
		}
		if !fits {
			continue
		}
		c := choice{sendFormat{payload: uint8(pt)}, rank}
		c.capability = webrtc.RTPCodecCapability{
			MimeType: mimeTypes[codec], ClockRate: videoClockRate,
			SDPFmtpLine: parameterLine(m, uint8(pt)), RTCPFeedback: []webrtc.RTCPFeedback{
				{Type: "nack"}, {Type: "nack", Parameter: "pli"}, {Type: "ccm", Parameter: "fir"},
			},
		}
		for repair, r := range o.payloads {
			if r.rtx && int(r.apt) == pt {
				c.repair = uint8(repair)
			}
		}
		choices = append(choices, c)
	}
	if len(choices) == 0 {
		return f, false
	}
	best := slices.MinFunc(choices, func(a, b choice) int { return cmp.Compare(a.rank, b.rank) })
	return best.sendFormat, true
}

var mimeTypes = map[media.Codec]string{
	media.H264: webrtc.MimeTypeH264, media.VP8: webrtc.MimeTypeVP8, media.VP9: webrtc.MimeTypeVP9,
	media.AV1: webrtc.MimeTypeAV1,
}

// unlike says how far a profile of H.264 in an offer is from the phone's: none, in the constraints
// only, or in the profile itself (RFC 6184 section 8.1).
func unlike(offered, sent string) int {
	offered, sent = strings.ToLower(offered), strings.ToLower(sent)
	switch {
	case len(offered) < 4 || len(sent) < 4:
		return 3
	case offered[:4] == sent[:4]:
		return 0
	case offered[:2] == sent[:2]:
		return 1
	}
	return 2
}

// parameterLine returns the parameters (a=fmtp) of a payload type as they stand.
func parameterLine(m *sdp.MediaDescription, pt uint8) string {
	for _, a := range m.Attributes {
		number, line, _ := strings.Cut(a.Value, " ")
		if n, ok := payloadType(number); a.Key == "fmtp" && ok && n == pt {
			return line
		}
	}
	return ""
}

func formatParameters(m *sdp.MediaDescription, pt uint8) map[string]string {
	all := make(map[string]string)
	for parameter := range strings.SplitSeq(parameterLine(m, pt), ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
		all[strings.ToLower(name)] = value
	}
	return all
}

// repairRing is how many packets are kept for repairs: at 8 Mbit/s a second and a half.
const repairRing = 1024

// newViewerAPI makes the pion API for one viewer: it sends one codec, answers NACKs from a ring, by
// RTX where that was agreed, and reports.
func (h *Host) newViewerAPI(f sendFormat, servers *serverNet,
	admit func(net.IP) bool,
) (*webrtc.API, error) {
	var engine webrtc.MediaEngine
	formats := []webrtc.RTPCodecParameters{{
		RTPCodecCapability: f.capability, PayloadType: webrtc.PayloadType(f.payload),
	}}
	if f.repair != 0 {
		formats = append(formats, webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{
				MimeType: webrtc.MimeTypeRTX, ClockRate: videoClockRate,
				SDPFmtpLine: fmt.Sprintf("apt=%d", f.payload),
			},
			PayloadType: webrtc.PayloadType(f.repair),
		})
	}
	for _, p := range formats {
		if err := engine.RegisterCodec(p, webrtc.RTPCodecTypeVideo); err != nil {
			return nil, fmt.Errorf("registering codecs: %w", err)
		}
	}
	var chain interceptor.Registry
	responder, err := nack.NewResponderInterceptor(nack.ResponderSize(repairRing),
		nack.WithResponderLoggerFactory(h.logs))
	if err != nil {
		return nil, fmt.Errorf("the ring for repairs: %w", err)
	}
	reports, err := report.NewSenderInterceptor(report.WithSenderLoggerFactory(h.logs))
	if err != nil {
		return nil, fmt.Errorf("sender reports: %w", err)
	}
	chain.Add(responder)
	chain.Add(reports)
	settings := h.settings()
	settings.SetRemoteIPFilter(admit)
	if servers != nil {
		settings.SetNet(servers)
	}
	return webrtc.NewAPI(webrtc.WithMediaEngine(&engine), webrtc.WithInterceptorRegistry(&chain),
		webrtc.WithSettingEngine(settings)), nil
}

// profileOf returns the profile-level-id of an H.264 key frame in Annex B form; "" for none.
func profileOf(data []byte) string {
	const sps = 7
	for i := 0; i+7 < len(data); i++ {
		if data[i] == 0 && data[i+1] == 0 && data[i+2] == 1 && data[i+3]&0x1f == sps {
			return fmt.Sprintf("%02x%02x%02x", data[i+4], data[i+5], data[i+6])
		}
	}
	return ""
}
