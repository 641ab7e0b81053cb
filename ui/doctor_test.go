package ui

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"handlens/media"
	"handlens/media/reach"
	"handlens/media/visit"
	"handlens/ui/kit"
	"handlens/ui/kit/kittest"
)

var (
	noon    = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	shutOut = reach.Suspect{Code: reach.SuspectFirewall, Firewall: reach.Firewall{
		Name: "ufw", State: reach.FirewallBlocks,
		Commands: []string{"sudo ufw allow 8443/tcp", "sudo ufw allow 8443/udp"},
	}}
)

// visitor has come to that rung, one each 100 ms, a second before noon.
func visitor(id, name string, top visit.Rung, p visit.Problem, why ...reach.Suspect) Visit {
	v := visit.Visit{
		ID: id, Name: name, Problem: p, Began: noon.Add(-time.Second),
		Address: netip.MustParseAddr("192.168.1.20"), Called: netip.MustParseAddr("192.168.1.7"),
	}
	for r := range top + 1 {
		v.Lit[r], v.At[r] = true, time.Duration(r)*100*time.Millisecond
	}
	return Visit{Visit: v, Suspects: why}
}

// openAtNoon is open with a doctor whose clock stands still.
func openAtNoon(t *testing.T, cfg Config) (*Window, *kittest.Loop) {
	t.Helper()
	w, l := open(t, cfg)
	w.doctor.clock = func() time.Time { return noon }
	return w, l
}

// seen are the objects that are to be seen.
func seen(o fyne.CanvasObject) []fyne.CanvasObject {
	if !o.Visible() {
		return nil
	}
	all, parts := []fyne.CanvasObject{o}, []fyne.CanvasObject(nil)
	switch o := o.(type) {
	case *fyne.Container:
		parts = o.Objects
	case fyne.Widget:
		parts = test.WidgetRenderer(o).Objects()
	}
	for _, part := range parts {
		all = append(all, seen(part)...)
	}
	return all
}

// said are all texts that are to be seen, a line each.
func said(o fyne.CanvasObject) string {
	var all []string
	for _, o := range seen(o) {
		if text, ok := o.(*canvas.Text); ok && text.Text != "" {
			all = append(all, text.Text)
		}
	}
	return strings.Join(all, "\n")
}

// expect wants texts to be seen, and others not, which begin with a minus.
func expect(t *testing.T, o fyne.CanvasObject, texts ...string) {
	t.Helper()
	all := strings.ReplaceAll(said(o), "\n", " ")
	for _, want := range texts {
		text, no := strings.CutPrefix(want, "-")
		if strings.Contains(all, text) == no {
			t.Errorf("want %q in %q", want, all)
		}
	}
}

func TestRungsHaveStates(t *testing.T) {
	const dark, next, lit, skipped, stuck = rungDark, rungAwaited, rungLit, rungSkipped, rungStuck
	foreign := visitor("1", "OBS", visit.TLS, visit.NoProblem) // it needs no page and no camera
	foreign.Lit[visit.Token] = true
	over := visitor("1", "", visit.Page, visit.NoProblem)
	over.Over = true
	for _, c := range []struct {
		name  string
		v     Visit
		want  []rungState
		about visit.Rung
	}{
		{
			"new",
			Visit{},
			[]rungState{next, dark, dark, dark, dark, dark, dark, dark, dark},
			visit.TCP,
		},
		{
			"coming", visitor("1", "", visit.Page, visit.NoProblem),
			[]rungState{lit, lit, lit, next, dark, dark, dark, dark, dark},
			visit.Token,
		},
		{
			"stuck", visitor("1", "", visit.TCP, visit.CertificateRefused),
			[]rungState{lit, stuck, dark, dark, dark, dark, dark, dark, dark},
			visit.TLS,
		},
		{
			"slow", visitor("1", "", visit.ICE, visit.OverTCP),
			[]rungState{lit, lit, lit, lit, lit, lit, next, dark, dark},
			visit.RTP,
		},
		{
			"here", visitor("1", "", visit.Box, visit.OutOfReach),
			[]rungState{lit, lit, lit, lit, lit, lit, lit, lit, lit},
			visit.Box,
		},
		{
			"foreign", foreign,
			[]rungState{lit, lit, skipped, lit, next, dark, dark, dark, dark},
			visit.Camera,
		},
		{
			"over", over,
			[]rungState{lit, lit, lit, dark, dark, dark, dark, dark, dark},
			visit.Token,
		},
	} {
		got, about := rungStates(c.v.Visit)
		if !slices.Equal(got, c.want) || about != c.about {
			t.Errorf("%s: %v about %d, want %v about %d", c.name, got, about, c.want, c.about)
		}
	}
}

