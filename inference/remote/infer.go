package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"handlens/media"
)

// headerLengthName is the header of the binary tensor extension: the length of the JSON before the
// bytes.
const headerLengthName = "Inference-Header-Content-Length"

// How tensors go.
const (
	untried uint32 = iota
	inBytes
	inNumbers
)

const (
	// maxAnswer bounds an answer, in bytes.
	maxAnswer = 256 << 20
	// firstDeadline is for runs before any has succeeded: a server may load a model only then.
	firstDeadline = 30 * time.Second
	// leastDeadline bounds the deadline of later runs from below: a wireless network may stop for
	// half a second.
	leastDeadline = time.Second
	// patience is how many times as long as usual a run may take.
	patience = 8
)

var (
	errShort   = errors.New("its answer is shorter than it says")
	errTooLong = errors.New("its answer is too long")
	errForm    = errors.New("its answer is not in the protocol's form")
)

// message is the JSON of an answer.
type message struct {
	Outputs []entry `json:"outputs"`
}

type entry struct {
	Name       string          `json:"name"`
	Shape      []int64         `json:"shape,omitempty"`
	Datatype   Type            `json:"datatype,omitempty"`
	Parameters *parameters     `json:"parameters,omitempty"`
	Data       json.RawMessage `json:"data,omitempty"`

	bytes []byte // the elements of one that has them as bytes, else nil
}

// parameters are those of the binary tensor extension. Others have meanings of their own.
type parameters struct {
	BinaryData bool `json:"binary_data,omitempty"`
	Size       *int `json:"binary_data_size,omitempty"`
}

// buffers are reused for requests and answers.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Infer runs the model. want are the outputs as they were described, and out gets a tensor for
// each, in the memory that it has where that suffices. It ends by a deadline of its own. Errors are
// *media.Fault, but for the end of ctx.
func (c *Client) Infer(ctx context.Context, in []Tensor, want []Info, out []Tensor) error {
	short, cancel := context.WithTimeout(ctx, c.deadline())
	defer cancel()
	form := c.form.Load()
	began := time.Now()
	var err error
	if c.address.grpc {
		if err = c.inferRPC(short, in, want, out); err == nil {
			form = inBytes
			c.form.Store(form)
		}
	} else {
		err = c.infer(short, in, want, out, form != inNumbers)
	}
	if form == untried && !c.address.grpc {
		switch {
		case err == nil:
			c.form.Store(inBytes)
		case !away(err):
			began = time.Now()
			if err = c.infer(short, in, want, out, false); err == nil {
				c.form.Store(inNumbers)
			}
		}
	}
	if ctx.Err() != nil && err != nil {
		return ctx.Err()
	}
	if err == nil {
		c.took(time.Since(began))
	}
	return err
}

// Binary tells whether tensors go as bytes.
func (c *Client) Binary() bool { return c.form.Load() == inBytes }

// away tells whether an error says nothing about the form of a request.
func away(err error) bool {
	f, ok := errors.AsType[*media.Fault](err)
	return ok && f.Code != media.ServerUnfit
}

// deadline is how long a run may take.
func (c *Client) deadline() time.Duration {
	usual := c.RoundTrip()
	if usual == 0 {
		return firstDeadline
	}
	return min(max(patience*usual, leastDeadline), firstDeadline)
}

func (c *Client) infer(ctx context.Context, in []Tensor, want []Info, out []Tensor, binary bool,
) error {
	request, answer := buffers.Get().(*bytes.Buffer), buffers.Get().(*bytes.Buffer)
	defer buffers.Put(answer)
	request.Reset()
	header, err := encode(request, in, want, binary)
	if err != nil {
		buffers.Put(request)
		return c.unfit(err)
	}
	// The transport may read a request for longer than the call lasts, so that only one that was
	// answered in full is used again.
	how := map[string]string{"Content-Type": "application/json"}
	if header > 0 {
		how["Content-Type"] = "application/octet-stream"
		how[headerLengthName] = strconv.Itoa(header)
	}
	response, err := c.do(ctx, http.MethodPost, c.address.model()+"/infer",
		bytes.NewReader(request.Bytes()), how)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer.Reset()
	n, err := answer.ReadFrom(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return c.away(err)
	case n > maxAnswer:
		return c.unfit(errTooLong)
	}
	buffers.Put(request)
	if err := decode(answer.Bytes(), response.Header.Get(headerLengthName), want, out); err != nil {
		return c.unfit(err)
	}
	return nil
}

