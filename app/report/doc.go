// Package report writes what happened in a recording as a page: one HTML file that holds all it
// needs, so that it can be kept, sent and read anywhere, by day and by night, without a network.
//
// [Make] reads a recording's sidecar and video and writes the page; [Write] is handed the numbers
// (recording.Summary) and the pictures. Charts are drawn by a library (go-analyze/charts) as SVG,
// once for a light page and once for a dark one. Nothing here starts a goroutine.
package report
