package inference

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"handlens/media/inputfile"
)

// maxSidecar bounds the file that is read beside a model, in bytes.
const maxSidecar = 1 << 20

// sidecar is what a model's shapes cannot say, from NAME.json beside NAME.onnx: {"layout":
// {"labels": ["a", "b"], "input": {"order": "bgr"}}}. The rest of that file is somebody else's, for
// example the store's note. A model may carry the same object itself, as the text of
// "handlens.layout" in its metadata; a file goes before it. What is left out stays as it was
// recognised.
type sidecar struct {
	file string

	// Family is one of sidecarFamilies.
	Family string `json:"family"`
	// Title is what the family is called, where it is not the known one's own.
	Title string `json:"title"`
	// Labels are the class names, by class index.
	Labels []string `json:"labels"`
	Input  struct {
		// Order is that of the planes: rgb or bgr.
		Order string `json:"order"`
		// Range is what the brightest sample becomes before the mean is taken off: 1 or 255. Given
		// without Mean and Std there are none.
		Range float32 `json:"range"`
		// Mean is taken off the samples and Std divides them then; both are for red, green and
		// blue, whatever the order.
		Mean []float32 `json:"mean"`
		Std  []float32 `json:"std"`
		// Fit is how a picture gets into the input: stretch, centre or top-left.
		Fit string `json:"fit"`
		// Smooth says whether a picture is smoothed where it is made smaller, as it was when the
		// model was trained.
		Smooth *bool `json:"smooth"`
	} `json:"input"`
	// Scores says what the scores are: plain ones of 0..1, or logits for sigmoid or softmax.
	Scores string `json:"scores"`
	// NMS says whether overlapping boxes have to be thinned out.
	NMS *bool `json:"nms"`
}

// The words of a sidecar and what they stand for.
var (
	sidecarFits   = map[string]fit{"stretch": stretch, "centre": centred, "top-left": topLeft}
	sidecarScores = map[string]activation{"plain": none, "sigmoid": sigmoid, "softmax": softmax}
	sidecarOrders = map[string]bool{"rgb": false, "bgr": true}
	// sidecarFamilies are those with one output, whose shapes may leave open which it is.
	sidecarFamilies = map[string]layout{
		"yolov5": yolov5Layout, "yolov8": yolov8Layout, "yolov10": endToEndLayout,
		"yolox": yoloxLayout, "nanodet-plus": nanodetPlusLayout,
	}
)

// readSidecar reads what lies beside a model's file; nil when nothing does. A file without the word
// "layout" is no sidecar, whatever it is.
func readSidecar(model string) (*sidecar, error) {
	path := strings.TrimSuffix(model, filepath.Ext(model)) + ".json"
	_, err := inputfile.Stat(path)
	if path == model || err != nil && !errors.Is(err, inputfile.ErrNotFile) {
		return nil, nil
	}
	f, err := inputfile.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open what is said of the model: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSidecar+1))
	if err != nil {
		return nil, fmt.Errorf("read what is said of the model in %s: %w", path, err)
	}
	if !bytes.Contains(data, []byte(`"layout"`)) {
		return nil, nil
	}
	if len(data) > maxSidecar {
		return nil, fmt.Errorf("%s is longer than 1 MiB, which is more than a layout takes", path)
	}
	return parseSidecar(filepath.Base(path), data)
}

// parseSidecar reads the layout of a sidecar; the name is for errors.
func parseSidecar(name string, data []byte) (*sidecar, error) {
	var outer struct {
		Layout json.RawMessage `json:"layout"`
	}
	if err := json.Unmarshal(data, &outer); err != nil {
		return nil, jsonError(name, err)
	}
	if len(outer.Layout) == 0 {
		return nil, nil
	}
	return parseSaid(name, outer.Layout)
}

// carried returns what a model says of its layout in its metadata; nil when that is nothing.
func carried(metadata map[string]string) (*sidecar, error) {
	text := metadata["handlens.layout"]
	if text == "" {
		return nil, nil
	}
	if len(text) > maxSidecar {
		return nil, errors.New("its handlens.layout is longer than 1 MiB, which is more than a " +
			"layout takes")
	}
	return parseSaid("its handlens.layout", []byte(text))
}

// parseSaid reads the layout itself.
func parseSaid(name string, layout []byte) (*sidecar, error) {
	s := sidecar{file: name}
	decoder := json.NewDecoder(bytes.NewReader(layout))
	// The layout is ours alone: a field that is not known is a slip of the pen, and would change
	// nothing without a word.
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		return nil, jsonError(name, err)
	}
	return &s, s.check()
}

// jsonError says in the sidecar's words what encoding/json found.
func jsonError(name string, err error) error {
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		return fmt.Errorf("%s: %s is a %s, where %s is wanted", name,
			strings.TrimSuffix("layout."+wrong.Field, "."), wrong.Value,
			kindWords(wrong.Type.String()))
	}
	return fmt.Errorf("%s cannot be read: %s", name, strings.TrimPrefix(err.Error(), "json: "))
}

// kindWords names a Go type to somebody who writes JSON.
func kindWords(kind string) string {
	switch {
	case kind == "string":
		return "a text"
	case kind == "bool":
		return "true or false"
	case strings.HasPrefix(kind, "float"):
		return "a number"
	case strings.HasPrefix(kind, "[]"):
		return "a list"
	}
	return "an object"
}

// check refuses what has no meaning.
func (s *sidecar) check() error {
	in := s.Input
	return errors.Join(
		oneOf(s, "family", s.Family, sidecarFamilies), oneOf(s, "scores", s.Scores, sidecarScores),
		oneOf(s, "input.order", in.Order, sidecarOrders),
		oneOf(s, "input.fit", in.Fit, sidecarFits),
		s.wrong(in.Range == 0 || in.Range == 1 || in.Range == 255, "input.range", "1 or 255"),
		s.wrong(len(in.Mean) == 0 || len(in.Mean) == 3, "input.mean",
			"three numbers, for red, green and blue"),
		s.wrong(len(in.Std) == 0 || len(in.Std) == 3 && slices.Min(in.Std) > 0, "input.std",
			"three numbers above 0, for red, green and blue"),
		s.wrong(len(s.Labels) <= maxClasses, "labels", fmt.Sprintf("at most %d names", maxClasses)),
	)
}

// wrong is the error of a field that does not hold what it may.
func (s *sidecar) wrong(right bool, field, allowed string) error {
	if right {
		return nil
	}
	return fmt.Errorf("%s: %s is to be %s", s.file, field, allowed)
}

// oneOf refuses a word that is not in the table; "" is left out.
func oneOf[T any](s *sidecar, field, word string, table map[string]T) error {
	if _, ok := table[word]; ok || word == "" {
		return nil
	}
	var words []string
	for w := range table {
		words = append(words, w)
	}
	slices.Sort(words)
	return fmt.Errorf("%s: %s is %q, and is to be one of %s", s.file, field, clean(word),
		strings.Join(words, ", "))
}
