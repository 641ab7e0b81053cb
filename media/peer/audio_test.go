package peer

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"handlens/media"
)

// listening is an ear with hands for a clock.
type listening struct {
	*hands
	*audioReceiver
	count  counters
	pool   packetPool
	stream *stream
	got    []uint32 // what the packets that came out say
}

func newListening() *listening {
	l := &listening{hands: newHands(), stream: &stream{order: 1, ssrc: 7}}
	l.audioReceiver = newAudioReceiver(l.hands.now, &phoneClock{now: l.hands.now}, &l.count,
		&l.pool)
	return l
}

// testAudio is an Opus packet of 20 ms that carries a number.
func testAudio(number uint32) []byte { return binary.BigEndian.AppendUint32([]byte{0x78}, number) }

// arrive lets packet number n arrive, whose sequence number is n's low half.
func (l *listening) arrive(n uint32) {
	p := l.pool.get()
	p.stream, p.ssrc, p.seq, p.timestamp, p.received = l.stream, l.stream.ssrc, uint16(n), 960*n,
		l.at
	p.payload = p.buf[:copy(p.buf[:], testAudio(n))]
	l.packet(p)
	l.look()
}

func (l *listening) look() {
	for {
		select {
		case h := <-l.out:
			l.got = append(l.got, binary.BigEndian.Uint32(h.packet.payload[1:]))
			l.pool.put(h.packet)
		default:
			return
		}
	}
}

func TestSoundComesInOrder(t *testing.T) {
	for _, test := range []struct {
		name          string
		in, want      []uint32
		lost, dropped uint64
		wait          bool // past the patience, at the end
	}{
		{name: "as sent", in: []uint32{1, 2, 3}, want: []uint32{1, 2, 3}},
		{
			name: "over the end of the numbers", in: []uint32{65534, 65535, 65536, 65537},
			want: []uint32{65534, 65535, 65536, 65537},
		},
		{name: "overtaken", in: []uint32{1, 3, 2, 5, 6, 4}, want: []uint32{1, 2, 3, 4, 5, 6}},
		{name: "twice", in: []uint32{1, 1, 3, 3, 2, 2}, want: []uint32{1, 2, 3}, dropped: 3},
		{name: "still waiting", in: []uint32{1, 3, 4}, want: []uint32{1}},
		{
			name: "waited in vain", in: []uint32{1, 3, 4, 6}, want: []uint32{1, 3, 4, 6}, lost: 2,
			wait: true,
		},
		{
			name: "no room to wait", in: []uint32{1, 3, 4, 5, 6, 7, 8, 9, 10},
			want: []uint32{1, 3, 4, 5, 6, 7, 8, 9, 10}, lost: 1,
		},
		{
			name: "a pause of the network", in: []uint32{1, 3, 500, 501},
			want: []uint32{1, 3, 500, 501}, lost: 497,
		},
		{
			name: "late", in: []uint32{1, 500, 499, 501}, want: []uint32{1, 500, 501}, lost: 498,
			dropped: 1,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := newListening()
			for _, n := range test.in {
				l.arrive(n)
			}
			if test.wait {
				l.pass(audioPatience)
				l.tick()
				l.look()
			}
			if !slices.Equal(l.got, test.want) || l.count.audioLost.Load() != test.lost ||
				l.count.audioDropped.Load() != test.dropped {
				t.Errorf("%v, lost %d, dropped %d", l.got, l.count.audioLost.Load(),
					l.count.audioDropped.Load())
			}
		})
	}
}

func TestSoundOfAPhoneThatCountsAnew(t *testing.T) {
	l := newListening()
	l.arrive(30000)
	for n := range uint32(maxLateRun) {
		l.arrive(n)
	}
	if want := []uint32{30000, maxLateRun - 1}; !slices.Equal(l.got, want) {
		t.Errorf("%v, want %v", l.got, want)
	}
	old := l.stream
	l.stream = &stream{order: 2, ssrc: 8}
	l.arrive(5)
	l.stream = old
	l.arrive(maxLateRun)
	if l.got[len(l.got)-1] != 5 || l.count.audioDropped.Load() != maxLateRun {
		t.Errorf("%v, %d dropped: the newest stream counts", l.got, l.count.audioDropped.Load())
	}
}

