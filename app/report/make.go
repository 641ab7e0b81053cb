package report

import (
	"context"
	"encoding/csv"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"handlens/app/recording"
	"handlens/app/rules"
	"handlens/media/atomicfile"
)

// Options say how a report is made.
type Options struct {
	Filter   recording.Filter
	Rules    []rules.Rule // to look for; none for those that came true when it was recorded
	Out      string       // the page; see Name
	Language string       // one of Languages
	// Beside has the counts over time and the heat map written beside the page, with its name and
	// .csv and .png.
	Beside bool
}

// Name is what the report of a recording is called, by its sidecar.
func Name(lines string) string { return strings.TrimSuffix(lines, ".jsonl") + " report.html" }

// Make writes the report of a recording from its sidecar and, as far as it can be read, its video;
// missing says why there are no pictures. It writes over nothing (fs.ErrExist).
func Make(ctx context.Context, lines string, o Options) (missing, err error) {
	s, err := recording.Survey(ctx, lines, o.Filter, o.Rules)
	if err != nil {
		return nil, err
	}
	film, missing := openFilm(filepath.Join(filepath.Dir(lines), filepath.Base(s.Film)))
	defer film.close()
	pictures := film.pictures(ctx)
	err = atomicfile.Create(o.Out, fileMode, func(w io.Writer) error {
		return Write(w, s, pictures, o.Language)
	})
	if err != nil || !o.Beside {
		return missing, err
	}
	base := strings.TrimSuffix(o.Out, filepath.Ext(o.Out))
	err = atomicfile.Create(base+".csv", fileMode, func(w io.Writer) error {
		return writeCSV(w, s)
	})
	if err != nil {
		return missing, err
	}
	return missing, atomicfile.Create(base+".png", fileMode, func(w io.Writer) error {
		return png.Encode(w, HeatMap(pictures.Still, image.Pt(s.Canvas[0], s.Canvas[1]), s.Heat))
	})
}

const fileMode = 0o644

// writeCSV writes how many there were of each class, and inside each zone, in each part of the time
// line, as means; and how many crossed each line by then.
func writeCSV(w io.Writer, s *recording.Summary) error {
	columns := []series{}
	for _, c := range s.Classes {
		columns = append(columns, series{c.Label, c.Series})
	}
	for _, r := range s.Regions {
		if r.Inside != nil {
			columns = append(columns, series{r.Region.Name + " inside", r.Inside})
		}
		columns = append(columns, series{r.Region.Name + " in", sums(r.In)},
			series{r.Region.Name + " out", sums(r.Out)})
	}
	head, parts := []string{"time_s"}, 0
	for _, c := range columns {
		head, parts = append(head, c.name), len(c.values)
	}
	out := csv.NewWriter(w)
	rows := [][]string{head}
	for i := range parts {
		row := []string{strconv.FormatFloat((time.Duration(i) * s.Step).Seconds(), 'f', 1, 64)}
		for _, c := range columns {
			row = append(row, strconv.FormatFloat(c.values[i], 'f', -1, 64))
		}
		rows = append(rows, row)
	}
	return out.WriteAll(rows)
}

// SystemLanguage is that of the environment, English when there is no report in it.
func SystemLanguage() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		code, _, _ := strings.Cut(os.Getenv(name), "_")
		if slices.Contains(Languages, code) {
			return code
		}
	}
	return Languages[0]
}
