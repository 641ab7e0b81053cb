package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// manyLenses gives the phone more cameras than the browser has, with names as iOS has them.
const manyLenses = `(() => {
  const devices = navigator.mediaDevices, list = devices.enumerateDevices.bind(devices);
  devices.enumerateDevices = async () => {
    const { deviceId } = (await list()).find((d) => d.kind === 'videoinput');
    return ['Back Camera', 'Back Ultra Wide Camera', 'Front Camera'].map((label, i) => ({
      kind: 'videoinput', deviceId: i ? 'lens-' + i : deviceId, label,
    }));
  };
})()`

// TestLensesAndZoom chooses a camera by its name, and zooms with all that zooms.
func TestLensesAndZoom(t *testing.T) {
	a := sharedApp(t)
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	evaluate[bool](p, overhear)
	evaluate[any](p, phoneCamera)
	evaluate[any](p, manyLenses)
	p.start()
	p.state("live")
	p.do("open the details", chromedp.Click(chromedp.CSS("#more")))
	const lenses = `[...document.querySelectorAll('#lens-list button')]`
	if got := evaluate[string](p, lenses+`.map((b) => (b.ariaPressed === 'true' ? '*' : '') +
		b.innerText).join('; ')`); got != "*Back; Back, ultra-wide; Front" {
		t.Errorf("the cameras are called %s", got)
	}
	p.until("the computer to hear their names",
		`trial.sent.find((m) => m.type === 'hello').cameras.map((c) => c.label + ':' + c.facing)
			.join() === 'Back:environment,Back, ultra-wide:environment,Front:user'`)
	// The browser does not have that one in truth, so that it takes another.
	evaluate[any](p, `void (trial.wanted = '',
		navigator.mediaDevices.getUserMedia = (ask => (wish) => {
		trial.wanted = wish.video.deviceId?.exact || trial.wanted;
		trial.asked.push('environment');
		return ask({ video: true });
	})(MediaDevices.prototype.getUserMedia.bind(navigator.mediaDevices)))`)
	evaluate[any](p, lenses+`[1].click()`)
	p.until("that very camera to be asked for", `trial.wanted === 'lens-1'`)
	evaluate[any](p, `trial.order({ type: 'set', camera: 'lens-2' })`)
	p.until("the one that the computer asks for", `trial.wanted === 'lens-2' &&
		document.getElementById('video').srcObject.active`)

	zoom(t, p)

	// What the camera would not do the computer hears.
	evaluate[any](p, `void (MediaStreamTrack.prototype.applyConstraints = () => Promise.reject(1))`)
	for _, c := range []struct{ want, refused string }{
		{`torch: true`, "torch"}, {`zoom: 2`, "zoom"}, {`width: 640, height: 360`, "size"},
	} {
		evaluate[any](p, `trial.order({ type: 'set', `+c.want+` })`)
		p.until("the refusal of the "+c.refused,
			`trial.sent.some((m) => m.refused === '`+c.refused+`')`)
	}
	if evaluate[bool](p, `trial.told().torch || trial.told().asked !== null`) {
		t.Error("what was refused is told as done")
	}
}

// zoom uses the buttons, the slider, two fingers and the wheel.
func zoom(t *testing.T, p *page) {
	t.Helper()
	near := func(what, want string) {
		t.Helper()
		p.until(what, `Math.abs(trial.told().zoom.value - `+want+`) < 0.05 &&
			document.getElementById('zoom-value').innerText === (`+want+`).toFixed(1) + '×'`)
	}
	p.do("tap +", chromedp.Click(chromedp.CSS("#zoom-in")))
	near("the button", "1.25")
	const slide = `(() => {
		const slider = document.getElementById('zoom-slider');
		slider.value = 2 / 3 * 100;
		slider.dispatchEvent(new Event('input'));
	})()`
	evaluate[any](p, slide)
	near("the slider", "8 ** 0.67")

	// Two fingers that come together from 200 pixels to 100 halve it.
	first, second := 0.0, 1.0
	at := func(distance float64) []*input.TouchPoint {
		return []*input.TouchPoint{
			{X: 195 - distance/2, Y: 150, ID: &first},
			{X: 195 + distance/2, Y: 150, ID: &second},
		}
	}
	for _, touch := range []input.DispatchTouchEventParams{
		{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: at(200)},
		{Type: input.DispatchTouchEventTypeTouchMove, TouchPoints: at(150)},
		{Type: input.DispatchTouchEventTypeTouchMove, TouchPoints: at(100)},
		{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}},
	} {
		if _, err := chromedp.Call(p.ctx, input.DispatchTouchEvent, touch); err != nil {
			t.Fatal(err)
		}
	}
	near("two fingers", "8 ** 0.67 / 2")
	if evaluate[float64](p, `visualViewport.scale`) != 1 {
		t.Error("the fingers enlarged the page")
	}
	evaluate[any](p, `void document.getElementById('stage').dispatchEvent(
		new WheelEvent('wheel', { deltaY: -10000, cancelable: true }))`)
	near("the wheel, as far as it goes", "8")
	if !evaluate[bool](p, `document.getElementById('zoom-in').disabled`) {
		t.Error("the button offers more than there is")
	}
}

// lensNames names cameras as phones and computers list them.
const lensNames = `import('/lenses.js').then(({ namedLenses }) =>
	namedLenses(LABELS.map((label, i) => ({ id: String(i), label })))
		.map(({ label, facing }) => label + (facing && ' ' + facing[0])).join(' | '))`

// TestLensNames checks what cameras are called, against names that systems give.
func TestLensNames(t *testing.T) {
	p := modulePage(t)
	for labels, want := range map[string]string{
		`['Back Camera', 'Back Dual Wide Camera', 'Back Triple Camera', 'Back Telephoto Camera',
			'Front Camera']`: "Back e | Back, dual wide e | Back, triple e | Back, telephoto e | " +
			"Front u",
		`['Rückseitige Kamera', 'Rückseitige Ultra-Weitwinkelkamera', 'Frontkamera']`: "Back e | " +
			"Back, ultra-wide e | Front u",
		`['camera2 1, facing front', 'camera2 0, facing back', 'camera2 2, facing back']`: "Front u" +
			" | Back e | Back 2 e",
		`['Back facing camera', 'Front facing camera']`: "Back e | Front u",
		`['Integrated Camera (04f2:b604)', 'HD  Pro Webcam C920', '', '']`: "Integrated Camera | " +
			"HD Pro Webcam C920 | Camera 3 | Camera 4",
		`['FaceTime HD Camera (05ac:8514)']`: "FaceTime HD Camera u",
		`['背面超広角カメラ', '前面カメラ']`:              "Back, ultra-wide e | Front u",
	} {
		script := `(() => { const LABELS = ` + labels + `; return ` + lensNames + `; })()`
		if got := evaluate[string](p, script); got != want {
			t.Errorf("%s are called %s, want %s", labels, got, want)
		}
	}
}
