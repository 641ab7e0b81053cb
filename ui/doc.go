// Package ui is the native window of Handlens: everything Fyne, and nothing but looks and gestures.
// What it shows is handed to it through a [Window]'s methods, what the user does goes out through
// the functions of [Config]; it knows neither phones nor networks nor models.
//
// Goroutines: [New] and [Window.Run] belong to the main goroutine, where Fyne's event loop turns
// (the "UI goroutine"). Every other method may be called from any goroutine; it never waits for the
// screen, except AskApproval, which waits for the user. Each phone has one painter goroutine, owned
// by the Window, which pulls the newest [Scene], converts it into a picture no larger than it is
// seen, and hands it to the UI goroutine: at most one picture per display tick and phone, and none
// that did not change. Functions of Config that may take time run on goroutines of their own, each
// ended and awaited when the window closes.
package ui
