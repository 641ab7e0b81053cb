package e2e

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// labVariable names what of the lab is to run: "all", or some of its networks with commas between
// them. Without it the lab does not run: it measures, and fails only when nothing works at all.
const labVariable = "HANDLENS_LAB"

// The lab's networks.
var (
	lossy = weather{loss: 0.1, delay: 50 * time.Millisecond, jitter: 20 * time.Millisecond}
	slow  = weather{rate: 1e6}
	dead  = weather{down: true}
)

// lab is the built program and a real browser with a bad road between them.
type lab struct {
	app     *app
	browser browserProcess
	link    *link
	out     io.Writer
	network string // of the rows
}

// TestLab prints how sharp and how steady the picture is that comes from a real browser, by a good
// road and by bad ones: `make lab`.
func TestLab(t *testing.T) {
	wanted := os.Getenv(labVariable)
	if wanted == "" {
		t.Skip("this is the lab: `make lab`")
	}
	outside, dir := inNamespaces(t)
	if outside {
		return
	}
	place := newNamespace(t)
	l := &lab{link: joinBadly(t, place), out: os.NewFile(insideStdout, "standard output")}
	start := newAccount(dir, modelFile(t), 0, nil, "--no-window")
	start.address, start.start = appAddress, place.start
	l.app = start.app(t)
	l.browser = startBrowser(t, labCamera{}, allowed)
	fmt.Fprintf(l.out, "\n%-7s  %-36s  %-40s  %s\n%s\n", "network", "what", "measured", "bar",
		strings.Repeat("─", 110))
	for _, n := range []struct {
		name string
		run  func(*lab, *testing.T)
	}{
		{"clean", (*lab).clean},
		{"lossy", (*lab).lossy},
		{"joins", (*lab).joins},
		{"slow", (*lab).slow},
		{"broken", (*lab).broken},
	} {
		if wanted == "all" || slices.Contains(strings.Split(wanted, ","), n.name) {
			l.network = n.name
			t.Run(n.name, func(t *testing.T) { n.run(l, t) })
		}
	}
}

// row prints one line of the table; a figure without a bar has "".
func (l *lab) row(what, measured, bar string) {
	fmt.Fprintf(l.out, "%-7s  %-36s  %-40s  %s\n", l.network, what, measured, bar)
}

func (l *lab) clean(t *testing.T) {
	s := l.join(t, "H264", weather{})
	s.watch(61 * time.Second)
	s.ramp("1280 × 720 at 28 or more")
	s.boxes("p99 ≤ p50 + 33 ms")
	s.steadiness("")
	s.leave()
	s = l.join(t, "VP8", weather{})
	s.watch(21 * time.Second)
	s.ramp("1280 × 720 at 28 or more")
	s.leave()
}

func (l *lab) lossy(t *testing.T) {
	for _, codec := range []string{"H264", "VP8"} {
		s := l.join(t, codec, lossy)
		s.watch(31 * time.Second)
		s.boxes("")
		s.steadiness("longest ≤ 500 ms, smeared 0")
		s.leave()
	}
}

// joins joins twelve times over the lossy network.
func (l *lab) joins(t *testing.T) {
	var answers, handshakes, pictures []float64
	for range 12 {
		s := l.join(t, "H264", lossy)
		s.watch(time.Second / 2)
		n := s.notes()
		answers = append(answers, n.Answered-s.tapped)
		handshakes = append(handshakes, n.Connected-n.Answered)
		pictures = append(pictures, s.tapped+s.first-n.Connected)
		s.leave()
	}
	row := func(what string, v []float64, bar string) {
		slices.Sort(v)
		l.row(what+", 12 joins", fmt.Sprintf("%.0f ms, worst %.0f; %d of %d over 1 s", middle(v),
			v[len(v)-1], over(v, 1000), len(v)), bar)
	}
	row("tap → answer", answers, "")
	row("answer → connected", handshakes, "none over 1 s")
	row("connected → picture", pictures, "none over 1 s")
}

func (l *lab) slow(t *testing.T) {
	for _, codec := range []string{"H264", "VP8"} {
		s := l.join(t, codec, slow)
		s.watch(21 * time.Second)
		s.ramp("at most 1 Mbit/s from second 2")
		s.boxes("")
		s.steadiness("")
		s.leave()
	}
}

func (l *lab) broken(t *testing.T) {
	s := l.join(t, "H264", weather{})
	s.watch(3 * time.Second)
	var outages, moves []float64
	for range 3 {
		l.link.set(dead)
		time.Sleep(5 * time.Second) // this is what is measured
		l.link.set(weather{})
		outages = append(outages, s.recovery())
		s.watch(4 * time.Second)
	}
	l.row("5 s without the link → picture", recoveries(outages), "≤ 1 s")
	for range 3 {
		l.link.move(t)
		moves = append(moves, s.recovery())
		s.watch(4 * time.Second)
	}
	l.row("another address → picture", recoveries(moves), "≤ 3 s")
	s.leave()
}

func recoveries(ms []float64) string {
	text := make([]string, 0, len(ms))
	for _, v := range ms {
		if v >= labPatience.Seconds()*1000 {
			text = append(text, fmt.Sprintf("not in %.0f s", labPatience.Seconds()))
			continue
		}
		text = append(text, fmt.Sprintf("%.1f", v/1000))
	}
	slices.Sort(ms)
	return fmt.Sprintf("%.1f s (%s)", middle(ms)/1000, strings.Join(text, ", "))
}

// middle returns the median of sorted values, NaN of none.
func middle(sorted []float64) float64 { return quantile(sorted, 0.5) }

// over counts the values above a limit.
func over(values []float64, limit float64) (n int) {
	for _, v := range values {
		if v > limit {
			n++
		}
	}
	return n
}
