package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"image"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"handlens/assets"
	"handlens/inference"
	"handlens/inference/detector"
	"handlens/inference/testmodel"
	"handlens/media"
	"handlens/models/sniff"
)

// TestABrowserDetectsLikeThisComputer runs each layout, and the built-in model, by ONNX Runtime Web
// in the browser on the picture that the native engine is given: the boxes are the same.
func TestABrowserDetectsLikeThisComputer(t *testing.T) {
	site := newDetectSite(t)
	page := sharedBrowser(t, landscape).open(t, site.url)
	for _, layout := range slices.Concat(testmodel.Layouts, testmodel.Shaped, testmodel.Rotated,
		testmodel.Halves, testmodel.Families, testmodel.Stranges) {
		data := modelOf(t, layout)
		native, err := detector.OpenBytes(layout+".onnx", data, detector.Options{
			Confidence: 0.4, Provider: "cpu",
		})
		if err != nil {
			t.Fatal(err)
		}
		want, _, err := native.Detect(testPicture(t), nil)
		native.Close()
		if err != nil || len(want) != len(testPatches) {
			t.Fatalf("%s: this computer finds %v, %v", layout, want, err)
		}
		got := site.detect(t, page, layout, data)
		if len(got) != len(want) {
			t.Errorf("%s: the browser finds %v, this computer %v", layout, got, want)
			continue
		}
		for _, w := range want {
			if !slices.ContainsFunc(got, func(g found) bool { return g.like(w) }) {
				t.Errorf("%s: the browser finds %v, this computer %v", layout, got, want)
			}
		}
	}
}

