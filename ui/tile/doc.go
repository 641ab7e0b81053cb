// Package tile shows one phone's picture and all that is drawn over it: boxes, outlines, trails,
// lines and zones, figures, and the bar that moves through the past, with a stroke for each thing
// that happened there.
//
// A [Tile] belongs to the UI goroutine. Its painter has a goroutine of its own, [Tile.Paint], which
// pulls the newest [Scene] of a [Phone], converts it into a picture no larger than it is seen, and
// hands it to the UI goroutine: at most one picture at a time, and none that did not change.
package tile
