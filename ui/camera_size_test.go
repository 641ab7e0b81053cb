package ui

import (
	"slices"
	"testing"

	"handlens/ui/tile"
)

// TestSizeMenu asks for sizes by the menu, which checks what was asked for on either side.
func TestSizeMenu(t *testing.T) {
	var asked []tile.CameraSize
	w, l := open(t, Config{})
	if w.sizeMenu() != nil {
		t.Error("without a camera there are sizes")
	}
	phones := joinWith(t, w, l, 1, deeds{camera: func(_ string, want CameraWish) {
		asked = append(asked, *want.Size)
	}})
	set := func(size tile.CameraSize) {
		t.Helper()
		phones[0].say(func(s *tile.Scene) {
			s.Camera = tile.CameraState{Known: true, Size: size}
		})
		l.Until(t, "the camera is known", func() bool {
			c := w.live.phones[0].status.camera
			return c.Known && c.Size == size
		})
	}
	checked := func() (names []string) {
		for _, item := range w.sizeMenu().ChildMenu.Items {
			if item.Checked {
				names = append(names, item.Label)
			}
		}
		return names
	}
	set(tile.CameraSize{})
	if got := checked(); !slices.Equal(got, []string{"Automatic"}) {
		t.Errorf("at first %q is checked", got)
	}
	items := w.sizeMenu().ChildMenu.Items
	items[len(items)-1].Action()
	items[0].Action()
	want := []tile.CameraSize{{Width: 1920, Height: 1080, FPS: 30}, {}}
	if !slices.Equal(asked, want) {
		t.Errorf("asked for %v, want %v", asked, want)
	}
	items[2].Action()
	if got := checked(); !slices.Equal(got, []string{"1280 × 720  ·  30 fps"}) {
		t.Errorf("before the phone has answered %q is checked", got)
	}
	set(tile.CameraSize{Width: 800, Height: 600, FPS: 15})
	if got := checked(); !slices.Equal(got, []string{"800 × 600  ·  15 fps"}) {
		t.Errorf("of what the phone's user chose %q is checked", got)
	}
}
