// Package recording makes films of what a phone has shown: it follows the session's tape and draws
// what the timeline says of each moment, so that every box lies where its own picture has it. It
// decodes a second time, by itself, and never has the live view wait.
//
//	src := recording.Source{Tape: tape, Looks: looks, Name: "iPhone"}
//	r, err := recording.Start(src, recording.Options{Dir: dir, Data: true})
//	…
//	made, err := r.Stop(ctx, nil)
//
// A [Recording] follows what comes, [SaveReplay] films what has just been, a [Player] shows a
// moment of it, and [Render] and [Export] work on what a recording left behind: its clean stream
// and its sidecar (Name.jsonl, see [Head] and [Line]).
//
// # Who owns what
//
// Each Recording and each SaveReplay has one goroutine, at a lower priority of the operating system
// where there is one, which owns the reader of the tape, the decoder and the files. A Player has
// one too. All end by themselves with the tape, or by Stop and Close.
package recording
