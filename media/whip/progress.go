package whip

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
)

const (
	typeJSON = "application/json"
	// maxProgress is the largest body of a progress report, in bytes.
	maxProgress = 1 << 10
)

// Progress is how far the page says that it is.
type Progress string

// What a page says: that it is there, and then how its camera is.
const (
	PageOpen          Progress = "page"
	CameraOpen        Progress = "open"
	CameraAsking      Progress = "asking" // the browser asks its user
	CameraDenied      Progress = "denied"
	CameraMissing     Progress = "missing"
	CameraBusy        Progress = "busy"
	CameraInsecure    Progress = "insecure"    // the page is not a secure one
	CameraUnsupported Progress = "unsupported" // by the browser
	CameraFailed      Progress = "failed"
)

// cameraProgress are the states of a camera.
var cameraProgress = []Progress{
	CameraOpen, CameraAsking, CameraDenied, CameraMissing, CameraBusy, CameraInsecure,
	CameraUnsupported, CameraFailed,
}

// errBadProgress is all that is said of a report that makes no sense.
var errBadProgress = errors.New("the progress report cannot be read")

// progress takes in what the page says of itself, so that somebody at the computer can see why no
// picture comes: POST /progress {"step": "page"} or {"step": "camera", "state": …}. It is also how
// the page learns whether its code is still good, before anybody taps.
func (s *Server) progress(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		fail(w, http.StatusMethodNotAllowed, errors.New("progress is reported by POST"))
		return
	}
	if !s.phones.authorized(w, r) {
		return
	}
	body, ok := s.readBody(w, r, typeJSON, maxProgress)
	if !ok {
		return
	}
	p, err := parseProgress(body)
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	s.cfg.Watcher.Progress(visitor(r, ""), p)
	w.WriteHeader(http.StatusNoContent)
}

func parseProgress(body string) (Progress, error) {
	var report struct {
		Step  string   `json:"step"`
		State Progress `json:"state"`
	}
	if json.Unmarshal([]byte(body), &report) != nil {
		return "", errBadProgress
	}
	switch {
	case report.Step == "page" && report.State == "":
		return PageOpen, nil
	case report.Step == "camera" && slices.Contains(cameraProgress, report.State):
		return report.State, nil
	}
	return "", errBadProgress
}
