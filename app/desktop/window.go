package desktop

import (
	"context"
	"fmt"
	"image"
	"strings"
	"time"

	"handlens/app/cli"
	"handlens/app/recording"
	"handlens/app/session"
	"handlens/assets"
	"handlens/inference/detector"
	"handlens/media"
	"handlens/media/ffmpeg"
	"handlens/media/pairing"
	"handlens/media/peer"
	"handlens/media/whip"
	"handlens/ui"
)

// window hands the ui what it shows, and the program what the person does. It is a session.Sink.
type window struct {
	session.NoSink
	program *program
	ui      *ui.Window
}

func newWindow(p *program) *window {
	return &window{program: p, ui: ui.New(p.windowConfig())}
}

// windowConfig is what the window is given to work with.
func (p *program) windowConfig() ui.Config {
	return ui.Config{
		Version:      cli.Version,
		Icon:         assets.Icon(),
		Settings:     p.settings.get(),
		Translations: assets.Translations(),
		Languages:    assets.Languages(),
		Changed:      p.changed,
		Convert: func() func(*image.RGBA, *media.Frame) error {
			return ffmpeg.NewConverter().ToRGBA
		},
		Snapshot: func(phone string, kind ui.Shot) (ui.Saved, error) {
			saved, err := p.snapshot(phone, kind)
			return ui.Saved(saved), err
		},
		Record:     p.desk.record,
		SaveReplay: p.desk.replay,
		Pause:      p.desk.pause,
		Seek:       p.desk.seek,
		Camera: func(id string, want ui.CameraWish) {
			if ph := p.desk.find(id); ph != nil {
				ph.Tell(session.SetMessage{Flip: want.Flip, Torch: want.Torch, Zoom: want.Zoom})
			}
		},
		ResetCounts: func(id string) {
			if ph := p.desk.find(id); ph != nil {
				ph.ResetCounts()
			}
		},
		Disconnect: func(phone string) {
			if s := p.manager.Find(phone); s != nil && s.Conn() != nil {
				s.Conn().Dismiss(media.Reason{Code: media.SentAway})
			}
		},
		GetModel: func(ctx context.Context, name string, progress func(done, total int64)) error {
			err := p.brain.get(ctx, name, progress)
			if err == nil && p.settings.get().Model == name {
				p.brain.load(name) // it was chosen before it was there; else choosing it loads it
			}
			return err
		},
		Models:   p.brain.choices,
		AddModel: p.brain.add,
		Library:  p.library(),
		Shown: func(phone string, _ uint64, origin, at time.Time) {
			if s := p.manager.Find(phone); s != nil {
				s.Shown(origin, at)
			}
		},
	}
}

// run shows the window until it is closed or ctx ends. It belongs on the main goroutine.
func (w *window) run(ctx context.Context) (err error) {
	stop := context.AfterFunc(ctx, w.ui.Quit)
	defer stop()
	defer func() {
		// GLFW panics where the display lets nobody in or has no OpenGL.
		if r := recover(); r != nil {
			err = fmt.Errorf("the window cannot be opened here (%v); start with --no-window", r)
		}
	}()
	w.ui.Run()
	return nil
}

func (w *window) setPairing(url string, addresses []pairing.Address, chosen int) {
	p := w.program
	choices := make([]ui.AddressChoice, len(addresses))
	for i, a := range addresses {
		choices[i] = ui.AddressChoice{Address: a.IP.String(), Interface: a.Interface, Kind: a.Kind, Loopback: a.IP.IsLoopback()}
	}
	w.ui.SetPairing(ui.Pairing{
		URL:     url,
		Address: strings.TrimSuffix(url, "/#"+p.token),
		Token:   p.token,
		QR:      func(pixels int) (image.Image, error) { return pairing.QRImage(url, pixels) },
		Others:  choices,
		Chosen:  chosen,
		Choose:  p.choose,
		Warning: w.warning(addresses[chosen]),
	})
}

// warning says what is likely to keep a phone from reaching that address.
func (w *window) warning(a pairing.Address) ui.PairingWarning {
	p := w.program
	switch {
	case a.IP.IsLoopback():
		return ui.PairingWarning{Code: ui.NoNetwork}
	case p.options.port != 0 && p.listener.Port != p.options.port:
		return ui.PairingWarning{Code: ui.PortTaken, Wanted: p.options.port, Port: p.listener.Port}
	}
	return ui.PairingWarning{}
}

func (w *window) setModel(st modelState) {
	m := ui.Model{
		Name: st.Name, Family: st.Info.Family, License: st.License, Provider: st.Info.Provider, Why: st.Info.Why, Message: st.Text,
		Labels: st.Info.Labels, Providers: detector.Providers(), BuiltIn: st.BuiltIn,
		State: map[session.ModelState]ui.ModelState{
			session.ModelLoading: ui.Loading, session.ModelReady: ui.Ready, session.ModelFailed: ui.Failed,
		}[st.State],
	}
	for _, c := range st.Choices {
		if !c.Installed {
			m.Offers = append(m.Offers, c.Offer)
		}
	}
	w.ui.SetModel(m)
}

func (w *window) reached(from whip.Visitor) {
	w.ui.SetStage(ui.Stage{State: ui.Reached, Detail: from.Name})
}

func (w *window) untrusted() { w.ui.SetStage(ui.Stage{State: ui.Untrusted}) }

func (w *window) fail(err error) { w.ui.Fault("", err) }

// approve asks the person at the window.
func (w *window) approve(ctx context.Context, from session.Visitor) bool {
	return w.ui.AskApproval(ctx, from.Name, from.Address)
}

// Joined implements session.Sink.
func (w *window) Joined(s *session.Session) {
	w.ui.SetStage(ui.Stage{State: ui.Camera, Detail: s.Name()})
	if ph := w.program.desk.find(s.ID()); ph != nil {
		w.ui.AddPhone(ph)
	}
}

// Left implements session.Sink.
func (w *window) Left(s *session.Session, reason media.Reason) {
	w.ui.RemovePhone(s.ID(), reason)
	w.ui.SetStage(ui.Stage{State: ui.Waiting})
}

// Connection implements session.Sink.
func (w *window) Connection(s *session.Session, state peer.State, reason media.Reason) {
	switch state {
	case peer.Connecting:
		w.ui.SetStage(ui.Stage{State: ui.Joining, Detail: s.Name()})
	case peer.Closed:
		w.ui.SetStage(ui.Stage{State: ui.Waiting, Reason: reason})
	}
}

// Failed implements session.Sink.
func (w *window) Failed(s *session.Session, err error) {
	w.ui.Fault(s.Name(), err)
}

// filmMade says where a film is, and what befell it.
func (w *window) filmMade(phone, path string, st recording.State) {
	if st.Problem != "" {
		w.ui.Notice(ui.Notice{Kind: ui.Failure, Text: phone + ": " + st.Problem})
	}
	if path != "" {
		w.ui.FilmSaved(path)
	}
}
