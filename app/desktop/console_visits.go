package desktop

import (
	"cmp"
	"sync"
	"time"

	"handlens/media/visit"
)

// tellAfter is how long a problem must last before the terminal tells it: most pass by themselves.
const tellAfter = 3 * time.Second

// visitWords say at the terminal what keeps a device from its next rung, after its name. What has
// no words here is either no news there (a person takes their time, or the model says so itself) or
// told by other lines.
var visitWords = map[visit.Problem]string{
	visit.CertificateRefused: "stands before its browser's certificate warning: choose to go on " +
		"there, or open /trust on it later to be rid of the warning",
	visit.HandshakeBroken: "reaches this computer, but the encrypted connection breaks off: a " +
		"proxy or a security program may be in between",
	visit.NoRequest:  "is connected, but does not ask for the page: try to load it again",
	visit.PageSilent: "has the page, but its browser does not run it: try a newer one",
	visit.NoToken:    "opened the page without the code: scan the code, or type it there",
	visit.WrongToken: "came with a code that is not valid, perhaps one from before: scan the " +
		"code again",
	visit.LockedOut:         "came with too many wrong codes and has to wait",
	visit.CameraDenied:      "does not let the page use its camera: allow it in the browser",
	visit.CameraMissing:     "has no camera that its browser can use",
	visit.CameraBusy:        "cannot open its camera, which another app or tab may use",
	visit.CameraInsecure:    "has opened the page without https, where browsers give no camera",
	visit.CameraUnsupported: "has a browser without a camera: open the page in another one",
	visit.CameraFailed:      "cannot start its camera",
	visit.Full:              "has to wait: as many phones as possible are here",
	visit.OfferUnusable:     "offers no video that can be received here: try another browser",
	visit.NoPath: "reaches the page, but its video finds no way here: a firewall or a Wi-Fi that " +
		"keeps devices apart may be in between",
	visit.HandshakeFailed: "reaches this computer, but its video's encryption failed",
	visit.OverTCP: "sends over TCP, since UDP does not get through; that works, if less " +
		"smoothly: a firewall that lets UDP in on this port would help",
	visit.NoVideo:      "is connected, but no video comes",
	visit.NoKeyFrame:   "sends video, but no whole picture has come yet",
	visit.NothingFound: "is seen, but the detector finds nothing in its picture so far",
}

// visitLines is what the terminal has said of the visits. The zero value is ready.
type visitLines struct {
	mu   sync.Mutex
	told map[string]*visitLine // by the visit's ID
}

// visitLine is what was said of one.
type visitLine struct {
	opened  bool // that it opened the page
	problem visit.Problem
	since   time.Time // when it began
	said    map[visit.Problem]bool
}

// Visits implements listener: it says what keeps a device from its next rung, once, when it lasts.
func (c *console) Visits(all []visit.Visit) {
	for _, line := range c.visits.lines(all, time.Now()) {
		c.say("%s", line)
	}
}

// lines are those that are due now.
func (l *visitLines) lines(all []visit.Visit, now time.Time) (lines []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.told
	l.told = make(map[string]*visitLine, len(all))
	for _, v := range all {
		line := before[v.ID]
		if line == nil {
			line = &visitLine{said: make(map[visit.Problem]bool)}
		}
		l.told[v.ID] = line
		who := cmp.Or(v.Name, "A device")
		if v.Lit[visit.Page] && !line.opened {
			line.opened = true
			lines = append(lines, who+" opened the page.")
		}
		if v.Problem != line.problem {
			line.problem, line.since = v.Problem, now
		}
		words := visitWords[v.Problem]
		if words == "" || line.said[v.Problem] || v.Over || now.Sub(line.since) < tellAfter {
			continue
		}
		line.said[v.Problem] = true
		lines = append(lines, who+" ("+v.Address.String()+") "+words+".")
	}
	return lines
}
