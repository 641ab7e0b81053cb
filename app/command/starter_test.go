package command

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"handlens/app/cli"
	"handlens/inference/detector"
	"handlens/models"
)

// TestStarterIsRecognised opens the model that is a part of the program as any other, by what it
// says of itself alone.
func TestStarterIsRecognised(t *testing.T) {
	store, err := models.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	m, err := store.Find("")
	if err != nil {
		t.Fatal(err)
	}
	d, err := cli.OpenModel(m, detector.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	info := d.Info()
	if info.Name != models.Starter || info.Family != "Handlens" || info.License != m.License ||
		len(info.Warnings) > 0 ||
		info.InputWidth != m.Input.Width || info.InputHeight != m.Input.Height {
		t.Errorf("it is %+v", info)
	}
	for _, class := range []string{"person", "car", "truck", "bottle", "laptop", "cell phone"} {
		if !slices.Contains(info.Labels, class) {
			t.Errorf("it does not know %s but %v", class, info.Labels)
		}
	}
	if err := d.Check(); err != nil {
		t.Error(err)
	}
}

// leastAP50 is what the starter must reach on the labelled photos, somewhat below what its card
// says, since processors round differently.
var leastAP50 = map[string]float64{"person": 0.46, "car": 0.18, "tv": 0.36}

// TestStarterOnPhotos judges the starter by photos that it was not trained on, where these are at
// hand.
func TestStarterOnPhotos(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "shared", "data", "images", "coco")
	if _, err := os.Stat(folder); err != nil {
		t.Log("the labelled photos are not at hand: only its shape was checked, by " +
			"TestStarterIsRecognised")
		return
	}
	stdout, _ := accuracy(t, cli.Done, "--json", "--model", models.Starter, "--classes",
		"person,car,tv", folder)
	var r accuracyResult
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Models[0].Classes {
		t.Logf("%s: AP %.3f, AP50 %.3f of %d", c.Name, c.AP, c.AP50, c.Objects)
		if float64(c.AP50) < leastAP50[c.Name] {
			t.Errorf("the AP50 of %s is %.3f, want %.2f", c.Name, c.AP50, leastAP50[c.Name])
		}
	}
}

// TestStarterSaysWhatItIs wants licence, recipe and data in the file itself, where whoever takes it
// elsewhere finds them.
func TestStarterSaysWhatItIs(t *testing.T) {
	store, err := models.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	file := string(store.Default().Data)
	for _, words := range []string{
		"Apache-2.0", "recipe 4, plan", "EfficientNet-Lite0",
		"models/starter/README.md names every source", "DEIMv2-Femto",
	} {
		if !strings.Contains(file, words) {
			t.Errorf("its metadata do not say %q", words)
		}
	}
}
