package remote_test

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"handlens/inference/remote"
	"handlens/inference/remote/remotetest"
	"handlens/media"
)

// doubler gives twice its input, and how many numbers there were.
func doubler() remotetest.Model {
	return remotetest.Model{
		Inputs: []remote.Info{{Name: "in", Type: remote.FP32, Shape: []int64{-1, 3}}},
		Outputs: []remote.Info{
			{Name: "twice", Type: remote.FP32, Shape: []int64{-1, 3}},
			{Name: "count", Type: remote.INT64, Shape: []int64{1}},
		},
		Parameters: map[string]string{"names": "a,b"},
		Run: func(in []remote.Tensor) ([]remote.Tensor, error) {
			var twice []float32
			for _, v := range in[0].Data.([]float32) {
				twice = append(twice, 2*v)
			}
			return []remote.Tensor{
				{
					Name: "count", Type: remote.INT64, Shape: []int64{1},
					Data: []int64{int64(len(twice))},
				},
				{Name: "twice", Type: remote.FP32, Shape: in[0].Shape, Data: twice},
			}, nil
		},
	}
}

func client(t *testing.T, address string) *remote.Client {
	t.Helper()
	c, err := remote.Open(address, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func input() []remote.Tensor {
	return []remote.Tensor{{
		Name: "in", Type: remote.FP32, Shape: []int64{2, 3},
		Data: []float32{0, -1.5, 2, 3e-9, 0.1, 1e20},
	}}
}

func TestTensorsGoAsBytesOrNumbers(t *testing.T) {
	for _, numbers := range []bool{false, true} {
		s := remotetest.New(t, doubler())
		s.NumbersOnly.Store(numbers)
		c := client(t, s.Address())
		m, err := c.Describe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Inputs) != 1 || len(m.Outputs) != 2 || m.Parameters["names"] != "a,b" ||
			!slices.Equal(m.Inputs[0].Shape, []int64{-1, 3}) {
			t.Fatalf("it is described as %+v", m)
		}
		out := make([]remote.Tensor, 2)
		for range 2 {
			if err := c.Infer(t.Context(), input(), m.Outputs, out); err != nil {
				t.Fatal(err)
			}
			want := []float32{0, -3, 4, 6e-9, 0.2, 2e20}
			if got := out[0].Data.([]float32); !slices.Equal(got, want) {
				t.Errorf("it gives %v, want %v", got, want)
			}
			if got := out[1].Data.([]int64); !slices.Equal(got, []int64{6}) {
				t.Errorf("it counts %v", got)
			}
		}
		if c.Binary() == numbers || c.RoundTrip() == 0 {
			t.Errorf("in bytes: %t, in %v", c.Binary(), c.RoundTrip())
		}
		// Without bytes they are tried once only.
		if want := map[bool]int64{false: 2, true: 3}[numbers]; s.Runs.Load() != want {
			t.Errorf("it was asked %d times, want %d", s.Runs.Load(), want)
		}
	}
}

// faultOf is the code of a server's fault, whose words are a sentence's.
func faultOf(t *testing.T, err error) media.FaultCode {
	t.Helper()
	f, ok := errors.AsType[*media.Fault](err)
	if !ok || f.Server == "" {
		t.Fatalf("the error is %v", err)
	}
	if text := f.Error(); len(text) > 500 || strings.Contains(text, "\n") {
		t.Errorf("it is worded %q", text)
	}
	return f.Code
}

// Nothing that a server says is trusted: each of these is refused in words.
func TestAnswersThatMakeNoSense(t *testing.T) {
	const head = `{"outputs":[{"name":"count","datatype":"INT64","shape":[1],"data":[6]},`
	for name, answer := range map[string]string{
		"no JSON":        `<html>`,
		"nothing":        `{}`,
		"an output less": `{"outputs":[{"name":"count","datatype":"INT64","shape":[1],"data":[6]}]}`,
		"another type": head +
			`{"name":"twice","datatype":"FP64","shape":[2,3],"data":[1,2,3,4,5,6]}]}`,
		"an unknown type": head +
			`{"name":"twice","datatype":"BYTES","shape":[2,3],"data":["a"]}]}`,
		"another rank": head +
			`{"name":"twice","datatype":"FP32","shape":[6],"data":[1,2,3,4,5,6]}]}`,
		"another side": head +
			`{"name":"twice","datatype":"FP32","shape":[3,2],"data":[1,2,3,4,5,6]}]}`,
		"too few numbers": head +
			`{"name":"twice","datatype":"FP32","shape":[2,3],"data":[1,2,3,4,5]}]}`,
		"too many numbers": head +
			`{"name":"twice","datatype":"FP32","shape":[1,3],"data":[1,2,3,4]}]}`,
		"words": head + `{"name":"twice","datatype":"FP32","shape":[1,3],"data":["one",2,3]}]}`,
		"a huge shape": head + `{"name":"twice","datatype":"FP32","shape":[2147483647,3],` +
			`"data":[1,2,3]}]}`,
		"a shape that overflows": head + `{"name":"twice","datatype":"FP32",` +
			`"shape":[6148914691236517206,3],"data":[1,2,3]}]}`,
		"a negative shape": head +
			`{"name":"twice","datatype":"FP32","shape":[-1,3],"data":[1,2,3]}]}`,
		"bytes that are not there": head + `{"name":"twice","datatype":"FP32","shape":[1,3],` +
			`"parameters":{"binary_data_size":12}}]}`,
		"negative bytes": head + `{"name":"twice","datatype":"FP32","shape":[1,3],` +
			`"parameters":{"binary_data_size":-1}}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := remotetest.New(t, doubler())
			s.Answer = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, answer) }
			err := client(t, s.Address()).Infer(t.Context(), input(), doubler().Outputs,
				make([]remote.Tensor, 2))
			if code := faultOf(t, err); code != media.ServerUnfit {
				t.Errorf("it is fault %d: %v", code, err)
			}
		})
	}
}

func TestDescriptionsThatMakeNoSense(t *testing.T) {
	for name, answer := range map[string]string{
		"no JSON":   `hello`,
		"nothing":   `{"name":"model"}`,
		"no name":   `{"inputs":[{"datatype":"FP32","shape":[1]}],"outputs":[{"name":"o"}]}`,
		"two names": `{"inputs":[{"name":"a"},{"name":"a"}],"outputs":[{"name":"o"}]}`,
		"nine axes": `{"inputs":[{"name":"a","shape":[1,1,1,1,1,1,1,1,1]}],"outputs":[{"name":"o"}]}`,
		"endless":   `{"name":"` + strings.Repeat("x", 2<<20) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := remotetest.New(t, doubler())
			s.Answer = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, answer) }
			_, err := client(t, s.Address()).Describe(t.Context())
			if code := faultOf(t, err); code != media.ServerUnfit {
				t.Errorf("it is fault %d: %v", code, err)
			}
		})
	}
}

