package browserbench

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Result is what the browser's side costs, beside the computer's.
type Result struct {
	Model   string  `json:"model"`
	Source  string  `json:"source"`
	Seconds float64 `json:"seconds"` // that each architecture was measured for
	Browser string  `json:"browser"`
	CPUs    int     `json:"cpus"`
	// Busy is the computer's load average when it began: other work disturbs all that follows.
	Busy          float64        `json:"load_average,omitempty"`
	Architectures []Architecture `json:"architectures"`
}

// Architecture is one answer to the question who infers.
type Architecture struct {
	Name  string `json:"name"`  // I, II phone or II viewer
	Infer string `json:"infer"` // the device that does
	By    string `json:"by"`    // what runs the model
	// Known and Drawn are counted from the capture of the picture, Engine is the model's run alone
	// and Whole with what comes before and after it; in milliseconds.
	Known  Quantiles `json:"box_known_ms"`
	Drawn  Quantiles `json:"box_drawn_ms"`
	Engine float64   `json:"engine_ms"`
	Whole  float64   `json:"detect_ms"`
	Rate   float64   `json:"detections_per_second"`
	Loads  []Load    `json:"loads"`
	Flows  []Flow    `json:"flows"`
	Leaves []string  `json:"leaves"` // what leaves which device, in words
}

// Quantiles are the median and the 95th percentile of N values.
type Quantiles struct {
	N   int     `json:"n"`
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
}

// Load is what one device's side of it uses.
type Load struct {
	Device string `json:"device"`
	// CPU is in seconds of one processor for each second; negative where it is unknown.
	CPU    float64 `json:"cpu"`
	Memory int64   `json:"memory_bytes"` // 0 where it is unknown
}

// Flow is what leaves one device.
type Flow struct {
	Device string `json:"device"`
	// Bytes leave in a second; those of Results are among them.
	Bytes   float64 `json:"bytes_per_second"`
	Results float64 `json:"results_bytes_per_second"`
}

// usage is what a device has used until a moment.
type usage struct {
	at     time.Time
	cpu    float64 // seconds
	memory int64
}

// load is what was used between two moments.
func load(device string, before, after usage) Load {
	l := Load{Device: device, CPU: -1, Memory: after.memory}
	if span := after.at.Sub(before.at).Seconds(); span > 0 && after.cpu > 0 {
		l.CPU = round(max(0, after.cpu-before.cpu)/span, 3)
	}
	return l
}

// quantilesOf takes the nearest ranks.
func quantilesOf(values []float64) Quantiles {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return Quantiles{}
	}
	at := func(q float64) float64 {
		return round(sorted[max(0, int(math.Ceil(q*float64(len(sorted))))-1)], 1)
	}
	return Quantiles{N: len(sorted), P50: at(0.5), P95: at(0.95)}
}

func round(v float64, places int) float64 {
	scale := math.Pow10(places)
	return math.Round(v*scale) / scale
}

// Write writes a table with a column for each architecture.
func (r *Result) Write(w io.Writer) error {
	fmt.Fprintf(w, "%s, %s\n%s, %d processors, load average %.1f, %g s each\n\n", r.Model, r.Source,
		r.Browser, r.CPUs, r.Busy, r.Seconds)
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	for _, row := range r.rows() {
		fmt.Fprintln(table, strings.Join(row, "\t"))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, a := range r.Architectures {
		fmt.Fprintf(w, "%s\n", a.Name)
		for _, words := range a.Leaves {
			fmt.Fprintf(w, "   %s\n", words)
		}
	}
	_, err := fmt.Fprintln(w)
	return err
}

// rows are those of the table, each with its title first.
func (r *Result) rows() [][]string {
	var rows [][]string
	add := func(title string, cell func(Architecture) string) {
		row := []string{title}
		for _, a := range r.Architectures {
			row = append(row, cell(a))
		}
		rows = append(rows, row)
	}
	add("", func(a Architecture) string { return a.Name })
	add("infers", func(a Architecture) string { return a.Infer })
	add("by", func(a Architecture) string { return a.By })
	add("capture → box known, p50 / p95 ms", func(a Architecture) string {
		return a.Known.String()
	})
	add("capture → box drawn, p50 / p95 ms", func(a Architecture) string {
		return a.Drawn.String()
	})
	add("detect, of which engine, p50 ms", func(a Architecture) string {
		return fmt.Sprintf("%.1f, %.1f", a.Whole, a.Engine)
	})
	add("detections a second", func(a Architecture) string { return fmt.Sprintf("%.1f", a.Rate) })
	for _, device := range r.devices() {
		add("processors kept busy, "+device, func(a Architecture) string {
			return a.of(device, Load.processors)
		})
	}
	for _, device := range r.devices() {
		add("memory, "+device, func(a Architecture) string { return a.of(device, Load.memory) })
	}
	for _, device := range r.devices() {
		add("leaves the "+device+", kB/s (results)", func(a Architecture) string {
			for _, f := range a.Flows {
				if f.Device == device {
					return fmt.Sprintf("%.1f (%.1f)", f.Bytes/1e3, f.Results/1e3)
				}
			}
			return "–"
		})
	}
	return rows
}

func (l Load) processors() string {
	if l.CPU < 0 {
		return "unknown"
	}
	return fmt.Sprintf("%.2f", l.CPU)
}

func (l Load) memory() string {
	if l.Memory == 0 {
		return "unknown"
	}
	return fmt.Sprintf("%d MB", l.Memory/1e6)
}

// devices are all that take part in any of the architectures.
func (r *Result) devices() (all []string) {
	for _, a := range r.Architectures {
		for _, l := range a.Loads {
			if !slices.Contains(all, l.Device) {
				all = append(all, l.Device)
			}
		}
	}
	return all
}

// of says something of a device's load, if it takes part.
func (a Architecture) of(device string, say func(Load) string) string {
	for _, l := range a.Loads {
		if l.Device == device {
			return say(l)
		}
	}
	return "–"
}

func (q Quantiles) String() string {
	if q.N == 0 {
		return "unknown"
	}
	return fmt.Sprintf("%.0f / %.0f", q.P50, q.P95)
}
