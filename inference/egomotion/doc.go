// Package egomotion finds how the camera itself moved from picture to picture: a phone is held in a
// hand, and when it pans, everything moves. It is what BoT-SORT (Aharon et al., "BoT-SORT: Robust
// Associations Multi-Pedestrian Tracking", 2022, arXiv:2206.14651) calls camera motion
// compensation, done so cheaply that each picture of the camera can be looked at and not only those
// the detector sees: the boxes that are drawn between two looks then follow what the camera really
// did, where the past could only be carried on.
//
// The picture's luma is shrunk to about 160 × 90. The displacement of all of it is searched in a
// quarter of that; then small blocks with some texture are aligned one by one, to a fraction of a
// pixel (Lucas and Kanade, "An Iterative Image Registration Technique", 1981), and the similarity
// (shift, turn, scale) that most of them agree on is taken. The boxes of what is tracked are left
// out, since it is what moves by itself. When too few blocks agree, nothing is said to have moved.
//
// Nothing here starts a goroutine. The same pictures always give the same motion.
package egomotion
