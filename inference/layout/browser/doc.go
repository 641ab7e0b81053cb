// Package browser is package layout for a page that has an engine of its own (ONNX Runtime Web):
// with it, the page prepares frames and reads outputs by the very code that the desktop runs, so
// that there is no second decoder to keep in step. The program in wasm makes it callable from
// JavaScript; assets/web/detect calls it.
//
// Descriptions come and go as JSON text, the elements of outputs as bytes in the order of
// WebAssembly. Nothing starts a goroutine.
package browser
