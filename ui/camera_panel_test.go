package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"handlens/ui/kit/kittest"
	"handlens/ui/tile"
)

// able is a camera that can do all there is.
func able() tile.CameraState {
	return tile.CameraState{
		Known: true, ID: "b", HasTorch: true, ZoomMin: 1, ZoomMax: 5, Zoom: 2, Microphone: true,
		Width: 1280, Height: 720, FPS: 30,
		Lenses: []tile.Lens{
			{ID: "a", Label: "camera2 1, facing front", Front: true},
			{ID: "b", Label: "camera2 0, facing back", Rear: true},
			{ID: "c", Label: "camera2 2, facing back", Rear: true},
			{ID: "d", Label: "Telephoto\u202e", Rear: true},
		},
	}
}

// cameraWindow has the camera's panel open over phones that note in wishes what they are asked for.
func cameraWindow(t *testing.T, n int, wishes *[]CameraWish) (*Window, *kittest.Loop,
	func(phone int, c tile.CameraState),
) {
	t.Helper()
	w, l := open(t, Config{})
	phones := joinWith(t, w, l, n, deeds{camera: func(phone string, want CameraWish) {
		if len(phone) > 0 {
			*wishes = append(*wishes, want)
		}
	}})
	says := func(phone int, c tile.CameraState) {
		t.Helper()
		phones[phone].say(func(s *tile.Scene) { s.Camera = c })
		l.Until(t, "what the phone says of its camera is known", func() bool {
			return sameCamera(w.live.phones[phone].status.camera, c)
		})
	}
	for i := range phones {
		says(i, able())
	}
	press(w, fyne.KeyV)
	if !w.live.camera.object.Visible() {
		t.Fatal("V does not open the panel")
	}
	return w, l, says
}

func sameCamera(a, b tile.CameraState) bool {
	lenses := slices.Equal(a.Lenses, b.Lenses)
	a.Lenses, b.Lenses = nil, nil
	return lenses && a.Known == b.Known && a.ID == b.ID && a.Torch == b.Torch &&
		a.HasTorch == b.HasTorch && a.Zoom == b.Zoom && a.ZoomMax == b.ZoomMax &&
		a.Size == b.Size && a.Paused == b.Paused && a.PausedHere == b.PausedHere &&
		a.Microphone == b.Microphone
}

// TestCameraPanel works the camera of one phone, and wants shown what the phone says, not what was
// asked for.
func TestCameraPanel(t *testing.T) {
	var wishes []CameraWish
	w, _, _ := cameraWindow(t, 1, &wishes)
	p := w.live.camera
	last := func() CameraWish {
		t.Helper()
		if len(wishes) == 0 {
			t.Fatal("nothing was asked for")
		}
		return wishes[len(wishes)-1]
	}
	want := []string{"Front camera", "Rear camera 1", "Rear camera 2", "Telephoto"}
	if !slices.Equal(p.lens.Options, want) || p.lens.Selected != "Rear camera 1" {
		t.Errorf("the cameras are %q, and %q is chosen", p.lens.Options, p.lens.Selected)
	}
	if p.phoneRow.Visible() || p.flip.Visible() {
		t.Error("one phone with a list of cameras is offered more than that")
	}
	p.lens.SetSelectedIndex(3)
	if last().Camera != "d" || p.lens.Selected != "Rear camera 1" {
		t.Errorf("asked for %+v, and %q is shown before it is open", last(), p.lens.Selected)
	}
	p.size.SetSelectedIndex(4)
	if want := cameraSizes[3]; *last().Size != want {
		t.Errorf("asked for the size %+v, want %+v", last().Size, want)
	}
	if p.size.Selected != "Automatic  ·  1280 × 720" {
		t.Errorf("before the phone has answered the size is %q", p.size.Selected)
	}
	p.torch.SetChecked(true)
	if on := last().Torch; on == nil || !*on || p.torch.Checked {
		t.Errorf("asked for the torch %v, and it is shown as %v", on, p.torch.Checked)
	}
	test.Tap(p.mute)
	if !last().Mute {
		t.Errorf("asked for %+v instead of silence", last())
	}
}

// TestCameraPanelFollows wants the panel to show what the phone says, and to offer what its camera
// can do.
func TestCameraPanelFollows(t *testing.T) {
	var wishes []CameraWish
	w, _, says := cameraWindow(t, 1, &wishes)
	p := w.live.camera
	c := able()
	c.Size, c.Torch, c.Microphone, c.ID = tile.CameraSize{Width: 800, Height: 600, FPS: 15}, true,
		false, "d"
	says(0, c)
	if p.size.Selected != "800 × 600  ·  15 fps" || !p.torch.Checked || p.mute.Visible() ||
		p.lens.Selected != "Telephoto" {
		t.Errorf("shown are %q, %q, torch %v, and the microphone's button %v", p.lens.Selected,
			p.size.Selected, p.torch.Checked, p.mute.Visible())
	}
	says(0, tile.CameraState{Known: true})
	if p.lensRow.Visible() || p.torch.Visible() || p.zoomRow.Visible() || !p.flip.Visible() {
		t.Error("a plain camera is offered what it cannot do")
	}
	test.Tap(p.flip)
	if len(wishes) != 1 || !wishes[0].Flip {
		t.Errorf("asked for %+v instead of the other camera", wishes)
	}
	press(w, fyne.KeyEscape)
	if p.object.Visible() {
		t.Error("Esc does not close the panel")
	}
}

