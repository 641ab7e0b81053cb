// Package egomotion finds how the camera itself moved from frame to frame: a phone is held in a
// hand, and when it pans, everything moves. BoT-SORT (Aharon et al., "BoT-SORT: Robust Associations
// Multi-Pedestrian Tracking", 2022, arXiv:2206.14651) calls this camera motion compensation. Here
// it is so cheap that it runs on every frame of the camera and not only on those that the detector
// sees: the boxes that are drawn between two detection passes then follow what the camera really
// did, instead of an extrapolation of the past.
//
// The frame's luma is shrunk to about 160 × 90. The displacement of the whole frame is searched in
// a quarter of that. Then small blocks with some texture are aligned one by one, to a fraction of a
// pixel (Lucas and Kanade, "An Iterative Image Registration Technique", 1981), and the similarity
// transform (shift, rotation, scale) that most of them agree on is the result. The boxes of tracked
// objects are left out, since these move by themselves. When too few blocks agree, the result is no
// motion.
//
// Nothing here starts a goroutine. The same frames always give the same motion.
package egomotion
