// Package client is the HTTP face of WHIP's other side (RFC 9725): it hands an SDP offer to a
// server elsewhere, which takes the video from there on. It knows nothing of WebRTC. Comments give
// the section of RFC 9725 that a line follows.
//
// Nothing that comes from the server is trusted in size; neither address nor token is in any error,
// since servers put secrets into both. Nothing here starts a goroutine.
package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"handlens/media"
)

const (
	// maxBody bounds an answer in bytes.
	maxBody = 64 << 10
	// requestTime is how long a server may take for one answer.
	requestTime = 10 * time.Second
	// maxRedirects and maxServers bound what a server may have us do.
	maxRedirects, maxServers = 5, 8
)

var (
	// ErrAnswer says that the server's answer is no WHIP.
	ErrAnswer = errors.New("the server's answer is no WHIP")
	// ErrDowngrade says that the server, called by HTTPS, named an address without.
	ErrDowngrade = fmt.Errorf("%w: it leads from https to http", ErrAnswer)
)

// StatusError is an answer that is no success.
type StatusError struct{ Status int }

func (e *StatusError) Error() string {
	return fmt.Sprintf("the server answered %d %s", e.Status, http.StatusText(e.Status))
}

// Endpoint is where video is taken.
type Endpoint struct {
	URL *url.URL
	// Token is the bearer token (section 4.7); "" for none.
	Token string
	// HTTP is used for the requests; nil for one that trusts what the system trusts.
	HTTP http.RoundTripper
}

// ParseURL checks an endpoint's address. The error repeats nothing of it.
func ParseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("the address of a WHIP server is https://HOST/PATH, or http:// " +
			"without TLS")
	}
	u.Fragment = ""
	return u, nil
}

// Resource is a session at the server.
type Resource struct {
	// Answer is its SDP answer.
	Answer string
	// Servers are the ICE servers that it recommends (section 4.6).
	Servers []media.ICEServer
	// location is where the session ends; nil for a server that did not say.
	location *url.URL
}

// Servers asks an endpoint for ICE servers before anything is offered. What it answers does not
// matter otherwise: only a server that cannot be reached is an error.
func (e *Endpoint) Servers(ctx context.Context) ([]media.ICEServer, error) {
	r, _, err := e.do(ctx, http.MethodOptions, e.URL, "")
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	return iceServers(r.Header.Values("Link")), nil
}

// Post hands over an offer (section 4.2).
func (e *Endpoint) Post(ctx context.Context, offer string) (*Resource, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	r, at, err := e.do(ctx, http.MethodPost, e.URL, offer)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusCreated {
		return nil, &StatusError{r.StatusCode}
	}
	made := &Resource{Servers: iceServers(r.Header.Values("Link"))}
	if text := r.Header.Get("Location"); text != "" {
		where, err := at.Parse(text) // it may be relative
		if err != nil || !safe(at, where) {
			return nil, fmt.Errorf("%w: its Location is odd", ErrAnswer)
		}
		made.location = where
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != sdpType {
		return made, fmt.Errorf("%w: it is no SDP", ErrAnswer)
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return made, plain(err)
	}
	if len(body) > maxBody {
		return made, fmt.Errorf("%w: it is too long", ErrAnswer)
	}
	made.Answer = string(body)
	return made, nil
}

// Delete ends a session at the server (section 4.2). A resource that is nil has none.
func (e *Endpoint) Delete(ctx context.Context, r *Resource) error {
	if r == nil || r.location == nil {
		return nil
	}
	answer, _, err := e.do(ctx, http.MethodDelete, r.location, "")
	if err != nil {
		return err
	}
	answer.Body.Close()
	if answer.StatusCode >= http.StatusMultipleChoices {
		return &StatusError{answer.StatusCode}
	}
	return nil
}

const sdpType = "application/sdp"

// do makes a request, and again where the server says (section 4.5). It returns where the answer
// came from, too.
func (e *Endpoint) do(ctx context.Context, method string, at *url.URL, body string) (
	*http.Response, *url.URL, error,
) {
	client := http.Client{
		Transport: e.HTTP, Timeout: requestTime,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
	for range maxRedirects + 1 {
		request, err := http.NewRequestWithContext(ctx, method, at.String(),
			strings.NewReader(body))
		if err != nil {
			return nil, nil, plain(err)
		}
		if body != "" {
			request.Header.Set("Content-Type", sdpType)
			request.Header.Set("Accept", sdpType)
		}
		if e.Token != "" {
			request.Header.Set("Authorization", "Bearer "+e.Token)
		}
		answer, err := client.Do(request)
		if err != nil {
			return nil, nil, plain(err)
		}
		if s := answer.StatusCode; s != http.StatusTemporaryRedirect &&
			s != http.StatusPermanentRedirect {
			return answer, at, nil
		}
		answer.Body.Close()
		next, err := at.Parse(answer.Header.Get("Location"))
		if err != nil {
			return nil, nil, fmt.Errorf("%w: it leads nowhere", ErrAnswer)
		}
		if !safe(at, next) {
			return nil, nil, ErrDowngrade
		}
		at = next
	}
	return nil, nil, fmt.Errorf("%w: it leads on and on", ErrAnswer)
}

// safe says whether a server may lead from the one address to the other: to another one of its own,
// or to a third one by TLS, since the token goes with it.
func safe(from, to *url.URL) bool {
	return to.Scheme == "https" || to.Scheme == "http" && from.Scheme == "http" &&
		to.Hostname() == from.Hostname()
}

// plain takes the address out of an error.
func plain(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("reaching the server: %w", u.Err)
	}
	return fmt.Errorf("reaching the server: %w", err)
}
