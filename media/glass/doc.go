// Package glass is the moving code by which the delay from glass to glass is measured: a screen
// shows a number that changes with each refresh, the phone films the screen, and whoever drew the
// number reads it back from the decoded frame. The time between the two is the delay.
//
// The code is a square of large black and white cells: a white margin, a black border by which it
// is found, and four quarters of 5 × 5 cells. The quarters take turns: each new number is written
// into the next one, so that each stands still for four numbers. An exposure that lasts from one
// number to the next therefore blurs one quarter and leaves the others sharp.
//
// A quarter holds its number in Gray code with a checksum. Two numbers that follow each other in a
// quarter differ in one cell of the Gray code, so a mixture of both can be read as one of the two
// or not at all. [Reader] takes a frame's number only when at least two quarters are sound and
// agree.
//
// The package is pure Go and starts no goroutine. Time is the caller's: it keeps when it drew which
// number.
package glass
