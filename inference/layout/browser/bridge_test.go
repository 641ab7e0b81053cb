package browser

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func vectors(t *testing.T) []Vector {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []Vector
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// The same vectors are run in Chromium: app/e2e, TestVectorsInABrowser.
func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		models := NewModels()
		handle, err := models.OpenFor(v.Description, v.Fill)
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		m, err := models.Find(handle)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time in the memory of the first
			got, err := v.Decode(m)
			if err != nil {
				t.Errorf("%s: %v", v.Name, err)
			}
			var want strings.Builder
			if err := compactInto(&want, v.Found); err != nil || got != want.String() {
				t.Errorf("%s: %s, not %s (%v)", v.Name, got, want.String(), err)
			}
		}
	}
}

func compactInto(b *strings.Builder, text []byte) error {
	var v json.RawMessage
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	out, err := json.Marshal(v)
	b.Write(out)
	return err
}

func TestBadDescriptions(t *testing.T) {
	models := NewModels()
	for name, text := range map[string]string{
		"no JSON": "{", "no inputs": "{}",
		"an unknown layout": `{
			"inputs": [{"name": "a", "type": "float32", "shape": [1, 3, 64, 64]}],
			"outputs": [{"name": "b", "type": "float32", "shape": [7, 7, 7, 7]}]}`,
	} {
		if _, err := models.Open(text, nil); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := models.Find(1); err == nil {
		t.Error("a model that is not open is found")
	}
}

func TestBadOutputs(t *testing.T) {
	v := vectors(t)[0]
	models := NewModels()
	handle, err := models.OpenFor(v.Description, v.Fill)
	if err != nil {
		t.Fatal(err)
	}
	m, err := models.Find(handle)
	if err != nil {
		t.Fatal(err)
	}
	o := &m.Outputs()[0]
	if _, err := o.Room("int64", 8); err == nil {
		t.Error("another type is taken")
	}
	if _, err := o.Room("float32", maxOutput+1); err == nil {
		t.Error("an output of any size is taken")
	}
	if _, err := o.Room("float32", 4); err != nil {
		t.Error(err)
	}
	if _, err := m.Decode(64, 64, 0.4, 0.5); err == nil {
		t.Error("an output that is too short is read")
	}
	if _, err := m.Decode(0, 64, 0.4, 0.5); err == nil {
		t.Error("an empty picture is taken")
	}
	models.Close(handle)
	if _, err := models.Find(handle); err == nil {
		t.Error("a closed model is found")
	}
}

func TestHalf(t *testing.T) {
	for bits, want := range map[uint16]float32{
		0: 0, 0x3c00: 1, 0xc000: -2, 0x3555: 0.33325195, 1: 1.0 / (1 << 24), 0x7bff: 65504,
	} {
		if got := half(bits); got != want {
			t.Errorf("%#x is %v, not %v", bits, got, want)
		}
	}
}
