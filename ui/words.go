package ui

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"handlens/media"
	"handlens/ui/kit"
)

// What the rest of the program says in codes is put into the user's words here.

// statusWords says why a picture is not the present; "" when it is.
func statusWords(s media.Status) string {
	switch s {
	case media.StatusConnecting:
		return kit.L("connecting")
	case media.StatusAwaitingCamera:
		return kit.L("waiting for the camera")
	case media.StatusNoFrames:
		return kit.L("no picture is coming")
	case media.StatusDamaged:
		return kit.L("the picture was damaged, waiting for a new one")
	case media.StatusWeak:
		return kit.L("the connection is weak, waiting for a complete picture")
	case media.StatusOutOfReach:
		return kit.L("the phone is out of reach, waiting for it")
	case media.StatusPaused:
		return kit.L("paused on the phone")
	}
	return ""
}

// reasonWords says why a phone's connection changed; "" for no reason.
func reasonWords(r media.Reason) string {
	switch r.Code {
	case media.AwaitingPhone:
		return kit.L("waiting for the phone to reach this computer")
	case media.PhoneReached:
		return kit.L("the phone has reached this computer")
	case media.PhoneBack:
		return kit.L("the phone is back")
	case media.NothingHeard:
		return kit.L("nothing was heard from the phone for {{.Time}}", after(r))
	case media.NeverReached:
		return kit.L("the phone did not reach this computer within {{.Time}}: is it on the same "+
			"network, and does a firewall allow this port?", after(r))
	case media.PhoneLost:
		return kit.L("nothing was heard from the phone for {{.Time}}, so it was given up", after(r))
	}
	return partingWords(r.Code)
}

// partingWords is reasonWords for what ends a connection at once.
func partingWords(c media.ReasonCode) string {
	switch c {
	case media.HandshakeFailed:
		return kit.L("the encrypted connection could not be made")
	case media.PhoneClosed:
		return kit.L("the phone ended the connection")
	case media.PhoneLeft:
		return kit.L("the phone left")
	case media.PhoneGaveUp:
		return kit.L("the phone went away while it was let in")
	case media.Replaced:
		return kit.L("the phone joined again")
	case media.TooManyChannels, media.TooManyStreams:
		return kit.L("the phone asked for more than a phone needs")
	case media.SentAway:
		return kit.L("sent away at the computer")
	case media.ProgramClosed:
		return kit.L("Handlens was closed")
	}
	return ""
}

// faultWords says what went wrong: a media.Fault in the user's words, any other error as it is.
func faultWords(err error) string {
	var f *media.Fault
	if !errors.As(err, &f) {
		return err.Error()
	}
	data := map[string]any{"Codec": f.Codec.String(), "Why": fmt.Sprint(f.Err)}
	switch f.Code {
	case media.CannotDecode:
		return kit.L("video in {{.Codec}} cannot be decoded: {{.Why}}", data)
	case media.CannotRecord:
		return kit.L("video in {{.Codec}} cannot be recorded: {{.Why}}", data)
	case media.DetectorCrashed:
		return kit.L("the detector failed on a picture of {{.Size}}: {{.Why}}", map[string]any{
			"Size": fmt.Sprintf("%d × %d", f.Width, f.Height), "Why": data["Why"],
		})
	case media.HardwareFailed:
		data["Hardware"] = f.Hardware
		return kit.L("{{.Hardware}} failed to decode the {{.Codec}} video ({{.Why}}); the "+
			"processor decodes it from here on", data)
	}
	return folderWords(f)
}

// recordingWords says why a recording ended by itself; "" when it did not.
func recordingWords(r RecordingState) string {
	if r.Err == nil {
		return ""
	}
	return faultWords(r.Err)
}

// modelWords says why the model is not the chosen one; "" when it is.
func modelWords(m Model) string {
	switch {
	case m.Err == nil:
		return ""
	case m.State == Ready:
		return kit.L("{{.Name}} is used instead, since {{.Why}}",
			map[string]any{"Name": m.Name, "Why": faultWords(m.Err)})
	}
	return faultWords(m.Err)
}

// folderWords is faultWords for what concerns a folder.
func folderWords(f *media.Fault) string {
	data := map[string]any{"Folder": f.Folder}
	switch f.Code {
	case media.DiskFull:
		return kit.L("nothing more can be saved in {{.Folder}}: the disk is full; make room or "+
			"choose another folder", data)
	case media.FileTooLarge:
		return kit.L("nothing more can be saved in {{.Folder}}: files cannot be larger there; "+
			"choose a folder on another disk", data)
	case media.ReadOnly:
		return kit.L("nothing can be saved in {{.Folder}}: nothing may be written there; choose "+
			"another folder", data)
	}
	return f.Error()
}

// after is the time of a reason, as data for L.
func after(r media.Reason) map[string]any {
	return map[string]any{"Time": kit.Seconds(r.After.Round(time.Second / 10).Seconds())}
}

// warningWords says what is likely to go wrong with pairing; "" for nothing.
func warningWords(w PairingWarning) string {
	switch w.Code {
	case NoNetwork:
		return kit.L("This computer is on no network, so no phone can reach it.")
	case PortTaken:
		return kit.L("Port {{.Wanted}} is taken, so Handlens listens on {{.Port}}.",
			map[string]any{"Wanted": strconv.Itoa(w.Wanted), "Port": strconv.Itoa(w.Port)})
	}
	return ""
}

// kindWords says what sort of network an address belongs to.
func kindWords(a AddressChoice) string {
	switch {
	case a.Loopback:
		return kit.L("this machine")
	case a.Kind == "hotspot":
		return kit.L("hotspot")
	case a.Kind == "virtual":
		return kit.L("virtual network")
	case a.Kind == "network":
		return kit.L("network")
	}
	return a.Kind // a name: Wi-Fi, Ethernet, VPN, Docker
}
