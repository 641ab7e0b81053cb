package models

import (
	"fmt"
	"io/fs"
	"strings"

	"handlens/media/plaintext"
)

// FaultCode is a kind of Fault.
type FaultCode uint8

// The kinds of faults.
const (
	// Unknown: no model is called Name; Similar may have been meant.
	Unknown FaultCode = iota
	// NotInstalled: the catalogue has Name, of Size bytes and under License; this machine has not.
	NotInstalled
	// NotThere: Name was to be removed and is not installed.
	NotThere
	// Damaged: Name's file at Path has Got bytes, not Size.
	Damaged
	// BuiltIn: Name is a part of the program and cannot be removed.
	BuiltIn
	// Shipped: Name came with the program, at Path, and is not ours to remove.
	Shipped
	// NoFile: nothing is at Path.
	NoFile
	// NotAFile: what is at Path is no file; Err says what.
	NotAFile
	// NoName: no name can be made of the file's, Path.
	NoName
	// Reserved: another model in the catalogue is called Name.
	Reserved
	// Taken: another installed model is called Name.
	Taken
	// NoRoom: the disk of the folder Path has no room for Size bytes.
	NoRoom
	// Refused: Host answered Status when asked for Name.
	Refused
	// Gone: Host no longer has Name; Status says how it put that.
	Gone
	// OtherPart: Host sent another part of Name than was asked for, or has not the rest.
	OtherPart
	// OtherSize: Host offers Got bytes, and Name has Size.
	OtherSize
	// TooMuch: Host sent more than Name's Size.
	TooMuch
	// OtherContent: what Host sent has the SHA-256 Sum, and Name has another.
	OtherContent
	// CutOff: the connection ended after Got of Size bytes.
	CutOff
	// Stalled: Host stopped sending.
	Stalled
	// Unreachable: Host cannot be reached; Err says why.
	Unreachable

	faultCodes // how many there are
)

// FaultCodes returns all kinds, for tests that want each of them worded.
func FaultCodes() []FaultCode {
	all := make([]FaultCode, faultCodes)
	for i := range all {
		all[i] = FaultCode(i)
	}
	return all
}

// Fault is what is wrong with a model, or with fetching one. The window words it by its code. It
// wraps one of the sentinels, and Err.
type Fault struct {
	Code                           FaultCode
	Name, License, Path, Host, Sum string
	Status                         string // a server's, for example "404 Not Found"
	Similar                        []string
	Size, Got                      int64 // in bytes
	Err                            error
}

// english has a sentence for each code, for the terminal and for scripts.
var english = map[FaultCode]string{
	Unknown: "no model is called \"{Name}\": {Similar}",
	NotInstalled: "the model {Name} is not installed: `handlens models get {Name}` fetches it " +
		"({Size}, {License})",
	NotThere: "the model {Name} is not installed",
	Damaged: "the model file {Path} is damaged ({Got bytes}, not {Size bytes}): `handlens " +
		"models get {Name}` fetches it again",
	BuiltIn:  "{Name} is a part of the program and stays",
	Shipped:  "{Name} came with the program ({Path}) and stays",
	NoFile:   "there is no model file {Path}",
	NotAFile: "{Path} {Err}",
	NoName:   "no name can be made of {Path}: give the file a name of letters and digits",
	Reserved: "{Name} is the name of another model in the catalogue: rename the file and add " +
		"it again",
	Taken: "another model is called {Name}: remove it with `handlens models remove " +
		"{Name}`, or rename the file",
	NoRoom:  "the disk is full: {Path} needs room for {Size}",
	Refused: "fetching {Name}: {Host} answered {Status}",
	Gone:    "fetching {Name}: {Host} no longer has it ({Status})",
	OtherPart: "fetching {Name}: {Host} sent another part than was asked for, or does not " +
		"have the rest",
	OtherSize: "fetching {Name}: {Host} offers {Got bytes}, and the model has {Size bytes}: " +
		"nothing was installed",
	TooMuch: "fetching {Name}: {Host} sent more than the model's {Size bytes}: nothing was " +
		"installed",
	OtherContent: "what {Host} sent is not the model {Name} (its SHA-256 is {Sum}): nothing was " +
		"installed",
	CutOff: "fetching {Name}: the connection ended after {Got bytes} of {Size bytes}: ask " +
		"again to continue",
	Stalled: "fetching {Name}: {Host} stopped sending: ask again to continue",
	Unreachable: "fetching {Name}: {Host} cannot be reached ({Err}); a model file from " +
		"elsewhere goes in with `handlens models add FILE`",
}

// sentinels are the coarser kinds that callers branch on.
var sentinels = map[FaultCode]error{
	Unknown: ErrUnknown, NotInstalled: ErrNotInstalled, NotThere: ErrNotInstalled,
	Damaged: ErrDamaged, BuiltIn: ErrShipped, Shipped: ErrShipped, NoFile: fs.ErrNotExist,
	NotAFile: ErrNotONNX, NoName: ErrExists, Reserved: ErrExists, Taken: ErrExists,
	NoRoom: ErrDiskFull, Refused: ErrDownload, Gone: ErrDownload, OtherPart: ErrDownload,
	OtherSize: ErrSize, TooMuch: ErrSize, OtherContent: ErrChecksum, CutOff: ErrSize,
	Stalled:     ErrDownload,
	Unreachable: ErrDownload,
}

// Error words the fault in English, for the terminal and for scripts.
func (f *Fault) Error() string {
	similar := "`handlens models` lists those there are"
	if len(f.Similar) > 0 {
		similar = "did you mean " + strings.Join(f.Similar, " or ") + "?"
	}
	return strings.NewReplacer(
		"{Name}", f.Name, "{License}", f.License, "{Path}", f.Path, "{Host}", f.Host,
		"{Sum}", f.Sum, "{Status}", f.Status, "{Similar}", similar, "{Err}", fmt.Sprint(f.Err),
		"{Got}", plaintext.Bytes(f.Got), "{Size}", plaintext.Bytes(f.Size),
		"{Got bytes}", fmt.Sprint(f.Got, " bytes"), "{Size bytes}", fmt.Sprint(f.Size, " bytes"),
	).Replace(english[f.Code])
}

// Unwrap returns the sentinel and the cause.
func (f *Fault) Unwrap() []error {
	causes := []error{sentinels[f.Code]}
	if f.Err != nil {
		causes = append(causes, f.Err)
	}
	return causes
}
