package kit

import (
	"handlens/media/cause"
)

// ErrorWords says what went wrong in the user's language: what the system means, and the file that
// it is about. Where nothing else is known, it is the system's own English, for a place that says
// in the user's language what it is about; Sentence says that as well.
func ErrorWords(err error) string {
	code, path := cause.Of(err)
	why := causeWords(code)
	switch {
	case why == "":
		return Printable(err.Error(), MaxReason)
	case path != "":
		return L("{{.Path}}: {{.Why}}",
			map[string]any{"Path": Printable(path, MaxReason), "Why": why})
	}
	return why
}

// Sentence is ErrorWords for a place where nothing else is said: what only the system has words for
// stands in parentheses.
func Sentence(err error) string {
	if code, _ := cause.Of(err); code != cause.Unknown {
		return ErrorWords(err)
	}
	return L("that did not work ({{.Text}})",
		map[string]any{"Text": Printable(err.Error(), MaxReason)})
}

// CauseWords is ErrorWords for a place where the file is named already: the bare cause.
func CauseWords(err error) string {
	if code, _ := cause.Of(err); code != cause.Unknown {
		return causeWords(code)
	}
	return Printable(innermost(err).Error(), MaxReason)
}

// innermost is what the system said before anything was written around it.
func innermost(err error) error {
	for {
		inner, ok := err.(interface{ Unwrap() error })
		if !ok || inner.Unwrap() == nil {
			return err
		}
		err = inner.Unwrap()
	}
}

// causeWords says what a code means; "" when it is unknown.
func causeWords(c cause.Code) string {
	switch c {
	case cause.NotAllowed:
		return L("this is not allowed here")
	case cause.NotThere:
		return L("there is no such file or folder")
	case cause.Exists:
		return L("something of that name is there already")
	case cause.NoRoom:
		return L("the disk is full")
	case cause.TooLarge:
		return L("files cannot be that large on this disk")
	case cause.ReadOnly:
		return L("nothing can be written on this disk")
	case cause.NameTooLong:
		return L("the name is too long")
	case cause.BadName:
		return L("the disk cannot hold a file of that name")
	case cause.IsFolder:
		return L("it is a folder, not a file")
	case cause.InUse:
		return L("another program is using it")
	case cause.NoMemory:
		return L("there is not enough memory")
	}
	return oddCauseWords(c)
}

// oddCauseWords is causeWords for what seldom happens.
func oddCauseWords(c cause.Code) string {
	switch c {
	case cause.NoFolder:
		return L("there is a file where a folder is needed")
	case cause.NotEmpty:
		return L("the folder is not empty")
	case cause.OtherDisk:
		return L("it cannot be moved to another disk")
	case cause.DiskBroken:
		return L("the disk cannot be read or written")
	case cause.TooManyFiles:
		return L("too many files are open")
	case cause.Closed:
		return L("it is closed already")
	}
	return networkWords(c)
}

// networkWords is causeWords for what belongs to the network.
func networkWords(c cause.Code) string {
	switch c {
	case cause.NoSuchHost:
		return L("no computer has that name")
	case cause.NoNames:
		return L("names cannot be looked up: is this computer online?")
	case cause.Refused:
		return L("nobody answers there")
	case cause.NoRoute:
		return L("there is no way to it from this network")
	case cause.TimedOut:
		return L("it took too long")
	case cause.CutOff:
		return L("the connection broke off")
	case cause.Untrusted:
		return L("its certificate is not trusted")
	case cause.NotTLS:
		return L("no encrypted connection could be made")
	case cause.PortTaken:
		return L("another program has that port")
	case cause.Cancelled:
		return L("it was stopped")
	}
	return ""
}
