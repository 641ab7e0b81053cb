package record

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	_ "image/jpeg" // a user may put JPEG files in the folder
	_ "image/png"
)

// cocoBegin is how our annotations.json begins.
const cocoBegin = `{"info":{"description":"Handlens data set"`

const (
	// maxLabelFile bounds what is read of a file of labels, and maxSampleLine a line of samples.tsv, in bytes.
	maxLabelFile  = 1 << 20
	maxSampleLine = 8 << 20
)

// sample is a line of samples.tsv: a picture and what is in it, in columns. The last two stay text, which is how they go into annotations.json.
type sample struct {
	// name is the picture's file, id its number.
	name string
	id   int
	// last is the highest number that an annotation had so far.
	last int
	// changed is when the picture and its labels were changed last, in nanoseconds of Unix time: when they are again, they are read again.
	changed [2]int64
	// image is the entry in images, annotations are those in annotations, with commas between.
	image, annotations []byte
}

// sampleColumns is how many a line of samples.tsv has.
const sampleColumns = 7

// parseSample reads a line; false when it is none, as the last one may be after a crash. It keeps parts of the line.
func parseSample(line []byte) (s sample, ok bool) {
	var columns [sampleColumns][]byte
	for i := range columns {
		var more bool
		if columns[i], line, more = bytes.Cut(line, []byte("\t")); more == (i == sampleColumns-1) {
			return sample{}, false
		}
	}
	s = sample{name: string(columns[0]), image: columns[5], annotations: columns[6]}
	var errs [4]error
	s.id, errs[0] = strconv.Atoi(string(columns[1]))
	s.last, errs[1] = strconv.Atoi(string(columns[2]))
	s.changed[0], errs[2] = strconv.ParseInt(string(columns[3]), 10, 64)
	s.changed[1], errs[3] = strconv.ParseInt(string(columns[4]), 10, 64)
	return s, s.name != "" && errors.Join(errs[:]...) == nil
}

// whole says whether the columns that go into annotations.json fit there.
func (s sample) whole() bool {
	return len(s.image) > 0 && s.image[0] == '{' && json.Valid(s.image) && json.Valid(slices.Concat([]byte("["), s.annotations, []byte("]")))
}

func (s sample) line() []byte {
	head := fmt.Appendf(nil, "%s\t%d\t%d\t%d\t%d\t", s.name, s.id, s.last, s.changed[0], s.changed[1])
	return slices.Concat(head, s.image, []byte("\t"), s.annotations, []byte("\n"))
}

// known is what the last line about a picture says, and which line of all that is.
type known struct {
	line, id int
	changed  [2]int64
}

