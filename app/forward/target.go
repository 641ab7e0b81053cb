package forward

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"handlens/app/slug"
	"handlens/media/whip/client"
)

// Placeholder stands in an address for the phone's name, in small letters, digits and underscores.
const Placeholder = "{phone}"

// Target is where the videos of phones are sent.
type Target struct {
	text  string
	url   *url.URL // with the placeholder filled in somehow
	token string
	http  http.RoundTripper // nil but in tests
}

// Parse reads an address. The error repeats nothing of it, since it may hold a secret.
func Parse(text, token string) (Target, error) {
	u, err := client.ParseURL(strings.ReplaceAll(text, Placeholder, "phone"))
	if err != nil {
		return Target{}, err
	}
	if strings.ContainsAny(u.Hostname(), "{}") || strings.Contains(text, Placeholder) &&
		!strings.Contains(afterHost(text), Placeholder) {
		return Target{}, errors.New(Placeholder + " stands in the path of the address")
	}
	return Target{text: text, url: u, token: token}, nil
}

// afterHost is what follows scheme and host.
func afterHost(text string) string {
	_, rest, _ := strings.Cut(text, "://")
	_, path, _ := strings.Cut(rest, "/")
	return path
}

// Host is the server's name, with the port where there is one.
func (t Target) Host() string {
	if t.url == nil {
		return ""
	}
	return t.url.Host
}

// Plain says that the way to the server is not encrypted, so that whoever is on it can read the
// token and take the server's place.
func (t Target) Plain() bool { return t.url != nil && t.url.Scheme == "http" }

// Each says that each phone has an address of its own.
func (t Target) Each() bool { return strings.Contains(t.text, Placeholder) }

// endpoint is where the video of the phone of that name goes.
func (t Target) endpoint(phone string) (*client.Endpoint, error) {
	u, err := client.ParseURL(strings.ReplaceAll(t.text, Placeholder, slug.Of(phone)))
	if err != nil {
		return nil, err
	}
	return &client.Endpoint{URL: u, Token: t.token, HTTP: t.http}, nil
}
