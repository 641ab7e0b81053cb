package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"handlens/inference"
	"handlens/inference/coco"
	"handlens/inference/detector"
	"handlens/inference/ort"
	"handlens/inference/remote"
	"handlens/media/plaintext"
	"handlens/models"
)

// ModelFlags are the options of the app and of every subcommand that runs a model.
type ModelFlags struct {
	Model, Provider, DataDir string
	ProviderCA               string
	Confidence, IoU          float64
	Classes                  []string
	AllLabels                bool // no option: an evaluation sets it
	Threads                  int  // 0 lets the engine choose; only bench has an option for it
}

// DefaultModelFlags are those of an empty command line.
func DefaultModelFlags() ModelFlags {
	return ModelFlags{
		Provider:   "auto",
		Confidence: inference.DefaultConfidence,
		IoU:        inference.DefaultIoU,
	}
}

// Flags is the table of these options.
func (m *ModelFlags) Flags() []Flag {
	return []Flag{
		ModelFlag(&m.Model),
		ProviderFlag(&m.Provider),
		ProviderCAFlag(&m.ProviderCA),
		ConfidenceFlag(&m.Confidence),
		{
			Name: "iou", To: &m.IoU, Placeholder: "O",
			Help: "overlap above which two boxes of a class count as one, 0..1",
		},
		ClassesFlag(&m.Classes),
		DataDirFlag(&m.DataDir),
	}
}

// ModelFlag is the option --model, for one model (*string) or several (*[]string).
func ModelFlag(to any) Flag {
	return Flag{
		Name: "model", To: to, Placeholder: "NAME|FILE",
		Help:    "a model of the catalogue, or an .onnx file",
		Default: "the best one installed", Choices: ModelNames(), Paths: Files,
	}
}

// ModelNames are the models that the program knows by name.
func ModelNames() []Choice {
	names := []string{models.Starter}
	for _, e := range models.Catalogue() {
		names = append(names, e.Name)
	}
	return Choices(names...)
}

// ProviderFlag is the option --provider.
func ProviderFlag(to *string) Flag {
	return Flag{
		Name: "provider", To: to, Placeholder: "NAME|URL",
		Help: "what runs the model: " + join(ort.ProviderNames(), "or") + "; auto chooses what " +
			"has been measured to be faster than the processor with the same results; or a " +
			"server that speaks the Open Inference Protocol, http://HOST:8000/MODEL or " +
			"https://, which every picture is then sent to as the numbers that the model takes, " +
			"and nothing else (README, \"Inference elsewhere\")",
		Choices: providers(),
	}
}

// UsePlugins has the provider plugins of a data folder count; "" is the user's own.
func UsePlugins(dataDir string) {
	if dir := PluginFolder(dataDir); dir != "" {
		ort.UsePlugins(dir)
	}
}

// PluginFolder is the folder with provider plugins; "" when there is no data folder.
func PluginFolder(dataDir string) string {
	dataDir, err := DataDir(dataDir)
	if err != nil {
		return ""
	}
	// The engine takes relative paths from its own folder.
	dir, err := filepath.Abs(filepath.Join(dataDir, "providers"))
	if err != nil {
		return ""
	}
	return dir
}

// ProviderCAFlag is the option --provider-ca.
func ProviderCAFlag(to *string) Flag {
	return Flag{
		Name: "provider-ca", To: to, Placeholder: "FILE", Paths: Files,
		Help:    "the authority of the certificate of a server that runs the model, in PEM",
		Default: "the system's",
	}
}

// providers are the values of --provider.
func providers() []Choice { return Choices(append([]string{"auto"}, ort.ProviderNames()...)...) }

// CheckProvider wants a provider that there is, be it on another computer: whether it works here,
// the engine says. Capitals do not count, and "" is auto.
func CheckProvider(name string) error {
	if name == "" {
		return nil
	}
	if remote.IsAddress(name) {
		if _, err := remote.ParseAddress(name); err != nil {
			return fmt.Errorf("--provider %s %w", name, err)
		}
		return nil
	}
	return CheckChoice("provider", strings.ToLower(name), providers())
}

// ConfidenceFlag is the option --confidence.
func ConfidenceFlag(to *float64) Flag {
	return Flag{
		Name: "confidence", To: to, Placeholder: "C", Help: "minimum score shown, 0..1",
	}
}

// ClassesFlag is the option --classes.
func ClassesFlag(to *[]string) Flag {
	return Flag{Name: "classes", To: to, Placeholder: "A,B", Help: "only these classes"}
}

// DataDirFlag is the option --data-dir.
func DataDirFlag(to *string) Flag {
	return Flag{
		Name: "data-dir", To: to, Placeholder: "DIR", Paths: Folders,
		Help: "where certificates, models and settings are kept",
	}
}

// Check says what is wrong with the values.
func (m *ModelFlags) Check() error {
	UsePlugins(m.DataDir)
	if err := CheckProvider(m.Provider); err != nil {
		return err
	}
	if m.ProviderCA != "" {
		if !remote.IsAddress(m.Provider) {
			return errors.New("--provider-ca is for a server in --provider")
		}
		if _, err := remote.Open(m.Provider, m.ProviderCA); err != nil {
			return fmt.Errorf("--provider-ca: %w", err)
		}
	}
	if err := CheckShare("confidence", m.Confidence); err != nil {
		return err
	}
	return CheckShare("iou", m.IoU)
}

