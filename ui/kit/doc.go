// Package kit holds what everything in the window is built from: Fyne widgets that pass on the keys
// they have no use for, the theme, the languages, texts fit to be shown, modals, hints, and the way
// from goroutines to the UI goroutine. It knows nothing of phones, detectors or recordings.
package kit
