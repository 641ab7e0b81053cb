package peer

import (
	"encoding/json"
	"strconv"

	"handlens/media"
)

// The messages of the `control` channel that belong to the connection itself. All others are the
// Handler's; package session has them in one place.
//
//	ping  both ways  t0: the sender's clock
//	pong  both ways  t0: that of the ping; t1: the answering side's clock; from the phone also
//	                 taken: when the camera took the last few frames; empty where its browser does
//	                 not say; a viewer's is answered and it is not asked
//	bye   phone → us the connection is over, and nobody need wait for the phone
//	bye   us → phone the connection is over, and the page stays away; reason: see byeNames
//
// Times are Unix milliseconds, with fractions.

// controlMessage is what we read of a message of the phone.
type controlMessage struct {
	Type string  `json:"type"`
	T0   float64 `json:"t0"`
	T1   float64 `json:"t1"`

	Taken []float64 `json:"taken"`
}

// readControl checks that a message is a JSON object with a type.
func readControl(data []byte) (m controlMessage, ok bool) {
	if len(data) > maxControl {
		return m, false
	}
	var head struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(data, &head) != nil || head.Type == "" {
		return m, false
	}
	if head.Type != "ping" && head.Type != "pong" {
		return controlMessage{Type: head.Type}, true
	}
	if json.Unmarshal(data, &m) != nil {
		return m, false
	}
	return m, true
}

// appendProbe appends a ping with t0, or a pong with t0 and t1.
func appendProbe(dst []byte, typ string, t ...float64) []byte {
	dst = append(append(append(dst, `{"type":"`...), typ...), '"')
	for i, v := range t {
		dst = append(dst, `,"t`...)
		dst = strconv.AppendInt(dst, int64(i), 10)
		dst = append(dst, `":`...)
		dst = strconv.AppendFloat(dst, v, 'f', -1, 64)
	}
	return append(dst, '}')
}

// byeNames are the reasons that the pages know how to word; the last two are the viewers' alone.
var byeNames = map[media.ReasonCode]string{
	media.SentAway:      "sent-away",
	media.ProgramClosed: "program-closed",
	media.Replaced:      "replaced",
	media.PhoneLeft:     "phone-left",
	media.VideoChanged:  "video-changed",
}

// byeMessage is the goodbye for that reason, which is left out when the page has no words for it.
func byeMessage(reason media.Reason) []byte {
	b, err := json.Marshal(struct {
		Type   string `json:"type"`
		Reason string `json:"reason,omitempty"`
	}{"bye", byeNames[reason.Code]})
	if err != nil {
		return nil // two strings always can be
	}
	return b
}
