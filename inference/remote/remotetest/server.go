// Package remotetest has a server for tests that speaks the Open Inference Protocol over HTTP.
package remotetest

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"handlens/inference/remote"
)

// Model is what the server runs.
type Model struct {
	Inputs, Outputs []remote.Info
	Parameters      map[string]string
	// Run fills the outputs; it is called by one goroutine at a time unless Free is set.
	Run  func(in []remote.Tensor) ([]remote.Tensor, error)
	Free bool
}

// Server runs a model called "model".
type Server struct {
	*httptest.Server
	// Away has it end each connection without a word, NumbersOnly refuse tensors in bytes.
	Away, NumbersOnly atomic.Bool
	// Runs counts the runs that were asked for, and Bytes those of which the tensors came as bytes.
	Runs, Bytes atomic.Int64
	// Answer, when it is set, answers instead of the model.
	Answer func(w http.ResponseWriter, r *http.Request)

	model Model
	mu    sync.Mutex
}

// New starts a server, which ends with the test.
func New(t testing.TB, m Model) *Server {
	s := &Server{model: m}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// Address is that of the model.
func (s *Server) Address() string { return s.URL + "/model" }

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case s.Away.Load():
		panic(http.ErrAbortHandler)
	case s.Answer != nil:
		s.Answer(w, r)
	case r.URL.Path == "/v2/models/model":
		_ = json.NewEncoder(w).Encode(map[string]any{
			"name": "model", "platform": "test", "inputs": describe(s.model.Inputs),
			"outputs": describe(s.model.Outputs), "parameters": s.model.Parameters,
		})
	case r.URL.Path == "/v2/models/model/infer":
		s.infer(w, r)
	default:
		fail(w, http.StatusNotFound, "there is no such model")
	}
}

func fail(w http.ResponseWriter, status int, words string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": words})
}

func describe(list []remote.Info) (all []map[string]any) {
	for _, i := range list {
		all = append(all, map[string]any{"name": i.Name, "datatype": i.Type, "shape": i.Shape})
	}
	return all
}

// entry is an input or output of a request.
type entry struct {
	Name       string          `json:"name"`
	Shape      []int64         `json:"shape"`
	Datatype   remote.Type     `json:"datatype"`
	Data       json.RawMessage `json:"data,omitempty"`
	Parameters map[string]any  `json:"parameters,omitempty"`
}

const lengthHeader = "Inference-Header-Content-Length"

func (s *Server) infer(w http.ResponseWriter, r *http.Request) {
	s.Runs.Add(1)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	head, rest := body, []byte(nil)
	length, _ := strconv.Atoi(r.Header.Get(lengthHeader))
	if length > 0 {
		if s.NumbersOnly.Load() {
			fail(w, http.StatusBadRequest, "no JSON")
			return
		}
		s.Bytes.Add(1)
		head, rest = body[:length], body[length:]
	}
	var request struct{ Inputs, Outputs []entry }
	if err := json.Unmarshal(head, &request); err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	var in []remote.Tensor
	for _, e := range request.Inputs {
		var t remote.Tensor
		if t, rest, err = tensor(e, rest); err != nil {
			fail(w, http.StatusBadRequest, err.Error())
			return
		}
		in = append(in, t)
	}
	if !s.model.Free {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	out, err := s.model.Run(in)
	if err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return
	}
	s.reply(w, out, length > 0)
}

func tensor(e entry, rest []byte) (remote.Tensor, []byte, error) {
	t := remote.Tensor{Name: e.Name, Type: e.Datatype, Shape: e.Shape}
	n := int64(1)
	for _, side := range e.Shape {
		n *= side
	}
	var into any
	switch e.Datatype {
	case remote.FP32:
		data := make([]float32, n)
		into, t.Data = &data, data
	case remote.INT64:
		data := make([]int64, n)
		into, t.Data = &data, data
	default:
		return t, rest, fmt.Errorf("%s is not handled", e.Datatype)
	}
	if size, ok := e.Parameters["binary_data_size"].(float64); ok {
		_, err := binary.Decode(rest[:int(size)], binary.LittleEndian, t.Data)
		return t, rest[int(size):], err
	}
	return t, rest, json.Unmarshal(e.Data, into) // into the same memory, for n suffices
}

func (s *Server) reply(w http.ResponseWriter, out []remote.Tensor, inBytes bool) {
	var list []entry
	var data []byte
	for _, t := range out {
		e := entry{Name: t.Name, Shape: t.Shape, Datatype: t.Type}
		if inBytes {
			before := len(data)
			data, _ = binary.Append(data, binary.LittleEndian, t.Data)
			e.Parameters = map[string]any{"binary_data_size": len(data) - before}
		} else {
			e.Data, _ = json.Marshal(t.Data)
		}
		list = append(list, e)
	}
	head, err := json.Marshal(map[string]any{"model_name": "model", "outputs": list})
	if err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return
	}
	if inBytes {
		w.Header().Set(lengthHeader, strconv.Itoa(len(head)))
	}
	_, _ = w.Write(append(head, data...))
}
