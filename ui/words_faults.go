package ui

import (
	"errors"
	"fmt"
	"strings"

	"handlens/media"
	"handlens/models"
	"handlens/models/sniff"
	"handlens/ui/kit"
)

// faultWords says what went wrong: a fault in the user's words, any other error by its cause.
func faultWords(err error) string {
	if f, ok := errors.AsType[*media.Fault](err); ok {
		return mediaWords(f)
	}
	if r, ok := errors.AsType[*sniff.Refusal](err); ok {
		return refusalWords(r)
	}
	if f, ok := errors.AsType[*models.Fault](err); ok {
		return modelFaultWords(f)
	}
	if f, ok := errors.AsType[*media.CertificateFault](err); ok {
		return certificateWords(f)
	}
	return kit.ErrorWords(err)
}

// faultSentence is faultWords for a place where nothing else is said.
func faultSentence(err error) string {
	_, ofPhone := errors.AsType[*media.Fault](err)
	_, ofModel := errors.AsType[*models.Fault](err)
	_, ofFile := errors.AsType[*sniff.Refusal](err)
	_, ofCertificate := errors.AsType[*media.CertificateFault](err)
	if ofPhone || ofModel || ofFile || ofCertificate {
		return faultWords(err)
	}
	return kit.Sentence(err)
}

// whyWords is faultWords in a form that is fit to stand in a sentence of a notice. Our own words
// may be longer than a cause that came from elsewhere, since they say what to do, too.
func whyWords(err error) string { return kit.Printable(faultWords(err), 2*kit.MaxReason) }

// mediaWords is faultWords for what concerns a phone or its recording.
func mediaWords(f *media.Fault) string {
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
	case media.PhoneGone:
		return kit.L("this phone has left")
	case media.NoPictureYet:
		return kit.L("there is no picture yet to save")
	case media.StillEnding:
		return kit.L("the last recording is still being finished")
	}
	if f.Server != "" {
		return serverWords(f)
	}
	return folderWords(f)
}

// serverWords is mediaWords for what concerns a server that is to run the detector.
func serverWords(f *media.Fault) string {
	data := map[string]any{
		"Server": kit.Printable(f.Server, kit.MaxLabel), "Why": kit.CauseWords(f.Err),
	}
	switch f.Code {
	case media.ServerAway:
		return kit.L("the server {{.Server}} does not answer ({{.Why}})", data)
	case media.ServerUnfit:
		return kit.L("the server {{.Server}} cannot be used: {{.Why}}", data)
	case media.ServerUntrusted:
		return kit.L("the certificate of the server {{.Server}} is not trusted: {{.Why}}", data)
	}
	return f.Error()
}

// folderWords is mediaWords for what concerns a folder.
func folderWords(f *media.Fault) string {
	data := map[string]any{"Folder": f.Folder, "Why": kit.CauseWords(f)}
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
	case media.CannotSave:
		return kit.L("nothing could be saved in {{.Folder}}: {{.Why}}", data)
	}
	return f.Error()
}

// certificateWords is faultWords for what concerns a certificate.
func certificateWords(f *media.CertificateFault) string {
	data := map[string]any{
		"File": f.File, "Host": f.Host, "Day": f.Day(), "Why": fmt.Sprint(f.Err),
	}
	switch f.Code {
	case media.CertificateEnded:
		return kit.L("your certificate {{.File}} expired on {{.Day}}: renew it, browsers refuse it",
			data)
	case media.CertificateEnding:
		return kit.L("your certificate {{.File}} expires on {{.Day}}: renew it", data)
	case media.CertificateElsewhere:
		return kit.L("your certificate {{.File}} is not for {{.Host}}, so browsers warn of it",
			data)
	case media.CertificateUnread:
		return kit.L("your certificate {{.File}} cannot be read any more, so the one of before "+
			"is still in use: {{.Why}}", data)
	case media.TailscaleMissing:
		return kit.L("Tailscale does not run here, so there is no certificate for {{.Host}}", data)
	case media.TailscaleWithoutHTTPS:
		return kit.L("your tailnet gives out no certificate for {{.Host}}: enable HTTPS "+
			"certificates under DNS in Tailscale's admin console and try again", data)
	case media.TailscaleRefuses:
		return kit.L("Tailscale gives you no certificate for {{.Host}}: run \"sudo tailscale "+
			"set --operator=$USER\" once and try again", data)
	case media.TailscaleFailed:
		return kit.L("Tailscale gave no certificate for {{.Host}}: {{.Why}}", data)
	}
	return f.Error()
}

// modelFaultWords is faultWords for what concerns a model. It names no command: what the terminal
// offers by one, the window offers by a button.
func modelFaultWords(f *models.Fault) string {
	data := map[string]any{"Name": kit.Printable(f.Name, kit.MaxName), "Path": f.Path}
	switch f.Code {
	case models.Unknown:
		if len(f.Similar) == 0 {
			return kit.L("no model is called {{.Name}}", data)
		}
		data["Similar"] = strings.Join(f.Similar, ", ")
		return kit.L("no model is called {{.Name}}; there is {{.Similar}}", data)
	case models.NotInstalled, models.NotThere:
		return kit.L("the model {{.Name}} is not installed", data)
	case models.Damaged:
		return kit.L("the file of the model {{.Name}} is damaged: download it again", data)
	case models.BuiltIn, models.Shipped:
		return kit.L("{{.Name}} is a part of the program and stays", data)
	case models.NoFile:
		return kit.L("there is no model file {{.Path}}", data)
	case models.NoName:
		return kit.L("no name can be made of {{.Path}}: give the file a name of letters and digits",
			data)
	case models.Reserved, models.Taken:
		return kit.L("another model is called {{.Name}}: rename the file and add it again", data)
	case models.NoRoom:
		return kit.L("the disk is full: {{.Folder}} needs room for {{.Size}}",
			map[string]any{"Folder": f.Path, "Size": kit.Bytes(f.Size)})
	}
	if f.Code == models.NotAFile {
		return kit.L("{{.Path}} is not an ordinary file", data)
	}
	return downloadWords(f)
}

// downloadWords is modelFaultWords for what came of a download.
func downloadWords(f *models.Fault) string {
	data := map[string]any{"Host": f.Host}
	switch f.Code {
	case models.Refused:
		data["Status"] = f.Status
		return kit.L("{{.Host}} answered {{.Status}}", data)
	case models.Gone:
		return kit.L("{{.Host}} no longer has it", data)
	case models.OtherPart, models.OtherSize, models.TooMuch, models.OtherContent:
		return kit.L("{{.Host}} sent something else, so nothing was installed", data)
	case models.CutOff:
		return kit.L("the connection ended: try again to continue")
	case models.Stalled:
		return kit.L("{{.Host}} stopped sending: try again to continue", data)
	case models.Unreachable:
		data["Why"] = kit.CauseWords(f.Err)
		return kit.L("{{.Host}} cannot be reached ({{.Why}}); a model file from elsewhere can be "+
			"dropped on the window", data)
	}
	return f.Error()
}
