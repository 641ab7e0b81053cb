package e2e

import "testing"

// inspect is a script for the page: it compares the preview with what is drawn over it. It finds
// the blue patch, which stands still, in the video's own pixels, works out where it lies on the
// screen under object-fit, and returns which part of the pixels along each edge of that place has
// the colour of the class on the overlay. Each edge may be `slack` CSS pixels off.
const inspect = `(async () => {
  const { placed, colourOf } = await import('/overlay.js');
  const video = document.getElementById('video'), overlay = document.getElementById('overlay');
  if (!video.videoWidth) return null;
  const copy = new OffscreenCanvas(video.videoWidth, video.videoHeight).getContext('2d');
  copy.drawImage(video, 0, 0);
  const frame = copy.getImageData(0, 0, video.videoWidth, video.videoHeight);
  let left = Infinity, top = Infinity, right = -1, bottom = -1;
  for (let y = 0; y < frame.height; y++) for (let x = 0; x < frame.width; x++) {
    const [r, g, b] = frame.data.subarray(4 * (y * frame.width + x));
    if (r >= 90 || g >= 90 || b <= 170) continue;
    left = Math.min(left, x); right = Math.max(right, x + 1);
    top = Math.min(top, y); bottom = Math.max(bottom, y + 1);
  }
  if (right < 0) return null;
  const box = video.getBoundingClientRect();
  const fit = getComputedStyle(video).objectFit;
  const at = placed(fit, frame.width, frame.height, box.width, box.height);
  const sx = overlay.width / box.width, sy = overlay.height / box.height;
  const to = (x, y) => [
    (at.x + x / frame.width * at.width) * sx, (at.y + y / frame.height * at.height) * sy,
  ];
  const [x1, y1] = to(left, top), [x2, y2] = to(right, bottom);
  const drawn = overlay.getContext('2d').getImageData(0, 0, overlay.width, overlay.height);
  const swatch = new OffscreenCanvas(1, 1).getContext('2d');
  swatch.fillStyle = colourOf('blue').line;
  swatch.fillRect(0, 0, 1, 1);
  const want = swatch.getImageData(0, 0, 1, 1).data;
  const slack = 5;
  const hit = (x, y) => {
    const i = 4 * (Math.round(y) * drawn.width + Math.round(x));
    if (drawn.data[i + 3] <= 200) return false;
    return [0, 1, 2].every((c) => Math.abs(drawn.data[i + c] - want[c]) < 30);
  };
  const part = (n, f) => {
    let hits = 0;
    for (let k = 0; k < n; k++) if (f(k)) hits++;
    return hits / n;
  };
  const near = (f) => {
    for (let d = -slack; d <= slack; d++) if (f(d)) return true;
    return false;
  };
  const w = Math.floor(x2 - x1) - 10, h = Math.floor(y2 - y1) - 10;
  let inside = 0;
  for (let y = y1 + slack + 3; y < y2 - slack - 3; y++) {
    for (let x = x1 + slack + 3; x < x2 - slack - 3; x++) if (hit(x, y)) inside++;
  }
  return {
    left: part(h, (k) => near((d) => hit(x1 + d, y1 + 5 + k))),
    right: part(h, (k) => near((d) => hit(x2 + d, y1 + 5 + k))),
    top: part(w, (k) => near((d) => hit(x1 + 5 + k, y1 + d))),
    bottom: part(w, (k) => near((d) => hit(x1 + 5 + k, y2 + d))),
    inside,
  };
})()`

// aligned is true when each edge of the box is drawn where the patch's edge is in the preview, and
// nothing within.
const aligned = `(async () => { const r = await ` + inspect +
	`; const edges = ['left', 'right', 'top', 'bottom'];
	return r && r.inside === 0 && edges.every((k) => r[k] > 0.95); })()`

// TestPreviewShowsTheBoxes looks at the pixels of the phone's page: the boxes that come back lie on
// the objects, however the video is fitted into the screen and whichever way the phone is held.
func TestPreviewShowsTheBoxes(t *testing.T) {
	a := sharedApp(t)
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	p.start()
	p.state("live")
	p.until("the box in the preview", aligned)

	p.viewport(844, 390)
	p.until("the box in the preview of a phone on its side", aligned)

	evaluate[any](p, `document.getElementById('video').style.objectFit = 'cover'`)
	p.until("the box in a preview that covers the screen", aligned)

	p.viewport(390, 844)
	// Upright, the patch lies outside of what a covering 4:3 video shows: the green one is the
	// middle one.
	evaluate[any](p, `document.getElementById('video').style.objectFit = 'contain'`)
	p.until("the box in the preview as it was at first", aligned)

	p.stop()
	p.until("an empty overlay", `(() => { const c = document.getElementById('overlay');
		return !c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v); })()`)
}
