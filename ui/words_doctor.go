package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"handlens/media/visit"
	"handlens/ui/kit"
)

// advice is what is the matter, and what to do next.
type advice struct{ what, next string }

// rungWords says what a phone has done when it stands on a rung.
func rungWords(r visit.Rung) string {
	switch r {
	case visit.TCP:
		return kit.L("Reached this computer")
	case visit.TLS:
		return kit.L("Accepted the certificate")
	case visit.Page:
		return kit.L("Opened the page")
	case visit.Token:
		return kit.L("Showed the code")
	case visit.Camera:
		return kit.L("Camera on")
	case visit.ICE:
		return kit.L("Connected")
	case visit.RTP:
		return kit.L("Video arrives")
	case visit.KeyFrame:
		return kit.L("Picture")
	case visit.Box:
		return kit.L("First box")
	}
	return ""
}

// problemColour is how grave a problem is: one that is a matter of a tap is not.
func problemColour(p visit.Problem) fyne.ThemeColorName {
	switch p {
	case visit.AwaitingTap, visit.CameraAsking, visit.AwaitingApproval, visit.ModelLoading,
		visit.NothingFound:
		return theme.ColorNamePrimary
	case visit.CertificateRefused, visit.NoRequest, visit.NoToken, visit.WrongToken,
		visit.OverTCP, visit.NoVideo, visit.NoKeyFrame, visit.OutOfReach:
		return theme.ColorNameWarning
	}
	return theme.ColorNameError
}

// phoneSystem is what a phone runs, as far as it matters for what to tap there.
type phoneSystem int

const (
	unknownSystem phoneSystem = iota
	appleSystem
	androidSystem
)

// systemOf guesses from a phone's name (whip.Visitor) what it runs: what is no iPhone and goes by a
// model's name is an Android.
func systemOf(name string) phoneSystem {
	switch {
	case strings.Contains(name, "iPhone") || strings.Contains(name, "iPad"):
		return appleSystem
	case strings.Contains(name, "Android"), strings.HasPrefix(name, "Pixel"),
		strings.HasPrefix(name, "SM-"):
		return androidSystem
	}
	return unknownSystem
}

// problemWords says what keeps a visitor from coming further, and what to do next.
func problemWords(p visit.Problem, name string) advice {
	switch {
	case p <= visit.LockedOut:
		return arrivalWords(p)
	case p <= visit.CameraFailed:
		return cameraWords(p, systemOf(name))
	case p <= visit.OfferUnusable:
		return admissionWords(p)
	case p <= visit.NoDecoder:
		return videoWords(p)
	}
	return boxWords(p)
}

// arrivalWords is problemWords up to the page and its code.
func arrivalWords(p visit.Problem) advice {
	switch p {
	case visit.CertificateRefused:
		return advice{
			kit.L("The phone shows the certificate warning."),
			kit.L("Go on by Show Details (iPhone) or Advanced (Android). To end the warning for " +
				"good, open the address with /trust at its end."),
		}
	case visit.HandshakeBroken:
		return advice{
			kit.L("The encrypted connection broke off."),
			kit.L("A proxy, VPN or security program may stand in between: turn it off and try " +
				"again."),
		}
	case visit.NoRequest:
		return advice{
			kit.L("The phone is connected, but does not ask for the page."),
			kit.L("Open the link again, in the phone's own browser."),
		}
	case visit.PageSilent:
		return advice{
			kit.L("The page is open, but its scripts do not run."),
			kit.L("Open it in an up-to-date Safari, Chrome or Firefox, not inside another app."),
		}
	case visit.NoToken:
		return advice{
			kit.L("The page was opened without the code."),
			kit.L("Scan the QR code, or type the code on the phone."),
		}
	case visit.WrongToken:
		return advice{
			kit.L("The code on the phone is an old one, or mistyped."),
			kit.L("Scan the QR code again."),
		}
	case visit.LockedOut:
		return advice{
			kit.L("Too many wrong codes came from this address."),
			kit.L("Wait a minute, then scan the QR code."),
		}
	}
	return advice{}
}

