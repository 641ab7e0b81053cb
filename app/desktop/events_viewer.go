package desktop

import (
	"handlens/app/session"
	"handlens/media"
)

// Sharing implements listener. The url is "" when nobody may watch any more.
func (e *events) Sharing(url string) {
	e.write(struct {
		head
		URL string `json:"url"`
	}{begin("sharing", nil), url})
}

// ViewerJoined implements session.Sink. The session is the phone's whose video is watched.
func (e *events) ViewerJoined(v *session.Viewer) {
	e.write(struct {
		head
		Viewer  string `json:"viewer"`
		Name    string `json:"name"`
		Address string `json:"address"`
	}{begin("viewer-joined", v.Session()), v.ID(), v.Name(), v.Address()})
}

// ViewerLeft implements session.Sink.
func (e *events) ViewerLeft(v *session.Viewer, reason media.Reason) {
	e.write(struct {
		head
		Viewer string `json:"viewer"`
		Reason string `json:"reason"`
	}{begin("viewer-left", v.Session()), v.ID(), viewerReason(reason)})
}

// viewerReasons are why viewers leave, for scripts.
var viewerReasons = map[media.ReasonCode]string{
	media.PhoneClosed:   "left",
	media.PhoneLeft:     "phone-left",
	media.VideoChanged:  "video-changed",
	media.Replaced:      "replaced",
	media.SentAway:      "sent-away",
	media.ProgramClosed: "program-closed",
}

// viewerReason names a reason; a viewer that just fell silent is lost.
func viewerReason(r media.Reason) string {
	if name, ok := viewerReasons[r.Code]; ok {
		return name
	}
	return "lost"
}
