// Package record puts what was taken on disk: pictures, recordings, the clean stream and the data
// beside them. It knows where the user keeps them, names them by time, never overwrites, and tells
// in one sentence when it cannot go on.
//
// # Pictures
//
// Save, SaveSnapshot, Burst and Dataset write each file whole or not at all. They start no
// goroutine that outlives the call and may be called from any goroutine, also at once: no two calls
// get the same name. Library lists what was taken.
//
// # Recordings
//
// The files of one recording share a base, which [Reserve] keeps: Name.mp4 ([MP4Writer]),
// Name.clean.mkv ([MKVWriter]), Name.jsonl ([JSONLWriter]). Until it is closed a recording is
// Name.part.mp4, in fragments of a second each, and a hidden file beside it is locked; locks end
// with the process, so that [Unfinished] finds what was cut off and nothing else.
//
// Who calls MP4Writer.Add does the work, so a recorder calls it from a goroutine of its own:
// letterbox, drawing, encoding and the file's writing happen there, and nothing is queued here. A
// MP4Writer, a Stream and a Lines have one goroutine each, from Create to Close, which syncs the
// file to disk each second, so that neither a kill nor the power takes more than two seconds; no
// writer waits for it. A Frame's Frame is borrowed for the call. The canvas that Draw is handed
// belongs to the recording and is used again for the next picture.
package record
