// Package track follows objects over time: who is who from picture to picture, where each will be next, which lines it crosses and how
// long it stays in a zone.
package track
