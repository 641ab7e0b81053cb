package session

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"handlens/media"
	"handlens/media/peer"
)

func TestThePhonesMessages(t *testing.T) {
	on := true
	for text, want := range map[string]any{
		`{"type":"hello","name":" Anna's\nphone ","cameras":[` +
			`{"id":"a1","label":"Back camera","facing":"environment"},` +
			`{"id":"b2","label":"x","facing":"up"},` +
			`{"id":"","label":"no ID"},{"id":"c\u0000","label":"strange"}]}`: HelloMessage{
			Name: "Anna'sphone", Cameras: []CameraEntry{
				{"a1", "Back camera", FacingEnvironment}, {"b2", "x", ""},
			},
		},
		`{"type":"hello"}`: HelloMessage{},
		`{"type":"camera","id":"a1","label":"Back","facing":"user","width":1280,"height":720,` +
			`"fps":30,"torch":true,"zoom":{"min":1,"max":8,"step":0.1,"value":20},` +
			`"microphone":true}`: CameraMessage{
			ID: "a1", Label: "Back", Facing: FacingUser, Width: 1280, Height: 720, FPS: 30,
			Torch: &on, Zoom: &ZoomRange{1, 8, 8}, Microphone: &on,
		},
		`{"type":"camera","torch":null,"zoom":null}`:                           CameraMessage{},
		`{"type":"camera","zoom":{"min":5,"max":1,"value":2}}`:                 CameraMessage{},
		`{"type":"camera","zoom":{"min":-1,"max":1e300},"width":-5,"fps":1e9}`: CameraMessage{},
		`{"type":"camera","asked":{"width":1920,"height":1080,"fps":30}}`: CameraMessage{
			Asked: &CameraSize{1920, 1080, 30},
		},
		`{"type":"camera","asked":{"width":1e9,"height":1080,"fps":30}}`: CameraMessage{},
		`{"type":"sending","width":1280,"height":720,"fps":30,"bitrate":4e6,"codec":"H264",` +
			`"encode":4.2,"efficient":true,"limited":"bandwidth"}`: SendingMessage{
			1280, 720, 30, 4e6, "H264", 4.2, &on, "bandwidth",
		},
		`{"type":"sending","width":-1,"fps":1e9,"bitrate":1e300,"codec":"H264\n","encode":-1,` +
			`"efficient":null,"limited":"<b>"}`: SendingMessage{Codec: "H264"},
		`{"type":"paused","paused":true}`: PausedMessage{true},
	} {
		if got, err := decodeMessage([]byte(text)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\nis read as %+v, %v\nwant %+v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "hello", "[]", `{"type":7}`, `{"type":"set"}`,
		`{"type":"token","token":"K7QX9M2T4HRA"}`, `{"name":"no type"}`,
		`{"type":"camera","zoom":7}`, `{"type":"hello","cameras":{}}`,
		`{"type":"camera","asked":true}`, `{"type":"sending","width":"1280"}`,
		`{"type":"paused","x":"` + strings.Repeat("y", maxMessage) + `"}`,
	} {
		if got, err := decodeMessage([]byte(text)); err == nil {
			t.Errorf("%.60q is read as %+v", text, got)
		}
	}
}

func TestMessagesToThePhone(t *testing.T) {
	zoom, off := 2.5, false
	for want, m := range map[string]ToPhone{
		`{"type":"set"}`:                          SetMessage{},
		`{"type":"set","automatic":true}`:         SetMessage{Automatic: true},
		`{"type":"set","flip":true}`:              SetMessage{Flip: true},
		`{"type":"set","torch":false,"zoom":2.5}`: SetMessage{Torch: &off, Zoom: &zoom},
		`{"type":"notice","recording":false}`:     NoticeMessage{},
		`{"type":"model","name":"m","state":"loading","size":416}`: ModelMessage{
			Name: "m", State: ModelLoading, Size: 416,
		},
		`{"type":"set","camera":"a","facing":"user","width":640,"height":480,"fps":15,` +
			`"microphone":false,"paused":false}`: SetMessage{
			Camera: "a", Facing: FacingUser, Width: 640, Height: 480, FPS: 15,
			Microphone: &off, Paused: &off,
		},
		`{"type":"token","token":"K7QX9M2T4HRA"}`: TokenMessage{"K7QX9M2T4HRA"},
		`{"type":"notice","recording":true,"seconds":7,"watchers":2}`: NoticeMessage{
			Recording: true, Seconds: 7, Watchers: 2,
		},
		`{"type":"model","name":"m","state":"failed","text":"why",` +
			`"colours":{"a":"#ff0000"}}`: ModelMessage{
			Name: "m", State: ModelFailed, Text: "why", Colours: map[string]string{"a": "#ff0000"},
		},
	} {
		if got, err := json.Marshal(m); err != nil || string(got) != want {
			t.Errorf("%+v is sent as %s, %v, want %s", m, got, err, want)
		}
	}
}

// What the phone says is in the session's state.
func TestTheSessionTakesIn(t *testing.T) {
	s := newSession("phone-1", Visitor{Name: "a phone"}, NewWorker(), NoSink{}, Display{})
	say := func(text string) { s.Control([]byte(text)) }
	say(`{"type":"camera","facing":"user","torch":false,"width":640,"height":480,"fps":15,` +
		`"asked":{"width":640,"height":360,"fps":15},` +
		`"zoom":{"min":1,"max":8,"value":20},"microphone":true}`)
	say(`{"type":"hello","name":"Anna's phone","cameras":[{"id":"a","label":"Front"}]}`)
	want := Camera{
		Known: true, Front: true, Width: 640, Height: 480, FPS: 15, HasTorch: true,
		Asked:   CameraSize{640, 360, 15},
		ZoomMin: 1, ZoomMax: 8, Zoom: 8, Microphone: true,
		All: []CameraEntry{{ID: "a", Label: "Front"}},
	}
	if got := s.Camera(); !reflect.DeepEqual(got, want) {
		t.Errorf("the camera is %+v, want %+v", got, want)
	}
	say(`{"type":"camera","facing":"environment"}`)
	want = Camera{Known: true, Microphone: true, All: want.All}
	if got := s.Camera(); !reflect.DeepEqual(got, want) {
		t.Errorf("the other camera is %+v, want %+v", got, want)
	}
	say(`{"type":"camera","refused":"torch"}`)
	say(`{"type":"camera","refused":"zoom"}`)
	say(`{"type":"camera","refused":"to say"}`)
	if got := s.Camera(); got.Refused != RefusedZoom || got.Refusals != 2 {
		t.Errorf("it has refused %d times, and %q last", got.Refusals, got.Refused)
	}
	say(`{"type":"hello"}`)
	if s.Name() != "Anna's phone" {
		t.Errorf("without a name it is called %q", s.Name())
	}
	say(`{"type":"paused","paused":true}`)
	if sc := s.Scene(); !sc.Stale || sc.Status != media.StatusPaused {
		t.Errorf("while it pauses, the status is %v, stale %v", sc.Status, sc.Stale)
	}
}

// Who paused the camera is known from the phone's word and ours, and a phone that went on by itself
// is not asked to pause again.
func TestWhoPausedTheCamera(t *testing.T) {
	s := newSession("phone-1", Visitor{}, NewWorker(), NoSink{}, Display{})
	on, off := true, false
	check := func(after string, paused, here bool, wish *bool, status media.Status) {
		t.Helper()
		c := s.Camera()
		if c.Paused != paused || c.PausedHere != here || !reflect.DeepEqual(s.wish.Paused, wish) {
			t.Errorf("after %s it is paused %v, here %v, and wished for %v", after, c.Paused,
				c.PausedHere, s.wish.Paused)
		}
		if got := s.Scene().Status; paused && got != status {
			t.Errorf("after %s the status is %v, want %v", after, got, status)
		}
	}
	says := func(paused bool) {
		s.Control(fmt.Appendf(nil, `{"type":"paused","paused":%v}`, paused))
	}
	says(true)
	check("the phone paused", true, false, nil, media.StatusPaused)
	says(false)
	s.Tell(SetMessage{Paused: &on})
	check("asking alone", false, false, &on, 0)
	says(false) // said before it heard of it
	check("a late word", false, false, &on, 0)
	says(true)
	check("the phone obeyed", true, true, &on, media.StatusPausedHere)
	s.Control([]byte(`{"type":"camera","facing":"user"}`))
	check("another camera", true, true, &on, media.StatusPausedHere)
	s.Control([]byte(`{"type":"hello"}`))
	check("the page came back", false, false, &on, 0)
	says(true)
	says(false)
	check("it went on by itself", false, false, nil, 0)
	s.Tell(SetMessage{Paused: &on})
	says(true)
	s.Tell(SetMessage{Paused: &off})
	says(true)
	check("going on with a hidden page", true, false, &off, media.StatusPaused)
}

// A size that was wished for is told to a page that comes back, until it is left to the phone
// again.
func TestWishesThatLast(t *testing.T) {
	s := newSession("phone-1", Visitor{}, NewWorker(), NoSink{}, Display{})
	s.Tell(SetMessage{Width: 640, Height: 360, FPS: 30})
	if want := (SetMessage{Width: 640, Height: 360, FPS: 30}); s.wish != want {
		t.Errorf("what lasts is %+v, want %+v", s.wish, want)
	}
	s.Tell(SetMessage{Automatic: true})
	if s.wish != (SetMessage{}) {
		t.Errorf("after the automatic size, %+v lasts", s.wish)
	}
}

// What the phone says of its sending is in the stats of the next seconds, and then no more.
func TestWhatThePhoneSendsIsInTheStats(t *testing.T) {
	s := newSession("phone-1", Visitor{}, NewWorker(), NoSink{}, Display{})
	now := time.Unix(1000, 0)
	s.now = func() time.Time { return now }
	if got := s.takeStats(peer.Stats{}).Sending; got != (Sending{}) {
		t.Errorf("before a word of it the phone sends %+v", got)
	}
	s.Control([]byte(`{"type":"sending","width":1280,"height":720,"fps":29,"bitrate":4e6,` +
		`"codec":"H264","encode":4.5,"limited":"cpu"}`))
	want := Sending{
		Width: 1280, Height: 720, FPS: 29, Bitrate: 4e6, Codec: "H264",
		Encode: 4500 * time.Microsecond, Limited: media.LimitCPU,
	}
	if got := s.takeStats(peer.Stats{}).Sending; got != want {
		t.Errorf("the phone sends %+v, want %+v", got, want)
	}
	if got := s.Scene().Stats.Sending; got != want {
		t.Errorf("in the scene the phone sends %+v, want %+v", got, want)
	}
	now = now.Add(sendingHolds + time.Millisecond)
	if got := s.takeStats(peer.Stats{}).Sending; got != (Sending{}) {
		t.Errorf("after a silence the phone sends %+v", got)
	}
}

// FuzzMessage wants each message of the phone refused or within the limits, and the same when it is
// said again.
func FuzzMessage(f *testing.F) {
	f.Add([]byte(`{"type":"hello","name":"x","cameras":[{"id":"a","label":"b","facing":"user"}]}`))
	f.Add([]byte(`{"type":"camera","zoom":{"min":1,"max":8,"value":2},"torch":true,"fps":30}`))
	f.Add([]byte(`{"type":"camera","asked":{"width":1280,"height":720,"fps":60}}`))
	f.Add([]byte(`{"type":"sending","width":1280,"height":720,"fps":30,"bitrate":4e6,` +
		`"codec":"VP8","encode":9.5,"efficient":false,"limited":"cpu"}`))
	f.Add([]byte(`{"type":"paused","paused":true}`))
	f.Add([]byte(`{"type":"detector","state":"ready","model":"m","provider":"wasm","threads":4,` +
		`"took":45.5,"fps":12.5,"why":"user"}`))
	f.Add([]byte(`{"type":"token","token":"K7QX9M2T4HRA"}`)) // the computer's, which no phone says
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := decodeMessage(b)
		if err != nil {
			return
		}
		checkLimits(t, m)
		said := typed(t, m)
		if len(said) > maxMessage {
			return // escapes and empty fields have made it longer
		}
		again, err := decodeMessage(said)
		if err != nil || !reflect.DeepEqual(m, again) {
			t.Errorf("%+v becomes %+v, %v", m, again, err)
		}
	})
}

