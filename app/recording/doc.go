// Package recording makes videos of what a phone has shown. It follows the session's tape and draws
// what the timeline knows of each moment, so that every box lies where its own frame has it. It
// decodes by itself, a second time, and never makes the live view wait.
//
//	src := recording.Source{Tape: tape, Timeline: timeline, Name: "iPhone"}
//	r, err := recording.Start(src, recording.Options{Dir: dir, Data: true})
//	…
//	made, err := r.Stop(ctx, nil)
//
// A [Recording] follows the live stream, [SaveReplay] makes a video of the last seconds, a [Player]
// shows a moment of them, and [Render] and [Export] work on what a recording left behind: its clean
// stream and its sidecar (Name.jsonl, see [Head] and [Line]). [Survey] sums a sidecar up. What
// rules of the user's saw meanwhile are [Marks], which the lines of their frames name.
//
// # Who owns what
//
// Each Recording and each SaveReplay has one goroutine, at a lower priority of the operating system
// where there is one, which owns the reader of the tape, the decoder and the files. A Player has
// one too. All end by themselves with the tape, or by Stop and Close.
package recording