// encode writes a request, and returns the length of its JSON when bytes follow, else 0.
func encode(to *bytes.Buffer, in []Tensor, want []Info, binary bool) (int, error) {
	to.WriteString(`{"inputs":[`)
	for i := range in {
		if i > 0 {
			to.WriteByte(',')
		}
		if err := in[i].encode(to, binary); err != nil {
			return 0, err
		}
	}
	outputs := make([]entry, len(want))
	for i, w := range want {
		outputs[i].Name = w.Name
		if binary {
			outputs[i].Parameters = &parameters{BinaryData: true}
		}
	}
	list, err := json.Marshal(outputs)
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(to, `],"outputs":%s}`, list)
	if !binary {
		return 0, nil
	}
	head := to.Len()
	for i := range in {
		data, err := in[i].appendBinary(to.AvailableBuffer())
		if err != nil {
			return 0, err
		}
		to.Write(data)
	}
	return head, nil
}

// encode writes an input's entry: with its elements, or with how many bytes of them follow.
func (t *Tensor) encode(to *bytes.Buffer, binary bool) error {
	e := entry{Name: t.Name, Shape: t.Shape, Datatype: t.Type}
	if binary {
		n, err := elements(t.Shape)
		if err != nil {
			return err
		}
		size := n * t.Type.size()
		e.Parameters = &parameters{Size: &size}
	}
	head, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if binary {
		to.Write(head)
		return nil
	}
	to.Write(head[:len(head)-1])
	to.WriteString(`,"data":`)
	list, err := t.appendNumbers(to.AvailableBuffer())
	if err != nil {
		return err
	}
	to.Write(list)
	to.WriteByte('}')
	return nil
}

// decode reads an answer. length is that of its JSON when bytes follow, else "".
func decode(answer []byte, length string, want []Info, out []Tensor) error {
	head, rest := answer, []byte(nil)
	if length != "" {
		n, err := strconv.Atoi(length)
		if err != nil || n < 0 || n > len(answer) {
			return errShort
		}
		head, rest = answer[:n], answer[n:]
	}
	var m message
	if err := json.Unmarshal(head, &m); err != nil {
		return errForm
	}
	for i := range m.Outputs {
		e := &m.Outputs[i]
		if e.Parameters == nil || e.Parameters.Size == nil {
			continue
		}
		size := *e.Parameters.Size
		if size < 0 || size > len(rest) {
			return errShort
		}
		e.bytes, rest = rest[:size:size], rest[size:]
	}
	return takeAll(m.Outputs, want, out)
}

// takeAll fills the tensors from an answer's entries.
func takeAll(list []entry, want []Info, out []Tensor) error {
	done := make([]bool, len(want))
	for _, e := range list {
		i := slices.IndexFunc(want, func(w Info) bool { return w.Name == e.Name })
		if i < 0 || done[i] {
			continue // nobody asked for it
		}
		if err := take(&out[i], want[i], e); err != nil {
			return fmt.Errorf("what it gives for %q makes no sense: %w", want[i].Name, err)
		}
		done[i] = true
	}
	if i := slices.Index(done, false); i >= 0 {
		return fmt.Errorf("its answer lacks the output %q", want[i].Name)
	}
	return nil
}

// take fills a tensor from its entry.
func take(t *Tensor, want Info, e entry) error {
	data := e.bytes
	e.Shape = want.squeezed(e.Shape)
	if err := want.fits(e.Datatype, e.Shape); err != nil {
		return err
	}
	n, err := elements(e.Shape)
	if err != nil {
		return err
	}
	size := n * e.Datatype.size()
	switch {
	case data != nil && len(data) != size:
		return errors.New("its bytes are not those of its shape")
	case data == nil && 2*n > len(e.Data)+1: // each number and what is between, one at least
		return errors.New("it has fewer numbers than its shape says")
	}
	t.Name, t.Type, t.Shape = want.Name, want.Type, e.Shape
	if err := t.resize(n); err != nil {
		return err
	}
	if data != nil {
		return t.readBinary(data)
	}
	return t.readNumbers(e.Data)
}
