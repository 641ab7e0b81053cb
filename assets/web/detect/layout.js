// Package layout of the desktop, as WebAssembly: what a model takes, and what its outputs mean. See
// inference/layout/browser.

import '/engine/wasm_exec.js';

/** @type {Promise<any>|undefined} */ let loading;

/** Loads it once. @returns {Promise<any>} its functions */
export function loadLayout() {
  loading ||= (async () => {
    const scope = /** @type {any} */ (globalThis);
    const go = new scope.Go();
    const { instance } = await WebAssembly.instantiateStreaming(fetch('/engine/layout.wasm'),
      go.importObject);
    go.run(instance); // until the worker ends
    return scope.handlensLayout;
  })();
  return loading;
}

/**
 * @param {string} text that one of its functions has returned
 * @returns {string}
 * @throws {Error} when that is an error
 */
export function checked(text) {
  if (text.startsWith('!')) throw new Error(text.slice(1));
  return text;
}

/** @param {string} text as for checked @returns {any} what it says in JSON */
export const parsed = (text) => JSON.parse(checked(text));