// Who comes at once is shown in one line; the whole ladder is for who does not come on.
func TestWhoComesAtOnceFlowsBy(t *testing.T) {
	w, l := openAtNoon(t, Config{})
	first := w.first.object
	expect(t, first, "Waiting for a phone", "Point your phone at the code")
	for r := range visit.ICE {
		w.SetDoctor(Doctor{Visits: []Visit{visitor("1", "iPhone", r, visit.NoProblem)}})
		l.Turn()
		expect(t, first, "iPhone  ·  192.168.1.20", rungWords(r+1), "-"+rungWords(r),
			"-Waiting for a phone", "Point your phone at the code", "1.0 s", "-First box")
	}
	w.doctor.clock = func() time.Time { return noon.Add(5 * time.Second) }
	w.SetDoctor(Doctor{Visits: []Visit{visitor("1", "iPhone", visit.Token, visit.NoProblem)}})
	l.Turn()
	expect(t, first, "Showed the code", "0.3 s", "Camera on", "6.0 s", "First box",
		"-Point your phone at the code")
	w.SetDoctor(Doctor{})
	l.Turn()
	expect(t, first, "Waiting for a phone", "Point your phone at the code", "-Camera on")
	if w.doctor.pulse != nil {
		t.Error("something pulses while nobody comes")
	}
}

// The beat itself finds out that a rung lets itself be awaited.
func TestBeatShowsWhoStalls(t *testing.T) {
	w, l := openAtNoon(t, Config{})
	w.SetDoctor(Doctor{Visits: []Visit{visitor("1", "iPhone", visit.Token, visit.NoProblem)}})
	l.Turn()
	if w.doctor.pulse == nil {
		t.Fatal("the awaited rung does not pulse")
	}
	w.doctor.clock = func() time.Time { return noon.Add(5 * time.Second) }
	l.Until(t, "the whole ladder is shown", func() bool { return w.first.visits.wide })
	expect(t, w.first.object, "Showed the code", "Camera on", "6.0 s")
	w.close()
	if l.Turn(); w.doctor.pulse != nil && w.doctor.pulse.Stop() {
		t.Error("it pulses after the end")
	}
}

func TestProblemStandsUnderItsRung(t *testing.T) {
	w, l := openAtNoon(t, Config{})
	w.SetDoctor(Doctor{Port: 8443, Visits: []Visit{
		visitor("1", "Pixel 8", visit.Camera, visit.NoPath, shutOut),
	}})
	l.Turn()
	expect(t, w.first.object, "Connected The page works", "neither UDP nor TCP",
		"The firewall ufw keeps port 8443 shut.", "sudo ufw allow 8443/tcp", "Video arrives")
	copyIt, ok := kittest.Find(w.first.object, func(b *kit.ToolButton) bool {
		return b.Hint == "Copy the command"
	})
	if !ok {
		t.Fatal("the command cannot be copied")
	}
	test.Tap(copyIt)
	if got := w.app.Clipboard().Content(); got != strings.Join(shutOut.Firewall.Commands, "\n") {
		t.Errorf("%q was copied", got)
	}
	if len(w.toasts.live) != 1 {
		t.Error("nothing says that it was copied")
	}
}

func TestNobodyComes(t *testing.T) {
	w, l := openAtNoon(t, Config{})
	alone := Doctor{Port: 8443, Nobody: []reach.Suspect{
		shutOut, {Code: reach.SuspectIsolation}, {Code: reach.SuspectOtherNetwork},
	}}
	w.SetDoctor(alone)
	l.Turn()
	expect(t, w.first.object, "Waiting for a phone", "-The likely causes", "-ufw")
	w.queue.Post("lonely", w.doctor.giveUp)
	l.Turn()
	expect(t, w.first.object, "The likely causes:", "ufw keeps port 8443 shut",
		"keep its members apart", "-another network")
	w.showDoctor()
	expect(t, w.doctor.modal.Object(), "keep its members apart", "another network")
	w.doctor.modal.Close()

	gone := visitor("1", "iPhone", visit.Box, visit.NoProblem)
	gone.Over, gone.Reason = true, media.Reason{Code: media.PhoneLeft}
	w.SetDoctor(Doctor{Visits: []Visit{gone}})
	l.Turn()
	expect(t, w.first.object, "Waiting for a phone: the phone left",
		"A firewall on this computer may also turn it away", "-ufw")

	alone.Visits = []Visit{visitor("2", "", visit.TCP, visit.NoProblem)}
	w.SetDoctor(alone)
	l.Turn()
	expect(t, w.first.object, "A phone  ·  192.168.1.20", "-Waiting", "-The likely causes", "-ufw")
	alone.Visits = nil
	w.SetDoctor(alone)
	l.Turn()
	expect(t, w.first.object, "Waiting for a phone", "-The likely causes", "-ufw")
}

