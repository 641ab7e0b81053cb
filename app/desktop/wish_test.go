package desktop

import (
	"encoding/json"
	"testing"

	"handlens/ui"
)

func TestWishesReachTheCamera(t *testing.T) {
	on, zoom := true, 2.0
	for want, wish := range map[string]ui.CameraWish{
		`{"type":"set","flip":true}`:           {Flip: true},
		`{"type":"set","torch":true,"zoom":2}`: {Torch: &on, Zoom: &zoom},
		`{"type":"set","automatic":true}`:      {Size: &ui.CameraSize{}},
		`{"type":"set","width":1920,"height":1080,"fps":30}`: {
			Size: &ui.CameraSize{Width: 1920, Height: 1080, FPS: 30},
		},
	} {
		if got, err := json.Marshal(wishMessage(wish)); err != nil || string(got) != want {
			t.Errorf("%+v is asked for as %s, %v, want %s", wish, got, err, want)
		}
	}
}
