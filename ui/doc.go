// Package ui is the native window of Handlens: everything Fyne, and nothing but looks and gestures.
// What it shows is handed to it through a [Window]'s methods, what the user does goes out through
// the functions of [Config]; it knows neither phones nor networks nor models.
//
// Package tile shows one phone's picture, package gallery what was taken; both, and the window, are
// built from package kit.
//
// Goroutines: [New] and [Window.Run] belong to the main goroutine, where Fyne's event loop runs (the
// "UI goroutine"). Every other method may be called from any goroutine; it never waits for the
// screen, except AskApproval, which waits for the user. Each phone has a painter on a goroutine of
// its own, see package tile. Functions of Config that may take time run on goroutines of their own,
// each ended and awaited when the window closes.
package ui
