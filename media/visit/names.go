package visit

// rungNames are what scripts know the rungs by.
var rungNames = [rungs]string{
	TCP: "tcp", TLS: "tls", Page: "page", Token: "token", Camera: "camera", ICE: "ice", RTP: "rtp",
	KeyFrame: "key-frame", Box: "box",
}

// String returns the rung's name, on which scripts rely.
func (r Rung) String() string {
	if r < rungs {
		return rungNames[r]
	}
	return "unknown"
}

// problemNames are what scripts know the problems by.
var problemNames = [problems]string{
	CertificateRefused: "certificate-refused",
	HandshakeBroken:    "handshake-broken",
	NoRequest:          "no-request",
	PageSilent:         "page-silent",
	NoToken:            "no-token",
	WrongToken:         "wrong-token",
	LockedOut:          "locked-out",
	AwaitingTap:        "awaiting-tap",
	CameraAsking:       "camera-asking",
	CameraDenied:       "camera-denied",
	CameraMissing:      "camera-missing",
	CameraBusy:         "camera-busy",
	CameraInsecure:     "camera-insecure",
	CameraUnsupported:  "camera-unsupported",
	CameraFailed:       "camera-failed",
	AwaitingApproval:   "awaiting-approval",
	Refused:            "refused",
	Full:               "full",
	OfferUnusable:      "offer-unusable",
	NoPath:             "no-path",
	HandshakeFailed:    "handshake-failed",
	OverTCP:            "over-tcp",
	NoVideo:            "no-video",
	NoKeyFrame:         "no-key-frame",
	NoDecoder:          "no-decoder",
	ModelLoading:       "model-loading",
	ModelFailed:        "model-failed",
	NothingFound:       "nothing-found",
	OutOfReach:         "out-of-reach",
}

// String returns the problem's name, on which scripts rely; "" for NoProblem.
func (p Problem) String() string {
	if p < problems {
		return problemNames[p]
	}
	return "unknown"
}
