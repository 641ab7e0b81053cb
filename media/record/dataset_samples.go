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
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	_ "image/jpeg" // a user may put JPEG files in the folder
	_ "image/png"

	"handlens/media/atomicfile"
	"handlens/media/inputfile"
)

const (
	// maxLabelFile bounds what is read of a file of labels, and maxSampleLine a line of
	// samples.tsv, in bytes.
	maxLabelFile  = 1 << 20
	maxSampleLine = 8 << 20
)

// sample is a line of samples.tsv: a picture and what is in it, in columns. The last two stay text,
// which is how they go into annotations.json.
type sample struct {
	// name is the picture's file, id its number.
	name string
	id   int
	// last is the highest number that an annotation had so far.
	last int
	// changed is when the picture and its labels were changed last, in nanoseconds of Unix time:
	// when they are again, they are read again.
	changed [2]int64
	// image is the entry in images, annotations are those in annotations, with commas between.
	image, annotations []byte
}

// sampleColumns is how many a line of samples.tsv has.
const sampleColumns = 7

// parseSample reads a line; false when it is none, as the last one may be after a crash. It keeps
// parts of the line.
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

// valid says whether the columns that go into annotations.json fit there.
func (s sample) valid() bool {
	return len(s.image) > 0 && s.image[0] == '{' && json.Valid(s.image) &&
		json.Valid(slices.Concat([]byte("["), s.annotations, []byte("]")))
}

func (s sample) line() []byte {
	head := fmt.Appendf(nil, "%s\t%d\t%d\t%d\t%d\t", s.name, s.id, s.last, s.changed[0],
		s.changed[1])
	return slices.Concat(head, s.image, []byte("\t"), s.annotations, []byte("\n"))
}

// indexEntry is what the last line about a picture says, and which line of all that is.
type indexEntry struct {
	line, id int
	changed  [2]int64
}

// samples reads samples.tsv and returns its size. Lines that are no samples, as the last one may be
// after a crash, are passed over.
func (d Dataset) samples(yield func(sample) error) (size int64, err error) {
	f, err := inputfile.Open(filepath.Join(d.Dir, samplesFile))
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
		if s, ok := parseSample(bytes.TrimSuffix(line, []byte("\n"))); ok &&
			len(line) <= maxSampleLine {
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

// append adds lines about pictures to samples.tsv, which has n so far, with numbers after those of
// last. What lines says follows.
func (d Dataset) append(names []string, lines map[string]indexEntry, n int, last sample,
	classes []string,
) error {
	if len(names) == 0 {
		return nil
	}
	f, err := os.OpenFile(filepath.Join(d.Dir, samplesFile), os.O_CREATE|os.O_RDWR|os.O_APPEND,
		0o644)
	if err != nil {
		return err
	}
	return atomicfile.Fill(f, func(w io.Writer) error {
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
			lines[name] = indexEntry{line: n, id: next.id}
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

// cutSamples takes back what was appended to samples.tsv. Where it cannot, no harm is done: a line
// without a picture counts for nothing.
func (d Dataset) cutSamples(size int64) { _ = os.Truncate(filepath.Join(d.Dir, samplesFile), size) }

// read completes a sample with what the picture and its labels say.
func (d Dataset) read(s *sample, classes []string) error {
	f, err := inputfile.Open(filepath.Join(d.Dir, imagesFolder, s.name))
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
		ID: s.id, FileName: s.name, Width: size.Width, Height: size.Height,
		Captured: time.Unix(0, s.changed[0]).UTC().Format(time.RFC3339),
	}); err != nil {
		return err
	}
	w, h := float64(size.Width), float64(size.Height)
	all := []cocoAnnotation{}
	for _, b := range parseYOLO(string(text), len(classes)) {
		s.last++
		all = append(all, b.annotation(s.last, s.id, w, h))
	}
	list, err := json.Marshal(all)
	s.annotations = bytes.Trim(list, "[]")
	return err
}
