package command

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"handlens/app/cli"
	"handlens/inference"
	"handlens/inference/detector"
	"handlens/inference/layout"
	"handlens/media"
	"handlens/media/inputfile"
	"handlens/media/still"
	"handlens/models"
	"handlens/models/sniff"
)

// explainFormats are the values of --format.
var explainFormats = []cli.Choice{
	{Name: "text", Help: "for people"},
	{Name: "json", Help: "one JSON object with all of it"},
	{Name: "sidecar", Help: "the file to start from alone"},
}

// explainModel prints how a model is read and why, with a sidecar to start from. A model that is
// not understood is an error, after all that.
func explainModel(store *models.Store, o *modelsFlags, stdout io.Writer) error {
	m, err := store.Find(o.model)
	if err != nil {
		return err
	}
	var frame *media.Frame
	if o.picture != "" {
		if frame, err = stillFrame(o.picture); err != nil {
			return err
		}
		defer frame.Release()
	}
	path := cmp.Or(m.Path, m.Name+".onnx")
	x, err := detector.Explain(path, m.Data, frame)
	if err != nil {
		return err
	}
	e := explanation{Explanation: x, file: filepath.Base(path), header: headerOf(m)}
	e.picture = cmp.Or(o.picture, "a drawn picture")
	e.shown = cmp.Or(o.picture, "PICTURE")
	switch o.format {
	case "json":
		err = writeJSON(stdout, e.object())
	case "sidecar":
		_, err = stdout.Write(x.Start)
	default:
		_, err = io.WriteString(stdout, e.text())
	}
	if err == nil && x.Problem != "" {
		err = errors.New(x.Problem)
	}
	return err
}

// stillFrame reads a picture.
func stillFrame(path string) (*media.Frame, error) {
	f, err := inputfile.Open(path)
	if err != nil {
		return nil, plainFileError(path, err)
	}
	defer f.Close()
	img, err := still.Decode(f)
	if err != nil {
		return nil, plainFileError(path, err)
	}
	frame, err := media.FromImage(img)
	if err != nil {
		return nil, plainFileError(path, err)
	}
	return frame, nil
}

