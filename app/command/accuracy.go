package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"handlens/app/cli"
	"handlens/inference/coco"
	"handlens/inference/detector"
	"handlens/media"
	"handlens/media/inputfile"
)

const accuracyUsage = `handlens accuracy [options] FOLDER    how right a model's boxes are on labelled pictures

The pictures are in FOLDER or in a folder of it. A file of annotations in COCO's form (*.json) lies there, beside it, or in "annotations". Samples
that the app gathered with the key D are such a folder.

  --annotations FILE  the annotations, where they lie elsewhere or there are several
  --model NAME|FILE   a model of the catalogue, or an .onnx file (the best one installed); several with commas or again
  --classes A,B       judge these classes only, as if there were no others
  --classes-table     each class as well
  --json              one JSON object in place of the table
  --provider NAME     what runs the model (cpu)
  --data-dir DIR      where models are kept

The figures are those of COCO's own definition: AP is the mean over IoU 0.50 to 0.95 and over the classes, at 101 recalls, with at most 100 objects
a class in a picture; small is below 32 × 32 pixels, large above 96 × 96. Each model runs with the thresholds with which its authors evaluate.
`

// accuracyFlags is what the command line of accuracy says.
type accuracyFlags struct {
	models, only                 []string
	annotations, folder, dataDir string
	provider                     string
	asJSON, table                bool
}

func parseAccuracy(args []string) (accuracyFlags, error) {
	var o accuracyFlags
	fs := flag.NewFlagSet("accuracy", flag.ContinueOnError)
	fs.Func("model", "", cli.List(&o.models))
	fs.StringVar(&o.annotations, "annotations", "", "")
	fs.StringVar(&o.provider, "provider", "cpu", "")
	fs.StringVar(&o.dataDir, "data-dir", "", "")
	fs.Func("classes", "", cli.List(&o.only))
	fs.BoolVar(&o.asJSON, "json", false, "")
	fs.BoolVar(&o.table, "classes-table", false, "")
	files, err := cli.Parse(fs, args)
	switch {
	case err != nil:
		return o, err
	case len(files) == 0:
		return o, errors.New("which folder? Name one with labelled pictures")
	case len(files) > 1:
		return o, fmt.Errorf("one folder at a time: %s is one more", files[1])
	}
	if o.folder = files[0]; len(o.models) == 0 {
		o.models = []string{""}
	}
	return o, nil
}

// runAccuracy measures each model on all labelled pictures of a folder.
func runAccuracy(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseAccuracy(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, accuracyUsage)
		return cli.Done
	}
	if err != nil {
		return cli.ComplainUsage(stderr, "accuracy", err)
	}
	labelled, err := openLabelled(o.folder, o.annotations)
	if err != nil {
		cli.Complain(stderr, "accuracy", err)
		return cli.Failed
	}
	if len(o.only) > 0 {
		if err := labelled.truth.Only(o.only); err != nil {
			cli.Complain(stderr, "accuracy",
				fmt.Errorf("--classes: %w among those that are labelled in %s", err, o.folder))
			return cli.Failed
		}
	}
	if n := labelled.missing; n > 0 {
		cli.Complain(stderr, "accuracy",
			fmt.Errorf("%d pictures of the annotations are not in %s and do not count", n,
				o.folder))
	}
	status := cli.Done
	result := accuracyResult{Folder: o.folder, Pictures: len(labelled.truth.Images)}
	for _, name := range o.models {
		one, err := measure(ctx, o, name, labelled, stderr)
		if err != nil { // the other models are still worth knowing
			cli.Complain(stderr, "accuracy", err)
			if status = cli.Failed; ctx.Err() != nil {
				break
			}
			continue
		}
		result.Models = append(result.Models, one)
	}
	if err := result.write(stdout, o); err != nil {
		cli.Complain(stderr, "accuracy", err)
		return cli.Failed
	}
	return status
}

// measure looks at all pictures with one model and judges what it found.
func measure(ctx context.Context, o accuracyFlags, name string, l *labelled,
	stderr io.Writer,
) (modelAccuracy, error) {
	store, err := cli.OpenStore(o.dataDir)
	if err != nil {
		return modelAccuracy{}, err
	}
	model, err := store.Find(name)
	if err != nil {
		return modelAccuracy{}, err
	}
	d, err := cli.OpenModel(model, detector.Options{Provider: o.provider, Evaluation: true})
	if err != nil {
		return modelAccuracy{}, err
	}
	defer d.Close()
	info := d.Info()
	category, unknown := match(info.Labels, l.truth.Categories)
	if len(category) == 0 {
		return modelAccuracy{},
			fmt.Errorf(
				"%s knows none of the %d classes that are labelled here (%s, …); it knows %s",
				info.Name, len(l.truth.Categories), l.truth.Categories[0].Name,
				classList(info.Labels))
	}
	if len(unknown) > 0 {
		cli.Complain(stderr, "accuracy",
			fmt.Errorf("%s does not know %s, which counts as not found", info.Name,
				classList(unknown)))
	}
	progress := newPercent(stderr)
	defer progress.end()
	var found []coco.Result
	for i, im := range l.truth.Images {
		if err := cli.Interrupted(ctx); err != nil {
			return modelAccuracy{}, err
		}
		progress.tell(float64(i) / float64(len(l.truth.Images)))
		if found, err = judgePicture(d, l.path[im.ID], im.ID, category, found); err != nil {
			return modelAccuracy{}, err
		}
	}
	return modelAccuracy{
		Model: info.Name, Family: info.Family, Provider: info.Provider,
		Input:      benchSize{info.InputWidth, info.InputHeight},
		Evaluation: coco.Evaluate(l.truth, found),
	}, nil
}

// match finds each of a model's classes among the labelled ones by its name, and tells which of
// those the model does not know.
func match(labels []string, categories []coco.Category) (category map[int]int64, unknown []string) {
	category = map[int]int64{}
	for _, c := range categories {
		known := false
		for class, label := range labels {
			if strings.EqualFold(label, c.Name) {
				category[class], known = c.ID, true
			}
		}
		if !known {
			unknown = append(unknown, c.Name)
		}
	}
	return category, unknown
}

// judgePicture adds what a model finds in one picture.
func judgePicture(d *detector.Detector, path string, id int64, category map[int]int64,
	found []coco.Result,
) ([]coco.Result, error) {
	f, err := inputfile.Open(path)
	if err != nil {
		return found, plainFileError(path, err)
	}
	defer f.Close()
	img, err := decodePicture(f)
	if err != nil {
		return found, plainFileError(path, err)
	}
	frame, err := media.FromImage(img)
	if err != nil {
		return found, plainFileError(path, err)
	}
	defer frame.Release()
	detections, _, err := d.Detect(frame, nil)
	if err != nil {
		return found, fmt.Errorf("%s: %w", path, err)
	}
	for _, x := range detections {
		if c, known := category[x.Class]; known {
			left, top, w, h := pixels(x.Box, frame.Width, frame.Height)
			found = append(found,
				coco.Result{
					Image: id, Category: c, Box: coco.Box{left, top, w, h},
					Score: float64(x.Score),
				})
		}
	}
	return found, nil
}
