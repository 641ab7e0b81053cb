package inference

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"handlens/inference/ort"
	"handlens/media/atomicfile"
	"handlens/media/inputfile"
)

// verdict is what was found to run a model best.
type verdict struct {
	// Provider is one of ort.ProviderNames; "" is no verdict.
	Provider string `json:"provider"`
	// Why is a sentence.
	Why string `json:"why,omitempty"`
	// Threads are for the processor; 0 means unknown.
	Threads int       `json:"threads,omitempty"`
	At      time.Time `json:"at"`
}

const (
	maxVerdicts    = 200
	maxVerdictFile = 1 << 20
	maxWhy         = 1000
)

// verdictFile keeps verdicts by key.
type verdictFile struct{ path string }

// verdictLock serialises the Detectors of this process; of two processes that write at once, the
// later one wins, and the other measures again.
var verdictLock sync.Mutex

func (f verdictFile) load() map[string]verdict {
	verdictLock.Lock()
	defer verdictLock.Unlock()
	return f.read()
}

// read returns the verdicts that make sense; what does not is as if it were not there.
func (f verdictFile) read() map[string]verdict {
	all := map[string]verdict{}
	data, err := inputfile.Read(f.path, maxVerdictFile)
	if err != nil || json.Unmarshal(data, &all) != nil {
		return map[string]verdict{}
	}
	for key, v := range all {
		if !slices.Contains(ort.ProviderNames(), v.Provider) || v.Threads < 0 || v.Threads > 256 ||
			len(v.Why) > maxWhy {
			delete(all, key)
		}
	}
	return all
}

// store adds a verdict, or removes it with nil, and drops the oldest where there are too many.
func (f verdictFile) store(key string, v *verdict) error {
	verdictLock.Lock()
	defer verdictLock.Unlock()
	all := f.read()
	delete(all, key)
	if v != nil {
		v.At = time.Now().UTC().Truncate(time.Second)
		v.Why = shorten(v.Why, maxWhy-10)
		all[key] = *v
	}
	for len(all) > maxVerdicts {
		oldest := ""
		for k, v := range all {
			if oldest == "" || v.At.Before(all[oldest].At) {
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
		return fmt.Errorf("what was found out about providers cannot be kept: %w", err)
	}
	return nil
}

// write replaces the file, which lies in a folder of our own.
func (f verdictFile) write(data []byte) error {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return err
	}
	return atomicfile.Replace(f.path, 0o600, atomicfile.Bytes(data))
}
