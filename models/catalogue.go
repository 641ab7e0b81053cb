package models

import (
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"sync"
)

// Entry is what is known of one model. For a file that the user added or named by its path, only
// Name, Size and, when noted, SHA256 are set.
type Entry struct {
	// Name is what the user types: lower case letters, digits, dots, dashes, underscores.
	Name string `json:"name"`
	// Title is the name for people.
	Title string `json:"title,omitempty"`
	// Family says whose pipeline the model follows, for example "deim" or "yolox".
	Family string `json:"family,omitempty"`
	// License is the SPDX name of the weights' licence.
	License string `json:"license,omitempty"`
	// COCO says that its classes are COCO's, which the file itself does not.
	COCO bool `json:"coco,omitempty"`
	// COCOmAP is the mean average precision on COCO val2017 as its authors published it, in per
	// cent; 0 when unknown.
	COCOmAP float64 `json:"coco_map,omitempty"`
	// Size is the file's length in bytes.
	Size int64 `json:"size"`
	// Input is the size of picture that the model looks at.
	Input InputSize `json:"input,omitzero"`
	// SHA256 is the file's checksum as 64 lower-case hexadecimal digits; empty when unknown.
	SHA256 string `json:"sha256,omitempty"`
	// URL is where Get takes the file from: an address that names one commit, so that what lies
	// there cannot change.
	URL string `json:"url,omitempty"`
	// Source says the same as URL in parts, for notices and for whoever wants to check.
	Source Source `json:"source,omitzero"`
	// Note is a remark for people.
	Note string `json:"note,omitempty"`
}

// InputSize is a model's input in pixels.
type InputSize struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// Source names a file in a public repository at one commit.
type Source struct {
	Repository string `json:"repository"`
	Commit     string `json:"commit"`
	Path       string `json:"path"`
}

// maxModel bounds a model's size in bytes: protobuf, and with it a self-contained ONNX file, ends
// at 2 GiB.
const maxModel = 1<<31 - 1

//go:embed catalogue.json
var embedded []byte

var catalogue = sync.OnceValues(func() ([]Entry, error) { return parseCatalogue(embedded) })

// Catalogue returns the known models, the recommended one first. The slice is the caller's.
func Catalogue() []Entry {
	entries, _ := catalogue() // the embedded file is checked by Open and by a test
	return slices.Clone(entries)
}

// nameForm is what a model may be called: it becomes a file name on every system.
var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// permissive lists the licences under which the program may offer and ship a model.
var permissive = []string{
	"Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "CC-BY-4.0",
	"CC0-1.0",
}

func parseCatalogue(data []byte) ([]Entry, error) {
	var entries []Entry
	if err := json.Unmarshal(data, &entries); err != nil {
		return nil, fmt.Errorf("reading the catalogue of models: %w", err)
	}
	seen := map[string]bool{}
	for _, e := range entries {
		if err := e.check(); err != nil {
			return nil, fmt.Errorf("the catalogue's model %q: %w", e.Name, err)
		}
		if seen[e.Name] {
			return nil, fmt.Errorf("the catalogue has two models called %q", e.Name)
		}
		seen[e.Name] = true
	}
	return entries, nil
}

// check says what makes e unfit for the catalogue.
func (e Entry) check() error {
	u, err := url.Parse(e.URL)
	sum, sumErr := hex.DecodeString(e.SHA256)
	switch {
	case !nameForm.MatchString(e.Name):
		return fmt.Errorf("the name must have the form %s", nameForm)
	case !slices.Contains(permissive, e.License):
		return fmt.Errorf("the licence %q is not one of %v", e.License, permissive)
	case e.Size < 1 || e.Size > maxModel:
		return fmt.Errorf("the size %d is outside 1..%d", e.Size, int64(maxModel))
	case err != nil || u.Host == "" || u.Scheme != "https":
		return fmt.Errorf("%q is not a web address with TLS", e.URL)
	case e.SHA256 != "" && (sumErr != nil || len(sum) != 32):
		return fmt.Errorf("%q is not a SHA-256", e.SHA256)
	}
	return nil
}
