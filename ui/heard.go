package ui

import (
	"handlens/ui/kit"
)

// heard says in the user's language what a session or the program below the window said in English:
// its usual sentences. Errors and what only experts meet stay as they are.
func heard(text string) string {
	switch text {
	case "connecting":
		return kit.L("connecting")
	case "waiting for the camera":
		return kit.L("waiting for the camera")
	case "no picture is coming":
		return kit.L("no picture is coming")
	case "the picture was damaged, waiting for a new one":
		return kit.L("the picture was damaged, waiting for a new one")
	case "the connection is weak, waiting for a whole picture":
		return kit.L("the connection is weak, waiting for a whole picture")
	case "the phone is out of reach, waiting for it":
		return kit.L("the phone is out of reach, waiting for it")
	case "paused on the phone":
		return kit.L("paused on the phone")
	}
	return heardAtParting(text)
}

// heardAtParting is heard for why a phone left, and for what stands beside the code.
func heardAtParting(text string) string {
	switch text {
	case "sent away at the computer":
		return kit.L("sent away at the computer")
	case "the phone ended the connection":
		return kit.L("the phone ended the connection")
	case "the phone left":
		return kit.L("the phone left")
	case "the phone went away while it was let in":
		return kit.L("the phone went away while it was let in")
	case "this machine":
		return kit.L("this machine")
	case "This computer is on no network, so no phone can reach it.":
		return kit.L("This computer is on no network, so no phone can reach it.")
	}
	return text
}
