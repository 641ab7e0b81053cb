package inference

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"handlens/inference/ort"
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

// verdictLock serialises the Detectors of this process; of two processes that write at once, the later one wins, and the other measures again.
var verdictLock sync.Mutex

func (f verdictFile) load() map[string]verdict {
	verdictLock.Lock()
	defer verdictLock.Unlock()
	return f.read()
}

// read returns the verdicts that make sense; what does not is as if it were not there.
func (f verdictFile) read() map[string]verdict {
	all := map[string]verdict{}
	file, err := os.Open(f.path)
	if err != nil {
		return all
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxVerdictFile+1))
	if err != nil || len(data) > maxVerdictFile || json.Unmarshal(data, &all) != nil {
		return map[string]verdict{}
	}
	for key, v := range all {
		if !slices.Contains(ort.ProviderNames(), v.Provider) || v.Threads < 0 || v.Threads > 256 || len(v.Why) > maxWhy {
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
		err = writeWhole(f.path, data)
	}
	if err != nil {
		return fmt.Errorf("what was found out about providers cannot be kept: %w", err)
	}
	return nil
}

// writeWhole replaces a file in one step, so that nobody reads half of it.
func writeWhole(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".verdicts-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(data)
	if err = errors.Join(err, temp.Close()); err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		os.Remove(temp.Name())
	}
	return err
}
