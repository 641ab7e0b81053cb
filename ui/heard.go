package ui

// heard says in the user's language what a session or the program below the window said in English:
// its usual sentences. Errors and what only experts meet stay as they are.
func heard(text string) string {
	switch text {
	case "connecting":
		return L("connecting")
	case "waiting for the camera":
		return L("waiting for the camera")
	case "no picture is coming":
		return L("no picture is coming")
	case "the picture was damaged, waiting for a new one":
		return L("the picture was damaged, waiting for a new one")
	case "the connection is weak, waiting for a whole picture":
		return L("the connection is weak, waiting for a whole picture")
	case "the phone is out of reach, waiting for it":
		return L("the phone is out of reach, waiting for it")
	case "paused on the phone":
		return L("paused on the phone")
	}
	return heardAtParting(text)
}

// heardAtParting is heard for why a phone left, and for what stands beside the code.
func heardAtParting(text string) string {
	switch text {
	case "sent away at the computer":
		return L("sent away at the computer")
	case "the phone ended the connection":
		return L("the phone ended the connection")
	case "the phone left":
		return L("the phone left")
	case "the phone went away while it was let in":
		return L("the phone went away while it was let in")
	case "this machine":
		return L("this machine")
	case "This computer is on no network, so no phone can reach it.":
		return L("This computer is on no network, so no phone can reach it.")
	}
	return text
}
