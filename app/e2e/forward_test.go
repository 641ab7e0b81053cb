package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media/samplebuilder"

	"handlens/app/forward"
	"handlens/media"
	"handlens/media/ffmpeg"
	"handlens/media/waittest"
)

// sfu is a server that takes WHIP, as others have it: behind a token, a redirect and a relative
// Location. It decodes what it gets.
type sfu struct {
	t       *testing.T
	address string
	token   string
	server  *http.Server
	paths   chan string // of each POST
	deletes chan string
	frames  chan *image.RGBA

	mu    sync.Mutex
	conns []*webrtc.PeerConnection
}

func newSFU(t *testing.T, token string) *sfu {
	t.Helper()
	s := &sfu{
		t: t, address: "127.0.0.1:0", token: token, paths: make(chan string, 100),
		deletes: make(chan string, 100), frames: make(chan *image.RGBA, 1),
	}
	s.start()
	t.Cleanup(s.kill)
	return s
}

// start begins to listen, at the address of before if it did.
func (s *sfu) start() {
	s.t.Helper()
	l, err := net.Listen("tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.address = l.Addr().String()
	s.server = &http.Server{Handler: http.HandlerFunc(s.answer)}
	go s.server.Serve(l)
}

// kill ends it without a word to anybody.
func (s *sfu) kill() {
	s.server.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, pc := range s.conns {
		pc.Close()
	}
	s.conns = nil
}

func (s *sfu) answer(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+s.token {
		http.Error(w, "", http.StatusUnauthorized)
		return
	}
	switch {
	case r.Method == http.MethodOptions:
		w.Header().Set("Link", `<stun:127.0.0.1:9>; rel="ice-server"`)
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodDelete:
		s.deletes <- r.URL.Path
	case r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/sdp":
		http.Error(w, "", http.StatusMethodNotAllowed)
	case !strings.HasPrefix(r.URL.Path, "/node/"):
		http.Redirect(w, r, "/node"+r.URL.Path, http.StatusTemporaryRedirect)
	default:
		s.paths <- r.URL.Path
		s.take(w, r)
	}
}

func (s *sfu) take(w http.ResponseWriter, r *http.Request) {
	pc, err := answerOffer(w, r, s.watch)
	if err != nil {
		s.t.Error(err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns = append(s.conns, pc)
}

// answerOffer answers a WHIP client's POST with a connection whose tracks go to the function.
func answerOffer(w http.ResponseWriter, r *http.Request,
	watch func(*webrtc.PeerConnection, *webrtc.TrackRemote),
) (*webrtc.PeerConnection, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetIPFilter(net.IP.IsLoopback)
	var engine webrtc.MediaEngine
	if err := engine.RegisterDefaultCodecs(); err != nil {
		return nil, err
	}
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings),
		webrtc.WithMediaEngine(&engine)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, err
	}
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { watch(pc, track) })
	gathered := webrtc.GatheringCompletePromise(pc)
	err = pc.SetRemoteDescription(webrtc.SessionDescription{
		Type: webrtc.SDPTypeOffer, SDP: string(body),
	})
	if err == nil {
		var answer webrtc.SessionDescription
		if answer, err = pc.CreateAnswer(nil); err == nil {
			err = pc.SetLocalDescription(answer)
		}
	}
	if err != nil {
		_ = pc.Close() // the first error counts
		return nil, err
	}
	<-gathered
	w.Header().Set("Content-Type", "application/sdp")
	w.Header().Set("ETag", `"1"`)
	w.Header().Set("Location", "session")
	w.WriteHeader(http.StatusCreated)
	_, err = io.WriteString(w, pc.LocalDescription().SDP)
	return pc, err
}

// watch decodes a video; only the newest frame waits to be looked at.
func (s *sfu) watch(pc *webrtc.PeerConnection, track *webrtc.TrackRemote) {
	codec, form := media.VP8, rtp.Depacketizer(&codecs.VP8Packet{})
	if track.Codec().MimeType == webrtc.MimeTypeH264 {
		codec, form = media.H264, &codecs.H264Packet{}
	}
	var pool media.Pool
	decoder, err := ffmpeg.NewDecoder(codec, &pool)
	if err != nil {
		s.t.Error(err)
		return
	}
	defer decoder.Close()
	converter := ffmpeg.NewConverter()
	builder := samplebuilder.New(500, form, 90000)
	asked := time.Now()
	for {
		p, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		builder.Push(p)
		for sample := builder.Pop(); sample != nil; sample = builder.Pop() {
			packet := media.Packet{
				Codec: codec, Data: sample.Data, Key: standsAlone(codec, sample.Data),
			}
			err := decoder.Decode(packet, func(f *media.Frame) {
				img := image.NewRGBA(f.Bounds())
				if err := converter.ToRGBA(img, f); err != nil {
					s.t.Error(err)
				}
				select {
				case <-s.frames:
				default:
				}
				s.frames <- img
			})
			if err != nil && time.Since(asked) > time.Second/2 { // as SFUs do for their viewers
				asked = time.Now()
				_ = pc.WriteRTCP([]rtcp.Packet{
					&rtcp.PictureLossIndication{MediaSSRC: uint32(track.SSRC())},
				})
			}
		}
	}
}

