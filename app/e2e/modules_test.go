package e2e

import (
	"encoding/json"
	"testing"
)

// The page's modules are tested in the browser that runs them.

// TestPlacedUnderObjectFit checks where a frame lies in its element against what the CSS
// specification says.
func TestPlacedUnderObjectFit(t *testing.T) {
	p := modulePage(t)
	for _, c := range []struct {
		script, want string
	}{
		{
			`placed('contain', 1280, 720, 390, 844)`,
			`{"x":0,"y":312.3125,"width":390,"height":219.375}`,
		},
		{
			`placed('contain', 720, 1280, 844, 390)`,
			`{"x":312.3125,"y":0,"width":219.375,"height":390}`,
		},
		{`placed('cover', 640, 480, 300, 300)`, `{"x":-50,"y":0,"width":400,"height":300}`},
		{`placed('cover', 480, 640, 300, 300)`, `{"x":0,"y":-50,"width":300,"height":400}`},
		{`placed('contain', 640, 480, 640, 480)`, `{"x":0,"y":0,"width":640,"height":480}`},
		{`placed('contain', 0, 0, 640, 480)`, `{"x":0,"y":0,"width":0,"height":0}`},
	} {
		got := evaluate[string](p,
			`import('/overlay.js').then(({ placed }) => JSON.stringify(`+c.script+`))`)
		if got != c.want {
			t.Errorf("%s is %s, want %s", c.script, got, c.want)
		}
	}
}

// ownOverlay puts an overlay over a video of 200 by 100 pixels that is fitted into 200 by 200.
const ownOverlay = `import('/overlay.js').then(async ({ Overlay }) => {
  const source = document.createElement('canvas');
  source.width = 200;
  source.height = 100;
  const pen = source.getContext('2d');
  const video = document.createElement('video'), canvas = document.createElement('canvas');
  for (const e of [video, canvas]) {
    Object.assign(e.style, {
      position: 'fixed', left: 0, top: 0, width: '200px', height: '200px', objectFit: 'contain',
    });
    document.body.append(e);
  }
  video.muted = true;
  video.srcObject = source.captureStream();
  pen.fillRect(0, 0, 200, 100);
  await video.play();
  const overlay = new Overlay(canvas, video);
  overlay.start();
  const painted = () => new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(done));
  });
  // The rectangle around all that is drawn, in CSS pixels; null when nothing is.
  const drawn = async () => {
    await painted();
    const { width, height } = canvas, scale = width / 200;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    let l = Infinity, t = Infinity, r = -1, b = -1;
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
      if (data[4 * (y * width + x) + 3] <= 200) continue;
      l = Math.min(l, x); r = Math.max(r, x + 1);
      t = Math.min(t, y); b = Math.max(b, y + 1);
    }
    return r < 0 ? null : [l, t, r, b].map((v) => Math.round(v / scale));
  };
  window.trial = { overlay, drawn };
}).then(() => null)`

// TestOverlayDrawsWhatIsValid shows messages to an overlay of its own.
func TestOverlayDrawsWhatIsValid(t *testing.T) {
	p := modulePage(t)
	evaluate[any](p, ownOverlay)
	show := func(message string) []int {
		return evaluate[[]int](p, `(trial.overlay.show(`+message+`), trial.drawn())`)
	}
	const thing = `{ box: [0.1, 0.4, 0.4, 0.9], label: 'x', confidence: 0.9 }`

	// The frame lies at y 50..150: the box is at 20..80 by 90..140, its line 3 pixels thick, its
	// label above it.
	got := show(`{ t: 1000, age: 0, detections: [` + thing + `] }`)
	if len(got) != 4 || got[0] > 20 || got[0] < 17 || got[2] < 80 || got[2] > 83 || got[3] < 140 ||
		got[3] > 143 || got[1] < 65 || got[1] > 72 {
		t.Errorf("the box was drawn at %v", got)
	}
	evaluate[any](p, `trial.overlay.mirror(true)`)
	got = show(`{ t: 1001, age: 0, detections: [` + thing + `] }`)
	if len(got) != 4 || got[0] > 120 || got[0] < 117 || got[2] < 180 || got[2] > 183 {
		t.Errorf("the mirrored box was drawn at %v", got)
	}
	p.until("the box to be hidden for its age", `trial.drawn().then((r) => r === null)`)

	for _, message := range []string{
		`{ t: 1002, age: 301, detections: [` + thing + `] }`, // too old from the start
		`{ t: 1003, age: 0, detections: [] }`,
		`{ t: 900, age: 0, detections: [` + thing + `] }`, // overtaken by a newer one
		`{ t: 1004, age: 0, detections: [{ box: [0, 0, 1], label: 'x', confidence: 1 }] }`,
		`{ t: 1005, age: 0, detections: [{ box: [0, 0, NaN, 1], label: 'x', confidence: 1 }] }`,
		`{ t: 1006, age: 0, detections: [{ box: [0, 0, 1, 1], confidence: 1 }] }`,
		`{ t: 1007, age: 0, detections: [null, 7, 'x'] }`,
		`{ t: 1008 }`, `null`, `7`,
	} {
		if got := show(message); got != nil {
			t.Errorf("%s was drawn at %v", message, got)
		}
	}
	got = show(`{ t: 1009, age: 0, detections:
		[null, { box: [-3, -3, 9, 9], label: 'x', confidence: 1 }] }`)
	// The label stands above the frame, where there is room.
	if len(got) != 4 || got[1] < 25 || got[3] > 153 {
		t.Errorf("a box beyond the frame was drawn at %v, want it cut at the frame's edge", got)
	}
	got = show(`{ t: 1010, age: 0, detections: [...Array(300).fill(null), ` + thing + `] }`)
	if len(got) != 4 {
		t.Errorf("behind what makes no sense, a box was drawn at %v", got)
	}
}