func TestSeveralVisitors(t *testing.T) {
	w, l := openAtNoon(t, Config{})
	names := func() (all []string) {
		for _, r := range w.first.visits.rows {
			name, _, _ := strings.Cut(r.who.Text, " ")
			if r.open {
				name = "+" + name
			}
			all = append(all, name)
		}
		return all
	}
	visits := []Visit{
		visitor("d", "D", visit.TCP, visit.CertificateRefused),
		visitor("c", "C", visit.Token, visit.CameraDenied),
		visitor("here", "here", visit.KeyFrame, visit.NothingFound),
		visitor("b", "B", visit.Page, visit.WrongToken),
		visitor("a", "A", visit.Token, visit.AwaitingTap),
	}
	visits[0].Over = true
	w.SetDoctor(Doctor{Visits: visits})
	l.Turn()
	if got := fmt.Sprint(names()); got != "[D +C B]" {
		t.Errorf("at first it lists %v", got)
	}
	expect(t, w.first.object, "One more…")
	test.Tap(headOf(t, w.first.visits.rows[2]))
	expect(t, w.first.object, "an old one, or mistyped", "-The page may not use the camera")
	w.SetDoctor(Doctor{Visits: append([]Visit{visitor("e", "E", visit.TCP, visit.NoProblem)},
		visits[1:4]...)})
	l.Turn()
	if got := fmt.Sprint(names()); got != "[E C +B]" {
		t.Errorf("after one came it lists %v", got)
	}
	w.SetDoctor(Doctor{Visits: visits[:2]})
	l.Turn()
	if got := fmt.Sprint(names()); got != "[D +C]" {
		t.Errorf("after the chosen one left it lists %v", got)
	}
	expect(t, w.first.object, "-1 more…", "gone", "The page may not use the camera")
}

// headOf is what opens a visitor's ladder.
func headOf(t *testing.T, r *visitRow) *kit.Button {
	t.Helper()
	b, ok := kittest.Find(r.object, func(*kit.Button) bool { return true })
	if !ok {
		t.Fatal("the visitor cannot be chosen")
	}
	return b
}

// What has not changed is not built again, and what comes faster than the screen is left out.
func TestDoctorComesOften(t *testing.T) {
	w, l := openAtNoon(t, Config{})
	now := func() Doctor {
		return Doctor{Port: 8443, Visits: []Visit{
			visitor("2", "iPhone", visit.Camera, visit.NoPath, shutOut),
			visitor("1", "Pixel 8", visit.Page, visit.WrongToken),
		}}
	}
	for range 100 {
		w.SetDoctor(now())
	}
	if n := l.Turn(); n != 1 {
		t.Errorf("%d calls waited for the screen", n)
	}
	same, rungs := seen(w.first.visits.rows[1].object), w.first.visits.rows[0].ladder.rungs
	d := now()
	w.doctor.now = d
	if n := testing.AllocsPerRun(100, w.doctor.update); n > 20 {
		t.Errorf("showing the same again takes %v allocations", n)
	}
	d.Visits[0] = visitor("2", "iPhone", visit.ICE, visit.NoVideo, shutOut)
	w.SetDoctor(d)
	l.Turn()
	rows := w.first.visits.rows
	if !slices.Equal(seen(rows[1].object), same) || !slices.Equal(rows[0].ladder.rungs, rungs) {
		t.Error("what has not changed was built again")
	}
	expect(t, w.first.object, "sends no video")
}

func TestDoctorLooks(t *testing.T) {
	w, l := openAtNoon(t, Config{Settings: Settings{Appearance: string(kit.AppearanceDark)}})
	looks := func(name string, o fyne.CanvasObject, d Doctor) {
		w.SetDoctor(d)
		l.Turn()
		w.first.object.Refresh()
		test.AssertObjectRendersToMarkup(t, name, o)
	}
	several := Doctor{Port: 8443, Visits: []Visit{
		visitor("2", "iPhone", visit.Camera, visit.NoPath, shutOut),
		visitor("1", "Pixel 8", visit.Page, visit.WrongToken),
	}}
	first := w.first.visits.object
	looks("doctor_coming.xml", first, Doctor{Visits: []Visit{
		visitor("0", "iPhone", visit.Token, visit.NoProblem),
	}})
	looks("doctor_stuck.xml", first, several)
	w.SetPairing(ways(func(int) {}))
	w.showDoctor()
	looks("doctor_ways.xml", w.doctor.ways.object, several)
	looks("doctor_visits.xml", w.doctor.visits.object, several)
}
