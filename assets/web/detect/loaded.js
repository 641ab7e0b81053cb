// A model that is ready for frames.

import { Session } from './engine.js';
import { checked, loadLayout, parsed } from './layout.js';
import { constant, Letterbox, shaded } from './letterbox.js';

/** @typedef {import('./detector.js').Found} Found */
/** @typedef {{confidence: number, iou: number}} Limits */
/** @typedef {{metadata?: Record<string, string>, sidecar?: string, name?: string}} About */

export class LoadedModel {
  #layout;
  #session;
  #letterbox;
  /** What package layout says of it. @type {any} */ known;
  /** @type {any} */ input;

  /** @param {any} layout @param {Session} session @param {any} input @param {any} known */
  constructor(layout, session, input, known) {
    this.#layout = layout;
    this.#session = session;
    this.#letterbox = new Letterbox({ ...input, ...known });
    this.input = input;
    this.known = known;
    session.feed(input.image, input.type, this.#letterbox.data, input.shape);
  }

  /**
   * Loads a model and runs it once, which tells the shapes of its outputs and warms it up.
   *
   * @param {Uint8Array} bytes
   * @param {About} about what is not in the file, or cannot be read out of it in a browser
   * @param {import('./engine.js').Provider} provider
   */
  static async open(bytes, about, provider) {
    const [session, layout] = await Promise.all([Session.open(bytes, provider), loadLayout()]);
    const { metadata = {}, sidecar = '', name = '' } = about;
    const description = { inputs: session.inputs, metadata, sidecar, name };
    const input = parsed(layout.input(JSON.stringify(description)));
    session.feed(input.image, input.type, shaded(input), input.shape);
    for (const { index, type, shape, values } of input.constants) {
      session.feed(index, type, constant(type, shape, values), shape);
    }
    const declared = session.outputs;
    const known = await session.run((results) => {
      const outputs = declared.map(({ name, type, shape }, i) => {
        const { dims } = results[i];
        // Where nothing was found, the declared shape says more.
        return { name, type, shape: dims.length && !dims.includes(0) ? dims : shape };
      });
      return parsed(layout.open(JSON.stringify({ ...description, outputs }), results));
    });
    return new LoadedModel(layout, session, input, known);
  }

  get provider() {
    return this.#session.provider;
  }

  get threads() {
    return this.#session.threads;
  }

  /**
   * @param {CanvasImageSource} frame
   * @param {number} width of the upright frame
   * @param {number} height
   * @param {Limits} limits
   * @returns {Promise<Found>}
   */
  async detect(frame, width, height, { confidence, iou }) {
    const { handle } = this.known;
    const began = performance.now();
    this.#letterbox.fill(frame, parsed(this.#layout.place(handle, width, height)));
    const prepared = performance.now();
    return this.#session.run((outputs) => {
      const ran = performance.now();
      const detections = checked(this.#layout.decode(handle, outputs, width, height, confidence,
        iou));
      const decoded = performance.now();
      return {
        detections,
        took: { prepare: prepared - began, run: ran - prepared, decode: decoded - ran },
      };
    });
  }

  async close() {
    this.#layout.close(this.known.handle);
    await this.#session.close();
  }
}
