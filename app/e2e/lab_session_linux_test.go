package e2e

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

const (
	// labPatience is how long the lab waits for a picture.
	labPatience = 30 * time.Second
	// labFreeze is a gap between two pictures that people see, in ms.
	labFreeze = 200
)

// labHook makes the page note when its connections were answered and made, when boxes came and how
// old their picture was then, and what its own getStats says five times a second. Page and program
// run on one computer, so that they have one clock.
const labHook = `(() => {
  const now = () => performance.timeOrigin + performance.now();
  window.lab = { answered: 0, connected: 0, boxes: [], sent: [] };
  let pc = null;
  const answer = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = async function (description) {
    await answer.call(this, description);
    lab.answered ||= now();
  };
  const create = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const channel = create.call(this, label, options);
    if (label !== 'detections') return channel;
    pc = this;
    pc.addEventListener('connectionstatechange', () => {
      if (this.connectionState === 'connected') lab.connected ||= now();
    });
    channel.addEventListener('message', ({ data }) => {
      lab.boxes.push([now(), now() - JSON.parse(data).t]);
    });
    return channel;
  };
  setInterval(async () => {
    const report = pc ? await pc.getStats() : [];
    report.forEach((s) => {
      if (s.type !== 'outbound-rtp' || s.kind !== 'video') return;
      lab.sent.push({
        at: s.timestamp, width: s.frameWidth || 0, height: s.frameHeight || 0,
        frames: s.framesSent || 0, bytes: s.bytesSent || 0,
        limit: s.qualityLimitationReason || '',
      });
    });
  }, 200);
})()`

// labNotes is what labHook gathers. Times are in milliseconds.
type labNotes struct {
	Answered  float64      `json:"answered"`
	Connected float64      `json:"connected"`
	Boxes     [][2]float64 `json:"boxes"` // when they came, how old their picture was then
	Sent      []labSample  `json:"sent"`
}

// labSample is what the page says that it has sent by then.
type labSample struct {
	At     float64 `json:"at"`
	Width  int     `json:"width"`
	Height int     `json:"height"`
	Frames float64 `json:"frames"`
	Bytes  float64 `json:"bytes"`
	Limit  string  `json:"limit"`
}

// labSession is one phone in the lab.
type labSession struct {
	*lab
	page  *page
	codec string
	mark  int // in the events
	// When start was tapped, and how long it took until the first picture was looked at, in ms.
	tapped, first float64
}

// join opens the page on a clean network and taps start on the given one. It waits for the
// first picture.
func (l *lab) join(t *testing.T, codec string, w weather) *labSession {
	t.Helper()
	l.link.set(weather{})
	s := &labSession{lab: l, codec: codec, mark: l.app.mark()}
	s.page = l.browser.open(t, withCodec(l.app.url, codec))
	evaluate[any](s.page, labHook)
	l.link.set(w)
	tapped := time.Now()
	s.tapped = float64(tapped.UnixMicro()) / 1000
	s.page.start()
	if s.first = s.fresh(s.mark, tapped); s.first >= labPatience.Seconds()*1000 {
		t.Logf("no picture has come; %s", s.page.describe())
	}
	return s
}

// leave ends the session over a clean network.
func (s *labSession) leave() {
	s.page.test.Helper()
	s.link.set(weather{})
	s.page.stop()
	s.app.waitSince(s.page.test, s.mark, "phone-left", nil)
	s.page.close()
}

// watch lets the session go on. Time is what the lab measures.
func (s *labSession) watch(d time.Duration) { time.Sleep(d) }

func (s *labSession) notes() labNotes {
	s.page.test.Helper()
	return evaluate[labNotes](s.page, `lab`)
}

// ramp prints what the page sent by the first seconds after its first picture.
func (s *labSession) ramp(bar string) {
	s.page.test.Helper()
	sent := s.notes().Sent
	sent = sent[max(0, slices.IndexFunc(sent, func(v labSample) bool { return v.Frames > 0 })):]
	if len(sent) == 0 {
		s.page.test.Fatal("the page says nothing of what it sends")
	}
	for _, second := range []int{1, 2, 5, 10, 20} {
		// by is the sample that is nearest to that many seconds after the first picture.
		by := func(n int) labSample {
			return slices.MinFunc(sent, func(a, b labSample) int {
				target := sent[0].At + float64(n)*1000
				return int(math.Abs(a.At-target) - math.Abs(b.At-target))
			})
		}
		a, b := by(second-1), by(second)
		span := (b.At - a.At) / 1000
		if span <= 0 {
			continue // the session was shorter
		}
		limit := ""
		if b.Limit != "none" {
			limit = ", " + b.Limit
		}
		s.row(fmt.Sprintf("%s sent in second %d", s.codec, second),
			fmt.Sprintf("%d × %d at %.0f, %.1f Mbit/s%s", b.Width, b.Height,
				(b.Frames-a.Frames)/span, (b.Bytes-a.Bytes)*8/span/1e6, limit), bar)
	}
}

// boxes prints how old a picture was when its boxes were on the phone.
func (s *labSession) boxes(bar string) {
	s.page.test.Helper()
	var ages []float64
	for _, b := range s.notes().Boxes {
		ages = append(ages, b[1])
	}
	slices.Sort(ages)
	s.row(s.codec+" camera → box p50, p95, p99",
		fmt.Sprintf("%.0f, %.0f, %.0f ms (%d)", middle(ages), quantile(ages, 0.95),
			quantile(ages, 0.99), len(ages)), bar)
}

// quantile of sorted values, NaN of none.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	return sorted[int(q*float64(len(sorted)-1)+0.5)]
}

// steadiness prints how long the picture stood still: the gaps between two pictures that the
// detector saw, which sees each that the program has.
func (s *labSession) steadiness(bar string) {
	s.page.test.Helper()
	var freezes []float64
	longest, last, pictures, smeared := 0.0, int64(0), 0, 0
	for _, e := range s.app.since(s.mark) {
		if e.Event != "detections" {
			continue
		}
		pictures++
		if !whole(e.Detections) {
			smeared++
		}
		if gap := float64(e.Time - last); last > 0 {
			longest = max(longest, gap)
			if gap > labFreeze {
				freezes = append(freezes, gap)
			}
		}
		last = e.Time
	}
	s.row(fmt.Sprintf("%s freezes over %d ms, longest", s.codec, labFreeze),
		fmt.Sprintf("%d, %.0f ms", len(freezes), longest), bar)
	s.row(s.codec+" pictures looked at, smeared", fmt.Sprintf("%d, %d", pictures, smeared), bar)
}

// since returns the events from a mark on.
func (p *process) since(mark int) []event {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.events[mark:len(p.events):len(p.events)]
}

// recovery waits for a picture that the camera took from now on, and returns how many ms that was.
func (s *labSession) recovery() float64 { return s.fresh(s.app.mark(), time.Now()) }

// fresh waits for a picture that the camera took after that moment, and returns how many ms later
// the detector had seen it.
func (s *labSession) fresh(mark int, after time.Time) float64 {
	s.page.test.Helper()
	limit := time.After(labPatience - time.Since(after))
	for next := mark; ; {
		s.app.mu.Lock()
		news, more := s.app.events[next:], s.app.more
		next = len(s.app.events)
		s.app.mu.Unlock()
		for _, e := range news {
			if e.Event == "detections" && e.T >= after.UnixMilli() {
				return float64(e.Time - after.UnixMilli())
			}
		}
		select {
		case <-more:
		case <-s.app.done:
			s.page.test.Fatalf("the program ended: %v", s.app.err)
		case <-limit:
			return labPatience.Seconds() * 1000
		}
	}
}
