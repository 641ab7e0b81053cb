package command

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"handlens/app/cli"
	"handlens/inference/detector"
	"handlens/inference/ort"
	"handlens/media/ffmpeg"
	"handlens/media/plaintext"
	"handlens/media/record"
)

func (d *doctor) versions() {
	d.find("program", isFine, "Handlens %s, %s, FFmpeg %s, %s/%s.", cli.Version, runtime.Version(),
		ffmpeg.Version(), runtime.GOOS, runtime.GOARCH)
	v, path, err := ort.LoadedVersion()
	if err != nil {
		d.find("engine", isFault, "Nothing can be detected: %v.", err)
		return
	}
	d.find("engine", isFine, "ONNX Runtime %s from %s.", v, path)
}

// leastFree is what a model and a few minutes of recording need, in bytes.
const leastFree = 500 << 20

// data tries to write where certificates, models and settings are kept.
func (d *doctor) data() {
	dir := d.dataDir
	for {
		info, err := os.Stat(dir)
		if err == nil && info.IsDir() {
			break
		}
		if parent := filepath.Dir(dir); errors.Is(err, fs.ErrNotExist) && parent != dir {
			dir = parent // the first start creates what is missing
			continue
		}
		d.find("data", isFault,
			"%s is not a folder that can be used; name another with --data-dir.",
			dir)
		return
	}
	f, err := os.CreateTemp(dir, ".handlens-doctor-*")
	if err != nil {
		d.find("data", isFault,
			"%s cannot be written (%v); make it yours, or name another folder with --data-dir.",
			dir, errors.Unwrap(err))
		return
	}
	f.Close()
	os.Remove(f.Name())
	free, err := record.Free(dir)
	switch {
	case err != nil:
		d.find("data", isNote, "%s can be written; Handlens cannot tell how much is free: %v.",
			d.dataDir,
			err)
	case free < leastFree:
		d.find("data", isNote,
			"%s can be written, but only %s is free; make room for models and recordings.",
			d.dataDir,
			plaintext.Bytes(free))
	default:
		d.find("data", isFine, "%s can be written, and %s is free.", d.dataDir,
			plaintext.Bytes(free))
	}
}

func (d *doctor) display() {
	if fault := cli.DisplayFault(); fault != "" {
		d.find("window", isNote,
			"No window can be opened: %s. handlens --no-window works without one.", fault)
		return
	}
	d.find("window", isFine, "There is a display.")
}

// detector opens the model as the app would.
func (d *doctor) detector() {
	store, err := cli.OpenStore(d.dataDir)
	if err != nil {
		d.find("model", isFault, "%v.", err)
		return
	}
	m, err := store.Find(d.model)
	if err != nil {
		d.find("model", isFault, "%v.", err)
		return
	}
	detector, err := cli.OpenModel(m, detector.Options{Checks: cli.ChecksFile(d.dataDir)})
	if err != nil {
		d.find("model", isFault, "%v.", err)
		return
	}
	defer detector.Close()
	info := detector.Info()
	d.find("model", isFine, "%s opens: %s, %d × %d, %d classes.", info.Name, info.Family,
		info.InputWidth, info.InputHeight, len(info.Labels))
	for _, w := range detector.Review() {
		d.find("model", isNote, "%s: %s.", info.Name, w)
	}
}

// providers asks the drivers of all providers but the processor. It is no fault when there is none:
// the processor is always there.
func (d *doctor) providers() {
	cli.UsePlugins(d.dataDir)
	for _, p := range detector.Examine() {
		if p.Name == "cpu" {
			continue
		}
		if p.Available {
			d.find("provider", isFine, "%s (--provider %s) is available; whether it is faster "+
				"than the processor is measured for each model.", p.Words, p.Name)
			continue
		}
		d.find("provider", isNote, "%s is not available: %s.", p.Words, p.Why)
	}
}

func (d *doctor) encoders() {
	works := false
	for _, e := range ffmpeg.Encoders() {
		if e.Works {
			works = true
			d.find("encoder", isFine, "%s works.", e.Label)
			continue
		}
		d.find("encoder", isNote, "%s does not work: %s.", e.Label, e.Why)
	}
	if !works {
		d.find("encoder", isNote, "No encoder works, so nothing can be recorded; this build "+
			"of FFmpeg is damaged.")
	}
}

// decoders tells what this machine decodes with. Missing hardware is no fault: FFmpeg's own decoder
// does the work instead.
func (d *doctor) decoders() {
	for _, v := range ffmpeg.Decoders() {
		switch {
		case v.Works:
			d.find("decoder", isFine, "%s decodes %s.", v.Label, v.Codec)
		case v.Hardware:
			d.find("decoder", isNote, "%s does not decode %s: %s.", v.Label, v.Codec, v.Why)
		default:
			d.find("decoder", isNote,
				"%s does not decode %s in software: %s; this build of FFmpeg is damaged.", v.Label,
				v.Codec, v.Why)
		}
	}
}
