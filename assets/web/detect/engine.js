// The engine: ONNX Runtime Web, on the processor or on the graphics card.

/** More threads than this take turns on a phone's small cores. */
const MAX_THREADS = 4;

/** @typedef {'wasm'|'webgpu'} Provider */

/** @type {Record<Provider, {script: string, module: string}>} */
const ENGINES = {
  wasm: { script: '/engine/ort.wasm.bundle.min.mjs', module: 'ort-wasm-simd-threaded.wasm' },
  webgpu: {
    script: '/engine/ort.webgpu.bundle.min.mjs', module: 'ort-wasm-simd-threaded.asyncify.wasm',
  },
};

/** @returns {number} how many threads this device uses; one where they cannot share memory */
export function mostThreads() {
  return crossOriginIsolated ? Math.min(MAX_THREADS, navigator.hardwareConcurrency || 1) : 1;
}

/** @returns {Promise<boolean>} whether there is a real graphics card to try */
export async function hasGraphics() {
  try {
    const adapter = await /** @type {any} */ (navigator).gpu?.requestAdapter();
    return Boolean(adapter) && !(adapter.info ?? adapter).isFallbackAdapter;
  } catch {
    return false;
  }
}

/** A session with the memory that its runs need. */
export class Session {
  /** @type {any} */ #ort;
  /** @type {any} */ #session;
  /** @type {Record<string, any>} */ #feeds = {};
  /** @type {Provider} */ provider = 'wasm';
  threads = 1;

  /**
   * @param {Uint8Array} model
   * @param {Provider} provider
   * @returns {Promise<Session>}
   */
  static async open(model, provider) {
    const { script, module } = ENGINES[provider];
    const s = new Session();
    s.provider = provider;
    const ort = s.#ort = await import(script);
    ort.env.logLevel = 'error';
    // The script that loads it is part of the bundle.
    ort.env.wasm.wasmPaths = { wasm: `/engine/${module}` };
    s.threads = ort.env.wasm.numThreads = mostThreads();
    s.#session = await ort.InferenceSession.create(model, {
      executionProviders: [provider], graphOptimizationLevel: 'all',
    });
    return s;
  }

  /** @returns {{name: string, type: string, shape: (number|string)[]}[]} */
  get inputs() {
    return described(this.#session.inputMetadata);
  }

  get outputs() {
    return described(this.#session.outputMetadata);
  }

  /**
   * Says what goes into an input from now on; the data may be filled again before each run.
   *
   * @param {number} input its index
   * @param {string} type
   * @param {any} data
   * @param {number[]} shape
   */
  feed(input, type, data, shape) {
    this.#feeds[this.#session.inputNames[input]] = new this.#ort.Tensor(type, data, shape);
  }

  /**
   * Runs the model and hands over the outputs, which are valid within use only.
   *
   * @template T
   * @param {(outputs: any[]) => T} use
   * @returns {Promise<T>}
   */
  async run(use) {
    const results = await this.#session.run(this.#feeds);
    const outputs = this.#session.outputNames.map((/** @type {string} */ name) => results[name]);
    try {
      return use(outputs);
    } finally {
      for (const output of outputs) output.dispose();
    }
  }

  async close() {
    await this.#session.release();
  }
}

/** @param {readonly any[]} list */
const described = (list) => list.map(({ name, type, shape }) => ({ name, type, shape }));
