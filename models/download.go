package models

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// Patience with servers. None of them bounds the whole download, which may be long on a slow line.
const (
	connectTimeout = 15 * time.Second
	answerTimeout  = 30 * time.Second
	stallTimeout   = 30 * time.Second // no byte for that long
	maxRedirects   = 5
	chunk          = 64 << 10 // bytes read before progress is told
	maxTag         = 256      // bytes of an ETag that are kept
)

var dialer = &net.Dialer{Timeout: connectTimeout}

var (
	errStalled = errors.New("the server stopped sending")
	errRestart = errors.New("the part that is here does not fit")
)

// download is one Get under way.
type download struct {
	store     *Store
	entry     Entry
	part, tag string
	progress  func(done, total int64)
}

// run brings the whole file to d.part and verifies it. What was left by an earlier run is
// continued; when that turns out not to fit what the server has now, it is thrown away and the
// download begins once more from the start.
func (d *download) run(ctx context.Context) error {
	resumed, err := d.attempt(ctx)
	if resumed &&
		(errors.Is(err, errRestart) || errors.Is(err, ErrChecksum) || errors.Is(err, ErrNotONNX)) {
		d.discard()
		_, err = d.attempt(ctx)
	}
	switch {
	case err == nil:
		os.Remove(d.tag) // it has served
	case tooMuch(err), errors.Is(err, ErrChecksum), errors.Is(err, ErrNotONNX):
		d.discard() // nothing that can be continued
	default:
		if info, statErr := os.Stat(d.part); statErr == nil && info.Mode().IsRegular() &&
			info.Size() == 0 {
			d.discard()
		}
	}
	return err
}

// tooMuch says that more came than there is of the model.
func tooMuch(err error) bool {
	f, ok := errors.AsType[*Fault](err)
	return ok && f.Code == TooMuch
}

func (d *download) discard() {
	os.Remove(d.part)
	os.Remove(d.tag)
}

// attempt makes one request, if anything is missing, and verifies the outcome. It tells whether it
// built on an earlier part.
func (d *download) attempt(ctx context.Context) (resumed bool, err error) {
	file, err := os.OpenFile(d.part, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return false, d.store.writeError(err, d.entry.Size)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return false, fmt.Errorf("looking at the unfinished download: %w", err)
	}
	have := info.Size()
	if have > d.entry.Size || !d.mayResume() {
		have = 0
	}
	resumed = have > 0
	if have < d.entry.Size {
		if err := d.fetch(ctx, file, have); err != nil {
			return resumed, err
		}
	}
	if err := file.Sync(); err != nil {
		return resumed, d.store.writeError(err, d.entry.Size)
	}
	return resumed, d.store.verify(d.part, d.entry)
}

// mayResume says whether the part that is here can be told from one of another version: by the
// checksum, else by a strong ETag.
func (d *download) mayResume() bool { return d.entry.SHA256 != "" || d.etag() != "" }

// etag returns the strong ETag of the part that is here. RFC 9110, section 13.1.5, forbids weak
// ones in If-Range.
func (d *download) etag() string {
	data, err := os.ReadFile(d.tag)
	if tag := string(data); err == nil && len(tag) <= maxTag && strings.HasPrefix(tag, `"`) {
		return tag
	}
	return ""
}

// fetch asks for the file from offset have on and writes what comes.
func (d *download) fetch(ctx context.Context, file *os.File, have int64) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	req, err := d.request(ctx, have)
	if err != nil {
		return err
	}
	resp, err := d.store.client.Do(req)
	if err != nil {
		return d.netError(ctx, err)
	}
	defer resp.Body.Close()
	from, err := d.accept(resp, have)
	if err != nil {
		return err
	}
	if from == 0 {
		if err := d.restart(file, resp.Header.Get("ETag")); err != nil {
			return d.store.writeError(err, d.entry.Size)
		}
	}
	watch := time.AfterFunc(d.store.stall, func() { cancel(errStalled) })
	defer watch.Stop()
	return d.receive(ctx, file, from, resp.Body, func() { watch.Reset(d.store.stall) })
}