func TestASlowHandlerLosesSoundAndNothingWaits(t *testing.T) {
	l := newListening()
	for n := range uint32(3 * audioQueueSize) {
		p := l.pool.get()
		p.stream, p.seq, p.received, p.payload = l.stream, uint16(n), l.at, testAudio(n)
		l.packet(p)
	}
	l.look()
	if len(l.got) != audioQueueSize || l.count.audioPackets.Load() != audioQueueSize ||
		l.count.audioDropped.Load() != 2*audioQueueSize {
		t.Errorf("%d came out, %d were dropped", len(l.got), l.count.audioDropped.Load())
	}
	for range 2 * audioInboxSize {
		l.offer(l.pool.get())
	}
	if n := l.count.overrun.Load(); n != audioInboxSize {
		t.Errorf("%d overran the inbox", n)
	}
}

func TestOpusLengths(t *testing.T) {
	for _, test := range []struct {
		packet []byte
		want   int
	}{
		{nil, 0},
		{[]byte{0x00}, 480},  // SILK 10 ms
		{[]byte{0x18}, 2880}, // SILK 60 ms
		{[]byte{0x78}, 960},  // hybrid 20 ms
		{[]byte{0x80}, 120},  // CELT 2.5 ms
		{[]byte{0xf8}, 960},  // CELT 20 ms
		{[]byte{0xf9}, 1920}, // two of the same size: none here
		{[]byte{0xf9, 1, 2}, 1920},
		{[]byte{0xf9, 1}, 0},
		{[]byte{0xfa}, 0},
		{[]byte{0xfa, 0}, 1920},
		{[]byte{0xfb}, 0},
		{[]byte{0xfb, 0}, 0},
		{[]byte{0xfb, 6}, 5760},
		{[]byte{0xfb, 7}, 0}, // 140 ms
		{[]byte{0x83, 48}, 5760},
		{[]byte{0x1b, 0xff}, 0},
	} {
		if got := opusTicks(test.packet); got != test.want {
			t.Errorf("%x lasts %d ticks, want %d", test.packet, got, test.want)
		}
	}
}

// Audio and frames taken in the same moment are stamped with the same moment, though their clocks
// began anywhere and run at different rates, and reports of other streams come in between.
func TestSoundAndPicturesShareOneClock(t *testing.T) {
	h := newHands()
	c := &phoneClock{now: h.now}
	exchange(h, c, 3*time.Hour, 4*time.Millisecond, 9*time.Millisecond)
	videoBase, soundBase := rand.Uint32(), rand.Uint32()
	began := h.at.Add(3 * time.Hour) // by the phone's clock
	at := func(base uint32, rate int64, since time.Duration) uint32 {
		return base + uint32(int64(since)*rate/int64(time.Second))
	}
	for second := range 100 {
		since := time.Duration(second) * time.Second
		c.report(1, ntpOf(began.Add(since)), at(videoBase, videoClockRate, since))
		c.report(2, ntpOf(began.Add(since-300*time.Millisecond)),
			at(soundBase, media.AudioRate, since-300*time.Millisecond))
		for other := range uint32(maxReports - 3) {
			c.report(100+other, ntpOf(began), 5)
		}
		taken := since + 500*time.Millisecond
		h.pass(600 * time.Millisecond)
		picture := c.captured(1, at(videoBase, videoClockRate, taken), videoClockRate, h.at)
		sound := c.captured(2, at(soundBase, media.AudioRate, taken), media.AudioRate, h.at)
		if picture.IsZero() || sound.IsZero() || picture.Sub(sound).Abs() > 100*time.Microsecond {
			t.Fatalf("after %v: picture %v, sound %v", since, picture, sound)
		}
		h.pass(400 * time.Millisecond)
	}
}

