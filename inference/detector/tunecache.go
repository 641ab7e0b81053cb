package detector

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"handlens/inference/ort"
	"handlens/media/atomicfile"
	"handlens/media/inputfile"
)

// tuneResult is what was found to run a model best.
type tuneResult struct {
	// Provider is one of ort.ProviderNames; "" is no result.
	Provider string `json:"provider"`
	// Why is a sentence.
	Why string `json:"why,omitempty"`
	// Threads are for the processor; 0 means unknown.
	Threads int       `json:"threads,omitempty"`
	At      time.Time `json:"at"`
}

// tuneCache is the place of one model's result in the file.
type tuneCache struct {
	file tuneFile
	key  string // of the model, the hardware and the choice; "" when nothing is remembered
	sum  string // the model's SHA-256, "" when nothing asked for it
}

// newTuneCache returns the place for a model in the file at path. The choice is "auto" or "cpu",
// threads what was asked for, and where the hardware and the engine.
func newTuneCache(path string, model modelSource, choice string, threads int,
	where string,
) tuneCache {
	c := tuneCache{file: tuneFile{path}}
	// A model that cannot be read cannot be opened either, and that error says it better.
	if sum, err := digest(model); err == nil {
		c.sum = sum
		c.key = fmt.Sprintf("%s; %s, %d threads; %s", sum, choice, threads, where)
	}
	return c
}

func digest(model modelSource) (string, error) {
	r, err := model.read()
	if err != nil {
		return "", err
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// result returns what is known; without a provider when nothing is.
func (c tuneCache) result() tuneResult {
	if c.key == "" {
		return tuneResult{}
	}
	return c.file.load()[c.key]
}

func (c tuneCache) known() bool { return c.result().Provider != "" }

func (c tuneCache) remember(r tuneResult) error {
	if c.key == "" {
		return nil
	}
	return c.file.store(c.key, &r)
}

// forget makes the next Tune begin again.
func (c tuneCache) forget() {
	if c.key != "" {
		_ = c.file.store(c.key, nil) // else the old result is tried once more at the next start
	}
}

const (
	maxTuneResults = 200
	maxTuneFile    = 1 << 20 // bytes
	maxWhy         = 1000    // bytes
)

// tuneFile keeps results by key.
type tuneFile struct{ path string }

// tuneLock serialises the Detectors of this process. Of two processes that write at once, the later
// one wins, and the other measures again.
var tuneLock sync.Mutex

func (f tuneFile) load() map[string]tuneResult {
	tuneLock.Lock()
	defer tuneLock.Unlock()
	return f.read()
}

// read returns the results that make sense; the others are ignored. tuneLock is held.
func (f tuneFile) read() map[string]tuneResult {
	all := map[string]tuneResult{}
	data, err := inputfile.Read(f.path, maxTuneFile)
	if err != nil || json.Unmarshal(data, &all) != nil {
		return map[string]tuneResult{}
	}
	names := ort.ProviderNames()
	for key, r := range all {
		if !slices.Contains(names, r.Provider) || r.Threads < 0 || r.Threads > 256 ||
			len(r.Why) > maxWhy {
			delete(all, key)
		}
	}
	return all
}

// store adds a result, or removes it with nil, and drops the oldest when there are too many.
func (f tuneFile) store(key string, r *tuneResult) error {
	tuneLock.Lock()
	defer tuneLock.Unlock()
	all := f.read()
	delete(all, key)
	if r != nil {
		r.At = time.Now().UTC().Truncate(time.Second)
		r.Why = shorten(r.Why, maxWhy-10)
		all[key] = *r
	}
	for len(all) > maxTuneResults {
		oldest := ""
		for k, r := range all {
			if oldest == "" || r.At.Before(all[oldest].At) {
				oldest = k
			}
		}
		delete(all, oldest)
	}
	data, err := json.MarshalIndent(all, "", "  ")
	if err == nil {
		err = f.write(data)
	}
	if err != nil {
		return fmt.Errorf("what was measured of the providers cannot be stored: %w", err)
	}
	return nil
}

// write replaces the file, which lies in a folder of our own.
func (f tuneFile) write(data []byte) error {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return err
	}
	return atomicfile.Replace(f.path, 0o600, atomicfile.Bytes(data))
}
