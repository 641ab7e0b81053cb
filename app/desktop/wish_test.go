package desktop

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"handlens/app/session"
	"handlens/ui"
)

func TestWishesReachTheCamera(t *testing.T) {
	on, zoom := true, 2.0
	for want, wish := range map[string]ui.CameraWish{
		`{"type":"set","flip":true}`:           {Flip: true},
		`{"type":"set","torch":true,"zoom":2}`: {Torch: &on, Zoom: &zoom},
		`{"type":"set","automatic":true}`:      {Size: &ui.CameraSize{}},
		`{"type":"set","camera":"b"}`:          {Camera: "b"},
		`{"type":"set","paused":true}`:         {Pause: &on},
		`{"type":"set","microphone":false}`:    {Mute: true},
		`{"type":"set","width":1920,"height":1080,"fps":30}`: {
			Size: &ui.CameraSize{Width: 1920, Height: 1080, FPS: 30},
		},
	} {
		if got, err := json.Marshal(wishMessage(wish)); err != nil || string(got) != want {
			t.Errorf("%+v is asked for as %s, %v, want %s", wish, got, err, want)
		}
	}
}

func TestCameraStateIsWhatThePhoneSays(t *testing.T) {
	ph := &phone{}
	said := session.Camera{
		Known: true, ID: "b", Width: 1280, Height: 720, FPS: 30, Paused: true, PausedHere: true,
		All: []session.CameraEntry{
			{ID: "a", Label: "Front", Facing: session.FacingUser},
			{ID: "b", Label: "Wide", Facing: session.FacingEnvironment},
		},
	}
	want := ui.CameraState{
		Known: true, ID: "b", Width: 1280, Height: 720, FPS: 30, Paused: true, PausedHere: true,
		Lenses: []ui.Lens{
			{ID: "a", Label: "Front", Front: true}, {ID: "b", Label: "Wide", Rear: true},
		},
	}
	first := ph.cameraState(said)
	if !reflect.DeepEqual(first, want) {
		t.Errorf("the window is shown %+v, want %+v", first, want)
	}
	if again := ph.cameraState(said); &again.Lenses[0] != &first.Lenses[0] {
		t.Error("the list of cameras is made anew for each picture")
	}
	said.All = []session.CameraEntry{{ID: "c"}}
	if got := ph.cameraState(said).Lenses; !slices.Equal(got, []ui.Lens{{ID: "c"}}) {
		t.Errorf("of another list it is shown %+v", got)
	}
}
