package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"handlens/app/cli"
	"handlens/inference/coco"
	"handlens/inference/detector"
	"handlens/media"
	"handlens/media/inputfile"
	"handlens/media/still"
)

var accuracyCommand = &cli.Command{
	Name: "accuracy", Args: "FOLDER",
	Summary: "how accurate a model is on labelled pictures",
	About: `The pictures are in FOLDER or in a folder inside it. A file of annotations in COCO's
format (*.json) is there, beside it, or in "annotations". The samples that the app gathers with the
key D are such a folder.`,
	Notes: `The figures follow COCO's own definition: AP is the mean over IoU 0.50 to 0.95 and over
the classes, at 101 recalls, with at most 100 objects of a class in a picture; small is below
32 × 32 pixels, large above 96 × 96. Each model runs with the thresholds with which its authors
evaluate.`,
	ArgPaths: cli.Folders,
	New:      func() cli.Options { return &accuracyFlags{provider: "cpu"} },
}

// accuracyFlags is what the command line of accuracy says.
type accuracyFlags struct {
	models, only                 []string
	annotations, folder, dataDir string
	provider                     string
	asJSON, table                bool
}

func (o *accuracyFlags) Flags() []cli.Flag {
	model := cli.ModelFlag(&o.models)
	model.Help += "; several with commas or by repeating the option"
	classes := cli.ClassesFlag(&o.only)
	classes.Help = "judge only these classes, as if there were no others"
	return []cli.Flag{
		{
			Name: "annotations", To: &o.annotations, Placeholder: "FILE", Paths: cli.Files,
			Help: "the annotations, where they are elsewhere or there are several",
		},
		model,
		classes,
		{Name: "classes-table", To: &o.table, Help: "show each class as well"},
		jsonFlag(&o.asJSON),
		cli.ProviderFlag(&o.provider),
		cli.DataDirFlag(&o.dataDir),
	}
}

func (o *accuracyFlags) Check(args cli.Args) error {
	switch files := args.Rest; {
	case len(files) == 0:
		return errors.New("which folder? Name one with labelled pictures")
	case len(files) > 1:
		return fmt.Errorf("one folder at a time: %s is one more", files[1])
	}
	cli.UsePlugins(o.dataDir)
	if err := cli.CheckProvider(o.provider); err != nil {
		return err
	}
	if o.folder = args.Rest[0]; len(o.models) == 0 {
		o.models = []string{""}
	}
	return nil
}

// Run measures each model on all labelled pictures of a folder.
func (o *accuracyFlags) Run(ctx context.Context, stdout, stderr io.Writer) error {
	labelled, err := openLabelled(o.folder, o.annotations)
	if err != nil {
		return err
	}
	if len(o.only) > 0 {
		if err := labelled.truth.Only(o.only); err != nil {
			return fmt.Errorf("--classes: %w among those that are labelled in %s", err, o.folder)
		}
	}
	if n := labelled.missing; n > 0 {
		cli.Complain(stderr, "accuracy",
			fmt.Errorf("%d pictures of the annotations are not in %s and do not count", n,
				o.folder))
	}
	var failed error
	result := accuracyResult{Folder: o.folder, Pictures: len(labelled.truth.Images)}
	for _, name := range o.models {
		one, err := o.measure(ctx, name, labelled, stderr)
		if err != nil { // the other models are still worth knowing
			cli.Complain(stderr, "accuracy", err)
			if failed = cli.ErrReported; ctx.Err() != nil {
				break
			}
			continue
		}
		result.Models = append(result.Models, one)
	}
	if err := result.write(stdout, o); err != nil {
		return err
	}
	return failed
}

// detectorOptions are those with which accuracy is measured.
func (o *accuracyFlags) detectorOptions() detector.Options {
	return detector.Options{
		Provider: o.provider, ServerFiles: cli.ServerFiles(o.dataDir), Evaluation: true,
		Checks: cli.ChecksFile(o.dataDir),
	}
}

// measure runs one model on all pictures and judges what it found.
func (o *accuracyFlags) measure(ctx context.Context, name string, l *labelled,
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
	d, err := cli.OpenReviewed(model, o.detectorOptions(), stderr)
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
	progress := cli.NewMeter(stderr, info.Name)
	defer progress.End()
	var found []coco.Result
	for i, im := range l.truth.Images {
		if err := cli.Interrupted(ctx); err != nil {
			return modelAccuracy{}, err
		}
		progress.Count(i, len(l.truth.Images))
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

// match finds each of a model's classes among the labelled ones by its name, and returns those that
// the model does not know.
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
	img, err := still.Decode(f)
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
