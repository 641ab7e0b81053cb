package cli

import (
	"fmt"
	"strings"

	"handlens/media/pairing"
	"handlens/media/reach"
	"handlens/media/visit"
)

// What the rest of the program says in codes of how a phone gets here is put into words for the
// terminal here.

// RungWords says what has happened when a rung is lit.
func RungWords(r visit.Rung) string {
	switch r {
	case visit.TCP:
		return "it has reached this computer"
	case visit.TLS:
		return "it accepts the certificate"
	case visit.Page:
		return "it has opened the page"
	case visit.Token:
		return "the code is right"
	case visit.Camera:
		return "its camera is on"
	case visit.ICE:
		return "there is a path for the video"
	case visit.RTP:
		return "video is coming"
	case visit.KeyFrame:
		return "the first picture"
	case visit.Box:
		return "the first box"
	}
	return ""
}

// ProblemWords says what keeps a device from coming further, and what to do; "" for nothing.
func ProblemWords(p visit.Problem) string {
	switch {
	case p < visit.AwaitingTap:
		return arrivalWords(p)
	case p < visit.AwaitingApproval:
		return cameraWords(p)
	case p < visit.NoVideo:
		return joiningWords(p)
	}
	return videoWords(p)
}

// arrivalWords are ProblemWords until the page runs.
func arrivalWords(p visit.Problem) string {
	switch p {
	case visit.CertificateRefused:
		return "The phone shows a warning about the certificate, and nobody has gone on. Tap " +
			"through it once; the page /trust says how it stops for good."
	case visit.HandshakeBroken:
		return "The encrypted connection broke off at its beginning, as when a proxy or a " +
			"security program stands in between. Switch that off on the phone for this address."
	case visit.NoRequest:
		return "The encrypted connection stands, but nobody asks for the page. Open the address " +
			"again in the phone's browser."
	case visit.PageSilent:
		return "The page was fetched, but its scripts do not run. Open it in a current Chrome, " +
			"Safari or Firefox that does not block them."
	case visit.NoToken:
		return "The page was opened without the code. Scan the QR code, or type the code."
	case visit.WrongToken:
		return "The code is mistyped, or of another day. Scan the QR code as it is now."
	case visit.LockedOut:
		return "Too many wrong codes came from this phone. Wait a moment, then scan the QR code."
	}
	return ""
}

// cameraWords are ProblemWords until the camera is on.
func cameraWords(p visit.Problem) string {
	switch p {
	case visit.AwaitingTap:
		return "The page is open. Tap Start on the phone."
	case visit.CameraAsking:
		return "The phone asks whether the page may use the camera. Allow it there."
	case visit.CameraDenied:
		return "The camera was denied. Allow it for this site in the browser's settings, and tap " +
			"Start again."
	case visit.CameraMissing:
		return "The browser finds no camera. Take a device that has one."
	case visit.CameraBusy:
		return "Another app on the phone uses the camera. Close it, and tap Start again."
	case visit.CameraInsecure:
		return "Browsers give the camera to encrypted pages only. Open the address with https://."
	case visit.CameraUnsupported:
		return "This browser gives its camera to no page. Take Chrome, Safari or Firefox itself, " +
			"not the browser inside another app."
	case visit.CameraFailed:
		return "The phone's camera failed. Close other apps, or restart the phone."
	}
	return ""
}

// joiningWords are ProblemWords until the connection for the video stands.
func joiningWords(p visit.Problem) string {
	switch p {
	case visit.AwaitingApproval:
		return "Somebody at this computer has to let it in. Answer in the window."
	case visit.Refused:
		return "Somebody at this computer did not let it in."
	case visit.Full:
		return "As many phones are here as there may be. Let one leave, or allow more."
	case visit.OfferUnusable:
		return "The browser offers no video that Handlens can receive. Take Chrome, Safari or " +
			"Firefox."
	case visit.NoPath:
		return "The page works, but neither UDP nor TCP carries the video. Switch off a VPN or a " +
			"blocker on the phone, or take another browser."
	case visit.HandshakeFailed:
		return "Packets come and go, but the video's encryption could not be agreed. Reload the " +
			"page; if it stays so, something on the way changes packets."
	case visit.OverTCP:
		return "UDP does not get through, so the video takes TCP. It works, less smoothly."
	}
	return ""
}

