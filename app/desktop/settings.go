package desktop

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"handlens/media/atomicfile"
	"handlens/media/inputfile"
	"handlens/ui"
)

const (
	// settingsFile lies in the data directory.
	settingsFile = "settings.json"
	// maxSettings bounds what is read of it, in bytes.
	maxSettings = 1 << 20
	// saveAfter is how long a change may wait for the next one, so that a slider that is dragged is
	// not written at each step.
	saveAfter = time.Second
)

// settings keeps what the user has chosen, from start to start. Any goroutine may use it. A change
// is written within a second or at flush.
type settings struct {
	path   string
	failed func(error) // told once when they cannot be written

	write func(path string, v ui.Settings) error

	folders folders // do not change

	writing sync.Mutex // held while the file is written
	told    bool       // that it cannot be; under writing

	mu     sync.Mutex // the UI goroutine waits for it: nothing is written under it
	now    ui.Settings
	given  map[string]bool // options of the command line: they count for this run only
	rules  []string        // those of the command line, likewise
	began  ui.Settings     // with them
	stored ui.Settings     // as in the file
	timer  *time.Timer
}

// openSettings reads the file in that directory. One that cannot be read or understood gives the
// settings of a first start and the reason as an error beside them; the file is then kept under
// another name.
func openSettings(dir string, failed func(error)) (*settings, error) {
	s := &settings{
		path: filepath.Join(dir, settingsFile), failed: failed, write: writeSettings,
		now: ui.DefaultSettings(),
	}
	err := s.read()
	s.stored = s.now
	return s, err
}

func (s *settings) read() error {
	b, err := inputfile.Read(s.path, maxSettings)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		setAside(s.path)
		return fmt.Errorf("the settings cannot be read, so those of a first start are used: %w",
			err)
	}
	read := ui.DefaultSettings()
	if err := json.Unmarshal(b, &read); err != nil {
		setAside(s.path)
		return fmt.Errorf(
			"the settings in %s make no sense, so those of a first start are used: %w",
			s.path, err)
	}
	s.now = read.Sane()
	return nil
}

// setAside keeps a file that is of no use for whoever wants to mend it, under a name that no other
// such file has. Where that fails, the next change of what is in it replaces it.
func setAside(path string) {
	const most = 100
	for n := 1; n <= most; n++ {
		err := atomicfile.Rename(path, atomicfile.Numbered(path+".broken", n))
		if !errors.Is(err, fs.ErrExist) {
			return
		}
	}
}

// override has the command line's word count for this run.
func (s *settings) override(o options) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.given, s.folders = maps.Clone(o.given), o.folders
	if o.given["confidence"] {
		s.now.Confidence = o.Confidence
	}
	if o.given["model"] {
		s.now.Model = o.Model
	}
	if o.given["provider"] {
		s.now.Provider = o.Provider
	}
	if o.given["provider-ca"] {
		s.now.ProviderCA = o.ProviderCA
	}
	if o.given["approve"] {
		s.now.Approve = o.approve
	}
	if o.given["max-phones"] {
		s.now.MaxPhones = o.maxPhones
	}
	if o.given["max-viewers"] {
		s.now.MaxViewers = o.maxViewers
	}
	if o.given["share"] {
		s.now.Share = o.share
	}
	if o.given["mqtt"] {
		s.now.Broker = o.mqtt
	}
	if o.given["mqtt-ca"] {
		s.now.BrokerCA = o.mqttCA
	}
	if o.given["forward"] {
		s.now.Forward = o.forward
	}
	if o.given["forward-boxes"] {
		s.now.ForwardBoxes = o.forwardBoxes
	}
	for _, text := range o.rules {
		s.now.Rules = append(slices.Clone(s.now.Rules), ui.Rule{Text: text})
	}
	s.rules = o.rules
	s.began = s.now
}

// get returns the settings. What the slices hold must not be changed.
func (s *settings) get() ui.Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// set changes them and returns those before.
func (s *settings) set(v ui.Settings) (before ui.Settings) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, s.now = s.now, v
	if s.timer == nil {
		s.timer = time.AfterFunc(saveAfter, s.flush)
	}
	return before
}

// flush writes what waits to be written.
func (s *settings) flush() {
	s.writing.Lock()
	defer s.writing.Unlock()
	v, ok := s.changed()
	if !ok {
		return
	}
	if err := s.write(s.path, v); err != nil {
		if !s.told {
			s.told = true
			s.failed(fmt.Errorf("the settings will not last: %w", err))
		}
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stored = v
}

// changed returns what is to be written, once for each change.
func (s *settings) changed() (ui.Settings, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer == nil {
		return ui.Settings{}, false
	}
	s.timer.Stop()
	s.timer = nil
	return s.toStore(), true
}

// toStore leaves out what only the command line said: unless it was changed since, it is not the
// user's lasting wish.
func (s *settings) toStore() ui.Settings {
	v := s.now
	keep := func(name string, unchanged bool, restore func()) {
		switch {
		case !s.given[name]:
		case unchanged:
			restore()
		default:
			delete(s.given, name)
		}
	}
	keep("confidence", v.Confidence == s.began.Confidence, func() {
		v.Confidence = s.stored.Confidence
	})
	keep("model", v.Model == s.began.Model, func() { v.Model = s.stored.Model })
	keep("provider", v.Provider == s.began.Provider, func() { v.Provider = s.stored.Provider })
	keep("provider-ca", v.ProviderCA == s.began.ProviderCA, func() {
		v.ProviderCA = s.stored.ProviderCA
	})
	keep("approve", v.Approve == s.began.Approve, func() { v.Approve = s.stored.Approve })
	keep("share", v.Share == s.began.Share, func() { v.Share = s.stored.Share })
	keep("mqtt", v.Broker == s.began.Broker, func() { v.Broker = s.stored.Broker })
	keep("mqtt-ca", v.BrokerCA == s.began.BrokerCA, func() { v.BrokerCA = s.stored.BrokerCA })
	keep("forward", v.Forward == s.began.Forward, func() { v.Forward = s.stored.Forward })
	keep("forward-boxes", v.ForwardBoxes == s.began.ForwardBoxes, func() {
		v.ForwardBoxes = s.stored.ForwardBoxes
	})
	v.Rules = slices.DeleteFunc(slices.Clone(v.Rules), func(r ui.Rule) bool {
		return slices.Contains(s.rules, r.Text)
	})
	keep("max-phones", v.MaxPhones == s.began.MaxPhones, func() {
		v.MaxPhones = s.stored.MaxPhones
	})
	keep("max-viewers", v.MaxViewers == s.began.MaxViewers, func() {
		v.MaxViewers = s.stored.MaxViewers
	})
	return v
}

// writeSettings replaces the file, which lies in our own data folder, in one step.
func writeSettings(path string, v ui.Settings) error { return writeJSON(path, v) }

// writeJSON replaces a file in our own data folder in one step.
func writeJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return atomicfile.Replace(path, 0o600, atomicfile.Bytes(append(b, '\n')))
}
