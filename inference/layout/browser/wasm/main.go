//go:build js && wasm

// The program layout.wasm is package layout for browsers: with it, a page that has an engine of its
// own (ONNX Runtime Web) prepares frames and reads outputs by the very code that the desktop runs.
//
// Loaded by wasm_exec.js, it sets the global object handlensLayout and stays:
//
//	input(description)       {"inputs":[{"name","type","shape"}],"metadata":{}} → what the model takes
//	open(description, tensors) the same with "outputs", and those as a first run on a picture left
//	                         them → a handle and its facts
//	place(handle, w, h)      where a frame of that size lies in the input → [left, top, width, height]
//	decode(handle, tensors, w, h, confidence, iou) → the detections as JSON, as on the data channel
//	close(handle)                            forgets it
//
// Descriptions go in and out as JSON text. Each function returns a string; one that begins with "!"
// is an error in a sentence. It belongs to the goroutine of the worker that has loaded it.
package main

import (
	"errors"
	"fmt"
	"syscall/js"

	"handlens/inference/layout/browser"
)

func main() {
	models := browser.NewModels()
	find := func(args []js.Value) (*browser.Model, error) { return models.Find(args[0].Int()) }
	js.Global().Set("handlensLayout", map[string]any{
		"input": answer(func(args []js.Value) (string, error) {
			return models.Input(args[0].String())
		}),
		"open": answer(func(args []js.Value) (string, error) {
			return models.Open(args[0].String(), func(outputs []browser.Output) error {
				return readAll(outputs, args[1])
			})
		}),
		"place": answer(func(args []js.Value) (string, error) {
			m, err := find(args)
			if err != nil {
				return "", err
			}
			return m.Place(args[1].Int(), args[2].Int())
		}),
		"decode": answer(func(args []js.Value) (string, error) {
			m, err := find(args)
			if err != nil {
				return "", err
			}
			return decode(m, args[1:])
		}),
		"close": answer(func(args []js.Value) (string, error) {
			models.Close(args[0].Int())
			return "", nil
		}),
	})
	select {}
}

// answer makes a function of JavaScript. A fault in the middle of it, such as a missing argument,
// is an error too, since a panic would end the program for good.
func answer(f func(args []js.Value) (string, error)) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) (result any) {
		defer func() {
			if r := recover(); r != nil {
				result = fmt.Sprint("!", r)
			}
		}()
		text, err := f(args)
		if err != nil {
			return "!" + err.Error()
		}
		return text
	})
}

// decode copies the tensors over, which ONNX Runtime Web gives as {type, dims, data}.
func decode(m *browser.Model, args []js.Value) (string, error) {
	if err := readAll(m.Outputs(), args[0]); err != nil {
		return "", err
	}
	return m.Decode(args[1].Int(), args[2].Int(), float32(args[3].Float()),
		float32(args[4].Float()))
}

// readAll takes over the outputs of a run.
func readAll(outputs []browser.Output, list js.Value) error {
	if list.Length() != len(outputs) {
		return errors.New("the number of outputs has changed")
	}
	for i := range outputs {
		if err := read(&outputs[i], list.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

// read takes over an output of a run. Its memory is kept from run to run.
func read(t *browser.Output, v js.Value) error {
	dims := v.Get("dims")
	t.Shape = t.Shape[:0]
	for i := range dims.Length() {
		t.Shape = append(t.Shape, int64(dims.Index(i).Int()))
	}
	data := v.Get("data")
	bytes := js.Global().Get("Uint8Array").New(data.Get("buffer"), data.Get("byteOffset"),
		data.Get("byteLength"))
	room, err := t.Room(v.Get("type").String(), bytes.Length())
	if err != nil {
		return err
	}
	js.CopyBytesToGo(room, bytes)
	t.Taken()
	return nil
}
