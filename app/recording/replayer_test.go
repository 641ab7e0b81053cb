package recording

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"handlens/inference"
	"handlens/media/ffmpeg"
)

// recorded makes a recording in which a sure thing moves and a doubtful cat stands still, and
// returns its files.
func recorded(t *testing.T) (Result, clip) {
	t.Helper()
	c := makeClip(t, 640, 360, 60)
	p := newPhone(t)
	p.late, p.sound = true, true
	p.past = true
	p.send(c, 0, 60)
	cat := inference.Detection{
		Box: inference.Box{X1: 0.05, Y1: 0.05, X2: 0.2, Y2: 0.2}, Class: 1,
		Label: "cat", Score: 0.25,
	}
	for n := 0; n < 60; n += 5 {
		p.timeline.Add(p.times[n], append(found(n), cat))
	}
	p.timeline.Add(p.times[59], append(found(59), cat))
	r := p.start(Options{Clean: true, Data: true, Audio: true, Before: time.Second})
	return p.stop(r), c
}

func TestSidecarTellsOfEachPicture(t *testing.T) {
	made, _ := recorded(t)
	text, err := os.ReadFile(made.Data)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != 32 {
		t.Fatalf("%d lines, want a head and 31 pictures", len(lines))
	}
	var head Head
	if err := json.Unmarshal([]byte(lines[0]), &head); err != nil {
		t.Fatal(err)
	}
	if head.Handlens != 1 || head.Phone != "Test phone" || head.Model != "test" ||
		len(head.Labels) != 3 || head.Canvas != [2]int{1280, 720} ||
		head.Film != filepath.Base(made.Video) || head.Clean != filepath.Base(made.Clean) ||
		head.CleanAt != -966 || head.Start.IsZero() {
		t.Errorf("the head is %+v", head)
	}
	detected := 0
	for i, text := range lines[1:] {
		var l struct {
			T, At, W, H int64
			Looked      bool // the file's name for what is Detected here
			Detections  []struct {
				Box        []float64
				Label      string
				Confidence float64
				ID         int
			}
		}
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatal(err)
		}
		if !near(int(l.T), i*1000/fps, 1) || l.At-head.Start.UnixMilli()-l.T > 1 || l.W != 640 ||
			l.H != 360 || len(l.Detections) != 2 {
			t.Fatalf("line %d is %s", i, text)
		}
		if d := l.Detections[0]; d.ID != 1 || d.Label != "thing" ||
			d.Box[0]-float64(patchAt(29+i).X1) > 0.002 {
			t.Errorf("line %d: %+v", i, d)
		}
		if l.Looked {
			detected++
		}
	}
	if detected != 7 {
		t.Errorf("the detector ran on %d frames, want 7", detected)
	}
}

