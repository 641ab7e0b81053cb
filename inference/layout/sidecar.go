package layout

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// MaxSidecar bounds a sidecar file, in bytes.
const MaxSidecar = 1 << 20

// Sidecar is what a model's shapes cannot say, from NAME.json beside NAME.onnx: {"layout":
// {"labels": ["a", "b"], "input": {"order": "bgr"}}}. The rest of that file belongs to others, for
// example to the store's record. A model may contain the same object itself, as the text of
// "handlens.layout" in its metadata; a file takes precedence. What is left out stays as it was
// recognised. A nil Sidecar says nothing.
type Sidecar struct {
	file string

	// Family is one of sidecarFamilies.
	Family string `json:"family"`
	// Title is what the family is called, when that is not the known one's name.
	Title string `json:"title"`
	// Labels are the class names, by class index. An empty list says that there are none.
	Labels []string `json:"labels"`
	Input  struct {
		// Order is that of the planes: rgb or bgr.
		Order string `json:"order"`
		// Range is what the brightest sample becomes before the mean is subtracted: 1 or 255. Given
		// without Mean and Std, there are none.
		Range float32 `json:"range"`
		// Mean is subtracted from the samples, and Std then divides them; both are for red, green
		// and blue, whatever the order.
		Mean []float32 `json:"mean"`
		Std  []float32 `json:"std"`
		// Fit is how a frame is put into the input: stretch, centre or top-left.
		Fit string `json:"fit"`
		// Smooth says whether a frame is smoothed when it is made smaller, as it was when the model
		// was trained.
		Smooth *bool `json:"smooth"`
		// Pad is the sample, 0..255, around a frame that does not fill the input.
		Pad *float32 `json:"pad"`
		// Width and Height are in pixels, for a model that takes any.
		Width  int `json:"width"`
		Height int `json:"height"`
	} `json:"input"`
	// Inputs has the values of further inputs, by name.
	Inputs map[string]InputValues `json:"inputs"`
	// Outputs says what is in each output, by name. With it nothing is recognised.
	Outputs   map[string]SidecarOutput `json:"outputs"`
	Boxes     SidecarBoxes             `json:"boxes"`
	Numbering *Numbering               `json:"numbering"`
	// Scores says what the scores are: plain ones of 0..1, or logits for sigmoid or softmax.
	Scores string `json:"scores"`
	// NMS says whether overlapping boxes have to be suppressed.
	NMS *bool `json:"nms"`
}

// The words of a sidecar and what they stand for.
var (
	sidecarFits   = map[string]Fit{"stretch": Stretch, "centre": Centred, "top-left": TopLeft}
	sidecarScores = map[string]activation{"plain": none, "sigmoid": sigmoid, "softmax": softmax}
	sidecarOrders = map[string]bool{"rgb": false, "bgr": true}
	// sidecarFamilies are those with one output, whose shapes may not tell which one it is.
	sidecarFamilies = map[string]Layout{
		"yolov5": yolov5Layout, "yolov8": yolov8Layout, "yolov10": endToEndLayout,
		"yolox": yoloxLayout, "nanodet-plus": nanodetPlusLayout,
		"yolov8-obb": rotatedLayout(yolov8Layout), "yolo26-obb": rotatedLayout(endToEndLayout),
	}
)

// ParseSidecar reads a sidecar file; the name is for errors. It returns nil for a file without a
// layout; one without the word "layout" is no sidecar, whatever it contains.
func ParseSidecar(name string, data []byte) (*Sidecar, error) {
	if !bytes.Contains(data, []byte(`"layout"`)) {
		return nil, nil
	}
	if len(data) > MaxSidecar {
		return nil, fmt.Errorf("%s is longer than 1 MiB, which is more than a layout takes", name)
	}
	var outer struct {
		Layout json.RawMessage `json:"layout"`
	}
	if err := json.Unmarshal(data, &outer); err != nil {
		return nil, jsonError(name, err)
	}
	if len(outer.Layout) == 0 {
		return nil, nil
	}
	return parseLayout(name, outer.Layout)
}

// EmbeddedSidecar reads the layout in a model's own metadata; nil when there is none.
func EmbeddedSidecar(metadata map[string]string) (*Sidecar, error) {
	text := metadata["handlens.layout"]
	if text == "" {
		return nil, nil
	}
	if len(text) > MaxSidecar {
		return nil, errors.New("its handlens.layout is longer than 1 MiB, which is more than a " +
			"layout takes")
	}
	return parseLayout("its handlens.layout", []byte(text))
}

// parseLayout reads the layout object itself.
func parseLayout(name string, data []byte) (*Sidecar, error) {
	s := Sidecar{file: name}
	decoder := json.NewDecoder(bytes.NewReader(data))
	// The layout object is ours alone: an unknown field is a typing error, which would otherwise be
	// ignored silently.
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		return nil, jsonError(name, err)
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	return &s, nil
}

// jsonError turns an error of encoding/json into a sentence about the sidecar.
func jsonError(name string, err error) error {
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		return fmt.Errorf("%s: %s is a %s, where %s is wanted", name,
			strings.TrimSuffix("layout."+wrong.Field, "."), wrong.Value,
			kindWords(wrong.Type.String()))
	}
	if errors.Is(err, errNumbering) || errors.Is(err, errValues) {
		return fmt.Errorf("%s: %w", name, err)
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
	case kind == "int":
		return "a whole number"
	case strings.HasPrefix(kind, "[]"):
		return "a list"
	}
	return "an object"
}

// check refuses values that have no meaning. It names the first.
func (s *Sidecar) check() error {
	in := s.Input
	return cmp.Or(
		oneOf(s, "family", s.Family, sidecarFamilies), oneOf(s, "scores", s.Scores, sidecarScores),
		oneOf(s, "input.order", in.Order, sidecarOrders),
		oneOf(s, "input.fit", in.Fit, sidecarFits),
		s.wrong(in.Range == 0 || in.Range == 1 || in.Range == 255, "input.range", "1 or 255"),
		s.wrong(len(in.Mean) == 0 || len(in.Mean) == 3, "input.mean",
			"three numbers, for red, green and blue"),
		s.wrong(len(in.Std) == 0 || len(in.Std) == 3 && slices.Min(in.Std) > 0, "input.std",
			"three numbers above 0, for red, green and blue"),
		s.wrong(in.Pad == nil || *in.Pad >= 0 && *in.Pad <= 255, "input.pad", "0..255"),
		s.wrong(in.Width >= 0 && in.Width <= maxInput && in.Height >= 0 && in.Height <= maxInput &&
			(in.Width > 0) == (in.Height > 0), "input.width and height",
			fmt.Sprintf("both there, 1 to %d", maxInput)),
		s.checkOutputs(),
		s.wrong(len(s.Labels) <= maxClasses, "labels", fmt.Sprintf("at most %d names", maxClasses)),
	)
}

// wrong is the error for a field with a value that is not allowed; nil when it is right.
func (s *Sidecar) wrong(right bool, field, allowed string) error {
	if right {
		return nil
	}
	return fmt.Errorf("%s: %s must be %s", s.file, field, allowed)
}

// oneOf refuses a word that is not in the table; "" is allowed.
func oneOf[T any](s *Sidecar, field, word string, table map[string]T) error {
	if _, ok := table[word]; ok || word == "" {
		return nil
	}
	var words []string
	for w := range table {
		words = append(words, w)
	}
	slices.Sort(words)
	return fmt.Errorf("%s: %s is %q, and must be one of %s", s.file, field, clean(word),
		strings.Join(words, ", "))
}
