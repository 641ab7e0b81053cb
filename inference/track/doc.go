// Package track follows objects over time: who is who from look to look, where each is at any
// moment between, which lines it crosses and how long it stays in a zone. A look is one run of the
// detector over one picture.
//
// Objects are followed after ByteTrack (Zhang et al., "ByteTrack: Multi-Object Tracking by
// Associating Every Detection Box", 2021, arXiv:2110.06864): boxes of high score find their tracks
// first, those of low score may then carry on the tracks left over, but begin none. Where it
// departs from the paper it does so because looks here come at any rate from 2 to 60 a second and
// not with every frame: all motion and all patience are counted in time and not in frames, and
// boxes may find a track whose motion is not known yet a little off its place.
//
// Nothing here starts a goroutine or is safe for concurrent use: who makes a [Tracker] or a
// [Counter] guards it. The same looks always give the same tracks. Memory is bounded by what is in
// the picture, whatever the time.
package track
