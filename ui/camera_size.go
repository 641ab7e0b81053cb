package ui

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"handlens/ui/kit"
	"handlens/ui/tile"
)

// cameraSizes are the sizes and rates on offer, beside the automatic one. The phone's page offers
// the same (assets/web/camera.js); a camera that lacks one comes as close as it can.
var cameraSizes = []tile.CameraSize{
	{Width: 640, Height: 360, FPS: 30},
	{Width: 1280, Height: 720, FPS: 30},
	{Width: 1280, Height: 720, FPS: 60},
	{Width: 1920, Height: 1080, FPS: 30},
}

// sizeMenu offers the sizes and rates of the chosen phones' cameras; nil when there is no camera to
// ask. The one that was asked for is checked, and so is one that the phone's user asked for and
// that is not on offer here.
func (w *Window) sizeMenu() *fyne.MenuItem {
	var asked []tile.CameraSize
	for _, f := range w.live.chosenStatus() {
		if f.camera.Known {
			asked = append(asked, f.camera.Size)
		}
	}
	if len(asked) == 0 {
		return nil
	}
	menu := fyne.NewMenu("")
	for _, size := range append([]tile.CameraSize{{}}, cameraSizes...) {
		item := fyne.NewMenuItem(sizeWords(size), func() { w.setSize(size) })
		item.Checked = !slices.ContainsFunc(asked, func(a tile.CameraSize) bool {
			return a != size
		})
		menu.Items = append(menu.Items, item)
	}
	if other := asked[0]; other != (tile.CameraSize{}) && !slices.Contains(cameraSizes, other) {
		item := fyne.NewMenuItem(sizeWords(other), func() { w.setSize(other) })
		item.Checked = true
		menu.Items = append(menu.Items, item)
	}
	item := fyne.NewMenuItem(kit.L("Size and rate"), nil)
	item.Icon, item.ChildMenu = theme.ViewRestoreIcon(), menu
	return item
}

// setSize asks each chosen phone for a size and rate.
func (w *Window) setSize(size tile.CameraSize) {
	w.eachCamera(func(c *tile.CameraState) *CameraWish {
		c.Size = size
		return &CameraWish{Size: &size}
	})
}

// sizeWords names a size and rate.
func sizeWords(s tile.CameraSize) string {
	if s == (tile.CameraSize{}) {
		return kit.L("Automatic")
	}
	return kit.JoinDots(fmt.Sprintf("%d × %d", s.Width, s.Height),
		kit.L("{{.Rate}} fps", map[string]any{"Rate": fmt.Sprintf("%.0f", s.FPS)}))
}
