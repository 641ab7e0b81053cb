// Draws lines and zones with their tallies, as the window does.

/** No class has this colour. */
const COLOUR = { line: '#ffffff', text: '#0a0d14' };
/** The arrow of a line: how far it reaches and how large its head is, in pixels of the page. */
const REACH = 24;
const HEAD = 9;
const WIDTH = 2.5;

/** @typedef {import('./control.js').Region} Region */
/** @typedef {import('../draw.js').Point} Point */

/**
 * @param {import('../draw.js').Brush} brush
 * @param {Region[]} regions
 * @param {number} width of what is drawn on
 * @param {number} height
 */
export function drawRegions(brush, regions, width, height) {
  for (const { name, line, points, tally } of regions) {
    const corners = points.map(([x, y]) => brush.at(x, y));
    if (corners.length < 2) continue;
    const path = new Path2D();
    for (const corner of corners) path.lineTo(...corner);
    if (line) arrow(path, corners[0], corners[1]);
    else path.closePath();
    brush.stroke(path, COLOUR.line, WIDTH);
    const [x, y] = corners.reduce((a, b) => (b[1] < a[1] ? b : a));
    const first = line ? name : `${name}: ${tally.inside}`;
    brush.plate(`${first}  → ${tally.in}  ← ${tally.out}`, COLOUR, x, y, width, height);
  }
}

/**
 * Adds the arrow that says which way counts as in: to the right of the line, as seen from a.
 *
 * @param {Path2D} path @param {Point} a @param {Point} b
 */
function arrow(path, a, b) {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  if (length < 1) return;
  const [dx, dy] = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
  const [fx, fy] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const [tx, ty] = [fx - dy * REACH, fy + dx * REACH];
  const [kx, ky] = [tx + dy * HEAD, ty - dx * HEAD];
  path.moveTo(fx, fy);
  path.lineTo(tx, ty);
  path.lineTo(kx - dx * HEAD, ky - dy * HEAD);
  path.moveTo(tx, ty);
  path.lineTo(kx + dx * HEAD, ky + dy * HEAD);
}
