package peer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"

	"handlens/media"
)

// startBitrate is what a browser is asked to send at first, in kbit/s. Left alone, libwebrtc begins
// at 300 and takes up to half a minute to reach what 720p needs. On a path of 1 Mbit/s its
// congestion control is down within a second all the same, since the first reports of delay stop
// it.
//
// Chromium and WebKit, which share libwebrtc, heed it (GetBitrateConfigForCodec in WebKit's
// Source/ThirdParty/libwebrtc); Firefox and peers of other makes ignore it, as RFC 8866 section
// 6.15 has them do with parameters that they do not know.
const startBitrate = 4000

// askForStart adds the start bitrate to the format parameters of each video codec in a section of
// our answer. Whichever of them the phone chooses, it reads the parameters of that one only.
func askForStart(m *sdp.MediaDescription, known *payloads) {
	wish := fmt.Sprintf("x-google-start-bitrate=%d", startBitrate)
	has := map[string]bool{}
	for i, a := range m.Attributes {
		if pt, _, ok := strings.Cut(a.Value, " "); ok && a.Key == "fmtp" && isVideo(pt, known) {
			has[pt] = true
			m.Attributes[i].Value += ";" + wish
		}
	}
	for i := 0; i < len(m.Attributes); i++ {
		a := m.Attributes[i]
		if pt, _, ok := strings.Cut(a.Value, " "); ok && a.Key == "rtpmap" &&
			isVideo(pt, known) && !has[pt] {
			i++
			m.Attributes = slices.Insert(m.Attributes, i, sdp.NewAttribute("fmtp", pt+" "+wish))
		}
	}
}

// isVideo says whether a payload type is that of a video codec, and not of its repairs.
func isVideo(pt string, known *payloads) bool {
	n, err := strconv.ParseUint(pt, 10, 7)
	return err == nil && known[n].codec != media.CodecUnknown
}
