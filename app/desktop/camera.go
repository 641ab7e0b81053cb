package desktop

import (
	"handlens/app/session"
	"handlens/ui"
)

// SetCamera asks the phone for something. It does not wait.
func (ph *phone) SetCamera(want ui.CameraWish) { ph.Tell(wishMessage(want)) }

// wishMessage is what the phone is asked for.
func wishMessage(want ui.CameraWish) session.SetMessage {
	m := session.SetMessage{
		Camera: want.Camera, Flip: want.Flip, Torch: want.Torch, Zoom: want.Zoom,
		Paused: want.Pause,
	}
	if want.Mute {
		m.Microphone = new(bool)
	}
	if size := want.Size; size != nil {
		m.Width, m.Height, m.FPS = size.Width, size.Height, size.FPS
		m.Automatic = *size == ui.CameraSize{}
	}
	return m
}

// cameraState is a phone's camera as the window shows it.
func (ph *phone) cameraState(c session.Camera) ui.CameraState {
	return ui.CameraState{
		Known: c.Known, ID: c.ID, Lenses: ph.lensesFrom(c.All), Front: c.Front,
		HasTorch: c.HasTorch, Torch: c.Torch,
		ZoomMin: c.ZoomMin, ZoomMax: c.ZoomMax, Zoom: c.Zoom, Microphone: c.Microphone,
		Size: ui.CameraSize{
			Width: int(c.Asked.Width), Height: int(c.Asked.Height), FPS: c.Asked.FPS,
		},
		Width: c.Width, Height: c.Height, FPS: c.FPS,
		Paused: c.Paused, PausedHere: c.PausedHere,
	}
}

// lensesFrom hands over the list of cameras. Painters ask far more often than it changes.
func (ph *phone) lensesFrom(all []session.CameraEntry) []ui.Lens {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	same := len(all) == len(ph.lensesOf) && (len(all) == 0 || &all[0] == &ph.lensesOf[0])
	if !same {
		ph.lenses, ph.lensesOf = make([]ui.Lens, len(all)), all
		for i, c := range all {
			ph.lenses[i] = ui.Lens{
				ID: c.ID, Label: c.Label, Front: c.Facing == session.FacingUser,
				Rear: c.Facing == session.FacingEnvironment,
			}
		}
	}
	return ph.lenses
}
