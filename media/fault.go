package media

import "fmt"

// FaultCode is a kind of Fault.
type FaultCode uint8

// The kinds of faults.
const (
	// CannotDecode: there is no decoder for what the phone sends; Codec says what that is.
	CannotDecode FaultCode = iota
	// CannotRecord is the same for a recording.
	CannotRecord
	// DetectorCrashed: the detector broke down on a frame of Width × Height pixels.
	DetectorCrashed
	// HardwareFailed: the graphics card (Hardware) failed to decode Codec, and the processor does
	// it from here on.
	HardwareFailed
	// DiskFull: there is no room left in Folder.
	DiskFull
	// FileTooLarge: the file system of Folder allows no larger file.
	FileTooLarge
	// ReadOnly: nothing may be written in Folder.
	ReadOnly
	// CannotSave: nothing could be saved in Folder, for a reason that Err wraps.
	CannotSave
	// ServerAway: the Server that runs the model does not answer.
	ServerAway
	// ServerUnfit: it answers, with what is of no use.
	ServerUnfit
	// ServerUntrusted: its certificate is not trusted.
	ServerUntrusted
	// PhoneGone: the phone left before something could be done with it.
	PhoneGone
	// NoPictureYet: the phone has sent no picture that could be saved.
	NoPictureYet
	// StillEnding: the phone's last recording is still being finished.
	StillEnding

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

// Fault is an error of one phone, its recording or the detector that a person should know of. The
// window words it by its code; other errors are shown as they are.
type Fault struct {
	Code          FaultCode
	Codec         Codec
	Width, Height int
	Hardware      string // a label, for example "VAAPI"
	Folder        string
	Server        string // its name and port
	// Err is what caused it; for what concerns a Folder, the whole sentence.
	Err error
}

// Error words the fault in English, for scripts, logs and the terminal.
func (f *Fault) Error() string {
	switch f.Code {
	case CannotDecode:
		return fmt.Sprintf("this phone's %v video cannot be decoded: %v", f.Codec, f.Err)
	case CannotRecord:
		return fmt.Sprintf("this phone's %v video cannot be recorded: %v", f.Codec, f.Err)
	case DetectorCrashed:
		return fmt.Sprintf("the detector failed on a picture of %d × %d: %v", f.Width, f.Height,
			f.Err)
	case HardwareFailed:
		return fmt.Sprintf("%s failed to decode the %v video (%v); it is decoded by the "+
			"processor from here on", f.Hardware, f.Codec, f.Err)
	case DiskFull, FileTooLarge, ReadOnly, CannotSave:
		return fmt.Sprint(f.Err)
	case ServerAway:
		return fmt.Sprintf("the server %s does not answer: %v", f.Server, f.Err)
	case ServerUnfit:
		return fmt.Sprintf("the server %s cannot be used: %v", f.Server, f.Err)
	case ServerUntrusted:
		return fmt.Sprintf("the certificate of the server %s is not trusted: %v", f.Server, f.Err)
	case PhoneGone:
		return "this phone has left"
	case NoPictureYet:
		return "there is no picture yet to save"
	case StillEnding:
		return "the last recording is still being finished"
	}
	return fmt.Sprintf("fault %d: %v", f.Code, f.Err)
}

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Err }
