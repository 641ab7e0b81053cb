// Package kittest helps to test what is built with package kit: a loop in the place of Fyne's, frames
// for phones that are not there, and questions about what is on a canvas.
package kittest
