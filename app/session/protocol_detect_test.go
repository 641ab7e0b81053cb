package session

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"handlens/inference"
)

// What the phone has found is read as it was sent, and what makes no sense is left out.
func TestWhatThePhoneFindsIsChecked(t *testing.T) {
	r, err := decodeResult([]byte(`{"t":1000.5,"took":45,"detections":[
		{"box":[0.1,0.2,0.3,0.4],"label":"person","class":3,"confidence":0.9,
		 "outline":[[0.1,0.2],[0.3,0.2],[0.3,0.4]],"keypoints":[[0.2,0.3,0.5]]},
		{"box":[-5,0.2,0.3,7],"label":"c\u0000a\u202er","confidence":0.5},
		{"box":[0.3,0.2,0.1,0.4],"label":"inside out","confidence":0.9},
		{"box":[0.1,0.2,0.3],"label":"three sides","confidence":0.9},
		{"box":[0.1,0.2,0.3,0.4],"label":"","confidence":0.9},
		{"box":[0.1,0.2,0.3,0.4],"label":"too sure","confidence":1.5},
		{"box":[0.1,0.2,0.3,0.4],"label":"no class","class":-1,"confidence":0.5}]}`))
	if err != nil || r.T != 1000.5 || r.Took != 45 || len(r.Detections) != 2 {
		t.Fatalf("it is read as %+v, %v", r, err)
	}
	d := r.Detections[0]
	if d.Label != "person" || d.Class != 3 || d.Shape == nil || len(d.Shape.Outline) != 3 ||
		len(d.Shape.Keypoints) != 1 {
		t.Errorf("the first is %+v", d)
	}
	if p := d.Box.Out(d.Shape.Outline[2]); !nearly(p.X, 0.3) || !nearly(p.Y, 0.4) {
		t.Errorf("the outline's corner is at %v", p)
	}
	want := inference.Box{X1: 0, Y1: 0.2, X2: 0.3, Y2: 1}
	if d := r.Detections[1]; d.Box != want || strings.ContainsAny(d.Label, "\x00\u202e") {
		t.Errorf("the second is %+v", d)
	}
	for _, bad := range []string{"", "{", `{"detections":5}`, strings.Repeat(" ", maxResult+1)} {
		if _, err := decodeResult([]byte(bad)); err == nil {
			t.Errorf("%.20q is read", bad)
		}
	}
}

// A phone's rotated box has the upright one around its corners, whatever the phone says of that: it
// is what is blurred.
func TestRotatedBoxesOfThePhone(t *testing.T) {
	const head = `{"box":[0.4,0.4,0.5,0.5],"label":"ship","confidence":0.9,"corners":`
	r, err := decodeResult([]byte(`{"t":1,"detections":[
		` + head + `[[0.5,0.2],[0.8,0.5],[0.5,0.8],[0.2,0.5]]},
		` + head + `[[0.5,-1e30],[1e30,0.5],[0.5,1e30],[-1e30,0.5]]},
		` + head + `[[0.5,0.2],[0.8,0.5],[0.5,0.8]]},
		` + head + `[[0.5,0.2],[0.8,0.5],[0.5,0.8],[0.2]]},
		` + head + `[[5,5],[6,5],[6,6],[5,6]]}]}`))
	if err != nil || len(r.Detections) != 2 {
		t.Fatalf("it is read as %+v, %v", r, err)
	}
	b := r.Detections[0].Box
	if corners, ok := r.Detections[0].Corners(); !ok || !nearly(corners[1].X, 0.8) ||
		!nearly(b.X1, 0.2) || !nearly(b.Y2, 0.8) {
		t.Errorf("the first is %+v with the corners %v", b, corners)
	}
	if b := r.Detections[1].Box; b != (inference.Box{X2: 1, Y2: 1}) {
		t.Errorf("the second is %+v", b)
	}
}

func nearly(a, b float32) bool { return a-b < 1e-4 && b-a < 1e-4 }

// FuzzResult wants whatever a phone claims to have found refused, or within the limits.
func FuzzResult(f *testing.F) {
	f.Add([]byte(`{"t":1,"took":2,"detections":[{"box":[0.1,0.2,0.3,0.4],"label":"x",` +
		`"confidence":0.5,"class":1,"outline":[[0,0],[1,1]],"keypoints":[[0,0,1]]}]}`))
	f.Add([]byte(`{"detections":[{"box":[0,0,1,1],"label":"x","confidence":0.5,` +
		`"corners":[[0.5,0.2],[0.8,0.5],[0.5,0.8],[0.2,0.5]]}]}`))
	f.Add([]byte(`{"detections":[` + strings.Repeat(
		`{"box":[0,0,1,1],"label":"x","confidence":1},`, 400) + `null]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := decodeResult(b)
		if err != nil {
			return
		}
		if len(r.Detections) > maxResults || !(r.Took >= 0 && r.Took <= maxTook) {
			t.Errorf("%d detections that took %v", len(r.Detections), r.Took)
		}
		for _, d := range r.Detections {
			b := d.Box
			if !(0 <= b.X1 && b.X1 < b.X2 && b.X2 <= 1 && 0 <= b.Y1 && b.Y1 < b.Y2 && b.Y2 <= 1) ||
				!(d.Score > 0 && d.Score <= 1) || d.Label == "" ||
				printable(d.Label, maxLabel) != d.Label || d.Class < 0 || d.Class >= maxClass {
				t.Errorf("found was %+v", d)
			}
			if s := d.Shape; s != nil && (len(s.Outline) > inference.MaxOutline ||
				len(s.Keypoints) > inference.MaxKeypoints) {
				t.Errorf("the shape has %d and %d points", len(s.Outline), len(s.Keypoints))
			}
		}
		// It can be told on: everything is a number.
		m := inference.NewMessage(time.Time{}, time.Time{}, "m", r.Detections)
		if _, err := json.Marshal(m); err != nil {
			t.Errorf("%+v cannot be told: %v", r.Detections, err)
		}
	})
}

// The phone is told what is to be seen of its results.
func TestThePhoneIsToldWhatIsSeen(t *testing.T) {
	hidden := make(map[string]bool)
	for i := range 3 * maxHiddenToPhone {
		hidden[fmt.Sprint("class ", i)] = i > 0
	}
	m := Display{Confidence: 0.5, Hidden: hidden}.forPages()
	if m.Confidence != 0.5 || m.Least != MinScore || m.IoU != inference.DefaultIoU ||
		len(m.Hidden) != maxHiddenToPhone {
		t.Errorf("it is told %+v", m)
	}
	b, err := json.Marshal(m)
	if err != nil || !strings.HasPrefix(string(b), `{"type":"display",`) || len(b) > maxMessage {
		t.Errorf("as %.60s…, %d bytes, %v", b, len(b), err)
	}
}