type cocoImage struct {
	ID       int    `json:"id"`
	FileName string `json:"file_name"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
	Captured string `json:"date_captured"`
}

type cocoAnnotation struct {
	ID       int        `json:"id"`
	Image    int        `json:"image_id"`
	Category int        `json:"category_id"`
	Box      [4]float64 `json:"bbox"`
	Area     float64    `json:"area"`
	Crowd    int        `json:"iscrowd"`
}

type cocoCategory struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// index brings samples.tsv and annotations.json up to date with the pictures that are there, and returns how many there are. Only pictures and labels
// that are new or changed are read; the others go from file to file line by line.
func (d Dataset) index(classes []string) (int, error) {
	there, err := d.pictures()
	if err != nil {
		return 0, err
	}
	var last sample
	lines := make(map[string]known, len(there))
	n := 0
	size, err := d.samples(func(s sample) error {
		if s.whole() {
			lines[s.name] = known{line: n, id: s.id, changed: s.changed}
			last.id, last.last = max(last.id, s.id), max(last.last, s.last)
		}
		n++
		return nil
	})
	if err != nil {
		return 0, err
	}
	maps.DeleteFunc(lines, func(name string, _ known) bool { return !there[name] })
	if err := d.append(d.stale(there, lines), lines, n, last, classes); err != nil {
		d.cutSamples(size)
		return 0, err
	}
	if err := replaceFile(filepath.Join(d.Dir, cocoFile), func(w io.Writer) error { return d.writeCOCO(w, lines, classes) }); err != nil {
		d.cutSamples(size)
		return 0, err
	}
	return len(lines), nil
}

// pictures lists the files in images.
func (d Dataset) pictures() (map[string]bool, error) {
	entries, err := os.ReadDir(filepath.Join(d.Dir, imagesFolder))
	if err != nil {
		return nil, err
	}
	names := make(map[string]bool, len(entries))
	for _, e := range entries {
		switch strings.ToLower(filepath.Ext(e.Name())) {
		case ".png", ".jpg", ".jpeg":
			if e.Type().IsRegular() && e.Name()[0] != '.' && !strings.ContainsAny(e.Name(), "\t\n") {
				names[e.Name()] = true
			}
		}
	}
	return names, nil
}

// stale lists the pictures whose line is missing or out of date.
func (d Dataset) stale(there map[string]bool, lines map[string]known) []string {
	var names []string
	for name := range there {
		if k, ok := lines[name]; !ok || k.changed != d.changed(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// changed says when a picture and its labels were changed last; zero for what is not there.
func (d Dataset) changed(name string) (at [2]int64) {
	for i, path := range []string{filepath.Join(d.Dir, imagesFolder, name), d.labelsOf(name)} {
		if st, err := os.Lstat(path); err == nil {
			at[i] = st.ModTime().UnixNano()
		}
	}
	return at
}

// labelsOf is the file with a picture's labels.
func (d Dataset) labelsOf(name string) string {
	return filepath.Join(d.Dir, labelsFolder, strings.TrimSuffix(name, filepath.Ext(name))+labelSuffix)
}

// samples reads samples.tsv and returns its size. Lines that are no samples, as the last one may be after a crash, are passed over.
func (d Dataset) samples(yield func(sample) error) (size int64, err error) {
	f, err := os.Open(filepath.Join(d.Dir, samplesFile))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<18)
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		size += int64(len(part))
		if len(line) <= maxSampleLine {
			line = append(line, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if s, ok := parseSample(bytes.TrimSuffix(line, []byte("\n"))); ok && len(line) <= maxSampleLine {
			if err := yield(s); err != nil {
				return size, err
			}
		}
		line = line[:0]
		if errors.Is(err, io.EOF) {
			return size, nil
		}
		if err != nil {
			return size, err
		}
	}
}

// append adds lines about pictures to samples.tsv, which has n so far, with numbers after those of last. What lines says follows.
func (d Dataset) append(names []string, lines map[string]known, n int, last sample, classes []string) error {
	if len(names) == 0 {
		return nil
	}
	f, err := os.OpenFile(filepath.Join(d.Dir, samplesFile), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	return write(f, func(w io.Writer) error {
		if err := endLine(f, w); err != nil {
			return err
		}
		for _, name := range names {
			next := sample{name: name, id: last.id + 1, last: last.last, changed: d.changed(name)}
			if k, ok := lines[name]; ok {
				next.id = k.id
			}
			if err := d.read(&next, classes); err != nil {
				delete(lines, name) // no picture, whatever it is called, or one without labels
				continue
			}
			if _, err := w.Write(next.line()); err != nil {
				return err
			}
			lines[name] = known{line: n, id: next.id}
			n++
			last.last, last.id = next.last, max(last.id, next.id)
		}
		return nil
	})
}

// endLine ends a file's last line if a crash cut that off.
func endLine(f *os.File, w io.Writer) error {
	st, err := f.Stat()
	if err != nil || st.Size() == 0 {
		return err
	}
	end := make([]byte, 1)
	if _, err := f.ReadAt(end, st.Size()-1); err != nil || end[0] == '\n' {
		return err
	}
	_, err = w.Write([]byte("\n"))
	return err
}

// cutSamples takes back what was appended to samples.tsv. Where it cannot, no harm is done: a line without a picture counts for nothing.
func (d Dataset) cutSamples(size int64) { _ = os.Truncate(filepath.Join(d.Dir, samplesFile), size) }

// read completes a sample with what the picture and its labels say.
func (d Dataset) read(s *sample, classes []string) error {
	f, err := os.Open(filepath.Join(d.Dir, imagesFolder, s.name))
	if err != nil {
		return err
	}
	defer f.Close()
	size, _, err := image.DecodeConfig(bufio.NewReader(f))
	if err != nil {
		return err
	}
	text, err := readStart(d.labelsOf(s.name), maxLabelFile)
	if err != nil {
		return err
	}
	if s.image, err = json.Marshal(cocoImage{
		ID: s.id, FileName: s.name, Width: size.Width, Height: size.Height, Captured: time.Unix(0, s.changed[0]).UTC().Format(time.RFC3339),
	}); err != nil {
		return err
	}
	w, h := float64(size.Width), float64(size.Height)
	cents := func(v float64) float64 { return math.Round(v*100) / 100 }
	all := []cocoAnnotation{}
	for _, b := range parseYOLO(string(text), len(classes)) {
		s.last++
		all = append(all, cocoAnnotation{
			ID: s.last, Image: s.id, Category: b.class + 1, Area: cents(b.w * w * b.h * h),
			Box: [4]float64{cents((b.x - b.w/2) * w), cents((b.y - b.h/2) * h), cents(b.w * w), cents(b.h * h)},
		})
	}
	list, err := json.Marshal(all)
	s.annotations = bytes.Trim(list, "[]")
	return err
}

// writeCOCO writes annotations.json from those lines of samples.tsv.
func (d Dataset) writeCOCO(w io.Writer, lines map[string]known, classes []string) error {
	categories := make([]cocoCategory, len(classes))
	for i, name := range classes {
		categories[i] = cocoCategory{ID: i + 1, Name: name}
	}
	head, err := json.Marshal(categories)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "%s},\n\"categories\":%s,\n\"images\":[", cocoBegin, head); err != nil {
		return err
	}
	if err := d.each(lines, w, func(s sample) []byte { return s.image }); err != nil {
		return err
	}
	if _, err := io.WriteString(w, "],\n\"annotations\":["); err != nil {
		return err
	}
	if err := d.each(lines, w, func(s sample) []byte { return s.annotations }); err != nil {
		return err
	}
	_, err = io.WriteString(w, "]}\n")
	return err
}

// each writes what part makes of each sample of those lines, with commas between.
func (d Dataset) each(lines map[string]known, w io.Writer, part func(sample) []byte) error {
	between, n := "\n", -1
	_, err := d.samples(func(s sample) error {
		n++
		if k, ok := lines[s.name]; !ok || k.line != n {
			return nil
		}
		text := part(s)
		if len(text) == 0 {
			return nil
		}
		if _, err := io.WriteString(w, between); err != nil {
			return err
		}
		between = ",\n"
		_, err := w.Write(text)
		return err
	})
	return err
}
