package tile

import (
	"handlens/media"
	"handlens/ui/kit"
)

// ForwardWords says how the video gets on that is sent on to a server; "" when none is.
func ForwardWords(f media.Forward) string {
	data := map[string]any{
		"Host": kit.Printable(f.Host, kit.MaxReason), "Status": f.Status,
	}
	switch f.Code {
	case media.ForwardWaits:
		return kit.L("no picture yet for {{.Host}}", data)
	case media.ForwardConnecting:
		return kit.L("connecting to {{.Host}}", data)
	case media.ForwardLive:
		return kit.L("sent to {{.Host}}", data)
	case media.ForwardTaken:
		return kit.L("not sent to {{.Host}}: another phone is", data)
	case media.ForwardUnreachable:
		return kit.L("{{.Host}} does not answer", data)
	case media.ForwardUntrusted:
		return kit.L("the certificate of {{.Host}} cannot be trusted", data)
	case media.ForwardRefused:
		return kit.L("{{.Host}} wants another token", data)
	case media.ForwardNotFound:
		return kit.L("{{.Host}} takes no video at this address", data)
	case media.ForwardStatus:
		return kit.L("{{.Host}} answered {{.Status}}", data)
	case media.ForwardBadAnswer:
		return kit.L("{{.Host}} does not speak WHIP", data)
	case media.ForwardNoWay:
		return kit.L("no packets reach {{.Host}}", data)
	case media.ForwardCodec:
		return kit.L("{{.Host}} does not take this video's codec", data)
	case media.ForwardLost:
		return kit.L("the connection to {{.Host}} was lost", data)
	case media.ForwardEncoder:
		return kit.L("this computer cannot encode the video with boxes")
	}
	return ""
}
