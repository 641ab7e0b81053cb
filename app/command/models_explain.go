package command

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"handlens/inference/detector"
	"handlens/inference/layout"
	"handlens/media/plaintext"
	"handlens/models"
)

// errNotUnderstood ends explain when there is a model that is not understood: what it has is
// printed.
var errNotUnderstood = errors.New("the model is not understood; what it has stands above, and a " +
	"sidecar to start from")

// explainModel prints what is seen of a model, what is concluded from it and why, and a sidecar to
// start from.
func explainModel(store *models.Store, nameOrFile string, stdout io.Writer) error {
	m, err := store.Find(nameOrFile)
	if err != nil {
		return err
	}
	if m.Path == "" {
		return fmt.Errorf("%s is a part of the program: explain takes a file", m.Name)
	}
	e, err := detector.Explain(m.Path)
	if err != nil {
		return err
	}
	p := &explainer{to: stdout}
	p.seen(e)
	if e.Layout == nil {
		p.section("not understood")
		p.line("%v", e.Err)
		p.skeleton(m.Path)
		return errors.Join(p.err, errNotUnderstood)
	}
	p.concluded(e.Layout)
	text, err := e.Layout.Sidecar()
	if err != nil {
		return err
	}
	p.section("the same as " + sidecarOf(m.Path) + ", to be changed where it is wrong")
	p.line("%s", text)
	return p.err
}

// sidecarOf is the name of the file beside a model.
func sidecarOf(path string) string {
	base := filepath.Base(path)
	return plaintext.Printable(strings.TrimSuffix(base, filepath.Ext(base)) + ".json")
}

// explainer prints, and keeps the first error.
type explainer struct {
	to  io.Writer
	err error
}

func (p *explainer) line(format string, args ...any) {
	if _, err := fmt.Fprintf(p.to, format+"\n", args...); err != nil && p.err == nil {
		p.err = err
	}
}

func (p *explainer) section(title string) { p.line("\n%s:", title) }

// seen prints inputs, outputs and metadata.
func (p *explainer) seen(e *detector.Explanation) {
	p.line("inputs:")
	for _, t := range e.Inputs {
		p.line("  %s", t.Facts())
	}
	p.section("outputs, after a run on a shaded picture in which nothing is")
	for _, t := range e.Outputs {
		p.line("  %s", t.Facts())
	}
	const most = 100 // characters of a value
	for i, key := range slices.Sorted(maps.Keys(e.Metadata)) {
		if i == 0 {
			p.section("metadata")
		}
		p.line("  %s: %s", layout.Printable(key, most), layout.Printable(e.Metadata[key], most))
	}
}

// concluded prints how the model is read, and why.
func (p *explainer) concluded(l *layout.Layout) {
	p.section("concluded")
	p.line("  family %s", l.Family())
	prep := l.Preparation()
	p.line("  a sample of 0..255 becomes sample × %v + %v, by plane", prep.Scale, prep.Bias)
	order := "red first"
	if prep.BGR {
		order = "blue first"
	}
	p.line("  planes: %s", order)
	p.line("  classes %s", classList(l.Labels()))
	for _, r := range l.Reasons() {
		p.line("  because %s", r)
	}
	for _, w := range l.Warnings() {
		p.line("  in doubt: %s", w)
	}
}

// skeleton prints a sidecar with all that it can say.
func (p *explainer) skeleton(path string) {
	p.section("a " + sidecarOf(path) + " to start from: name the family that it is most like")
	p.line(`{
  "layout": {
    "family": "yolov8",
    "labels": ["name of class 0", "name of class 1"],
    "scores": "plain",
    "nms": true,
    "input": {"order": "rgb", "range": 1, "fit": "centre", "smooth": false}
  }
}`)
}
