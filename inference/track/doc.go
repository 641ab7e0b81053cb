// Package track follows objects over time: which detection is which object from one detection pass
// to the next, where each object is between passes, which lines it crosses and how long it stays in
// a zone. A detection pass is one run of the detector over one frame.
//
// Tracking follows ByteTrack (Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every
// Detection Box", 2021, arXiv:2110.06864): boxes with a high score find their tracks first; those
// with a low score may then continue the remaining tracks, but start none. It differs from the
// paper because passes come at any rate from 2 to 60 a second and not with every frame: motion and
// patience are measured in time instead of frames, and boxes may match a track whose motion is not
// known yet a little beside its place.
//
// Nothing here starts a goroutine or is safe for concurrent use: the owner of a [Tracker] or a
// [Counter] guards it. The same passes always give the same tracks. Memory is bounded by what is in
// the frame, however long it runs.
package track
