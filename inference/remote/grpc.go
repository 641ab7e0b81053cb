package remote

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"handlens/media"
	"handlens/media/plaintext"
)

// gRPC is HTTP/2 with a message in each direction, framed by five bytes, and a status in the
// trailer; the messages of the protocol (grpc_predict_v2.proto) have a few fields each. Tensors go
// as bytes (raw_input_contents), which has servers answer in bytes.

const (
	frameHead = 5 // a byte that says whether it is compressed, and the length
	service   = "/inference.GRPCInferenceService/"
)

// statusesAway are those that say that a server cannot answer now: DEADLINE_EXCEEDED, UNAVAILABLE.
var statusesAway = []string{"4", "14"}

// call sends a message, which begins after the room for its frame's head, and returns the answer,
// which lies in the buffer.
func (c *Client) call(ctx context.Context, method string, message []byte, most int64,
	answer *bytes.Buffer,
) ([]byte, error) {
	binary.BigEndian.PutUint32(message[1:], uint32(len(message)-frameHead))
	response, err := c.do(ctx, http.MethodPost, service+method, bytes.NewReader(message),
		map[string]string{"Content-Type": "application/grpc", "Te": "trailers"})
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer.Reset()
	n, err := answer.ReadFrom(io.LimitReader(response.Body, most+1))
	switch {
	case err != nil:
		return nil, c.away(err)
	case n > most:
		return nil, c.unfit(errTooLong)
	}
	status, words := response.Trailer.Get("Grpc-Status"), response.Trailer.Get("Grpc-Message")
	if status == "" { // there was nothing before the trailer
		status, words = response.Header.Get("Grpc-Status"), response.Header.Get("Grpc-Message")
	}
	if status != "0" {
		return nil, c.refusedRPC(status, words)
	}
	frame := answer.Bytes()
	if len(frame) < frameHead || frame[0] != 0 ||
		int64(binary.BigEndian.Uint32(frame[1:])) != int64(len(frame)-frameHead) {
		return nil, c.unfit(errForm)
	}
	return frame[frameHead:], nil
}

// refusedRPC is what an answer of no success means.
func (c *Client) refusedRPC(status, words string) error {
	if _, err := strconv.ParseUint(status, 10, 8); err != nil {
		return c.unfit(errors.New("it does not speak gRPC"))
	}
	if plain, err := url.PathUnescape(words); err == nil {
		words = plain
	}
	err := fmt.Errorf("it answers with status %s: %s", status, plaintext.Printable(shorten(words)))
	if slices.Contains(statusesAway, status) {
		return c.fault(media.ServerAway, err)
	}
	return c.unfit(err)
}

// describeRPC is Describe by gRPC.
func (c *Client) describeRPC(ctx context.Context) (*Model, error) {
	message := make([]byte, frameHead)
	message = appendText(message, 1, c.address.Model)
	message = appendText(message, 2, c.address.Version)
	data, err := c.call(ctx, "ModelMetadata", message, maxMetadata, new(bytes.Buffer))
	if err != nil {
		return nil, err
	}
	m := &Model{Name: c.address.Model, Parameters: make(map[string]string)}
	var inputs, outputs []describedTensor
	err = fields(data, func(number int, value []byte, _ uint64) error {
		switch number {
		case 3:
			m.Platform = plaintext.Printable(shorten(string(value)))
		case 4:
			return appendEntry(&inputs, value)
		case 5:
			return appendEntry(&outputs, value)
		}
		return nil
	})
	if err == nil {
		m.Inputs, err = infos(inputs)
	}
	if err == nil {
		m.Outputs, err = infos(outputs)
	}
	if err != nil {
		return nil, c.unfit(err)
	}
	return m, nil
}

// appendEntry reads name, type and shape, which stand alike in descriptions and answers.
func appendEntry(to *[]describedTensor, data []byte) error {
	if len(*to) > maxTensors {
		return errForm
	}
	var t describedTensor
	err := fields(data, func(number int, value []byte, v uint64) error {
		switch {
		case number == 1:
			t.Name = string(value)
		case number == 2:
			t.Datatype = string(value)
		case number == 3 && value == nil:
			t.Shape = append(t.Shape, int64(v))
		case number == 3:
			for len(value) > 0 && len(t.Shape) <= maxAxes {
				v, n := binary.Uvarint(value)
				if n <= 0 {
					return errForm
				}
				t.Shape, value = append(t.Shape, int64(v)), value[n:]
			}
		}
		if len(t.Shape) > maxAxes {
			return errForm
		}
		return nil
	})
	*to = append(*to, t)
	return err
}