// headerOf reads what the file says about how it was made, as far as it can be read.
func headerOf(m models.Model) sniff.Header {
	f, err := m.Open()
	if err != nil {
		return sniff.Header{}
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	at, ok := f.(io.ReaderAt)
	if err != nil || !ok {
		return sniff.Header{}
	}
	h, _ := sniff.ReadHeader(at, size) // what was read is shown
	return h
}

// explanation is what is printed of a model.
type explanation struct {
	*detector.Explanation
	file    string
	header  sniff.Header
	picture string // what it was run on, in words
	shown   string // the picture in a command to try
}

// maxMetadata bounds what is repeated of a value in the metadata, in bytes.
const maxMetadata = 200

// text is the explanation for people.
func (e *explanation) text() string {
	var b strings.Builder
	e.seen(&b)
	read := "Read as"
	if e.Problem != "" {
		fmt.Fprintf(&b, "\nNot understood: %s\n", layout.Printable(e.Problem, 2000))
		if e.Start != nil || e.Family != "" {
			b.WriteString("\nIn doubt, and only guessed\n")
			list(&b, "", e.Guesses)
		}
		read = "With that, read as"
	}
	if e.Family != "" {
		e.concluded(&b, read)
	}
	if e.Failed != "" {
		fmt.Fprintf(&b, "\nIt could not be run: %s\n", layout.Printable(e.Failed, 2000))
	}
	e.start(&b)
	return b.String()
}

// list writes lines with what comes before each.
func list(b *strings.Builder, before string, lines []string) {
	for _, line := range lines {
		fmt.Fprintf(b, "  %s%s\n", before, line)
	}
}

// seen writes what the file has, and its numbers.
func (e *explanation) seen(b *strings.Builder) {
	fmt.Fprintf(b, "%s, %s\n", layout.Printable(e.file, maxMetadata), e.made())
	if len(e.Beside) > 0 {
		fmt.Fprintf(b, "  with %s beside it\n",
			layout.Printable(strings.Join(e.Beside, " and "), maxMetadata))
	}
	for _, key := range slices.Sorted(maps.Keys(e.Metadata)) {
		value := layout.Printable(e.Metadata[key], maxMetadata)
		if len(value) == maxMetadata {
			value += " …"
		}
		fmt.Fprintf(b, "  %s: %s\n", layout.Printable(key, maxMetadata), value)
	}
	b.WriteString("\nInputs\n")
	for i := range e.Inputs {
		fmt.Fprintf(b, "  %s\n", e.Inputs[i].Describe())
	}
	fmt.Fprintf(b, "\nOutputs, as declared, and their numbers for %s\n",
		layout.Printable(e.picture, maxMetadata))
	for i := range e.Outputs {
		fmt.Fprintf(b, "  %s\n", e.Outputs[i].Describe())
		if i < len(e.Seen) {
			before := ""
			if i < len(e.Wide) {
				before = "samples 0..1: "
			}
			fmt.Fprintf(b, "    %s%s\n", before, e.Seen[i].Words())
		}
		if i < len(e.Wide) {
			fmt.Fprintf(b, "    samples 0..255: %s\n", e.Wide[i].Words())
		}
	}
}

// made says by what the file was made.
func (e *explanation) made() string {
	parts := []string{"of an unnamed maker"}
	if e.header.Producer != "" {
		parts[0] = "made by " + layout.Printable(e.header.Producer, maxMetadata)
	}
	if e.header.Format > 0 {
		parts = append(parts, fmt.Sprintf("IR version %d", e.header.Format))
	}
	for _, domain := range slices.Sorted(maps.Keys(e.header.Operators)) {
		name := "opset"
		if domain != "" && domain != "ai.onnx" {
			name = layout.Printable(domain, maxMetadata)
		}
		parts = append(parts, fmt.Sprintf("%s %d", name, e.header.Operators[domain]))
	}
	return strings.Join(parts, ", ")
}

// concluded writes what was concluded, and why.
func (e *explanation) concluded(b *strings.Builder, read string) {
	fmt.Fprintf(b, "\n%s %s\n", read, e.Family)
	fmt.Fprintf(b, "  frames: %s\n", e.frames())
	classes := "without names"
	if len(e.Labels) > 0 {
		classes = classList(e.Labels)
	}
	fmt.Fprintf(b, "  classes: %s\n", classes)
	list(b, "because ", e.Reasons)
	list(b, "warning: ", e.Warnings)
	e.found(b, "Found")
}

// frames says how frames are prepared.
func (e *explanation) frames() string {
	p := e.Preparation
	fits := map[layout.Fit]string{
		layout.Stretch: "stretched", layout.Centred: "in the middle of sample %g",
		layout.TopLeft: "at the upper left of sample %g",
	}
	text := fits[e.Fit]
	if e.Fit != layout.Stretch {
		text = fmt.Sprintf(text, p.Pad)
	}
	order := "red first"
	if p.BGR {
		order = "blue first"
	}
	low, high := p.Bias, p.Bias
	for i := range high {
		high[i] += 255 * p.Scale[i]
	}
	return fmt.Sprintf("%d × %d, %s, %s, samples from %.4g to %.4g", e.Input.Width,
		e.Input.Height, text, order, slices.Min(low[:]), slices.Max(high[:]))
}

// shownObjects is how many objects are listed.
const shownObjects = 5

// found writes what is found in the picture.
func (e *explanation) found(b *strings.Builder, what string) {
	fmt.Fprintf(b, "  %s in the picture: %d", what, len(e.Found))
	for i, d := range e.Found[:min(len(e.Found), shownObjects)] {
		sep := ", "
		if i == 0 {
			sep = ": "
		}
		fmt.Fprintf(b, "%s%s %.2f (%.2f, %.2f to %.2f, %.2f)", sep, d.Label, d.Score, d.Box.X1,
			d.Box.Y1, d.Box.X2, d.Box.Y2)
	}
	if len(e.Found) > shownObjects {
		b.WriteString(", …")
	}
	b.WriteString("\n")
}

// start writes the sidecar to start from, and how to go on with it.
func (e *explanation) start(b *strings.Builder) {
	if len(e.Start) == 0 {
		return
	}
	name := strings.TrimSuffix(e.file, filepath.Ext(e.file)) + ".json"
	understood := e.Problem == ""
	switch {
	case understood && e.Same:
		fmt.Fprintf(b, "\nThe same as %s beside the model, to be changed where it is wrong:\n\n",
			name)
	case understood:
		fmt.Fprintf(b, "\nTo start from, as %s beside the model (it is not quite the same):\n\n",
			name)
	default:
		fmt.Fprintf(b, "\nA guess to start from, as %s beside the model:\n\n", name)
	}
	b.Write(e.Start)
	if !understood {
		if e.Same && e.Family == "" {
			b.WriteString("\n")
			e.found(b, "With it, found")
		}
		b.WriteString(legend)
	}
	fmt.Fprintf(b, "\nhandlens models explain --format sidecar %s > %s writes it;\n"+
		"handlens detect --model %s %s then shows whether it is right.\n", e.file, name, e.file,
		e.shown)
}

// legend says what may stand in a sidecar, in short.
const legend = `
Columns name each number of a row, in its order:
  x1 y1 x2 y2 | cx cy w h | x y w h | left top right bottom   the box
  scores*N (one for each class, all that are left without *N), background,
  objectness, score and class (of one), count (an output of its own),
  masks*N and prototypes, points-xy*N, points-xys*N, angle, ignored*N
"turned": true where the numbers of a row lie under each other, as in [1,84,8400].
"boxes": {"unit": "pixels" | "shares" | "original"}, or for a grid {"formula": "yolox" | "yolov3" |
  "yolov5" | "ssd" | "distances", "strides": [8, 16], "anchors": [[[width, height]], …]}.
"inputs": values of further inputs by name.
"scores": "plain" | "sigmoid" | "softmax"; "numbering": 0 | 1 | "coco" | [numbers of the labels].
"input": order rgb | bgr, range 1 | 255, mean, std, fit stretch | centre | top-left.
README.md, "A model that is not recognised", has all of it.
`

// object is the explanation as JSON.
func (e *explanation) object() any {
	tensors := func(list []layout.Tensor) []layout.Look {
		out := []layout.Look{}
		for _, t := range list {
			out = append(out, layout.Look{Name: t.Name, Type: t.Type.String(), Shape: t.Shape})
		}
		return out
	}
	return struct {
		File       string                `json:"file"`
		Header     sniff.Header          `json:"header"`
		Metadata   map[string]string     `json:"metadata"`
		Inputs     []layout.Look         `json:"inputs"`
		Outputs    []layout.Look         `json:"outputs"`
		Wide       []layout.Look         `json:"outputs_of_samples_to_255,omitempty"`
		Problem    string                `json:"problem,omitempty"`
		Failed     string                `json:"failed,omitempty"`
		Family     string                `json:"family,omitempty"`
		Labels     []string              `json:"labels,omitempty"`
		Reasons    []string              `json:"reasons,omitempty"`
		Warnings   []string              `json:"warnings,omitempty"`
		Guesses    []string              `json:"guesses,omitempty"`
		Detections []inference.Detection `json:"detections,omitempty"`
		Sidecar    json.RawMessage       `json:"sidecar,omitempty"`
		Same       bool                  `json:"sidecar_gives_the_same"`
	}{
		e.file, e.header, e.Metadata, tensors(e.Inputs), seenOr(e.Seen, tensors(e.Outputs)), e.Wide,
		e.Problem, e.Failed, e.Family, e.Labels, e.Reasons, e.Warnings, e.Guesses, e.Found,
		json.RawMessage(e.Start), e.Same,
	}
}

// seenOr is what was seen, or else what is declared.
func seenOr(seen, declared []layout.Look) []layout.Look {
	if len(seen) == len(declared) {
		return seen
	}
	return declared
}
