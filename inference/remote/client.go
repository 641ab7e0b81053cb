package remote

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"handlens/media"
	"handlens/media/inputfile"
	"handlens/media/plaintext"
)

// TokenVariable names the environment variable with a token for the server, if it wants one.
const TokenVariable = "HANDLENS_SERVER_TOKEN"

const (
	// maxMetadata bounds what is read of a description, in bytes, and maxTensors how many inputs or
	// outputs it may have.
	maxMetadata = 1 << 20
	maxTensors  = 64
	// maxCause bounds what is repeated of a server's words, in bytes.
	maxCause = 200
	// askTimeout is how long the server may take to describe a model.
	askTimeout = 5 * time.Second
)

// Client has a model run by a server.
type Client struct {
	Limiter
	address Address
	http    *http.Client
	token   string
	form    atomic.Uint32 // how tensors go: untried, inBytes or inNumbers
}

// Model is what a server says of a model.
type Model struct {
	Name, Platform  string
	Inputs, Outputs []Info
	// Parameters are those that are texts, in which a server may repeat the model's own metadata.
	Parameters map[string]string
}

// Open makes a client; it does not ask the server yet. ca is a file with the authority of the
// server's certificate, in PEM; "" is the system's.
func Open(address, ca string) (*Client, error) {
	a, err := ParseAddress(address)
	if err != nil {
		return nil, fmt.Errorf("%s %w", address, err)
	}
	var roots *x509.CertPool
	if ca != "" {
		pem, err := inputfile.Read(ca, maxMetadata)
		if err != nil {
			return nil, fmt.Errorf("the authority of the server's certificate: %w", err)
		}
		roots = x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s has no certificate in PEM", ca)
		}
	}
	versions := new(http.Protocols)
	if a.grpc {
		versions.SetHTTP2(true)
		versions.SetUnencryptedHTTP2(true)
	} else {
		versions.SetHTTP1(true) // a connection for each run that is under way
	}
	return &Client{
		address: a, token: os.Getenv(TokenVariable),
		http: &http.Client{
			Transport: &http.Transport{
				TLSClientConfig:     &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
				MaxIdleConnsPerHost: MaxUnderWay,
				IdleConnTimeout:     time.Minute,
				DisableCompression:  true,
				WriteBufferSize:     64 << 10, ReadBufferSize: 64 << 10,
				Protocols: versions,
				HTTP2:     &http.HTTP2Config{MaxReadFrameSize: 1 << 20},
			},
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return http.ErrUseLastResponse
			},
		},
	}, nil
}

// Address is where the model runs.
func (c *Client) Address() Address { return c.address }

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// described is the protocol's description of a model.
type described struct {
	Name       string                     `json:"name"`
	Platform   string                     `json:"platform"`
	Inputs     []describedTensor          `json:"inputs"`
	Outputs    []describedTensor          `json:"outputs"`
	Parameters map[string]json.RawMessage `json:"parameters"`
}

type describedTensor struct {
	Name     string  `json:"name"`
	Datatype string  `json:"datatype"`
	Shape    []int64 `json:"shape"`
}

// Describe asks what the model takes and gives. Errors are *media.Fault.
func (c *Client) Describe(ctx context.Context) (*Model, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	if c.address.grpc {
		return c.describeRPC(ctx)
	}
	body, err := c.ask(ctx, c.address.model())
	if err != nil {
		return nil, err
	}
	var d described
	if err := json.Unmarshal(body, &d); err != nil {
		return nil, c.unfit(errDescription)
	}
	m := &Model{
		Name: c.address.Model, Platform: plaintext.Printable(d.Platform),
		Parameters: make(map[string]string),
	}
	for key, value := range d.Parameters {
		var text string
		if json.Unmarshal(value, &text) == nil {
			m.Parameters[key] = text
		}
	}
	if m.Inputs, err = infos(d.Inputs); err == nil {
		m.Outputs, err = infos(d.Outputs)
	}
	if err != nil {
		return nil, c.unfit(err)
	}
	return m, nil
}