func TestRenderWithAnotherChoice(t *testing.T) {
	made, c := recorded(t)
	done := 0.0
	path, err := Render(t.Context(), made.Clean, made.Data, RenderOptions{
		Filter: Filter{Classes: []string{"cat"}, Confidence: 0.2}, Progress: func(part float64) {
			done = part
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if done != 1 || path != strings.TrimSuffix(made.Data, ".jsonl")+" again.mp4" {
		t.Errorf("it is %s, and %v of it is done", path, done)
	}
	info, err := ffmpeg.Probe(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Frames != 31 || info.Audio != "opus" || info.Width != 1280 ||
		(info.Length-info.AudioLength).Abs() > 60*time.Millisecond {
		t.Errorf("the recording is %+v", info)
	}
	for i, f := range readVideo(t, path) {
		// The cat is drawn, with its label above or in it, and the thing is not.
		if f.box.Min.X > 70 || f.box.Max.X > 400 || f.box.Max.Y > 200 || f.box.Empty() {
			t.Errorf("picture %d has colour at %v", i, f.box)
		}
	}
	// With more confidence there is no cat. A second video of a name gets a number.
	again, err := Render(t.Context(), made.Clean, made.Data,
		RenderOptions{Filter: Filter{
			Confidence: 0.5, Blur: []string{"thing"},
			Classes: []string{"cat"},
		}})
	if err != nil || again == path {
		t.Fatalf("%s, %v", again, err)
	}
	for i, f := range readVideo(t, again) {
		sharp := boxIn(f.size, c.size, patchAt(29+i))
		if !f.box.Empty() || near(f.patch0, sharp.Min.X, 2) && near(f.end0, sharp.Max.X, 2) {
			t.Errorf("picture %d has colour at %v, and a patch from %d to %d", i, f.box, f.patch0,
				f.end0)
		}
	}
	if _, err := Render(t.Context(), made.Clean, made.Data,
		RenderOptions{Filter: Filter{Classes: []string{"dog"}}}); err == nil {
		t.Error("a class that the model does not know was taken")
	}
}

func TestExport(t *testing.T) {
	made, _ := recorded(t)
	var b bytes.Buffer
	if err := Export(t.Context(), made.Data, ExportOptions{Format: "csv"}, &b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 32 {
		t.Fatalf("%d rows, %v: the cat is too doubtful", len(rows), err)
	}
	for i, row := range rows[1:] {
		x, _ := strconv.ParseFloat(row[5], 64)
		want := float64(patchAt(29+i).X1) * 1280
		if row[1] != strconv.Itoa(i) || row[3] != "thing" || row[9] == "" || math.Abs(x-want) > 2 {
			t.Errorf("row %d is %v", i, row)
		}
	}
	b.Reset()
	err = Export(t.Context(), made.Data,
		ExportOptions{
			Format: "coco", Filter: Filter{Confidence: 0.2},
			Categories: func([]string) func(int) int {
				return func(class int) int { return 10 + class }
			},
		}, &b)
	if err != nil {
		t.Fatal(err)
	}
	var coco struct {
		Images      []cocoImage
		Annotations []cocoAnnotation
		Categories  []cocoCategory
	}
	if err := json.Unmarshal(b.Bytes(), &coco); err != nil {
		t.Fatalf("%v in %s", err, b.Bytes())
	}
	if len(coco.Images) != 31 || len(coco.Annotations) != 62 || len(coco.Categories) != 3 ||
		coco.Categories[2] != (cocoCategory{12, "thing"}) {
		t.Errorf("%d pictures, %d things, %v", len(coco.Images), len(coco.Annotations),
			coco.Categories)
	}
	if a := coco.Annotations[1]; a.ImageID != 1 || a.Category != 11 ||
		a.BBox != [4]float64{64, 36, 192, 108} || a.Area != 20736 || a.Score != 0.25 {
		t.Errorf("the cat is %+v", a)
	}
	if err := Export(t.Context(), made.Data, ExportOptions{Format: "xml"}, &b); !errors.Is(err,
		ErrFormat) {
		t.Errorf("another form: %v", err)
	}
}

func TestSidecarThatIsDamaged(t *testing.T) {
	const head = `{"handlens":1,"labels":["a"],"canvas":[0,-4],"film":"x.mp4"}` + "\n"
	const good = `{"t":0,"at":1,"w":100,"h":100,"looked":true,` +
		`"detections":[{"box":[0,0,0.5,0.5],"label":"a","confidence":0.9}]}` + "\n"
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"empty":        {"", false},
		"no head":      {good, false},
		"newer":        {`{"handlens":99}`, false},
		"another file": {"not json\n", false},
		"head alone":   {head, true},
		"cut off":      {head + good + good[:40], true},
		"broken":       {head + "{\n" + good, false},
		"strange": {head +
			`{"t":-5,"w":-1,"h":100000,` +
			`"detections":[{"box":[9,-9,1e30,3],"label":"b","confidence":7,"id":-3}]}` + "\n" +
			good, true},
		"too long": {head + strings.Repeat(" ", maxLineBytes+1) + "\n" + good, false},
	} {
		path := filepath.Join(t.TempDir(), "x.jsonl")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, format := range []string{"csv", "coco"} {
			var b bytes.Buffer
			if err := Export(t.Context(), path, ExportOptions{Format: format},
				&b); (err == nil) != c.ok {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// A silhouette and keypoints go through a sidecar and come out in pixels.
func TestShapesInASidecar(t *testing.T) {
	d := inference.Detection{
		Box: inference.Box{X1: 0.25, Y1: 0.5, X2: 0.75, Y2: 1}, Label: "a", Score: 0.9,
		Shape: &inference.Shape{
			Outline: []inference.Point{{X: 0, Y: 0}, {X: 1, Y: 0}, {X: 1, Y: 0.5}, {X: 0, Y: 0.5}},
			Keypoints: []inference.Keypoint{
				{Point: inference.Point{X: 0.5, Y: 0.5}, Score: 0.9},
				{Point: inference.Point{X: 0.125, Y: 0.5}, Score: 0.1},
			},
		},
	}
	line, err := json.Marshal(newLine(0, time.UnixMilli(1), 200, 100,
		frameOverlay{all: []inference.Detection{d}, detected: true}, false))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.jsonl")
	if err := os.WriteFile(path,
		[]byte(`{"handlens":1,"labels":["a"],"canvas":[200,100],"film":"x.mp4"}`+"\n"+string(line)+
			"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := openSidecar(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	l, err := s.next()
	if err != nil || len(l.Detections) != 1 || l.Detections[0].Shape == nil {
		t.Fatalf("%+v, %v", l, err)
	}
	if got := l.Detections[0].Shape; !reflect.DeepEqual(got, d.Shape) {
		t.Errorf("the shape became %+v", got)
	}
	var b bytes.Buffer
	if err := Export(t.Context(), path, ExportOptions{Format: "coco"}, &b); err != nil {
		t.Fatal(err)
	}
	var out struct{ Annotations []json.RawMessage }
	if err := json.Unmarshal(b.Bytes(), &out); err != nil || len(out.Annotations) != 1 {
		t.Fatalf("%s, %v", b.Bytes(), err)
	}
	const want = `{"id":1,"image_id":1,"category_id":1,"bbox":[50,50,100,50],"area":2500,"iscrowd":0,` +
		`"score":0.9,"track_id":1,` +
		`"segmentation":[[50,50,150,50,150,75,50,75]],"keypoints":[100,75,2,0,0,0],` +
		`"num_keypoints":1,"keypoint_scores":[0.9,0.1]}`
	if got := string(out.Annotations[0]); got != want {
		t.Errorf("the annotation is %s\nwant %s", got, want)
	}
}

// A rotated box goes through a sidecar, and comes out as a polygon and in the table.
func TestRotatedBoxesInASidecar(t *testing.T) {
	d := inference.Detection{Label: "ship", Score: 0.9}
	d.Box, d.Shape, _ = inference.Rotated([4]inference.Point{
		{X: .5, Y: .25}, {X: .75, Y: .5}, {X: .5, Y: .75}, {X: .25, Y: .5},
	})
	line, err := json.Marshal(newLine(0, time.UnixMilli(1), 200, 100,
		frameOverlay{all: []inference.Detection{d}, detected: true}, false))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.jsonl")
	if err := os.WriteFile(path, []byte(`{"handlens":1,"labels":["ship"],"canvas":[200,100],`+
		`"film":"x.mp4"}`+"\n"+string(line)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for format, want := range map[string]string{
		"coco": `"bbox":[50,25,100,50],"area":2500,"iscrowd":0,"score":0.9,"track_id":1,` +
			`"segmentation":[[100,25,150,50,100,75,50,50]]`,
		"csv": "50.00,25.00,100.00,50.00,1,200,100,100.00 25.00 150.00 50.00 100.00 75.00 50.00 " +
			"50.00\n",
	} {
		var b bytes.Buffer
		if err := Export(t.Context(), path, ExportOptions{Format: format}, &b); err != nil ||
			!strings.Contains(b.String(), want) {
			t.Errorf("%s is %s, %v\nwant %s in it", format, b.String(), err, want)
		}
	}
}

func FuzzSidecar(f *testing.F) {
	f.Add(`{"handlens":1,"labels":["a"]}` + "\n" +
		`{"t":0,"w":9,"h":9,"looked":true,` +
		`"detections":[{"box":[0,0,1,1],"label":"a","confidence":0.5}]}` + "\n")
	f.Add(`{"handlens":1}` + "\n" +
		`{"t":0,"w":9,"h":9,"looked":true,` +
		`"detections":[{"box":[0,0,1,1],"label":"a","confidence":0.5,` +
		`"outline":[[0,0],[1e38,0],[1,1]],"keypoints":[[0.5,0.5,0.5],[9,-9,2]]}]}` + "\n")
	f.Add(`{"handlens":1}` + "\n" + `{"t":-9223372036854775808,"detections":[{"label":"b"}]}` +
		"\n{")
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "x.jsonl")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if Export(t.Context(), path,
			ExportOptions{Format: "coco", Filter: Filter{Blur: []string{"a"}}}, &b) == nil &&
			!json.Valid(b.Bytes()) {
			t.Errorf("%q becomes %s", text, b.Bytes())
		}
	})
}
