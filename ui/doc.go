// Package ui is the native window of Handlens: all that is Fyne, and only what is seen and done
// there. What it shows comes in through the methods of [Window]; what the user does goes out
// through the functions of [Config]. It knows nothing of phones, networks or models.
//
// Package tile shows one phone's picture, package gallery what was taken; both, and the window, are
// built from package kit.
//
// Goroutines: [New] and [Window.Run] belong to the main goroutine, where Fyne's event loop runs
// (the "UI goroutine"). Every other method may be called from any goroutine; it never waits for the
// screen, except AskApproval, which waits for the user. Each phone has a painter on a goroutine of
// its own, see package tile, and a poller, which also keeps what it has seen over the last minutes.
// Functions of Config that may take time run on goroutines of their own, each ended and awaited
// when the window closes.
package ui