// CheckShare wants the value of an option to be above 0 and at most 1.
func CheckShare(flag string, value float64) error {
	if !(value > 0 && value <= 1) { // NaN is neither
		return fmt.Errorf("--%s %g is outside 0..1", flag, value)
	}
	return nil
}

// Find finds the model that was asked for, or the best one installed.
func (m *ModelFlags) Find() (models.Model, error) {
	store, err := m.Store()
	if err != nil {
		return models.Model{}, err
	}
	return store.Find(m.Model)
}

// Store opens the store of models.
func (m *ModelFlags) Store() (*models.Store, error) { return OpenStore(m.DataDir) }

// OpenStore opens the store of models in a data folder; "" is the user's own.
func OpenStore(dataDir string) (*models.Store, error) {
	dataDir, err := DataDir(dataDir)
	if err != nil {
		return nil, err
	}
	return models.Open(filepath.Join(dataDir, "models"))
}

// Open loads a model that was found, and says on stderr what does not match in it.
func (m *ModelFlags) Open(found models.Model, stderr io.Writer) (*detector.Detector, error) {
	return OpenReviewed(found, m.Options(), stderr)
}

// OpenReviewed is OpenModel, and says on stderr what does not match in the model.
func OpenReviewed(m models.Model, o detector.Options, stderr io.Writer) (*detector.Detector,
	error,
) {
	SayServer(stderr, o.Provider)
	d, err := OpenModel(m, o)
	if err == nil {
		Warn(stderr, m.Name, d.Review())
	}
	return d, err
}

// Warn says on stderr what does not match in a model that can be used, a line for each.
func Warn(stderr io.Writer, model string, warnings []string) {
	for _, w := range warnings {
		fmt.Fprintf(stderr, "handlens: warning: model %s: %s\n", plaintext.Printable(model), w)
	}
}

// SayServer says on stderr what it means that a server runs the model, where that was asked for.
func SayServer(stderr io.Writer, provider string) {
	a, err := remote.ParseAddress(provider)
	if err != nil {
		return
	}
	how := "encrypted"
	if !a.Secure() {
		how = "not encrypted"
	}
	fmt.Fprintf(stderr,
		"handlens: each picture that is looked at is sent to the server %s, as the "+
			"numbers that the model takes, %s; nothing else is.\n", a.Host, how)
}

// OpenModel loads a model from its file or, for the starter, from the program itself. Where a
// server is to run it, the model here is only for how that of the server is read.
func OpenModel(m models.Model, o detector.Options) (*detector.Detector, error) {
	if !remote.IsAddress(o.Provider) {
		return openHere(m, o)
	}
	client, err := remote.Open(o.Provider, o.ServerCA)
	if err != nil {
		return nil, err
	}
	here := o
	here.Provider = "cpu"
	known, err := openHere(m, here)
	if err != nil {
		return nil, err
	}
	defer known.Close()
	return detector.OpenServer(context.Background(), client, known, o)
}

func openHere(m models.Model, o detector.Options) (*detector.Detector, error) {
	if m.COCO {
		o.Labels = coco.Labels()
	}
	if m.Data != nil {
		return detector.OpenBytes(m.Name+".onnx", m.Data, o)
	}
	return detector.Open(m.Path, o)
}

// Options are the detector's.
func (m *ModelFlags) Options() detector.Options {
	return detector.Options{
		TuneCache:   TuneCacheFile(m.DataDir),
		Checks:      ChecksFile(m.DataDir),
		Provider:    m.Provider,
		ServerCA:    m.ProviderCA,
		ServerFiles: ServerFiles(m.DataDir),
		Threads:     m.Threads,
		Confidence:  float32(m.Confidence),
		IoU:         float32(m.IoU),
		Classes:     m.Classes,
		AllLabels:   m.AllLabels,
	}
}

// ChecksFile is where Handlens remembers what it found odd in which model; "" when there is no data
// folder.
func ChecksFile(dataDir string) string {
	dataDir, err := DataDir(dataDir)
	if err != nil {
		return ""
	}
	return filepath.Join(dataDir, "checks.json")
}

// ServerFiles is the folder with files about models of servers; "" when there is no data folder.
func ServerFiles(dataDir string) string {
	dataDir, err := DataDir(dataDir)
	if err != nil {
		return ""
	}
	return filepath.Join(dataDir, "servers")
}

// TuneCacheFile is where Handlens remembers what runs which model best; "" when there is no data
// folder.
func TuneCacheFile(dataDir string) string {
	dataDir, err := DataDir(dataDir)
	if err != nil {
		return ""
	}
	return filepath.Join(dataDir, "providers.json")
}

// BetterModel says how to get the model that is recommended instead of the starter; without a full
// stop.
func BetterModel(store *models.Store) string {
	m := store.Recommended()
	return fmt.Sprintf("`handlens models get %s` fetches a better one (%s, %s, %.1f mAP)", m.Name,
		plaintext.Bytes(m.Size), m.License, m.COCOmAP)
}
