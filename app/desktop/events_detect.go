package desktop

import "handlens/app/session"

// Moved implements session.Sink.
func (e *events) Moved(s *session.Session, to session.Place, why session.MoveWhy) {
	e.write(struct {
		head
		DetectOn session.Place   `json:"detect_on"`
		Why      session.MoveWhy `json:"why"`
	}{begin("detection-moved", s), to, why})
}

// placeJSON is what detection in one place is like; times are in milliseconds.
type placeJSON struct {
	Took float64 `json:"took"`
	Age  float64 `json:"age"` // of the boxes, on average
	FPS  float64 `json:"fps"`
	Load float64 `json:"load"` // the share of the time that is spent on it
}

// places are those where detection has run, by their names.
func places(st session.Stats) map[session.Place]placeJSON {
	all := make(map[session.Place]placeJSON, 2)
	for place, f := range map[session.Place]session.PlaceFigures{
		session.OnComputer: st.Computer, session.OnPhone: st.Phone,
	} {
		if f != (session.PlaceFigures{}) {
			all[place] = placeJSON{
				ms(f.Took), ms(f.Age), tenth(f.FPS), float64(int(f.Load*1e3+0.5)) / 1e3,
			}
		}
	}
	return all
}

// phoneDetectorOf is nil while the phone has said nothing of its own detector.
func phoneDetectorOf(m session.DetectorMessage) *session.DetectorMessage {
	if m.State == "" {
		return nil
	}
	return &m
}