// TestRestartFragments checks what is sent and understood when ICE restarts.
func TestRestartFragments(t *testing.T) {
	p := modulePage(t)
	const answer = `'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\na=ice-ufrag:old1\r\na=ice-pwd:oldpassword\r\na=candidate:1 1 udp 1 192.0.2.1 1 typ host\r\na=end-of-candidates\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\na=ice-ufrag:old1\r\na=ice-pwd:oldpassword\r\n'`
	const restart = `'m=video 9 UDP/TLS/RTP/SAVPF 96\na=mid:0\na=ice-ufrag:new1\na=ice-pwd:newpassword\na=candidate:2 1 udp 1 192.0.2.2 2 typ host\na=end-of-candidates\n'`
	got := evaluate[string](p,
		`import('/trickle.js').then(({ restarted }) => restarted(`+answer+`, `+restart+`))`)
	const want = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\nm=video " +
		"9 UDP/TLS/RTP/SAVPF " +
		"96\r\na=mid:0\r\na=ice-ufrag:new1\r\na=ice-pwd:newpassword\r\na=candidate:2 1 udp 1 " +
		"192.0.2.2 2 typ host\r\na=end-of-candidates\r\nm=application 9 UDP/DTLS/SCTP " +
		"webrtc-datachannel\r\na=mid:1\r\na=ice-ufrag:new1\r\na=ice-pwd:newpassword\r\n"
	if got != want {
		t.Errorf("the restarted answer is\n%q, want\n%q", got, want)
	}
	if got := evaluate[string](p,
		`import('/trickle.js').then(({ restarted }) => restarted(`+answer+
			`, 'a=mid:0')).catch((e) => e.message)`); got != "the answer to an ICE restart has "+
		"no credentials" {
		t.Errorf("a fragment without credentials gave %q", got)
	}
	got = evaluate[string](p,
		`import('/trickle.js').then(({ fragment }) => fragment(`+answer+
			`, [{ candidate: 'candidate:3 1 udp 1 192.0.2.3 3 typ host' }], true))`)
	const sent = "a=group:BUNDLE 0 1\r\nm=video 9 UDP/TLS/RTP/SAVPF " +
		"96\r\na=mid:0\r\na=ice-ufrag:old1\r\na=ice-pwd:oldpassword\r\na=candidate:3 1 udp 1 " +
		"192.0.2.3 3 typ host\r\na=end-of-candidates\r\n"
	if got != sent {
		t.Errorf("the fragment is\n%q, want\n%q", got, sent)
	}
}