// cameraWords is problemWords for the camera.
func cameraWords(p visit.Problem, s phoneSystem) advice {
	switch p {
	case visit.AwaitingTap:
		return advice{kit.L("The page is open."), kit.L("Start the camera on the phone.")}
	case visit.CameraAsking:
		return advice{
			kit.L("The browser asks whether the page may use the camera."),
			kit.L("Tap Allow on the phone."),
		}
	case visit.CameraDenied:
		return advice{kit.L("The page may not use the camera."), deniedWords(s)}
	case visit.CameraMissing:
		return advice{
			kit.L("The browser finds no camera."),
			kit.L("Use another device, or connect a camera and reload the page."),
		}
	case visit.CameraBusy:
		return advice{
			kit.L("Another app is using the camera."),
			kit.L("Close it on the phone, then start the camera again."),
		}
	case visit.CameraInsecure:
		return advice{
			kit.L("The browser keeps the camera from pages that are not encrypted."),
			kit.L("Scan the QR code again: its address begins with https://."),
		}
	case visit.CameraUnsupported:
		return advice{kit.L("This browser cannot use the camera."), browserWords(s)}
	case visit.CameraFailed:
		return advice{
			kit.L("The camera did not start."),
			kit.L("Reload the page and start it again; if that fails, restart the phone."),
		}
	}
	return advice{}
}

// deniedWords says where the camera is allowed.
func deniedWords(s phoneSystem) string {
	switch s {
	case appleSystem:
		return kit.L("Tap the icon beside the address, then Website Settings, allow the camera " +
			"and reload the page.")
	case androidSystem:
		return kit.L("Tap the icon beside the address, then Permissions, allow the camera and " +
			"reload the page.")
	}
	return kit.L("Allow the camera in the browser's settings for this page, then reload it.")
}

// browserWords says which browser does it.
func browserWords(s phoneSystem) string {
	switch s {
	case appleSystem:
		return kit.L("Open the link in Safari, not inside another app.")
	case androidSystem:
		return kit.L("Open the link in Chrome or Firefox, not inside another app.")
	}
	return kit.L("Open the link in Safari, Chrome or Firefox, not inside another app.")
}

// admissionWords is problemWords for who is let in.
func admissionWords(p visit.Problem) advice {
	switch p {
	case visit.AwaitingApproval:
		return advice{
			kit.L("The phone waits to be let in."),
			kit.L("Answer the question in this window."),
		}
	case visit.Refused:
		return advice{
			kit.L("The phone was not let in."),
			kit.L("To be asked once more, start its camera again."),
		}
	case visit.Full:
		return advice{
			kit.L("As many phones are here as there may be."),
			kit.L("Disconnect one, or allow more of them in the settings."),
		}
	case visit.OfferUnusable:
		return advice{
			kit.L("The browser offers no video that this computer can receive."),
			kit.L("Open the page in an up-to-date Safari, Chrome or Firefox."),
		}
	}
	return advice{}
}

// videoWords is problemWords for the way of the video.
func videoWords(p visit.Problem) advice {
	switch p {
	case visit.NoPath:
		return advice{
			kit.L("The page works, but the video finds no way: neither UDP nor TCP gets through."),
			kit.L("Turn off VPNs on both sides, and let this program through the firewall."),
		}
	case visit.HandshakeFailed:
		return advice{
			kit.L("The encryption of the video could not be agreed on."),
			kit.L("Reload the page on the phone and start the camera again."),
		}
	case visit.OverTCP:
		return advice{
			kit.L("UDP does not get through, so the video takes TCP."),
			kit.L("It works, less smoothly; with UDP let through the firewall it is smooth."),
		}
	case visit.NoVideo:
		return advice{
			kit.L("The phone is connected, but sends no video."),
			kit.L("Keep its screen unlocked and the page in front."),
		}
	case visit.NoKeyFrame:
		return advice{
			kit.L("Video arrives, but no complete picture yet."),
			kit.L("Bring the phone closer to the Wi-Fi."),
		}
	case visit.NoDecoder:
		return advice{
			kit.L("This computer cannot decode the phone's video."),
			kit.L("Open the page in another browser."),
		}
	}
	return advice{}
}

// boxWords is problemWords once there is a picture.
func boxWords(p visit.Problem) advice {
	switch p {
	case visit.ModelLoading:
		return advice{
			kit.L("The detector is still loading."), kit.L("Boxes come as soon as it is ready."),
		}
	case visit.ModelFailed:
		return advice{
			kit.L("No detector works here, so there are no boxes."),
			kit.L("Choose another one under Detector."),
		}
	case visit.NothingFound:
		return advice{
			kit.L("The detector has found nothing yet."),
			kit.L("Point the camera at something that it knows, or lower the confidence."),
		}
	case visit.OutOfReach:
		return advice{
			kit.L("Nothing is heard from the phone any more."),
			kit.L("Unlock it, open the page again, and stay in the Wi-Fi."),
		}
	}
	return advice{}
}