// modelOf builds a model; a strange one contains the sidecar that explains it.
func modelOf(t *testing.T, layout string) []byte {
	t.Helper()
	build := func() ([]byte, error) { return testmodel.Build(layout, 96) }
	if slices.Contains(testmodel.Stranges, layout) {
		build = func() ([]byte, error) {
			return testmodel.Strange(layout, 96, testmodel.StrangeSidecar(layout))
		}
	}
	data, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestVectorsInABrowser has package layout, as WebAssembly, read the outputs that it reads natively
// in its own test.
func TestVectorsInABrowser(t *testing.T) {
	site := newDetectSite(t)
	page := sharedBrowser(t, landscape).open(t, site.url)
	wrong := evaluate[[]string](page, `(async () => {
		const { loadLayout, parsed } = await import("/detect/layout.js");
		const layout = await loadLayout();
		const near = (a, b) => typeof a === "number" ? Math.abs(a - b) < 0.0015
			: a && typeof a === "object" ? Object.keys(a).length === Object.keys(b ?? {}).length &&
				Object.keys(a).every((k) => near(a[k], b[k]))
			: a === b;
		const wrong = [];
		for (const v of await (await fetch("/vectors.json")).json()) {
			const outputs = v.outputs.map(({ type, dims, data }) => ({ type, dims,
				data: Uint8Array.from(atob(data), (c) => c.charCodeAt(0)) }));
			const { handle } = parsed(layout.open(JSON.stringify(v.description), outputs));
			const got = parsed(layout.decode(handle, outputs, v.width, v.height, v.confidence,
				v.iou));
			if (v.found.length === 0 || !near(v.found, got)) {
				wrong.push(v.name + ": " + JSON.stringify(got));
			}
			layout.close(handle);
		}
		return wrong;
	})()`)
	for _, w := range wrong {
		t.Error(w)
	}
}

// testPatches are what there is to find: a class and where it lies in testPicture.
var testPatches = []struct {
	class int
	rect  image.Rectangle
}{
	{0, image.Rect(40, 60, 240, 220)},
	{1, image.Rect(300, 40, 600, 160)},
	{2, image.Rect(320, 240, 480, 460)},
}

// testPicture is a grey frame of 640 × 480 pixels with the patches; drawTestPicture draws the same
// in a page.
func testPicture(t *testing.T) *media.Frame {
	t.Helper()
	f, err := new(media.Pool).Get(640, 480, media.RGBA)
	if err != nil {
		t.Fatal(err)
	}
	for i := range f.Plane[0] {
		f.Plane[0][i] = 128
	}
	for _, p := range testPatches {
		for y := p.rect.Min.Y; y < p.rect.Max.Y; y++ {
			for x := p.rect.Min.X; x < p.rect.Max.X; x++ {
				at := y*f.Stride[0] + 4*x
				copy(f.Plane[0][at:], []byte{0, 0, 0, 255})
				f.Plane[0][at+p.class] = 255
			}
		}
	}
	return f
}

func drawTestPicture() string {
	var b strings.Builder
	b.WriteString(`const c = new OffscreenCanvas(640, 480).getContext("2d");
		c.fillStyle = "rgb(128 128 128)"; c.fillRect(0, 0, 640, 480);`)
	for _, p := range testPatches {
		fmt.Fprintf(&b, `c.fillStyle = "%s"; c.fillRect(%d, %d, %d, %d);`,
			[]string{"#f00", "#0f0", "#00f"}[p.class], p.rect.Min.X, p.rect.Min.Y, p.rect.Dx(),
			p.rect.Dy())
	}
	return b.String()
}

// found is a detection as the page has it.
type found struct {
	Box        [4]float64
	Label      string
	Confidence float64
	Corners    [][2]float64
	Outline    [][2]float64
	Keypoints  [][3]float64
}

// like says whether it is the same: the browser makes frames smaller by a rule of its own, which
// may move an edge by a pixel of the model's input.
func (f found) like(d inference.Detection) bool {
	const box, score = 1.0 / 96, 0.02
	for i, v := range []float32{d.Box.X1, d.Box.Y1, d.Box.X2, d.Box.Y2} {
		if math.Abs(f.Box[i]-float64(v)) > box {
			return false
		}
	}
	corners, rotated := d.Corners()
	if rotated != (len(f.Corners) == len(corners)) {
		return false
	}
	for i, p := range f.Corners {
		if math.Hypot(p[0]-float64(corners[i].X), p[1]-float64(corners[i].Y)) > 2*box {
			return false
		}
	}
	shaped := d.Shape != nil && !rotated
	return f.Label == d.Label && math.Abs(f.Confidence-float64(d.Score)) <= score &&
		shaped == (len(f.Outline)+len(f.Keypoints) > 0)
}

// detectSite serves the pages' scripts, the engine and models, cross-origin isolated as the program
// does.
type detectSite struct {
	url    string
	models map[string][]byte // by SHA-256
}

func newDetectSite(t *testing.T) *detectSite {
	engine := os.Getenv("HANDLENS_BROWSER")
	if engine == "" {
		t.Fatal("HANDLENS_BROWSER is not set; make setup-test puts it into build/env.sh")
	}
	s := &detectSite{models: make(map[string][]byte)}
	files := http.FileServerFS(assets.Web())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
		w.Header().Set("Cross-Origin-Embedder-Policy", "require-corp")
		dir, name := path.Split(r.URL.Path)
		switch dir {
		case "/engine/":
			serveEngine(w, r, filepath.Join(engine, name))
		case "/":
			if name == "vectors.json" {
				http.ServeFile(w, r, "../../inference/layout/browser/testdata/vectors.json")
				return
			}
			files.ServeHTTP(w, r)
		case "/model/":
			_, _ = w.Write(s.models[name])
		default:
			files.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	s.url = server.URL + "/icon.svg" // a page without scripts of its own
	return s
}

// serveEngine answers with a file that may lie there in gzip.
func serveEngine(w http.ResponseWriter, r *http.Request, file string) {
	if packed, err := os.ReadFile(file + ".gz"); err == nil {
		w.Header().Set("Content-Type", "application/wasm")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed)
		return
	}
	w.Header().Set("Content-Type", "text/javascript")
	http.ServeFile(w, r, file)
}

// detect has the page open the model and look at the test picture.
func (s *detectSite) detect(t *testing.T, p *page, name string, data []byte) []found {
	t.Helper()
	sum := fmt.Sprintf("%x", sha256.Sum256(data))
	s.models[sum] = data
	metadata, err := sniff.Metadata(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	opening, err := json.Marshal(map[string]any{"token": "x", "model": map[string]any{
		"url": "/model/" + sum, "sha256": sum, "size": len(data), "name": name,
		"metadata": metadata,
	}})
	if err != nil {
		t.Fatal(err)
	}
	text := evaluate[string](p, `(async () => {
		const { Detector } = await import("/detect/detector.js");
		const d = new Detector();
		try {
			await d.open(`+string(opening)+`);
			`+drawTestPicture()+`
			const frame = c.canvas.transferToImageBitmap();
			const limits = { confidence: 0.4, iou: 0.5 };
			return (await d.detect(frame, 640, 480, limits)).detections;
		} catch (err) {
			return "! " + err.message;
		} finally {
			d.close();
		}
	})()`)
	var all []found
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatalf("%s: the browser says %s", name, text)
	}
	return all
}