// videoWords are ProblemWords after that.
func videoWords(p visit.Problem) string {
	switch p {
	case visit.NoVideo:
		return "The connection stands, but no video comes. Unlock the phone, and leave the page " +
			"in front."
	case visit.NoKeyFrame:
		return "Packets come, but no whole picture: the network loses too many of them. Go " +
			"nearer to the access point."
	case visit.NoDecoder:
		return "What the phone sends cannot be decoded here; `handlens doctor` lists the decoders."
	case visit.ModelLoading:
		return "Pictures come, and the model is still being loaded."
	case visit.ModelFailed:
		return "Pictures come, but the model cannot be used; `handlens doctor` says why."
	case visit.NothingFound:
		return "The detector looks, and finds nothing. Point the camera at something it knows."
	case visit.OutOfReach:
		return "It was here and is silent now: its screen is locked, or it has left the network. " +
			"It comes back by itself."
	}
	return ""
}

// SuspectWords says what a likely cause is, and what to do.
func SuspectWords(s reach.Suspect, port int) string {
	switch s.Code {
	case reach.SuspectFirewall:
		return FirewallWords(s.Firewall, port)
	case reach.SuspectOtherNetwork:
		if s.Phone.IsValid() {
			return fmt.Sprintf("The phone (%s) is on another network than this computer (%s). "+
				"Join both to the same one.", s.Phone, s.Ours)
		}
		return "The phone may be on another network, or on mobile data. It has to be on the one " +
			"of " + at(s) + "."
	case reach.SuspectIsolation:
		return "The Wi-Fi may keep its members apart, as guest networks do. Take another one, or " +
			"the phone's own hotspot for both."
	case reach.SuspectVPN:
		return "A VPN (" + s.Card + ") carries this computer's traffic elsewhere. Switch it off, " +
			"or let it allow the local network."
	case reach.SuspectAddress:
		return "The address " + at(s) + " is one that phones seldom reach. Choose another with " +
			"--address."
	case reach.SuspectNoNetwork:
		return "This computer is on no network. Join the phone's Wi-Fi."
	}
	return ""
}

// at is our address that a suspect is about.
func at(s reach.Suspect) string {
	if s.Card == "" {
		return s.Ours.String()
	}
	return fmt.Sprintf("%s (%s)", s.Ours, s.Card)
}

// FirewallWords says what a firewall does with our port, and how it lets it in.
func FirewallWords(w reach.Firewall, port int) string {
	what := "port " + fmt.Sprint(port)
	if w.UDPOnly {
		what = "UDP on " + what
	}
	words := ""
	switch w.State {
	case reach.FirewallOff:
		return "The firewall " + w.Name + " is off."
	case reach.FirewallAllows:
		return "The firewall " + w.Name + " lets " + what + " in."
	case reach.FirewallBlocks:
		words = "The firewall " + w.Name + " keeps " + what + " shut."
	case reach.FirewallOn:
		words = "The firewall " + w.Name + " is on, and may keep " + what + " shut."
	default:
		words = "The firewall " + w.Name + " is there; only an administrator may see whether it " +
			"keeps " + what + " shut."
	}
	return words + " " + remedy(w, port)
}

// remedy says how a firewall lets our port in.
func remedy(w reach.Firewall, port int) string {
	switch {
	case len(w.Commands) > 0:
		return "Let it in: " + strings.Join(w.Commands, " ; ")
	case w.Name == "macOS":
		return "In System Settings, Network, Firewall, Options: let Handlens take incoming " +
			"connections, and do not block all."
	}
	protocols := "TCP and UDP"
	if w.UDPOnly {
		protocols = "UDP"
	}
	return fmt.Sprintf("Its rules for what comes in have to accept %s on port %d.", protocols, port)
}

// KindWords says what sort of network a card leads to.
func KindWords(k pairing.Kind) string {
	switch k {
	case pairing.ThisMachine:
		return "this computer only"
	case pairing.Mobile:
		return "mobile network"
	case pairing.Virtual:
		return "virtual network"
	}
	return string(k) // a name, or an English word
}

// ReachWords says how likely a phone reaches an address of that kind.
func ReachWords(k pairing.Kind) string {
	switch {
	case k == pairing.ThisMachine:
		return "no phone reaches it"
	case k.Reachable():
		return "phones on that network reach it"
	case k == pairing.VPN, k == pairing.Tunnel:
		return "phones on the same VPN reach it"
	}
	return "phones seldom reach it"
}
