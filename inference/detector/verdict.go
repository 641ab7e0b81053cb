package detector

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"handlens/inference/layout"
	"handlens/media/atomicfile"
	"handlens/media/inputfile"
)

// Review is [Detector.Check] for a model that is to be used whatever comes of it: what that says is
// among the Info's Warnings from then on, which it returns.
func (d *Detector) Review() []string {
	_ = d.Check() // a model that cannot run says so at each frame
	return d.Info().Warnings
}

// Check runs the model on a drawn picture once, and says in one sentence what shows that its
// numbers are misread: none of them finite, scores above 1, too many boxes, or boxes far outside
// the frame. The error matches [ErrUnknownLayout]. The outcome is kept by the model's SHA-256 and
// what was recognised in [Options].Checks, and the next Check of the same need not run it.
func (d *Detector) Check() error {
	file := d.verdicts()
	key := d.verdictKey(file)
	what, known := file.load(key)
	if !known {
		var err error
		if what, err = d.oddity(); err != nil {
			return err
		}
		file.store(key, what)
	}
	d.odd.Store(&what)
	if what == "" {
		return nil
	}
	return &layout.Error{
		What: "what " + d.info.Name + " says of a drawn picture", Hint: d.misread(what),
	}
}

// misread says what may be done about an oddity.
func (d *Detector) misread(what string) string {
	return fmt.Sprintf("%s; if it was taken for the wrong family (%s), its range or its kind of "+
		"scores, %s.json beside it can say so under \"layout\"", what, d.info.Family, d.info.Name)
}

// oddity runs the model and returns what is odd in its outputs, or "".
func (d *Detector) oddity() (string, error) {
	f := drawTestFrame()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.session == nil {
		return "", ErrClosed
	}
	if err := d.preprocess(f); err != nil {
		return "", err
	}
	if err := d.session.Run(); err != nil {
		return "", err
	}
	return d.decoder.Oddities(&d.outputs, len(d.session.Outputs()), d.slot.where, d.iou), nil
}

// verdictFile keeps the outcomes of checks by key, as JSON.
type verdictFile struct{ path string }

// verdict is an outcome: "" is a model in which nothing is odd.
type verdict struct {
	Odd string    `json:"odd"`
	At  time.Time `json:"at"`
}

const (
	maxVerdicts    = 500
	maxVerdictFile = 1 << 20 // bytes
	// verdictRules changes when what counts as odd does.
	verdictRules = 2
)

// verdictLock serialises the Detectors of this process.
var verdictLock sync.Mutex

// verdicts is the file of outcomes; without a path where nothing is to be kept.
func (d *Detector) verdicts() verdictFile {
	return verdictFile{d.tuner.options.Checks}
}

// verdictKey is the model's SHA-256 and a checksum of what was recognised, which is not the same
// with another sidecar or another release; "" when nothing is to be kept.
func (d *Detector) verdictKey(file verdictFile) string {
	if file.path == "" {
		return ""
	}
	sum := d.tuner.cache.sum
	if sum == "" {
		var err error
		if sum, err = digest(d.tuner.model); err != nil {
			return ""
		}
	}
	known := sha256.Sum256(fmt.Appendf(nil, "%d %+v", verdictRules, *d.layout))
	return fmt.Sprintf("%s; %x", sum, known[:8])
}

// load returns an outcome; false when it is not known.
func (f verdictFile) load(key string) (string, bool) {
	if key == "" {
		return "", false
	}
	verdictLock.Lock()
	defer verdictLock.Unlock()
	v, known := f.read()[key]
	return layout.Printable(v.Odd, maxWhy), known
}

// read returns no outcomes when the file is damaged. verdictLock is held.
func (f verdictFile) read() map[string]verdict {
	all := map[string]verdict{}
	data, err := inputfile.Read(f.path, maxVerdictFile)
	if err != nil || json.Unmarshal(data, &all) != nil {
		return map[string]verdict{}
	}
	return all
}

// store adds an outcome, and drops the oldest when there are too many. What cannot be stored is
// found out once more.
func (f verdictFile) store(key, odd string) {
	if key == "" {
		return
	}
	verdictLock.Lock()
	defer verdictLock.Unlock()
	all := f.read()
	all[key] = verdict{Odd: odd, At: time.Now().UTC().Truncate(time.Second)}
	for len(all) > maxVerdicts {
		oldest := key
		for k, v := range all {
			if v.At.Before(all[oldest].At) {
				oldest = k
			}
		}
		delete(all, oldest)
	}
	data, err := json.MarshalIndent(all, "", "  ")
	if err == nil && os.MkdirAll(filepath.Dir(f.path), 0o700) == nil {
		_ = atomicfile.Replace(f.path, 0o600, atomicfile.Bytes(data))
	}
}
