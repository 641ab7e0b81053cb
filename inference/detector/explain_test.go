package detector

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"handlens/inference/testmodel"
)

// TestWrittenSidecarsChangeNothing writes beside a model of each layout what explain says of it.
func TestWrittenSidecarsChangeNothing(t *testing.T) {
	for _, kind := range slices.Concat(testmodel.Layouts, testmodel.Shaped, testmodel.Families) {
		data, err := testmodel.Build(kind, 96)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "model.onnx")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		before, err := Explain(path)
		if err != nil || before.Err != nil {
			t.Errorf("%s: %v, %v", kind, err, before.Err)
			continue
		}
		text, err := before.Layout.Sidecar()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(strings.TrimSuffix(path, "onnx")+"json", text, 0o600); err != nil {
			t.Fatal(err)
		}
		after, err := Explain(path)
		if err != nil || after.Err != nil {
			t.Errorf("%s with\n%s: %v, %v", kind, text, err, after.Err)
			continue
		}
		if !before.Layout.Alike(after.Layout) {
			t.Errorf("%s with\n%s\nis %+v, not %+v", kind, text, after.Layout, before.Layout)
		}
		if len(before.Outputs) == 0 || !reflect.DeepEqual(before.Inputs, after.Inputs) {
			t.Errorf("%s: seen was %+v, then %+v", kind, before, after)
		}
	}
}
