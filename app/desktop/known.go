package desktop

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"handlens/media/inputfile"
	"handlens/media/plaintext"
)

const (
	// knownFile lies in the data directory.
	knownFile = "phones.json"
	// maxKnown bounds the phones that are remembered; one more takes the place of the one that was
	// away for longest.
	maxKnown = 64
	// maxKnownFile bounds what is read of the file, in bytes.
	maxKnownFile = 64 << 10
	// maxKnownName bounds a phone's name, in characters.
	maxKnownName = 40
)

// phoneID is what a phone is known by: the fingerprint of its key.
var phoneID = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// knownPhone is a phone that joins without being asked for.
type knownPhone struct {
	ID    string    `json:"id"`
	Name  string    `json:"name"`
	Added time.Time `json:"added"` // when it was let in for good
	Seen  time.Time `json:"seen"`  // when it last joined
}

// knownPhones are those that a person has let in for good, from start to start. Any goroutine may
// use it. There is no secret in the file: a phone proves by its own key who it is.
type knownPhones struct {
	path   string
	failed func(error) // told when one that was seen cannot be noted
	now    func() time.Time

	writing sync.Mutex // held while the file is written

	mu    sync.Mutex // nothing is written under it
	all   []knownPhone
	timer *time.Timer // until what was seen is written
}

// openKnown reads the file in that directory. One that cannot be read or understood gives no phones
// and the reason as an error beside them; the file is then kept under another name.
func openKnown(dir string, failed func(error)) (*knownPhones, error) {
	k := &knownPhones{path: filepath.Join(dir, knownFile), failed: failed, now: time.Now}
	b, err := inputfile.Read(k.path, maxKnownFile)
	if errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &k.all)
	}
	if err != nil {
		k.all = nil
		setAside(k.path)
		return k, fmt.Errorf("the phones that were let in for good cannot be read from %s, "+
			"so each must be allowed again: %w", k.path, err)
	}
	k.all = saneKnown(k.all)
	return k, nil
}

// saneKnown leaves out what is no phone and what is too many, whatever somebody made of the file.
func saneKnown(all []knownPhone) []knownPhone {
	slices.SortStableFunc(all, func(a, b knownPhone) int { return b.Seen.Compare(a.Seen) })
	seen := make(map[string]bool)
	all = slices.DeleteFunc(all, func(p knownPhone) bool {
		twice := seen[p.ID]
		seen[p.ID] = true
		return twice || !phoneID.MatchString(p.ID)
	})
	all = all[:min(len(all), maxKnown)]
	for i := range all {
		all[i].Name = knownName(all[i].Name)
	}
	return all
}

func knownName(name string) string {
	r := []rune(plaintext.Printable(name))
	return string(r[:min(len(r), maxKnownName)])
}

// has says whether the phone is remembered.
func (k *knownPhones) has(id string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.find(id) >= 0
}

// find is the phone's place in the list, for who holds the lock.
func (k *knownPhones) find(id string) int {
	return slices.IndexFunc(k.all, func(p knownPhone) bool { return p.ID == id })
}

// list returns all, the one seen last first.
func (k *knownPhones) list() []knownPhone {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := slices.Clone(k.all)
	slices.SortStableFunc(all, func(a, b knownPhone) int { return b.Seen.Compare(a.Seen) })
	return all
}

// add remembers a phone. After an error it is remembered until the program ends.
func (k *knownPhones) add(id, name string) error {
	if !phoneID.MatchString(id) {
		return nil // it could not be known again
	}
	now := k.now()
	k.mu.Lock()
	k.all = slices.DeleteFunc(k.all, func(p knownPhone) bool { return p.ID == id })
	k.all = append(k.all, knownPhone{ID: id, Name: knownName(name), Added: now, Seen: now})
	k.all = saneKnown(k.all)
	k.mu.Unlock()
	if err := k.write(); err != nil {
		return fmt.Errorf("this phone must be allowed again after the next start: %w", err)
	}
	return nil
}

// forget does so. After an error it is forgotten until the program ends.
func (k *knownPhones) forget(id string) error {
	k.mu.Lock()
	k.all = slices.DeleteFunc(k.all, func(p knownPhone) bool { return p.ID == id })
	k.mu.Unlock()
	if err := k.write(); err != nil {
		return fmt.Errorf("this phone will be let in again after the next start: %w", err)
	}
	return nil
}

// saw notes that a phone is here, and what it calls itself, if it is remembered. It does not wait:
// the file is written a moment later.
func (k *knownPhones) saw(id, name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := k.find(id)
	if i < 0 {
		return
	}
	k.all[i].Seen = k.now()
	if name = knownName(name); name != "" {
		k.all[i].Name = name
	}
	if k.timer == nil {
		k.timer = time.AfterFunc(saveAfter, k.flush)
	}
}

// flush writes what waits to be written.
func (k *knownPhones) flush() {
	k.mu.Lock()
	waits := k.timer != nil
	k.mu.Unlock()
	if !waits {
		return
	}
	if err := k.write(); err != nil {
		k.failed(fmt.Errorf("when phones were last here is not kept: %w", err))
	}
}

// write replaces the file by the list as it is now.
func (k *knownPhones) write() error {
	k.writing.Lock()
	defer k.writing.Unlock()
	k.mu.Lock()
	all := append([]knownPhone{}, k.all...) // an empty list, not null
	if k.timer != nil {
		k.timer.Stop()
		k.timer = nil
	}
	k.mu.Unlock()
	return writeJSON(k.path, all)
}