// TestCameraZoom wants a dragged slider to ask now and then, and for the last place in any case,
// and presses to go on from what was asked for.
func TestCameraZoom(t *testing.T) {
	var wishes []CameraWish
	w, l, says := cameraWindow(t, 1, &wishes)
	p := w.live.camera
	if p.zoom.Min != 1 || p.zoom.Max != 5 || p.zoom.Value != 2 || p.factor.Text != "Zoom 2.0×" {
		t.Errorf("the slider goes from %v to %v, is at %v, %q", p.zoom.Min, p.zoom.Max,
			p.zoom.Value, p.factor.Text)
	}
	for _, z := range []float64{2.2, 3, 3.4, 4.2} {
		p.zoom.SetValue(z)
	}
	if len(wishes) != 1 || *wishes[0].Zoom != 2.2 {
		t.Errorf("a drag asks %d times at once", len(wishes))
	}
	l.Until(t, "the last place is asked for", func() bool { return len(wishes) == 2 })
	if *wishes[1].Zoom != 4.2 {
		t.Errorf("the drag ends at %v", *wishes[1].Zoom)
	}
	c := able()
	c.Zoom = 3
	says(0, c)
	if p.factor.Text != "Zoom 3.0×" {
		t.Errorf("the phone zooms by 3, and %q is shown", p.factor.Text)
	}
	l.Until(t, "the slider stands where the phone is", func() bool { return p.zoom.Value == 3 })
	test.TypeOnCanvas(w.win.Canvas(), "]]")
	if n := len(wishes); n != 4 || *wishes[2].Zoom != 3.75 || *wishes[3].Zoom != 3.75*1.25 {
		t.Errorf("two presses ask for %v", wishes[2:])
	}
}

// TestCameraPause pauses the camera, and has it go on only when it was paused here.
func TestCameraPause(t *testing.T) {
	var wishes []CameraWish
	w, l, says := cameraWindow(t, 1, &wishes)
	p := w.live.camera
	test.Tap(p.pause)
	if len(wishes) != 1 || wishes[0].Pause == nil || !*wishes[0].Pause {
		t.Fatalf("asked for %+v", wishes)
	}
	if p.pause.Text != "Pause the camera" {
		t.Errorf("before the phone obeys, the button says %q", p.pause.Text)
	}
	c := able()
	c.Paused, c.PausedHere = true, true
	says(0, c)
	if p.pause.Text != "Resume the camera" || !p.said.Object.Visible() {
		t.Errorf("paused here, the button says %q", p.pause.Text)
	}
	test.Tap(p.pause)
	if len(wishes) != 2 || *wishes[1].Pause {
		t.Errorf("asked for %+v instead of going on", wishes[1:])
	}
	c.PausedHere = false
	says(0, c)
	if p.pause.Visible() || p.said.Segment.Text != "Paused on the phone" {
		t.Errorf("of a phone that paused itself it says %q, button %v", p.said.Segment.Text,
			p.pause.Visible())
	}
	w.pauseCamera("0", false)
	l.Turn()
	if n := len(wishes); n != 3 || *wishes[2].Pause {
		t.Errorf("the tile's button asked for %+v", wishes[2:])
	}
}

// TestCameraOfOneOfSeveral works the chosen one of two phones, and the large one without a choice.
func TestCameraOfOneOfSeveral(t *testing.T) {
	var wishes []CameraWish
	w, _, says := cameraWindow(t, 2, &wishes)
	p := w.live.camera
	if want := []string{"phone 0", "phone 1"}; !slices.Equal(p.phones.Options, want) ||
		!p.phoneRow.Visible() || p.phones.Selected != "phone 0" {
		t.Errorf("the phones are %q, %q is chosen", p.phones.Options, p.phones.Selected)
	}
	c := able()
	c.Zoom = 4
	says(1, c)
	p.phones.SetSelectedIndex(1)
	if p.factor.Text != "Zoom 4.0×" || p.view().id != "1" {
		t.Errorf("the other phone zooms by %q", p.factor.Text)
	}
	// Beside the picture that is worked with, so that it can be seen.
	side := func() float32 { return p.object.Position().X }
	right := side()
	p.phones.SetSelectedIndex(0)
	if left := side(); left <= right {
		t.Errorf("for the left phone the panel stands at %v, for the right one at %v", left, right)
	}
	w.live.enlarge("0")
	if p.phoneRow.Visible() || p.view().id != "0" || p.factor.Text != "Zoom 2.0×" {
		t.Errorf("of the large phone it says %q", p.factor.Text)
	}
	says(0, tile.CameraState{})
	if p.object.Visible() {
		t.Error("the panel stays without a camera")
	}
}