// TestICEServersFromLinks reads Link headers as RFC 9725 section 4.6 has them, and such as no
// server should send: whatever comes, the browser takes what is read.
func TestICEServersFromLinks(t *testing.T) {
	p := modulePage(t)
	const stun = `{"urls":"stun:a.example"}`
	for want, headers := range map[string][]string{
		``: {
			``, `,;"`, `<stun:b.example; rel=ice-server`,
			`<https://e.example>; title="<stun:a.example>; rel=ice-server"; rel=help`,
			`<>; rel=ice-server, <http://h>; rel=ice-server, <stun:>; rel=ice-server`,
			`<turn:t.example>; rel=ice-server; username=u; credential=c; credential-type=oauth`,
		},
		stun: {
			`<stun:a.example>; rel="ice-server"`,
			`<https://example.net/>; rel="help", <stun:a.example>; rel="ice-server"`,
			`<stun:a.example> ;REL = "help ICE-Server" ; __proto__="x"; ; rel=help`,
			// What cannot be used is left out, and nothing else is.
			`<turn:me:secret@t.example:3478>; rel=ice-server, <stun:a.example>; rel=ice-server`,
			`<turn:t.example>; rel="ice-server", <stun:a.example>; rel=ice-server`,
			`<turn:t.example>; rel=ice-server; username="u", <stun:a.example>; rel=ice-server`,
			`<stun:a.example:99999>; rel=ice-server, <stun:a.example>; rel=ice-server`,
			`nonsense, ,"a,b", <stun:a.example>; rel=ice-server`,
			`<stun:a.example>; rel=ice-server; username="never closed`,
		},
		stun + `,{"urls":"turns:b.example","username":"x","credential":"y"}`: {
			`<stun:a.example>; rel="ice-server", ` +
				`<turns:b.example>; rel=ice-server; username="x"; credential="y"`,
		},
		// Between quotes nothing ends, and nothing begins.
		`{"urls":"turn:t.example?transport=udp","username":"u","credential":"p, q"}`: {
			`<turn:t.example?transport=udp>; rel="ice-server"; username="u"; credential="p, q"`,
		},
		`{"urls":"turn:q.example","username":"a","credential":"b\"c\\d"}`: {
			`<turn:q.example>; rel="ice-server"; username="a"; credential="b\"c\\d"`,
		},
		`{"urls":"turn:q.example","username":"<stun:x>, ; rel=help","credential":"; username=\"z\""}`: {
			`<turn:q.example>; username="<stun:x>, ; rel=help"; ` +
				`credential="; username=\"z\""; rel=ice-server`,
		},
	} {
		for _, header := range headers {
			text, err := json.Marshal(header)
			if err != nil {
				t.Fatal(err)
			}
			script := `import('/ice.js').then((ice) => JSON.stringify(ice.iceServers(` +
				string(text) + `)))`
			if got := evaluate[string](p, script); got != `[`+want+`]` {
				t.Errorf("%s gave %s, want [%s]", header, got, want)
			}
		}
	}
}

// sameColours is true when a name has one colour, and others have others.
const sameColours = `import('/overlay.js').then(({ colourOf }) => {
  const names = ['person', 'car', 'dog', 'cup', 'book', 'chair'];
  const colours = names.map((name) => colourOf(name).line);
  const again = names.map((name) => colourOf(name).line);
  return String(colours) === String(again) && new Set(colours).size > 3;
})`

// TestColoursAreTheSameForAName guards the colours against changing with the order of things.
func TestColoursAreTheSameForAName(t *testing.T) {
	p := modulePage(t)
	if !evaluate[bool](p, sameColours) {
		t.Error("names change their colours, or most share one")
	}
}

// modulePage opens the page without starting its camera.
func modulePage(t *testing.T) *page {
	t.Helper()
	a := sharedApp(t)
	return sharedBrowser(t, landscape).open(t, a.url)
}

// differences says in what the messages of the languages differ: in keys and kinds, or when
// something is empty.
const differences = `import('/locale.js').then(async ({ LANGUAGES }) => {
  const { messages } = await import('/messages.js');
  const wrong = [];
  const kind = (v) => (Array.isArray(v) ? 'list' : v === null ? 'null' : typeof v);
  const compare = (where, a, b) => {
    if (kind(a) !== kind(b)) wrong.push(where + ': ' + kind(b) + ' instead of ' + kind(a));
    else if (kind(a) === 'string' && !b.trim()) wrong.push(where + ' is empty');
    else if (kind(a) === 'list' && (!b.length || b.some((s) => !s.trim()))) {
      wrong.push(where + ' says nothing');
    } else if (kind(a) === 'function') compare(where + '()', a(3), b(3));
    else if (kind(a) === 'object') {
      const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
      for (const key of keys) compare(where + '.' + key, a[key], b[key]);
    }
  };
  for (const code of LANGUAGES) {
    compare(code, messages, (await import('/messages.' + code + '.js')).messages);
  }
  return wrong;
})`

// TestLanguagesSayTheSame compares the messages of each language with the English ones.
func TestLanguagesSayTheSame(t *testing.T) {
	p := modulePage(t)
	for _, what := range evaluate[[]string](p, differences) {
		t.Error(what)
	}
}

// TestLanguageOfThePhone chooses by the phone's languages and puts the words in place.
func TestLanguageOfThePhone(t *testing.T) {
	p := modulePage(t)
	for wanted, want := range map[string]string{
		`['de-AT', 'en']`: "de", `['en-GB', 'de']`: "en", `['pt-BR', 'fr-CA', 'en']`: "fr",
		`['zh-Hant-TW']`: "zh", `['nl']`: "en", `[]`: "en", `['JA']`: "ja",
	} {
		if got := evaluate[string](p,
			`import('/locale.js').then((l) => l.chooseLanguage(`+wanted+`))`); got != want {
			t.Errorf("%s chooses %s, want %s", wanted, got, want)
		}
	}
	got := evaluate[string](p, `import('/locale.js').then(async ({ loadLocale }) => {
		Object.defineProperty(navigator, 'languages', { value: ['de-DE'] });
		const { messages } = await import('/messages.js');
		await loadLocale('messages', messages);
		return document.documentElement.lang + ' ' + messages.card.ready.button;
	})`)
	if got != "de Kamera starten" {
		t.Errorf("a German phone gets %q", got)
	}
}
