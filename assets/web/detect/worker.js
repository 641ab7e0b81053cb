// The worker that detects: one engine, one model, one input tensor. Frames come one at a time,
// which detector.js sees to; what was found goes back.

import { modelBytes } from './model.js';
import { openBest } from './provider.js';

/** @type {import('./loaded.js').LoadedModel|undefined} */ let model;

/** @param {import('./detector.js').Opening} opening */
async function open({ model: file, token }) {
  const bytes = await modelBytes(file, token, (done) => self.postMessage({ progress: done }));
  const best = await openBest(bytes, file);
  model = best.model;
  const { family, labels, warnings } = model.known;
  const { width, height } = model.input;
  const { provider, threads } = model;
  const { why } = best;
  return { ready: { family, labels, warnings, width, height, provider, threads, why } };
}

self.addEventListener('message', async ({ data }) => {
  const { id, frame } = data;
  try {
    if (data.open) return self.postMessage(await open(data.open));
    if (!model) throw new Error('no model is open');
    self.postMessage({ id, ...await model.detect(frame, data.width, data.height, data.limits) });
  } catch (err) {
    self.postMessage({ id, error: err instanceof Error ? err.message : String(err) });
  } finally {
    frame?.close();
  }
});
