package ui

import (
	"errors"
	"strconv"
	"time"

	"handlens/media"
	"handlens/media/pairing"
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
	case media.StatusPausedHere:
		return kit.L("the camera was paused here")
	}
	return ""
}

// limitWords says what keeps a phone from sending more; "" for nothing, or when it is unknown.
func limitWords(l media.Limit) string {
	switch l {
	case media.LimitBandwidth:
		return kit.L("held back by the network")
	case media.LimitCPU:
		return kit.L("held back by the phone's processor")
	case media.LimitOther:
		return kit.L("held back on the phone")
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
	case media.TooManyChannels, media.TooManyStreams, media.TooManyMessages:
		return kit.L("the phone asked for more than a phone needs")
	case media.VideoChanged:
		return kit.L("the phone sends another kind of video")
	case media.SentAway:
		return kit.L("sent away at the computer")
	case media.ProgramClosed:
		return kit.L("Handlens was closed")
	}
	return ""
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
	case m.State == Ready && ofServer(m.Err):
		return kit.L("{{.Name}} on this computer detects meanwhile, since {{.Why}}",
			map[string]any{"Name": m.Name, "Why": faultWords(m.Err)})
	case m.State == Ready:
		return kit.L("{{.Name}} is used instead, since {{.Why}}",
			map[string]any{"Name": m.Name, "Why": faultWords(m.Err)})
	}
	return faultWords(m.Err)
}

// ofServer tells whether an error is about a server that is to run the detector.
func ofServer(err error) bool {
	f, ok := errors.AsType[*media.Fault](err)
	return ok && f.Server != ""
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
	if a.Loopback {
		return kit.L("this machine")
	}
	switch a.Kind {
	case pairing.ThisMachine:
		return kit.L("this machine")
	case pairing.Hotspot:
		return kit.L("hotspot")
	case pairing.Virtual:
		return kit.L("virtual network")
	case pairing.VirtualMachines:
		return kit.L("virtual machines")
	case pairing.Bridge:
		return kit.L("bridge")
	case pairing.Mobile:
		return kit.L("mobile network")
	case pairing.SharedNetwork:
		return kit.L("shared network")
	case pairing.Tunnel:
		return kit.L("tunnel")
	case pairing.Network:
		return kit.L("network")
	}
	return string(a.Kind) // a name: Wi-Fi, Ethernet, VPN, Docker
}
