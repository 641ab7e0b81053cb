package session

import (
	"encoding/json"
	"math"

	"handlens/inference/track"
)

// What a viewer's page (assets/web/watch) is told, over channels of the same names as the phone's.
// On `detections` it gets what the phone gets, with "rtp": the timestamp, in RTP, of the frame in
// which the things were found, by which the page finds that frame in its own video. On `control`:
//
//	scene   computer → viewer  SceneMessage
//	phones  computer → viewer  PhonesMessage
//	model   computer → viewer  ModelMessage
//	muted   computer → viewer  MutedMessage
//	display computer → viewer  DisplayMessage
//
// Each comes when it has changed, at most four times a second. What a viewer says but ping and bye
// (media/peer/control.go) is left alone.

// sceneCounts bounds the classes in a SceneMessage: those of which most were seen.
const sceneCounts = 50

// SceneMessage says what is drawn over the video beside the detections, and what was counted.
type SceneMessage struct {
	Regions []SceneRegion `json:"regions"` // none while they are not shown
	Tallies []SceneTally  `json:"tallies"`
	Counts  []SceneCount  `json:"counts"`
	// What is drawn of the detections.
	Boxes  bool `json:"boxes"`
	Labels bool `json:"labels"`
	IDs    bool `json:"ids"`
}

// SceneRegion is a line or a zone.
type SceneRegion struct {
	Name   string       `json:"name"`
	Kind   string       `json:"kind"` // line or zone
	Points [][2]float64 `json:"points"`
}

// SceneTally is what a line or zone has counted, by label.
type SceneTally struct {
	Name   string         `json:"name"`
	In     map[string]int `json:"in"`
	Out    map[string]int `json:"out"`
	Inside map[string]int `json:"inside,omitempty"` // of a zone
}

// SceneCount is how many things of a class are in the frame, and how many different ones were seen
// in all.
type SceneCount struct {
	Label string `json:"label"`
	Count int    `json:"count"`
	Total int    `json:"total"`
}

// PhonesMessage says whose video can be watched, the newest last, and the ID of the phone that the
// viewer watches.
type PhonesMessage struct {
	Phones []PhoneEntry `json:"phones"`
	Here   string       `json:"here"`
}

// PhoneEntry is one of those phones.
type PhoneEntry struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// MuteReason is why viewers get no video for now.
type MuteReason string

// The reasons; "" when they do get it.
const (
	MutedBlurred MuteReason = "blurred" // a class is to stay unrecognisable
	MutedPaused  MuteReason = "paused"  // the phone sends none
)

// MutedMessage says whether no video is sent for now, and why.
type MutedMessage struct {
	Why MuteReason `json:"why"`
}

// toViewer is a message to a viewer.
type toViewer interface {
	json.Marshaler
	toViewer()
}

func (SceneMessage) toViewer()  {}
func (PhonesMessage) toViewer() {}
func (ModelMessage) toViewer()  {}
func (MutedMessage) toViewer()  {}

// MarshalJSON adds the type.
func (m SceneMessage) MarshalJSON() ([]byte, error) {
	type fields SceneMessage
	return json.Marshal(struct {
		Type string `json:"type"`
		fields
	}{"scene", fields(m)})
}

// MarshalJSON adds the type.
func (m PhonesMessage) MarshalJSON() ([]byte, error) {
	type fields PhonesMessage
	return json.Marshal(struct {
		Type string `json:"type"`
		fields
	}{"phones", fields(m)})
}

// MarshalJSON adds the type.
func (m MutedMessage) MarshalJSON() ([]byte, error) {
	type fields MutedMessage
	return json.Marshal(struct {
		Type string `json:"type"`
		fields
	}{"muted", fields(m)})
}

// newScene puts together what a viewer is told.
func newScene(v View, d Display) SceneMessage {
	m := SceneMessage{
		Regions: []SceneRegion{}, Tallies: []SceneTally{}, Counts: []SceneCount{},
		Boxes: d.Boxes, Labels: d.Labels, IDs: d.IDs,
	}
	if d.Lines {
		for _, r := range d.Regions {
			m.Regions = append(m.Regions, newSceneRegion(r))
		}
	}
	for _, t := range v.Tallies {
		m.Tallies = append(m.Tallies, SceneTally{t.Region.Name, t.In, t.Out, t.Inside})
	}
	for _, c := range v.Counts[:min(len(v.Counts), sceneCounts)] {
		m.Counts = append(m.Counts, SceneCount{c.Label, c.Now, c.Total})
	}
	return m
}

func newSceneRegion(r track.Region) SceneRegion {
	out := SceneRegion{Name: r.Name, Kind: "zone", Points: make([][2]float64, len(r.Points))}
	if r.IsLine() {
		out.Kind = "line"
	}
	round := func(v float32) float64 { return math.Round(float64(v)*1e4) / 1e4 }
	for i, p := range r.Points {
		out.Points[i] = [2]float64{round(p.X), round(p.Y)}
	}
	return out
}