// sees waits for a frame of that size that is as the function wants it.
func (s *sfu) sees(what string, size image.Point, like func(*image.RGBA) error) {
	s.t.Helper()
	why, last := fmt.Errorf("no frame came"), (*image.RGBA)(nil)
	for limit := time.After(patience); ; {
		select {
		case img := <-s.frames:
			last = img
			if why = like(img); why == nil && img.Rect.Size() == size {
				return
			}
		case <-limit:
			s.t.Fatalf("%s: %v%s", what, why, keep(last))
		}
	}
}

// keep leaves a picture that was wrong where it can be looked at.
func keep(img *image.RGBA) string {
	if img == nil {
		return ""
	}
	f, err := os.Create(filepath.Join(os.TempDir(), "handlens-forwarded.png"))
	if err != nil {
		return ""
	}
	defer f.Close()
	_ = png.Encode(f, img)
	return fmt.Sprintf(" (%v, %s)", img.Rect.Size(), f.Name())
}

// standsAlone says whether a frame is a key frame.
func standsAlone(codec media.Codec, data []byte) bool {
	if codec == media.VP8 {
		return data[0]&1 == 0
	}
	return bytes.Contains(data, []byte{0, 0, 1, 0x67}) || // parameters, which come with each
		bytes.Contains(data, []byte{0, 0, 1, 0x27})
}

// TestForwarded has a phone's video sent on to a server, as it comes and with boxes: it is the
// picture that the phone sends, at the phone's own path, again after the server was gone, and the
// server hears when it is over.
func TestForwarded(t *testing.T) {
	const token = "a-secret-of-the-server"
	t.Setenv(forward.TokenVariable, token)
	for _, c := range []struct {
		codec string
		size  image.Point
		more  []string
	}{
		{"H264", image.Pt(landscape.width, landscape.height), nil},
		{"VP8", image.Pt(1280, 720), []string{"--forward-boxes"}}, // as checkBoxes says
	} {
		t.Run(c.codec, func(t *testing.T) {
			server := newSFU(t, token)
			a := startApp(t, 0, []string{forward.TokenVariable + "=" + token},
				append(c.more, "--no-window", "--forward",
					"http://"+server.address+"/{phone}/whip")...)
			p := sharedBrowser(t, landscape).open(t, withCodec(a.url, c.codec))
			p.start()
			joined := a.wait(t, "phone-joined", nil)
			path := waittest.Receive(t, "the server is called", server.paths)
			if path == "/node//whip" || !strings.HasSuffix(path, "/whip") {
				t.Errorf("the video of %s goes to %s", joined.Name, path)
			}
			live := func(mark int) {
				a.waitSince(t, mark, "forward", func(e event) bool { return e.State == "live" })
			}
			live(0)
			shows := func(img *image.RGBA) error {
				err := boxed(img, landscape)
				if c.more != nil {
					return err
				}
				if err == nil {
					return errors.New("it has boxes")
				}
				if _, ok := blob(img, "red", img.Bounds()); !ok {
					return fmt.Errorf("it has no red patch: %w", err)
				}
				return nil
			}
			server.sees("the picture", c.size, shows)

			mark := a.mark()
			server.kill()
			a.waitSince(t, mark, "forward", func(e event) bool { return e.State == "lost" })
			a.waitSince(t, mark, "forward", func(e event) bool { return e.State == "unreachable" })
			select {
			case <-server.frames: // of before
			default:
			}
			server.start()
			live(mark)
			server.sees("the picture when the server is back", c.size, shows)

			p.stop()
			over := waittest.Receive(t, "the end is told", server.deletes)
			if want := strings.TrimSuffix(path, "/whip") + "/session"; over != want {
				t.Errorf("what is deleted is %s, not %s", over, want)
			}
			a.stop(t) // now all that it said has been read
			if said := a.stderr.String(); strings.Contains(said, token) ||
				!strings.Contains(said, "is sent to "+server.address) {
				t.Errorf("the terminal says %s", said)
			}
		})
	}
}
