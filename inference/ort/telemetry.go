package ort

import (
	"fmt"
	"os"
)

// optOuts turn off the usage reports of ONNX Runtime: releases from 1.29 on read the first one,
// earlier development builds the second.
var optOuts = []string{"ORT_DISABLE_TELEMETRY", "ORT_TELEMETRY_DISABLED"}

// init turns off ONNX Runtime's usage reports for this process and for those it starts.
//
// The library reads the variable once, when its environment is created: it then makes an identifier
// of this computer, reads the command line, writes both below the user's cache folder and sends
// them. DisableTelemetry can be called only after that. With cgo, os.Setenv sets C's environment as
// well. It does so here, before main, since no C thread can read the environment while it changes.
func init() {
	for _, name := range optOuts {
		// checkOptOut finds a failure, where it can be reported.
		_ = os.Setenv(name, "1")
	}
}

// checkOptOut fails when the usage reports are not off.
func checkOptOut() error {
	for _, name := range optOuts {
		if os.Getenv(name) != "1" {
			return fmt.Errorf(
				"%w: its usage reports cannot be turned off, since %s=1 cannot be set", ErrLibrary,
				name)
		}
	}
	return nil
}