// A microphone that was off goes on with its timestamps where it stopped; audio that a stalled
// network held back is late only by its arrival.
func TestSoundAfterAPause(t *testing.T) {
	for _, stalled := range []bool{false, true} {
		l := newListening()
		exchange(l.hands, l.clock, time.Hour, time.Millisecond, time.Millisecond)
		const age = 30 * time.Millisecond
		began := l.at
		var paused time.Duration
		worst := time.Duration(0)
		say := func(n uint32) {
			taken := began.Add(time.Duration(n)*20*time.Millisecond + paused)
			l.at = taken.Add(age)
			if stalled && n > 100 && n <= 150 {
				l.at = began.Add(150*20*time.Millisecond + age) // all at once
			}
			p := l.pool.get()
			p.stream, p.ssrc, p.seq, p.timestamp, p.received = l.stream, l.stream.ssrc, uint16(n),
				960*n, l.at
			p.payload = p.buf[:copy(p.buf[:], testAudio(n))]
			l.packet(p)
			h := <-l.out
			if off := h.captured.Sub(taken).Abs(); n > 0 && (n <= 100 || n > 107 || stalled) {
				worst = max(worst, off)
			}
			l.pool.put(h.packet)
		}
		report := func(n uint32) {
			l.clock.report(l.stream.ssrc,
				ntpOf(began.Add(time.Duration(n)*20*time.Millisecond+paused+time.Hour)), 960*n)
		}
		report(0)
		for n := uint32(1); n <= 100; n++ {
			say(n)
		}
		if !stalled {
			paused = 3 * time.Second
		}
		for n := uint32(101); n <= 200; n++ {
			say(n)
		}
		report(200)
		for n := uint32(201); n <= 300; n++ {
			say(n)
		}
		if worst > 2*time.Millisecond || l.stopped {
			t.Errorf("stalled %v: stamped %v off, stopped %v", stalled, worst, l.stopped)
		}
	}
}

func TestReportsAreBounded(t *testing.T) {
	h := newHands()
	c := &phoneClock{now: h.now}
	exchange(h, c, 0, time.Millisecond, time.Millisecond)
	for ssrc := range uint32(10 * maxReports) {
		h.pass(time.Millisecond)
		c.report(ssrc, ntpOf(h.at), 0)
	}
	known := 0
	for ssrc := range uint32(10 * maxReports) {
		if !c.captured(ssrc, 0, videoClockRate, h.at.Add(time.Second)).IsZero() {
			known++
		}
	}
	if known != maxReports {
		t.Errorf("%d streams are known, want the last %d", known, maxReports)
	}
}

func TestOffersWithAudio(t *testing.T) {
	const head = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 " +
		"0\r\na=group:BUNDLE v a\r\na=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n" +
		"a=fingerprint:sha-256 " +
		"A6:17:6D:2B:66:2C:A1:4F:08:57:BD:9F:90:EB:7A:22:" +
		"38:2B:62:A9:CD:AE:7A:D2:6B:9B:51:99:18:B3:B8:F4\r\n" +
		"m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:v\r\na=sendonly\r\na=rtpmap:96 VP8/90000\r\n"
	for _, test := range []struct {
		name, section, want string
	}{
		{"Opus", "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:a\r\na=sendrecv\r\na=rtpmap:111 " +
			"opus/48000/2\r\n", "a"},
		{"capital letters", "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:a\r\na=rtpmap:111 " +
			"OPUS/48000/2\r\n", "a"},
		{"two microphones", "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:a\r\na=rtpmap:111 " +
			"opus/48000/2\r\nm=audio 9 UDP/TLS/RTP/SAVPF 112\r\na=mid:b\r\na=rtpmap:112 " +
			"opus/48000/2\r\n", "a"},
		{"receives only", "m=audio 9 UDP/TLS/RTP/SAVPF " +
			"111\r\na=mid:a\r\na=recvonly\r\na=rtpmap:111 opus/48000/2\r\n", ""},
		{
			"rejected", "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\na=mid:a\r\na=rtpmap:111 " +
				"opus/48000/2\r\n",
			"",
		},
		{"other codecs", "m=audio 9 UDP/TLS/RTP/SAVPF 0 9\r\na=mid:a\r\na=rtpmap:0 " +
			"PCMU/8000\r\na=rtpmap:9 G722/8000\r\n", ""},
		{"no such number", "m=audio 9 UDP/TLS/RTP/SAVPF 300\r\na=mid:a\r\na=rtpmap:300 " +
			"opus/48000/2\r\n", ""},
		{
			"the number of the video",
			"m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:a\r\na=rtpmap:96 opus/48000/2\r\n", "",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			o, err := readOffer(head + test.section)
			must(t, err)
			if o.audio != test.want || o.payloads[96].codec != media.VP8 {
				t.Errorf("sound comes in %q, want %q", o.audio, test.want)
			}
			text, err := o.text()
			must(t, err)
			sections := strings.Count(text, "m=audio")
			if n := strings.Count(text, "a=inactive"); test.want == "" && n != 1 ||
				test.want != "" && n != sections-1 {
				t.Errorf("%d of %d sections are inactive", n, sections)
			}
		})
	}
}
