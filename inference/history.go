package inference

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"handlens/inference/ort"
	"handlens/media/atomicfile"
	"handlens/media/inputfile"
)

// history knows what was found out about one model on this machine.
type history struct {
	source  source
	options Options
	file    verdictFile
	key     string // of the model, the machine and the choice; "" when nothing is remembered
	where   string // the machine and the release
}

// newHistory refuses a provider that cannot be here, and looks up what is known when there is a
// choice to make.
func newHistory(from source, o Options) (*history, error) {
	h := &history{source: from, options: o, file: verdictFile{o.Verdicts}}
	if h.named() {
		if err := ort.Offered(o.Provider); err != nil {
			return nil, err
		}
	}
	version, _, err := ort.LoadedVersion()
	if err != nil {
		return nil, err
	}
	h.where = machine() + "; ONNX Runtime " + version
	if o.Verdicts != "" && !h.named() {
		// what cannot be read cannot be opened either, and that says it better
		if sum, err := digest(from); err == nil {
			h.key = fmt.Sprintf("%s; %s, %d threads; %s", sum, h.choice(), o.Threads, h.where)
		}
	}
	return h, nil
}

func digest(from source) (string, error) {
	r, err := from.read()
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

// choice is "auto" or "cpu".
func (h *history) choice() string {
	if h.options.Provider == "auto" {
		return "auto"
	}
	return "cpu"
}

// named tells whether a certain device was asked for.
func (h *history) named() bool {
	return !slices.Contains([]string{"", "auto", "cpu"}, h.options.Provider)
}

func (h *history) remembered() verdict {
	if h.key == "" {
		return verdict{}
	}
	return h.file.load()[h.key]
}

func (h *history) known() bool { return h.remembered().Provider != "" }

func (h *history) remember(v verdict) error {
	if h.key == "" {
		return nil
	}
	return h.file.store(h.key, &v)
}

// forget has the next Prove begin anew.
func (h *history) forget() {
	if h.key != "" {
		_ = h.file.store(h.key, nil) // then the old verdict is tried once more at the next start
	}
}

// failed remembers that what runs fails in the middle, so that it is not chosen again.
func (h *history) failed(why string) {
	if h.choice() == "auto" && !h.named() {
		v := h.remembered()
		// the words are shown now in any case
		_ = h.remember(verdict{Provider: "cpu", Why: why, Threads: v.Threads})
	}
}

// firstWords are said before anything was tried.
func (h *history) firstWords(v verdict) string {
	switch {
	case v.Provider == "cpu":
		return v.Why
	case h.options.Provider == "cpu":
		return h.sentence(verdict{Provider: "cpu"}, nil)
	case h.choice() == "auto" && len(h.candidates()) > 0:
		return cpuWords + ": nothing else has been tried with this model yet"
	}
	return h.sentence(verdict{Provider: "cpu"}, nil)
}

// sentence says why the verdict is what it is.
func (h *history) sentence(v verdict, reasons []string) string {
	why := strings.Join(reasons, "; ")
	switch {
	case h.options.Provider == "":
		return ""
	case h.options.Provider == "cpu":
		why = "asked for by name"
	case why == "":
		why = "nothing else is to be had on this computer"
	}
	return ort.ProviderWords(v.Provider) + ": " + why
}

// candidates are the devices worth trying, best first.
func (h *history) candidates() []string {
	var all []string
	if h.options.Provider == "auto" {
		for _, name := range Providers() {
			if name != "auto" && name != "cpu" {
				all = append(all, name)
			}
		}
	}
	return all
}

// errCrashed is why a provider is left alone that took the program with it.
var errCrashed = errors.New("is left alone, since the program ended without a word when it was " +
	"tried last; ask for it by name to try again")

// mark notes that a provider is being tried, until release is called: a driver that crashes takes
// the program with it, and the note is then found by the next start, which leaves the provider
// alone.
func (h *history) mark(name string) (release func(), err error) {
	if h.options.Verdicts == "" {
		return func() {}, nil
	}
	if pid, where, ok := readMark(h.markFile(name)); ok && where == h.where {
		if pid == os.Getpid() || alive(pid) {
			return nil, errors.New("is being tried by another Handlens at this moment")
		}
		return nil, errCrashed
	}
	return h.markAnyway(name), nil
}

// markAnyway is mark for a provider that was asked for by name.
func (h *history) markAnyway(name string) (release func()) {
	path := h.markFile(name)
	if h.options.Verdicts == "" || os.MkdirAll(filepath.Dir(path), 0o700) != nil {
		return func() {}
	}
	note := fmt.Appendf(nil, "%d\n%s\n", os.Getpid(), h.where)
	if atomicfile.Replace(path, 0o600, atomicfile.Bytes(note)) != nil {
		return func() {} // without a place for the note there is none for verdicts either
	}
	return func() { os.Remove(path) }
}

func (h *history) markFile(name string) string {
	return h.options.Verdicts + "." + name +
		".trying"
}

func readMark(path string) (pid int, where string, ok bool) {
	data, err := inputfile.Read(path, 1<<16)
	if err != nil {
		return 0, "", false
	}
	first, rest, _ := strings.Cut(string(data), "\n")
	pid, err = strconv.Atoi(first)
	return pid, strings.TrimSpace(rest), err == nil && pid > 0
}

// threadCounts are worth measuring: one processor is left for decoding and painting, and more than
// 8 threads have never helped a detector.
func threadCounts(asked int) []int {
	if asked > 0 {
		return []int{asked}
	}
	all := []int{1}
	for n := 2; n <= min(runtime.NumCPU()-1, 8); n *= 2 {
		all = append(all, n)
	}
	return all
}
