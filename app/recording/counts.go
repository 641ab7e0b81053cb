package recording

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"

	"handlens/inference/track"
)

// exportCounts writes what the recording's lines and zones have counted by its end, as a table with
// one line for each class at each of them; one that has counted nothing has a line without a class.
// What the Filter shows is counted again.
func exportCounts(ctx context.Context, path string, o ExportOptions, w io.Writer) error {
	r, err := openReplayer(path, o.Filter)
	if err != nil {
		return err
	}
	defer r.close()
	if len(r.head.Regions) == 0 {
		return ErrNoRegions
	}
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if _, _, err := r.step(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
	}
	out := csv.NewWriter(w)
	rows := [][]string{{
		"region", "kind", "label", "in", "out", "inside", "dwell_mean",
		"dwell_longest",
	}}
	for _, t := range r.counter.Tallies() {
		rows = append(rows, countRows(t)...)
	}
	return out.WriteAll(rows)
}

// countRows are a tally's lines of the table. What only zones have is left empty for lines.
func countRows(t track.Tally) (rows [][]string) {
	labels := make(map[string]bool)
	for _, counts := range []map[string]int{t.In, t.Out, t.Inside} {
		for label := range counts {
			labels[label] = true
		}
	}
	if len(labels) == 0 {
		labels[""] = true
	}
	kind := "zone"
	if t.Region.IsLine() {
		kind = "line"
	}
	for _, label := range slices.Sorted(maps.Keys(labels)) {
		row := []string{
			t.Region.Name, kind, label, strconv.Itoa(t.In[label]),
			strconv.Itoa(t.Out[label]), "", "", "",
		}
		if kind == "zone" {
			row[5] = strconv.Itoa(t.Inside[label])
			row[6], row[7] = secondsOf(t.Dwell, label), secondsOf(t.Longest, label)
		}
		rows = append(rows, row)
	}
	return rows
}

// secondsOf is a time in the table, "" where there is none.
func secondsOf(times map[string]float64, label string) string {
	s, ok := times[label]
	if !ok {
		return ""
	}
	return strconv.FormatFloat(s, 'f', 3, 64)
}
