package peer

import (
	"fmt"
	"strings"

	"github.com/pion/webrtc/v4"
)

// readServers reads the addresses of ICE servers and lets pion check them, so that a typing error is told at the start and not when a
// phone joins.
func readServers(urls []string) ([]webrtc.ICEServer, error) {
	servers := make([]webrtc.ICEServer, 0, len(urls))
	for _, url := range urls {
		server := webrtc.ICEServer{URLs: []string{url}}
		scheme, rest, _ := strings.Cut(url, ":")
		if at := strings.LastIndexByte(rest, '@'); at >= 0 {
			server.Username, _, _ = strings.Cut(rest[:at], ":")
			server.Credential = strings.TrimPrefix(rest[len(server.Username):at], ":")
			server.URLs[0] = scheme + ":" + rest[at+1:]
		}
		pc, err := webrtc.NewPeerConnection(webrtc.Configuration{ICEServers: []webrtc.ICEServer{server}})
		if err != nil {
			return nil, fmt.Errorf("the ICE server %q is not like stun:host:port or turn:user:password@host:port: %w", server.URLs[0], err)
		}
		if err := pc.Close(); err != nil {
			return nil, fmt.Errorf("checking ICE servers: %w", err)
		}
		servers = append(servers, server)
	}
	return servers, nil
}
