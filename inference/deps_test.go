package inference_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// goTool runs the go command with more environment, and returns the words that it prints.
func goTool(t *testing.T, env []string, args ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Env = append(os.Environ(), env...)
	var text strings.Builder
	cmd.Stderr = &text
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, text.String())
	}
	return strings.Fields(string(out))
}

const binding = "github.com/yalue/onnxruntime_go"

// What merely speaks of boxes links no engine.
func TestBoxesLinkNoEngine(t *testing.T) {
	for _, pkg := range []string{
		"handlens/ui", "handlens/inference/track", "handlens/inference/timeline",
		"handlens/inference/overlay", "handlens/inference/egomotion", "handlens/inference/coco",
		"handlens/inference/layout", "handlens/inference",
	} {
		deps := goTool(t, nil, "list", "-deps", pkg)
		for _, engine := range []string{
			binding, "handlens/inference/ort", "handlens/inference/detector",
			"handlens/inference/resample",
		} {
			if slices.Contains(deps, engine) {
				t.Errorf("%s links %s", pkg, engine)
			}
		}
	}
}

// The vocabulary stands on nothing, the layouts on the vocabulary, COCO's names and plain text.
func TestVocabularyStandsOnNothing(t *testing.T) {
	for pkg, allowed := range map[string][]string{
		"handlens/inference":      nil,
		"handlens/inference/coco": nil,
		"handlens/inference/layout": {
			"handlens/inference", "handlens/inference/coco", "handlens/media/plaintext",
		},
	} {
		for _, dep := range goTool(t, nil, "list", "-deps", pkg) {
			if strings.HasPrefix(dep, "handlens/") && dep != pkg && !slices.Contains(allowed, dep) {
				t.Errorf("%s imports %s", pkg, dep)
			}
		}
	}
}

// Only package ort knows the engine's binding.
func TestOnlyOrtKnowsTheEngine(t *testing.T) {
	const format = `{{$p := .ImportPath}}{{range .Imports}}{{$p}}>{{.}} {{end}}`
	for _, arrow := range goTool(t, nil, "list", "-f", format, "handlens/...") {
		from, to, _ := strings.Cut(arrow, ">")
		if to == binding && from != "handlens/inference/ort" {
			t.Errorf("%s imports %s", from, to)
		}
	}
}

// The browser uses the layouts, so that they build without C and for WebAssembly.
func TestLayoutBuildsForBrowsers(t *testing.T) {
	goTool(t, []string{"CGO_ENABLED=0"}, "build", "handlens/inference",
		"handlens/inference/layout")
	goTool(t, []string{"CGO_ENABLED=0", "GOOS=js", "GOARCH=wasm"}, "build",
		"handlens/inference/layout")
}
