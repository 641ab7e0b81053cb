package cli

import (
	"math"
	"strings"
	"testing"

	"handlens/models"
)

func TestModelFlagsCheck(t *testing.T) {
	for _, c := range []struct {
		confidence, iou float64
		word            string
	}{
		{0.4, 0.5, ""},
		{1, 1, ""},
		{0, 0.5, "--confidence 0 is outside 0..1"},
		{math.NaN(), 0.5, "--confidence NaN"},
		{0.4, 1.5, "--iou 1.5"},
	} {
		err := (&ModelFlags{Confidence: c.confidence, IoU: c.iou}).Check()
		if (err == nil) != (c.word == "") || err != nil && !strings.Contains(err.Error(), c.word) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	m := DefaultModelFlags()
	if err := m.Check(); err != nil {
		t.Errorf("the defaults: %v", err)
	}
}

func TestModelFlagsFind(t *testing.T) {
	m := DefaultModelFlags()
	m.DataDir = t.TempDir()
	found, err := m.Find()
	if err != nil || found.Name != models.Starter {
		t.Errorf("with nothing installed it is %q, %v", found.Name, err)
	}
	m.Model = "yolox-nan-416"
	if _, err := m.Find(); err == nil || !strings.Contains(err.Error(), "yolox-nano-416") {
		t.Errorf("%q: %v", m.Model, err)
	}
}
