package models

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"

	"handlens/models/sniff"
)

// Get downloads a model of the catalogue, or returns it at once when it is installed and whole. It
// is the only thing in the program that leaves the local network, and is called only when the user
// asked for it.
//
// An interrupted download is kept beside the store's files and continued by the next Get. The file
// gets its name when its size and checksum are right. progress, when not nil, is called from Get's
// own goroutine with the bytes that are here and the total.
//
// Errors are sentences that wrap ErrUnknown, ErrDownload, ErrSize, ErrChecksum, ErrDiskFull, or the
// context's error.
func (s *Store) Get(ctx context.Context, name string, progress func(done, total int64)) (Model,
	error,
) {
	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-ctx.Done():
		return Model{}, fmt.Errorf("fetching %s was stopped: %w", shorten(name), context.Cause(ctx))
	}
	name = strings.ToLower(name)
	e, ok := s.entry(name)
	if !ok {
		if m, err := s.installed(name); err == nil {
			return m, nil // the user's own: there is nothing to fetch
		}
		return Model{}, s.unknown(name)
	}
	if name == Starter {
		return starter(), nil
	}
	if m, err := s.installed(name); err == nil && s.verify(m.Path, e) == nil {
		return m, nil
	}
	if progress == nil {
		progress = func(int64, int64) {}
	}
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return Model{}, s.writeError(err, e.Size)
	}
	d := download{
		store: s, entry: e, part: partPath(s.path(name)), tag: tagPath(s.path(name)),
		progress: progress,
	}
	if err := d.run(ctx); err != nil {
		return Model{}, err
	}
	m, err := s.publish(d.part, e)
	if errors.Is(err, fs.ErrNotExist) && s.verify(s.path(name), e) == nil {
		// another process finished the same download
		return Model{Entry: e, Path: s.path(name)}, nil
	}
	return m, err
}

// partPath is where an unfinished download waits, tagPath where the server's name for that version
// (its ETag) is kept.
func partPath(onnx string) string { return onnx + ".part" }
func tagPath(onnx string) string  { return onnx + ".part.etag" }

// verify says whether the file is what the catalogue promises. Without a checksum there, it must at
// least have the shape of a model.
func (s *Store) verify(path string, e Entry) error {
	if e.SHA256 == "" {
		_, err := sniff.File(path)
		return err
	}
	sum, err := checksum(path)
	if err != nil {
		return err
	}
	if sum != e.SHA256 {
		return &Fault{Code: OtherContent, Name: e.Name, Host: hostOf(e.URL), Sum: sum}
	}
	return nil
}

// newClient returns an HTTP client that gives up when a server does not answer, obeys the proxies
// named in the environment, follows few redirects and none from TLS to plain text, and keeps no
// connection open.
func newClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           dialer.DialContext,
			TLSHandshakeTimeout:   connectTimeout,
			ResponseHeaderTimeout: answerTimeout,
			DisableKeepAlives:     true,
			DisableCompression:    true,
		},
		CheckRedirect: func(next *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return errors.New("the server redirects without end")
			}
			if via[0].URL.Scheme == "https" && next.URL.Scheme != "https" {
				return errors.New("the server redirects to an address without TLS")
			}
			return nil
		},
	}
}
