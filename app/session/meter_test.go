package session

import (
	"testing"
	"time"

	"handlens/media"
	"handlens/media/peer"
)

func TestLatencyWindow(t *testing.T) {
	var w latencyWindow
	for i := 100; i >= 1; i-- {
		w.add(time.Duration(i) * time.Millisecond)
	}
	l := w.drain()
	if n := l.Samples; n != 100 || l.P50 != 51*time.Millisecond || l.P95 != 96*time.Millisecond {
		t.Errorf("got %v of %d samples", l, n)
	}
	if n := w.drain().Samples; n != 0 {
		t.Errorf("%d samples were left behind", n)
	}
	for range 10 * latencySamples {
		w.add(time.Second)
	}
	if n := w.drain().Samples; n != latencySamples {
		t.Errorf("kept %d samples, want at most %d", n, latencySamples)
	}
}

func TestMeterRates(t *testing.T) {
	start := time.Now()
	m := meter{at: start}
	m.in.Add(60)
	m.detected.Add(20)
	st := m.take(start.Add(2*time.Second), peer.Stats{Packets: 90, Lost: 4, Recovered: 6})
	if st.FPSIn != 30 || st.FPSDetected != 10 || st.FPSShown != 0 {
		t.Errorf("rates are %+v", st)
	}
	if st.Loss != 0.1 {
		t.Errorf("loss is %g, want 10 of 100 packets", st.Loss)
	}
	st = m.take(start.Add(3*time.Second), peer.Stats{Packets: 190, Lost: 4, Recovered: 6})
	if st.FPSIn != 0 || st.Loss != 0 {
		t.Errorf("the second look counts the first one's: %+v", st)
	}
}

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		" Anna's phone ":     "Anna's phone",
		"two\nlines\x1b[31m": "twolines[31m",
		"äöü日本":              "äöü日本",
		"123456789012345":    "123456789012",
		"\u202eevil":         "evil",
		"\xff\xfe":           "",
	} {
		if got := printable(in, 12); got != want {
			t.Errorf("printable(%q) = %q, want %q", in, got, want)
		}
	}
}

// The stats say from where the ages are counted: from the earliest moment that is known.
func TestAgesCountFrom(t *testing.T) {
	now := time.Now()
	for _, test := range []struct {
		captured   time.Time
		fromCamera bool
		want       AgeFrom
	}{
		{time.Time{}, true, FromArrival}, {now, false, FromBrowser}, {now, true, FromCamera},
	} {
		var s Stats
		s.countFrom(&media.Frame{Received: now, Captured: test.captured},
			peer.Stats{FromCamera: test.fromCamera, ClockError: time.Millisecond})
		if known := s.ClockError > 0; s.From != test.want || known == (s.From == FromArrival) {
			t.Errorf("ages count from %q, with an error of %v; want %q", s.From, s.ClockError,
				test.want)
		}
	}
}
