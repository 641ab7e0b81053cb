// Two fingers on the preview, or the wheel over it, bring things nearer.

/** How much one step of a usual wheel is: eight bring things twice as near. */
const WHEEL = Math.LN2 / 800;
/** A wheel that counts in lines or pages moves so many pixels for each. */
const UNITS = [1, 16, 400];

/**
 * Watches for the gesture.
 *
 * @param {HTMLElement} stage
 * @param {(factor: number, begin: boolean) => void} on hears how much nearer things are to come
 *   than when the gesture began, which `begin` says
 */
export function watchPinch(stage, on) {
  /** Fingers that are down: where. @type {Map<number, [number, number]>} */
  const fingers = new Map();
  let apart = 0;
  const distance = () => {
    const [[x1, y1], [x2, y2]] = [...fingers.values()];
    return Math.max(1, Math.hypot(x2 - x1, y2 - y1));
  };
  stage.addEventListener('pointerdown', ({ pointerId, pointerType, clientX, clientY }) => {
    if (pointerType === 'mouse') return;
    fingers.set(pointerId, [clientX, clientY]);
    if (fingers.size !== 2) return;
    apart = distance();
    on(1, true);
  });
  stage.addEventListener('pointermove', ({ pointerId, clientX, clientY }) => {
    if (!fingers.has(pointerId)) return;
    fingers.set(pointerId, [clientX, clientY]);
    if (fingers.size === 2) on(distance() / apart, false);
  });
  for (const end of ['pointerup', 'pointercancel', 'pointerleave']) {
    stage.addEventListener(end, (event) => {
      fingers.delete(/** @type {PointerEvent} */ (event).pointerId);
    });
  }
  stage.addEventListener('wheel', (event) => {
    event.preventDefault(); // With Ctrl, as trackpads report a pinch, the page itself would grow.
    const pixels = event.deltaY * UNITS[event.deltaMode] * (event.ctrlKey ? 8 : 1);
    on(1, true);
    on(Math.exp(-pixels * WHEEL), false);
  }, { passive: false });
}
