package remote

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strings"
)

// Address is where a model runs.
type Address struct {
	// base is the server's part, without a slash at its end.
	base   string
	secure bool
	grpc   bool
	// Host is the server's name and port as it was given.
	Host string
	// Model and Version are names on the server; Version may be "".
	Model, Version string
}

// Secure tells whether what is sent is encrypted.
func (a Address) Secure() bool { return a.secure }

// maxName bounds names, in bytes.
const maxName = 256

// IsAddress tells whether a text is meant to be one.
func IsAddress(text string) bool { return strings.Contains(text, "://") }

// ParseAddress reads http://HOST:PORT/MODEL, or https://, grpc:// or grpcs://. Before MODEL may
// stand a path under which the server lies, and MODEL may be written as the protocol has it,
// v2/models/MODEL or v2/models/MODEL/versions/VERSION.
func ParseAddress(text string) (Address, error) {
	u, err := url.Parse(text)
	if err != nil {
		return Address{}, errNoAddress
	}
	if err := checkURL(u); err != nil {
		return Address{}, err
	}
	scheme := map[string]string{"grpc": "http", "grpcs": "https"}[u.Scheme]
	a := Address{Host: u.Host, grpc: scheme != ""}
	scheme = cmp.Or(scheme, u.Scheme)
	a.secure = scheme == "https"
	parts := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	if n := len(parts); n >= 5 && parts[n-2] == "versions" && parts[n-4] == "models" {
		a.Version, parts = parts[n-1], parts[:n-2]
	}
	a.Model, parts = parts[len(parts)-1], parts[:len(parts)-1]
	if n := len(parts); n >= 2 && parts[n-2] == "v2" && parts[n-1] == "models" {
		parts = parts[:n-2]
	}
	for _, name := range []*string{&a.Model, &a.Version} {
		if *name, err = url.PathUnescape(*name); err != nil || len(*name) > maxName {
			return Address{}, errors.New("has a name in it that cannot be read")
		}
	}
	if a.Model == "" {
		return Address{}, errors.New("lacks the model's name: http://HOST:8000/MODEL")
	}
	a.base = strings.Join(append([]string{scheme + "://" + u.Host}, parts...), "/")
	return a, nil
}

var errNoAddress = errors.New("is not an address such as http://HOST:8000/MODEL")

// checkURL refuses what is no server's address, whatever the model.
func checkURL(u *url.URL) error {
	switch {
	case u.Hostname() == "":
		return errNoAddress
	case !slices.Contains([]string{"http", "https", "grpc", "grpcs"}, u.Scheme):
		return errors.New("is none of http://, https://, grpc:// and grpcs://")
	case u.User != nil:
		return errors.New("has a user or a password in it; a token goes into the environment (" +
			TokenVariable + ")")
	case u.RawQuery != "" || u.Fragment != "":
		return errors.New("has a part after ? or #, which has no meaning here")
	}
	return nil
}

// model is the path of the model on the server.
func (a Address) model() string {
	path := "/v2/models/" + url.PathEscape(a.Model)
	if a.Version != "" {
		path += "/versions/" + url.PathEscape(a.Version)
	}
	return path
}
