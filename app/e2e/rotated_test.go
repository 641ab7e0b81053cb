package e2e

import "testing"

// TestPagesDrawRotatedBoxes has a page draw a rotated box as the phone's and the viewers' pages do:
// its edge is where the corners say, mirrored for a front camera, and nothing is drawn where the
// upright box around it would be.
func TestPagesDrawRotatedBoxes(t *testing.T) {
	site := newDetectSite(t)
	p := sharedBrowser(t, landscape).open(t, site.url)
	got := evaluate[struct {
		Edge, Mirrored, Upright, Middle, Moved bool
		Valid                                  int
	}](p, `(async () => {
		const { Brush, useColours, validDetections } = await import("/draw.js");
		const { Timeline } = await import("/watch/timeline.js");
		const ship = { box: [0.25, 0.1, 0.75, 0.9], label: "ship", confidence: 0.9,
			corners: [[0.625, 0.1], [0.75, 0.3], [0.375, 0.9], [0.25, 0.7]] };
		useColours({ ship: "#ff0000" });
		const draw = (detections, mirrored) => {
			const c = new OffscreenCanvas(400, 400).getContext("2d");
			c.fillStyle = "#808080";
			c.fillRect(0, 0, 400, 400);
			new Brush(c, { x: 0, y: 0, width: 400, height: 400 }, mirrored)
				.detections(validDetections(detections), 400, 400, false);
			return c;
		};
		const red = (c, x, y) => c.getImageData(x, y, 1, 1).data[1] < 64;
		const plain = draw([ship]);
		const mirror = draw([ship], true);
		const timeline = new Timeline();
		const away = { ...ship, box: ship.box.map((v, i) => v + (i % 2 ? 0 : 0.2)),
			corners: ship.corners.map(([x, y]) => [x + 0.2, y]) };
		timeline.add(0, [ship]);
		timeline.add(9000, [away]);
		const between = timeline.at(4500)[0].corners;
		const wrong = [[], [[0, 0], [1, 0], [1, 1]], [[0, 0], [1, 0], [1, 1], [0, NaN]], "x", null];
		return {
			edge: red(plain, 275, 80) && red(plain, 225, 240) && red(plain, 175, 160),
			mirrored: red(mirror, 125, 80) && red(mirror, 175, 240) && !red(mirror, 275, 80),
			upright: red(plain, 100, 100) || red(plain, 300, 300) || red(plain, 150, 40),
			middle: red(plain, 200, 200),
			moved: ship.corners.every(([x, y], i) =>
				Math.abs(between[i][0] - x - 0.1) < 1e-6 && between[i][1] === y),
			valid: validDetections(wrong.map((corners) => ({ ...ship, corners }))).length,
		};
	})()`)
	if !got.Edge || !got.Mirrored || got.Upright || got.Middle {
		t.Errorf("the edge is drawn: %v, mirrored: %v; the upright box: %v, the middle: %v",
			got.Edge, got.Mirrored, got.Upright, got.Middle)
	}
	if !got.Moved || got.Valid != 0 {
		t.Errorf("between two frames it moves: %v; of what is no box %d are drawn", got.Moved,
			got.Valid)
	}
}
