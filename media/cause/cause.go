// Package cause tells what the system means by its errors, of files and of the network, as codes
// that can be put into anyone's words. It imports nothing of the program.
package cause

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"syscall"
)

// Code is what went wrong.
type Code uint8

// The codes: of files, then of the network.
const (
	// Unknown: the system's own words are all there is.
	Unknown Code = iota
	NotAllowed
	NotThere
	Exists
	NoRoom
	TooLarge
	ReadOnly
	NameTooLong
	BadName
	IsFolder
	NoFolder // a part of the path is a file
	NotEmpty
	InUse
	OtherDisk // something cannot be moved from one disk to another
	DiskBroken
	TooManyFiles
	NoMemory
	Closed

	NoSuchHost
	NoNames // nobody answers who knows the names
	Refused
	NoRoute
	TimedOut
	CutOff
	Untrusted // the other side's certificate
	NotTLS
	PortTaken
	Cancelled

	codes // how many there are
)

// Codes returns all codes but Unknown, for tests that want each of them worded.
func Codes() []Code {
	all := make([]Code, 0, codes-1)
	for c := Unknown + 1; c < codes; c++ {
		all = append(all, c)
	}
	return all
}

// table is asked in this order: the numbers of the system tell more than the kinds of package fs,
// which some of them belong to as well.
var table = []struct {
	err  error
	code Code
}{
	{syscall.ENOSPC, NoRoom},
	{syscall.EDQUOT, NoRoom},
	{syscall.EFBIG, TooLarge},
	{syscall.EROFS, ReadOnly},
	{syscall.ENAMETOOLONG, NameTooLong},
	{syscall.EILSEQ, BadName},
	{syscall.EISDIR, IsFolder},
	{syscall.ENOTDIR, NoFolder},
	{syscall.ENOTEMPTY, NotEmpty},
	{syscall.EBUSY, InUse},
	{syscall.ETXTBSY, InUse},
	{syscall.EXDEV, OtherDisk},
	{syscall.EIO, DiskBroken},
	{syscall.EMFILE, TooManyFiles},
	{syscall.ENFILE, TooManyFiles},
	{syscall.ENOMEM, NoMemory},

	{syscall.ECONNREFUSED, Refused},
	{syscall.EHOSTUNREACH, NoRoute},
	{syscall.EHOSTDOWN, NoRoute},
	{syscall.ENETUNREACH, NoRoute},
	{syscall.ENETDOWN, NoRoute},
	{syscall.EADDRNOTAVAIL, NoRoute},
	{syscall.ETIMEDOUT, TimedOut},
	{syscall.ECONNRESET, CutOff},
	{syscall.ECONNABORTED, CutOff},
	{syscall.EPIPE, CutOff},
	{syscall.EADDRINUSE, PortTaken},

	{context.Canceled, Cancelled},
	{context.DeadlineExceeded, TimedOut},
	{os.ErrDeadlineExceeded, TimedOut},
	{io.ErrUnexpectedEOF, CutOff},
	{http.ErrSchemeMismatch, NotTLS},
	{fs.ErrPermission, NotAllowed},
	{fs.ErrNotExist, NotThere},
	{fs.ErrExist, Exists},
	{fs.ErrClosed, Closed},
	{net.ErrClosed, Closed},
}

// Of returns what an error of the system means, and the path of the file that it is about, "" for
// none.
func Of(err error) (code Code, path string) {
	if err == nil {
		return Unknown, ""
	}
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		path = p.Path
	} else if l, ok := errors.AsType[*os.LinkError](err); ok {
		path = l.New
	}
	if code = ofNetwork(err); code != Unknown {
		return code, path
	}
	if number, ok := errors.AsType[syscall.Errno](err); ok {
		if code = ofNumber(number); code != Unknown {
			return code, path
		}
	}
	for _, e := range table {
		if errors.Is(err, e.err) {
			return e.code, path
		}
	}
	if t, ok := errors.AsType[net.Error](err); ok && t.Timeout() {
		return TimedOut, path
	}
	return Unknown, path
}

// ofNetwork is Of for the errors that the network has kinds of its own for.
func ofNetwork(err error) Code {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		if dns.IsNotFound {
			return NoSuchHost
		}
		return NoNames
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return Untrusted
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return Untrusted
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return Untrusted
	}
	if _, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		return Untrusted
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return NotTLS
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return NotTLS
	}
	return Unknown
}
