// What keeps a browser from detecting, as a code that pages have words for.

/** @typedef {'memory'|'engine'|'model'|'died'|'failed'} Trouble */

/** By what browsers and the engine say. @type {[RegExp, Trouble][]} */
const SIGNS = [
  [/out of memory|bad_alloc|allocat|invalid array(buffer)? length|memory access/i, 'memory'],
  [/the model (did not come|came)/, 'model'],
  [/dynamically imported module|importing a module|could not be loaded|webassembly/i, 'engine'],
  [/does not answer|closed/, 'died'],
];

/** @param {unknown} err of a Detector @returns {Trouble} */
export function troubleOf(err) {
  const text = err instanceof Error ? err.message : String(err);
  return SIGNS.find(([sign]) => sign.test(text))?.[1] ?? 'failed';
}