func TestFaultsOfServers(t *testing.T) {
	s := remotetest.New(t, doubler())
	c := client(t, s.Address())
	s.Away.Store(true)
	_, err := c.Describe(t.Context())
	if code := faultOf(t, err); code != media.ServerAway {
		t.Errorf("of one that hangs up, it is fault %d: %v", code, err)
	}
	s.Away.Store(false)
	_, err = client(t, s.URL+"/another").Describe(t.Context())
	if code := faultOf(t, err); code != media.ServerUnfit ||
		!strings.Contains(err.Error(), "404 Not Found: there is no such model") {
		t.Errorf("of a model that is not there, it is fault %d: %v", code, err)
	}
	for status, want := range map[int]media.FaultCode{
		http.StatusServiceUnavailable: media.ServerAway, http.StatusUnauthorized: media.ServerUnfit,
		http.StatusFound: media.ServerUnfit,
	} {
		s.Answer = func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://example.invalid/")
			w.WriteHeader(status)
		}
		_, err = c.Describe(t.Context())
		if code := faultOf(t, err); code != want {
			t.Errorf("of status %d, it is fault %d: %v", status, code, err)
		}
	}
	s.Close()
	_, err = c.Describe(t.Context())
	if code := faultOf(t, err); code != media.ServerAway {
		t.Errorf("of one that is gone, it is fault %d: %v", code, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Infer(ctx, input(), doubler().Outputs, make([]remote.Tensor, 2)); !errors.Is(err,
		context.Canceled) {
		t.Errorf("of a call that was ended, the error is %v", err)
	}
}

// A certificate counts only with its authority.
func TestCertificatesAreChecked(t *testing.T) {
	s := remotetest.New(t, doubler())
	secure := httptest.NewTLSServer(s)
	defer secure.Close()
	secure.Config.ErrorLog = nil
	_, err := client(t, secure.URL+"/model").Describe(t.Context())
	if code := faultOf(t, err); code != media.ServerUntrusted {
		t.Errorf("it is fault %d: %v", code, err)
	}
	ca := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	if err := os.WriteFile(ca, text, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := remote.Open(secure.URL+"/model", ca)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Describe(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := remote.Open(secure.URL+"/model", filepath.Join(t.TempDir(), "no")); err == nil {
		t.Error("an authority that is not there is no error")
	}
}

func TestParseAddress(t *testing.T) {
	for text, want := range map[string]string{
		"http://gpu:8000/yolo":                      "gpu:8000 yolo ",
		"https://gpu/behind/a/path/yolo":            "gpu yolo ",
		"http://gpu:8000/v2/models/yolo":            "gpu:8000 yolo ",
		"http://gpu:8000/v2/models/yolo/versions/3": "gpu:8000 yolo 3",
		"http://[::1]:8000/my%20model/":             "[::1]:8000 my model ",
		"http://gpu:8000":                           "lacks the model's name",
		"ftp://gpu/yolo":                            "none of http",
		"http://user:secret@gpu/yolo":               "has a user",
		"http://gpu/yolo?x=1":                       "after ?",
		"http:///yolo":                              "is not an address",
		"http://gpu/" + strings.Repeat("x", 300):    "cannot be read",
	} {
		a, err := remote.ParseAddress(text)
		got := fmt.Sprint(a.Host, " ", a.Model, " ", a.Version)
		if err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, want) && (err == nil || !strings.Contains(got, want)) {
			t.Errorf("%s is read as %q, want %q", text, got, want)
		}
		if err != nil && strings.Contains(got, "secret") {
			t.Errorf("%s: the error repeats the password", text)
		}
	}
}

// A server that hangs is given up after a deadline, which follows from how long it took before.
func TestAServerThatHangs(t *testing.T) {
	s := remotetest.New(t, doubler())
	c := client(t, s.Address())
	out := make([]remote.Tensor, 2)
	if err := c.Infer(t.Context(), input(), doubler().Outputs, out); err != nil {
		t.Fatal(err)
	}
	hung := make(chan struct{})
	defer close(hung)
	s.Answer = func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-hung:
		}
	}
	err := c.Infer(t.Context(), input(), doubler().Outputs, out)
	if code := faultOf(t, err); code != media.ServerAway ||
		!strings.Contains(err.Error(), "it took too long") {
		t.Errorf("it is fault %d: %v", code, err)
	}
}
