package layout

import (
	"reflect"
	"strings"
	"testing"
)

// TestWrittenSidecarsGiveTheSame writes a sidecar for each model that is recognised, and reads it.
func TestWrittenSidecarsGiveTheSame(t *testing.T) {
	for _, c := range recognisedModels {
		l, err := Recognise(c.in, c.outputs, c.metadata, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, whole := range []bool{true, false} {
			text := l.WriteSidecar([]Tensor{float("in", 1, 3, 640, 640)}, c.outputs, whole)
			s, err := ParseSidecar("x.json", text)
			if err != nil {
				t.Errorf("%s: %v in\n%s", c.name, err, text)
				continue
			}
			if whole && len(s.Outputs) == 0 && !l.unsure {
				t.Errorf("%s: its outputs are left out", c.name)
			}
			got, err := Recognise(c.in, c.outputs, c.metadata, s)
			if err != nil {
				t.Errorf("%s: %v with\n%s", c.name, err, text)
				continue
			}
			if got.Family() != l.Family() || !reflect.DeepEqual(got.Labels(), l.Labels()) ||
				got.Preparation() != l.Preparation() || got.nms != l.nms ||
				got.Place(70, 30) != l.Place(70, 30) || got.shapes != l.shapes {
				t.Errorf("%s is %+v, and with\n%s%+v", c.name, l, text, got)
			}
			if again := got.WriteSidecar([]Tensor{float("in", 1, 3, 640, 640)}, c.outputs,
				whole); string(again) != string(text) {
				t.Errorf("%s: the second time\n%s, the first\n%s", c.name, again, text)
			}
		}
	}
}

func TestCompact(t *testing.T) {
	for _, text := range []string{`a: "b", c`, `back\`, `"\\"`, "日本"} {
		got := compact(map[string]string{text: text})
		if !strings.Contains(got, `": "`) || strings.Count(got, text[:1]) < 2 {
			t.Errorf("%q is %s", text, got)
		}
	}
}