// typed is a phone's message as the phone sends it.
func typed(t *testing.T, m any) []byte {
	t.Helper()
	fields, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	kind := map[string]string{
		"session.HelloMessage": "hello", "session.CameraMessage": "camera",
		"session.SendingMessage": "sending", "session.PausedMessage": "paused",
		"session.DetectorMessage": "detector",
	}[fmt.Sprintf("%T", m)]
	return bytes.Replace(fields, []byte("{"), []byte(`{"type":"`+kind+`",`), 1)
}

func checkLimits(t *testing.T, m any) {
	t.Helper()
	text := func(s string, most int) {
		if utf8.RuneCountInString(s) > most || printable(s, most) != s {
			t.Errorf("%q cannot be shown", s)
		}
	}
	switch m := m.(type) {
	case HelloMessage:
		text(m.Name, maxName)
		if len(m.Cameras) > maxCameras {
			t.Errorf("there are %d cameras", len(m.Cameras))
		}
		for _, c := range m.Cameras {
			text(c.ID, maxCameraID)
			text(c.Label, maxCameraLabel)
		}
	case CameraMessage:
		text(m.ID, maxCameraID)
		text(m.Label, maxCameraLabel)
		if m.Width < 0 || m.Width > media.MaxSide || m.Height < 0 || m.Height > media.MaxSide ||
			m.FPS < 0 || m.FPS > maxFPS {
			t.Errorf("the size is %v × %v at %v", m.Width, m.Height, m.FPS)
		}
		if a := m.Asked; a != nil && !(0 < a.Width && a.Width <= media.MaxSide && 0 < a.Height &&
			a.Height <= media.MaxSide && 0 < a.FPS && a.FPS <= maxFPS) {
			t.Errorf("asked for was %+v", *a)
		}
		if z := m.Zoom; z != nil && !(0 < z.Min && z.Min <= z.Value && z.Value <= z.Max &&
			z.Max <= maxZoom) {
			t.Errorf("the zoom is %+v", *z)
		}
	case DetectorMessage:
		text(m.Model, maxName)
		text(m.Provider, maxProvider)
		if m.Took < 0 || m.Took > maxTook || m.FPS < 0 || m.FPS > maxFPS || m.Threads < 0 ||
			m.Threads > maxThreads || m != m.limited() {
			t.Errorf("the detector is %+v", m)
		}
	case SendingMessage:
		text(m.Codec, maxCodecName)
		if m.Width < 0 || m.Width > media.MaxSide || m.Height < 0 || m.Height > media.MaxSide ||
			m.FPS < 0 || m.FPS > maxFPS || m.Bitrate < 0 || m.Bitrate > maxBitrate ||
			m.Encode < 0 || m.Encode > maxEncode ||
			media.ParseLimit(m.Limited).String() != m.Limited {
			t.Errorf("the sending is %+v", m)
		}
	}
}
