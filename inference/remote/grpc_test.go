package remote

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"handlens/media"
)

// rpcServer answers each call with what answer makes of the message, in gRPC's frame.
func rpcServer(t *testing.T,
	answer func(method string, message []byte) (body []byte, status string),
) *Client {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil || r.ProtoMajor != 2 || len(body) < frameHead {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			reply, status := answer(strings.TrimPrefix(r.URL.Path, service), body[frameHead:])
			w.Header().Set("Content-Type", "application/grpc")
			w.Header().Set("Trailer", "Grpc-Status, Grpc-Message")
			_, _ = w.Write(reply)
			w.Header().Set("Grpc-Status", status)
			w.Header().Set("Grpc-Message", "the model%20sleeps")
		}))
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Start()
	t.Cleanup(s.Close)
	c, err := Open("grpc"+strings.TrimPrefix(s.URL, "http")+"/model", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func frame(message []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message))), message...)
}

// tensorField is a tensor as descriptions and answers have it; its shape is packed, or not.
func tensorField(number int, name, of string, packed bool, shape ...int64) []byte {
	e := appendText(appendText(nil, 1, name), 2, of)
	var sides []byte
	for _, side := range shape {
		if !packed {
			e = binary.AppendUvarint(append(e, 3<<3), uint64(side))
		}
		sides = binary.AppendUvarint(sides, uint64(side))
	}
	if packed {
		e = appendText(e, 3, string(sides))
	}
	return appendText(nil, number, string(e))
}

func floats(values ...float32) string {
	data, _ := binary.Append(nil, binary.LittleEndian, values)
	return string(data)
}

func TestRunsByGRPC(t *testing.T) {
	for _, packed := range []bool{true, false} {
		c := rpcServer(t, func(method string, message []byte) ([]byte, string) {
			if method == "ModelMetadata" {
				if !bytes.Equal(message, appendText(nil, 1, "model")) {
					return nil, "3"
				}
				return frame(slices.Concat(appendText(nil, 3, "test"),
					tensorField(4, "in", "FP32", packed, -1, 3),
					tensorField(5, "out", "FP32", packed, -1, 3))), "0"
			}
			var raw string
			_ = fields(message, func(number int, value []byte, _ uint64) error {
				if number == 7 {
					raw = string(value)
				}
				return nil
			})
			if raw != floats(1, 2, -3) {
				return nil, "3"
			}
			return frame(slices.Concat(appendText(nil, 1, "model"),
				tensorField(5, "out", "FP32", packed, 1, 3), appendText(nil, 6, floats(2, 4, -6)),
			)), "0"
		})
		m, err := c.Describe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Inputs) != 1 || !slices.Equal(m.Inputs[0].Shape, []int64{-1, 3}) ||
			m.Platform != "test" {
			t.Fatalf("it is described as %+v", m)
		}
		out := make([]Tensor, 1)
		in := []Tensor{{
			Name: "in", Type: FP32, Shape: []int64{1, 3}, Data: []float32{1, 2, -3},
		}}
		for range 2 {
			if err := c.Infer(t.Context(), in, m.Outputs, out); err != nil {
				t.Fatal(err)
			}
			if got := out[0].Data.([]float32); !slices.Equal(got, []float32{2, 4, -6}) {
				t.Errorf("it gives %v", got)
			}
		}
		if !c.Binary() {
			t.Error("tensors do not go as bytes")
		}
	}
}

func TestAnswersByGRPCThatMakeNoSense(t *testing.T) {
	good := tensorField(5, "out", "FP32", true, 1, 3)
	for name, c := range map[string]struct {
		body   []byte
		status string
		want   media.FaultCode
	}{
		"a refusal":        {nil, "5", media.ServerUnfit},
		"unavailable":      {nil, "14", media.ServerAway},
		"no status":        {frame(good), "", media.ServerUnfit},
		"nothing":          {nil, "0", media.ServerUnfit},
		"a frame cut off":  {frame(good)[:9], "0", media.ServerUnfit},
		"a frame too long": {append(frame(good), 1), "0", media.ServerUnfit},
		"compressed":       {append([]byte{1}, frame(good)[1:]...), "0", media.ServerUnfit},
		"no bytes":         {frame(good), "0", media.ServerUnfit},
		"too few bytes": {
			frame(append(good, appendText(nil, 6, "x")...)), "0",
			media.ServerUnfit,
		},
		"a field cut off":   {frame([]byte{5<<3 | 2, 200, 1, 0}), "0", media.ServerUnfit},
		"an endless number": {frame(bytes.Repeat([]byte{0xff}, 20)), "0", media.ServerUnfit},
		"a group":           {frame([]byte{5<<3 | 3}), "0", media.ServerUnfit},
		"a field that is huge": {
			frame(append([]byte{5<<3 | 2}, bytes.Repeat([]byte{0xff}, 9)...)),
			"0", media.ServerUnfit,
		},
	} {
		t.Run(name, func(t *testing.T) {
			client := rpcServer(t, func(string, []byte) ([]byte, string) {
				return c.body, c.status
			})
			err := client.Infer(t.Context(), nil, []Info{{"out", FP32, []int64{1, 3}}},
				make([]Tensor, 1))
			if f, ok := errors.AsType[*media.Fault](err); !ok || f.Code != c.want {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add(slices.Concat(tensorField(5, "out", "FP32", true, 1, 3),
		appendText(nil, 6, floats(1, 2, 3))))
	f.Add(
		[]byte(`{"outputs":[{"name":"out","datatype":"FP32","shape":[1,3],"data":[[1,2,null]]}]}`))
	want := []Info{{"out", FP32, []int64{-1, 3}}}
	f.Fuzz(func(t *testing.T, answer []byte) {
		out := make([]Tensor, 1)
		for _, err := range []error{
			decodeRPC(answer, want, out), decode(answer, "", want, out),
			decode(answer, "9", want, out),
		} {
			if err == nil && (len(out[0].Shape) != 2 || out[0].Shape[1] != 3 ||
				len(out[0].Data.([]float32)) != int(3*out[0].Shape[0])) {
				t.Errorf("%v has %v", out[0].Shape, out[0].Data)
			}
		}
	})
}