var errDescription = errors.New("it describes the model in a form that is not understood")

// infos checks the description of inputs or outputs.
func infos(list []describedTensor) ([]Info, error) {
	if len(list) == 0 {
		return nil, errors.New("it does not say what the model takes and gives")
	}
	if len(list) > maxTensors {
		return nil, fmt.Errorf("its model has %d inputs or outputs", len(list))
	}
	var all []Info
	for _, t := range list {
		i := Info{Name: t.Name, Type: Type(t.Datatype), Shape: t.Shape}
		same := func(o Info) bool { return o.Name == i.Name }
		switch {
		case i.Name == "" || len(i.Name) > maxName || slices.ContainsFunc(all, same):
			return nil, errors.New("it names inputs or outputs in a way that is not understood")
		case len(i.Shape) > maxAxes:
			return nil, fmt.Errorf("%q has %d axes", i.Name, len(i.Shape))
		}
		for axis := range i.Shape {
			i.Shape[axis] = max(i.Shape[axis], -1)
		}
		all = append(all, i)
	}
	return all, nil
}

// ask reads a small answer.
func (c *Client) ask(ctx context.Context, path string) ([]byte, error) {
	r, err := c.do(ctx, http.MethodGet, path, nil, nil)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(io.LimitReader(r.Body, maxMetadata+1))
	switch {
	case err != nil:
		return nil, c.away(err)
	case len(body) > maxMetadata:
		return nil, c.unfit(errors.New("its description of the model is too long"))
	}
	return body, nil
}

// do sends a request; the answer is one of success, whose body the caller closes.
func (c *Client) do(ctx context.Context, method, path string, body io.Reader,
	header map[string]string,
) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.address.base+path, body)
	if err != nil {
		return nil, c.unfit(err)
	}
	request.Header.Set("User-Agent", "handlens")
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, c.away(err)
	}
	if response.StatusCode/100 == 2 {
		return response, nil
	}
	defer response.Body.Close()
	return nil, c.refused(response)
}

// refused is what a server's answer of no success means.
func (c *Client) refused(r *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	var said struct {
		Error  string          `json:"error"`
		Detail json.RawMessage `json:"detail"`
	}
	_ = json.Unmarshal(body, &said) // else it says nothing
	words := fmt.Sprintf("it answers %d %s", r.StatusCode, http.StatusText(r.StatusCode))
	if said.Error == "" && len(said.Detail) > 0 {
		said.Error = string(said.Detail)
	}
	if said.Error != "" {
		words += ": " + plaintext.Printable(shorten(said.Error))
	}
	switch r.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable,
		http.StatusGatewayTimeout:
		return c.fault(media.ServerAway, errors.New(words))
	case http.StatusUnauthorized, http.StatusForbidden:
		words += "; a token for it goes into the environment (" + TokenVariable + ")"
	}
	return c.unfit(&answerError{r.StatusCode, words})
}

// answerError is an answer of no success.
type answerError struct {
	status int
	words  string
}

func (e *answerError) Error() string { return e.words }

// away is the fault of a connection that failed.
func (c *Client) away(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err // without the address, which is said already
	}
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case untrusted:
		return c.fault(media.ServerUntrusted, err)
	case errors.Is(err, context.DeadlineExceeded):
		return c.fault(media.ServerAway, errLate)
	}
	return c.fault(media.ServerAway, err)
}

// errLate says that a deadline has passed.
var errLate = errors.New("it took too long")

// unfit is the fault of a server that answers, with what is of no use.
func (c *Client) unfit(err error) error { return c.fault(media.ServerUnfit, err) }

func (c *Client) fault(code media.FaultCode, err error) error {
	return &media.Fault{Code: code, Server: c.address.Host, Err: err}
}

// shorten bounds what is repeated of a server's words.
func shorten(s string) string {
	if len(s) > maxCause {
		return s[:maxCause] + "…"
	}
	return s
}
