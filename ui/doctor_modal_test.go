package ui

import (
	"image"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"handlens/assets"
	"handlens/media/visit"
	"handlens/ui/kit"
)

// ways are what a window is told of two addresses.
func ways(choose func(int)) Pairing {
	code := func(int) (image.Image, error) { return image.NewGray(image.Rect(0, 0, 41, 41)), nil }
	return Pairing{
		Address: "https://192.168.1.7:8443", Token: "secret", QR: code, Choose: choose,
		Others: []AddressChoice{
			{
				Address: "192.168.1.7", Interface: "wlan0", Kind: "Wi-Fi", Score: 1270, QR: code,
				URL: "https://192.168.1.7:8443/#secret",
			},
			{
				Address: "10.8.0.3", Interface: "tun0", Kind: "VPN", Score: 360, QR: code,
				URL: "https://10.8.0.3:8443/#secret",
			},
			{Address: "172.17.0.1", Interface: "docker0", Kind: "Docker", Score: 260, QR: code},
		},
	}
}

func TestDoctorShowsTheWays(t *testing.T) {
	chosen := make(chan int, 1)
	w, l := openAtNoon(t, Config{})
	w.SetPairing(ways(func(i int) { chosen <- i }))
	l.Turn()
	if v := w.first; v.address.words.Text != "https://192.168.1.7:8443" ||
		v.code.words.Text != "secret" || !v.address.words.Selectable {
		t.Errorf("address and code are %q and %q", v.address.words.Text, v.code.words.Text)
	}
	test.Tap(findButton(w.first.object, "No phone? Find out why"))
	modal := w.doctor.modal.Object()
	expect(t, modal, "Wi-Fi  ·  wlan0", "192.168.1.7:8443", "likely", "In use",
		"VPN  ·  tun0", "10.8.0.3:8443", "possible", "Docker  ·  docker0", "unlikely")
	rows := w.doctor.ways.rows
	test.Tap(findButton(rows[1].object, "Use"))
	if i := <-chosen; i != 1 {
		t.Errorf("address %d was chosen", i)
	}
	small := rows[2].code.Size()
	test.Tap(rows[2].enlarger)
	if large := rows[2].code.Size(); large.Width < 2*small.Width {
		t.Errorf("the code grew from %v to %v", small, large)
	}
	p := ways(nil)
	p.Chosen = 1
	w.SetPairing(p)
	w.SetDoctor(Doctor{Visits: []Visit{visitor("1", "", visit.TCP, visit.NoProblem)}})
	l.Turn()
	rows = w.doctor.ways.rows
	if !rows[2].large || rows[0].said.Text != "a phone came here" ||
		rows[1].said.Text != "possible" || findButton(modal, "Use") != nil {
		t.Errorf("after a change it says %q", said(modal))
	}
	w.SetPairing(Pairing{})
	l.Turn()
	expect(t, modal, "on no network", "-tun0")
}

// W opens the doctor also beside pictures, with all who have come and not only those on the way.
func TestDoctorOpensBesidePictures(t *testing.T) {
	w, l := openAtNoon(t, Config{})
	join(t, w, l, 1)
	w.SetDoctor(Doctor{Visits: []Visit{
		visitor("2", "iPhone", visit.Camera, visit.NoPath, shutOut),
		visitor("1", "Pixel 8", visit.Box, visit.OverTCP),
	}})
	l.Turn()
	press(w, fyne.KeyP)
	expect(t, w.live.side, "iPhone", "neither UDP nor TCP", "-Camera on", "-Pixel 8")
	press(w, fyne.KeyW)
	if w.doctor.modal == nil {
		t.Fatal("W does not open the doctor")
	}
	expect(t, w.doctor.modal.Object(), "iPhone", "Camera on", "Pixel 8")
	press(w, fyne.KeyW)
	if w.modals.Len() != 1 {
		t.Error("W opens it twice")
	}
	press(w, fyne.KeyEscape)
	if w.doctor.modal != nil || !w.live.side.Visible() {
		t.Error("Esc does not close it alone")
	}
}

// TestDoctorFitsEachLanguage wants no rung so long that the panel would be cut off.
func TestDoctorFitsEachLanguage(t *testing.T) {
	files := assets.Translations()
	t.Cleanup(func() {
		if err := kit.UseLanguage(files, "en"); err != nil {
			t.Error(err)
		}
	})
	for _, code := range assets.Languages() {
		t.Run(code, func(t *testing.T) {
			if err := kit.UseLanguage(files, code); err != nil {
				t.Fatal(err)
			}
			w, l := openAtNoon(t, Config{})
			w.win.Resize(fyne.NewSize(800, 600))
			w.SetPairing(ways(func(int) {}))
			w.SetDoctor(Doctor{Visits: []Visit{visitor("1", "", visit.TCP, visit.NoProblem)}})
			l.Turn()
			w.showDoctor()
			if got := w.beside.object.MinSize().Width; got > sideWidth {
				t.Errorf("the panel needs %v of width, and has %v", got, sideWidth)
			}
			// a quarter of the narrowest doctor with two columns
			for _, o := range []fyne.CanvasObject{w.doctor.visits.object, w.doctor.ways.object} {
				if got := o.MinSize().Width; got > 0.46*(doctorTwo-doctorGap)-12 {
					t.Errorf("a column of the doctor needs %v of width", got)
				}
			}
			for text := range strings.SplitSeq(said(w.doctor.ways.object), "\n") {
				if strings.HasSuffix(text, "…") {
					t.Errorf("%q is cut off", text)
				}
			}
		})
	}
}