// inferRPC is infer by gRPC.
func (c *Client) inferRPC(ctx context.Context, in []Tensor, want []Info, out []Tensor) error {
	request, answer := buffers.Get().(*bytes.Buffer), buffers.Get().(*bytes.Buffer)
	defer buffers.Put(answer)
	request.Reset()
	message, err := c.encodeRPC(append(request.AvailableBuffer(), make([]byte, frameHead)...), in,
		want)
	if err != nil {
		return c.unfit(err)
	}
	data, err := c.call(ctx, "ModelInfer", message, maxAnswer, answer)
	if err != nil {
		return err // the transport may still read the request
	}
	request.Write(message) // keeps what was allocated
	buffers.Put(request)
	if err := decodeRPC(data, want, out); err != nil {
		return c.unfit(err)
	}
	return nil
}

func (c *Client) encodeRPC(to []byte, in []Tensor, want []Info) ([]byte, error) {
	to = appendText(to, 1, c.address.Model)
	to = appendText(to, 2, c.address.Version)
	for i := range in {
		var e, shape []byte
		for _, side := range in[i].Shape {
			shape = binary.AppendUvarint(shape, uint64(side))
		}
		e = appendText(e, 1, in[i].Name)
		e = appendText(e, 2, string(in[i].Type))
		to = appendText(to, 5, string(appendText(e, 3, string(shape))))
	}
	for _, w := range want {
		to = appendText(to, 6, string(appendText(nil, 1, w.Name)))
	}
	for i := range in {
		n, err := elements(in[i].Shape)
		if err != nil {
			return nil, err
		}
		to = appendHead(to, 7, n*in[i].Type.size())
		if to, err = in[i].appendBinary(to); err != nil {
			return nil, err
		}
	}
	return to, nil
}

func decodeRPC(data []byte, want []Info, out []Tensor) error {
	var list []describedTensor
	var raw [][]byte
	err := fields(data, func(number int, value []byte, _ uint64) error {
		switch number {
		case 5:
			return appendEntry(&list, value)
		case 6:
			if len(raw) > maxTensors {
				return errForm
			}
			raw = append(raw, value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(raw) != len(list) {
		return errors.New("its answer has not its tensors as bytes")
	}
	entries := make([]entry, len(list))
	for i, t := range list {
		entries[i] = entry{Name: t.Name, Shape: t.Shape, Datatype: Type(t.Datatype)}
		entries[i].bytes = raw[i]
	}
	return takeAll(entries, want, out)
}

// appendText appends a field of bytes, unless it has none.
func appendText(to []byte, number int, text string) []byte {
	if text == "" {
		return to
	}
	return append(appendHead(to, number, len(text)), text...)
}

// appendHead appends what stands before a field of so many bytes.
func appendHead(to []byte, number, size int) []byte {
	to = binary.AppendUvarint(to, uint64(number)<<3|2)
	return binary.AppendUvarint(to, uint64(size))
}

// fields goes through the fields of a message. Those of bytes have a value that is not nil, numbers
// stand beside it.
func fields(data []byte, field func(number int, value []byte, v uint64) error) error {
	for len(data) > 0 {
		tag, n := binary.Uvarint(data)
		if n <= 0 || tag>>3 > 1<<20 {
			return errForm
		}
		data = data[n:]
		var value []byte
		var v uint64
		switch tag & 7 {
		case 0:
			if v, n = binary.Uvarint(data); n <= 0 {
				return errForm
			}
		case 1:
			n = 8
		case 2:
			size, head := binary.Uvarint(data)
			if head <= 0 || size > uint64(len(data)-head) {
				return errForm
			}
			n = head + int(size)
			value = data[head:n:n]
		case 5:
			n = 4
		default:
			return errForm
		}
		if n > len(data) {
			return errForm
		}
		data = data[n:]
		if err := field(int(tag>>3), value, v); err != nil {
			return err
		}
	}
	return nil
}
