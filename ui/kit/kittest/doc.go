// Package kittest helps to test what is built with package kit: an event loop, frames for fake
// phones, and ways to find and measure what is on a canvas.
package kittest