func (d *download) request(ctx context.Context, have int64) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.entry.URL, nil)
	if err != nil {
		return nil, fmt.Errorf("fetching %s: %w", d.entry.Name, err)
	}
	req.Header.Set("User-Agent", "handlens")
	req.Header.Set("Accept-Encoding", "identity")
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
		if tag := d.etag(); tag != "" {
			req.Header.Set("If-Range", tag)
		}
	}
	return req, nil
}

// accept judges the answer's head and returns the offset at which its body begins.
func (d *download) accept(resp *http.Response, have int64) (from int64, err error) {
	host := resp.Request.URL.Host
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusPartialContent:
		if !d.rangeFits(resp.Header.Get("Content-Range"), have) {
			return 0, d.fail(OtherPart, host, errRestart)
		}
		from = have
	case http.StatusRequestedRangeNotSatisfiable:
		return 0, d.fail(OtherPart, host, errRestart)
	case http.StatusNotFound, http.StatusGone:
		return 0, &Fault{Code: Gone, Name: d.entry.Name, Host: host, Status: resp.Status}
	default:
		return 0, &Fault{Code: Refused, Name: d.entry.Name, Host: host, Status: resp.Status}
	}
	if n := resp.ContentLength; n >= 0 && from+n != d.entry.Size {
		return 0, d.wrongSize(OtherSize, host, from+n)
	}
	return from, nil
}

// rangeFits reads "bytes FIRST-LAST/TOTAL", RFC 9110, section 14.4.
func (d *download) rangeFits(header string, have int64) bool {
	span, ok := strings.CutPrefix(header, "bytes ")
	if !ok || have == 0 {
		return false
	}
	span, total, _ := strings.Cut(span, "/")
	first, _, _ := strings.Cut(span, "-")
	at, err := strconv.ParseInt(first, 10, 64)
	return err == nil && at == have &&
		(total == "*" || total == strconv.FormatInt(d.entry.Size, 10))
}

// restart empties the part and notes the version that is coming.
func (d *download) restart(file *os.File, tag string) error {
	os.Remove(d.tag)
	if info, err := file.Stat(); err != nil || info.Size() > 0 {
		if err := file.Truncate(0); err != nil {
			return err
		}
	}
	if strings.HasPrefix(tag, `"`) && len(tag) <= maxTag {
		return os.WriteFile(d.tag, []byte(tag), 0o644)
	}
	return nil
}

// receive writes the body at its offset, no more of it than the catalogue says. Writing at offsets,
// not at the end, keeps two processes that fetch the same model from spoiling each other's part.
func (d *download) receive(ctx context.Context, file *os.File, at int64, body io.Reader,
	alive func(),
) error {
	buf := make([]byte, chunk)
	d.progress(at, d.entry.Size)
	for {
		n, err := body.Read(buf)
		alive()
		if at+int64(n) > d.entry.Size {
			return d.wrongSize(TooMuch, hostOf(d.entry.URL), at+int64(n))
		}
		if n > 0 {
			if _, err := file.WriteAt(buf[:n], at); err != nil {
				return d.store.writeError(err, d.entry.Size)
			}
			at += int64(n)
			d.progress(at, d.entry.Size)
		}
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return d.netError(ctx, err)
		case at == d.entry.Size && errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return &Fault{
				Code: CutOff, Name: d.entry.Name, Got: at, Size: d.entry.Size,
				Err: io.ErrUnexpectedEOF,
			}
		default:
			return d.netError(ctx, err)
		}
	}
}

// netError says what kept the bytes from coming.
func (d *download) netError(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); errors.Is(cause, errStalled) {
		return d.fail(Stalled, hostOf(d.entry.URL), cause)
	} else if cause != nil {
		return fmt.Errorf("fetching %s was stopped: %w", d.entry.Name, cause)
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // the address is named already
	}
	return d.fail(Unreachable, hostOf(d.entry.URL), err)
}

func (d *download) fail(code FaultCode, host string, cause error) error {
	return &Fault{Code: code, Name: d.entry.Name, Host: host, Err: cause}
}

func (d *download) wrongSize(code FaultCode, host string, got int64) error {
	return &Fault{Code: code, Name: d.entry.Name, Host: host, Got: got, Size: d.entry.Size}
}

func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Host
	}
	return address
}
