package desktop

import (
	"reflect"
	"testing"

	"handlens/models"
)

// What the window is not given it does not offer, and nobody would notice.
func TestWindowIsGivenEverything(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", "")
	p := &program{}
	p.options.DataDir = t.TempDir()
	p.settings = mustOpen(t, p.options.DataDir)
	p.desk = newDesk(p)
	store, err := models.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p.brain = &brain{ctx: t.Context(), store: store}
	c := reflect.ValueOf(p.windowConfig())
	for i := range c.NumField() {
		if name := c.Type().Field(i).Name; c.Field(i).IsZero() && name != "OnClosed" {
			t.Errorf("the window is not given %s", name)
		}
	}
}
