package command

import (
	"fmt"
	"image"
	"io"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"

	"handlens/app/cli"
	"handlens/app/recording"
	"handlens/inference/detector"
	"handlens/inference/ort"
	"handlens/media/ffmpeg"
)

// stageTimes gathers what each stage took, in the order in which the stages came up.
type stageTimes struct {
	names []string
	times map[string][]time.Duration
}

func (s *stageTimes) add(stage string, t time.Duration) {
	if s.times == nil {
		s.times = map[string][]time.Duration{}
	}
	if _, known := s.times[stage]; !known {
		s.names = append(s.names, stage)
	}
	s.times[stage] = append(s.times[stage], t)
}

// benchStages is the order of the table.
var benchStages = []string{
	"decode", "convert", "preprocess", "engine run", "layout", "detect", "detect here",
	"bare engine run",
}

// benchResult is what bench writes. Times are in milliseconds.
type benchResult struct {
	Model    string       `json:"model"`
	Family   string       `json:"family"`
	Provider string       `json:"provider"`
	Threads  int          `json:"threads"` // of the engine on the processor
	Input    benchSize    `json:"input"`
	Source   string       `json:"source"`
	Picture  benchSize    `json:"picture"`
	Stages   []benchStage `json:"stages"`
	// Ratio is the median of detect over the median of the bare engine run.
	Ratio float64 `json:"detect_over_bare"`
	// PairRatio is the median of the rounds' own ratios: steadier when other work comes and goes.
	PairRatio float64 `json:"detect_over_bare_paired"`
	// ServerRatio is the median of the rounds' own ratios of detect by a server over detect here.
	ServerRatio float64       `json:"server_over_here_paired,omitempty"`
	Versions    benchVersions `json:"versions"`
	CPUs        int           `json:"cpus"`
}

type benchSize struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

type benchStage struct {
	Stage  string  `json:"stage"`
	N      int     `json:"n"`
	Median float64 `json:"median_ms"`
	P95    float64 `json:"p95_ms"`
}

type benchVersions struct {
	Handlens    string `json:"handlens"`
	FFmpeg      string `json:"ffmpeg"`
	ONNXRuntime string `json:"onnxruntime"`
	Go          string `json:"go"`
	System      string `json:"system"`
}

func newBenchResult(model string, info detector.Info, threads int, source string,
	picture image.Point, s *stageTimes,
) *benchResult {
	r := &benchResult{
		Model: model, Family: info.Family, Provider: info.Provider, Threads: threads,
		Input:  benchSize{info.InputWidth, info.InputHeight},
		Source: source, Picture: benchSize{picture.X, picture.Y},
		CPUs: runtime.NumCPU(),
		Versions: benchVersions{
			Handlens: cli.Version, FFmpeg: ffmpeg.Version(), ONNXRuntime: engineVersion(),
			Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH,
		},
	}
	median := map[string]float64{}
	for _, name := range benchStages {
		t := s.times[name]
		if len(t) == 0 {
			continue
		}
		stage := benchStage{
			Stage: name, N: len(t), Median: milliseconds(quantile(t, 0.5)),
			P95: milliseconds(quantile(t, 0.95)),
		}
		median[name] = stage.Median
		r.Stages = append(r.Stages, stage)
	}
	if bare := median["bare engine run"]; bare > 0 {
		r.Ratio = recording.Round(median["detect"]/bare, 3)
		r.PairRatio = recording.Round(pairedRatio(s.times["detect"], s.times["bare engine run"]), 3)
	}
	if here := s.times["detect here"]; len(here) > 0 {
		r.ServerRatio = recording.Round(pairedRatio(s.times["detect"], here), 3)
	}
	return r
}

// quantile returns the smallest of the times that at least the share q of them does not exceed
// (nearest rank).
func quantile(times []time.Duration, q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	rank := int(q*float64(len(sorted)) + 0.999999)
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// pairedRatio returns the median of a[i]/b[i], two times of one round.
func pairedRatio(a, b []time.Duration) float64 {
	ratios := make([]float64, min(len(a), len(b)))
	for i := range ratios {
		ratios[i] = float64(a[i]) / float64(max(b[i], 1))
	}
	slices.Sort(ratios)
	return ratios[(len(ratios)-1)/2]
}

func milliseconds(t time.Duration) float64 {
	return recording.Round(float64(t)/float64(time.Millisecond), 4)
}

func (r *benchResult) write(w io.Writer, asJSON bool) error {
	if asJSON {
		return writeJSON(w, r)
	}
	fmt.Fprintf(w, "%s (%s, %d × %d) on %s, threads: %d of %d processors\n%s, %d × %d\n\n", r.Model,
		r.Family, r.Input.Width, r.Input.Height,
		r.Provider, r.Threads, r.CPUs, r.Source, r.Picture.Width, r.Picture.Height)
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "stage\tn\tmedian ms\tp95 ms\t")
	for _, s := range r.Stages {
		fmt.Fprintf(table, "%s\t%d\t%.3f\t%.3f\t\n", s.Stage, s.N, s.Median, s.P95)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\ndetect / bare engine run: %.3f (medians), %.3f (median of the "+
		"rounds' own)\n", r.Ratio, r.PairRatio)
	if err == nil && r.ServerRatio > 0 {
		_, err = fmt.Fprintf(w, "detect by the server / detect here: %.3f (median of the rounds' "+
			"own)\n", r.ServerRatio)
	}
	return err
}

// engineVersion is that of the library in use, which the detector has loaded by now.
func engineVersion() string {
	v, _, err := ort.LoadedVersion()
	if err != nil {
		return "not loaded"
	}
	return v
}
