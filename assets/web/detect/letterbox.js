// From a frame to the tensor that a model takes.

/**
 * What a model wants of a frame, as package layout says it; see inference/layout/browser.
 *
 * @typedef {object} Preparation
 * @property {number} width of the input, in pixels
 * @property {number} height
 * @property {string} type 'float32', 'float16' or 'uint8'
 * @property {boolean} interleaved the planes lie pixel by pixel
 * @property {boolean} bgr the first plane is blue
 * @property {boolean} antialias smooth when making a frame smaller
 * @property {number[]} scale a sample of 0..255 becomes sample × scale + bias, by plane
 * @property {number[]} bias
 * @property {number} pad the sample around the frame
 */

/** The memory for one model's input, which is used again for each frame. */
export class Letterbox {
  /** What is sent to the engine. */ data;
  #want;
  #context;
  /** By plane of the tensor: what each of the 256 samples becomes. */ #tables;
  /** Where in a pixel the plane's sample lies. */ #channels;

  /** @param {Preparation} want */
  constructor(want) {
    const { width, height, bgr, pad } = this.#want = want;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
    if (!context) throw new Error('this browser gives no canvas to draw frames into');
    this.#context = context;
    context.fillStyle = `rgb(${pad} ${pad} ${pad})`;
    context.imageSmoothingQuality = want.antialias ? 'high' : 'low';
    this.#channels = bgr ? [2, 1, 0] : [0, 1, 2];
    this.#tables = [0, 1, 2].map((plane) => table(want, plane));
    this.data = samples(want);
  }

  /**
   * Fills the tensor.
   *
   * @param {CanvasImageSource} frame
   * @param {number[]} place left, top, width and height of the frame in the input
   */
  fill(frame, [left, top, w, h]) {
    const { width, height, interleaved } = this.#want;
    const context = this.#context;
    if (w < width || h < height) context.fillRect(0, 0, width, height);
    context.drawImage(frame, left, top, w, h);
    const pixels = context.getImageData(0, 0, width, height).data;
    const size = width * height;
    const { data } = this;
    for (let plane = 0; plane < 3; plane++) {
      const samples = this.#tables[plane];
      const step = interleaved ? 3 : 1;
      let to = interleaved ? plane : plane * size;
      for (let from = this.#channels[plane]; from < pixels.length; from += 4, to += step) {
        data[to] = samples[pixels[from]];
      }
    }
  }
}

/**
 * @param {{type: string, width: number, height: number}} input
 * @returns {any} an array for one frame
 */
export function samples({ type, width, height }) {
  return new ARRAYS[type](3 * width * height);
}

/**
 * A picture of which nobody knows yet how the model wants it: what comes out of it is evidence of
 * what the outputs are, as in inference/detector/evidence.go.
 *
 * @param {{type: string, width: number, height: number}} input
 * @returns {any} an array for one frame
 */
export function shaded(input) {
  const data = samples(input);
  const level = (/** @type {number} */ i) => 0.5 + 0.25 * Math.sin(i / 900) + (i * 7 % 256) / 2048;
  const of = { float32: level, float16: (/** @type {number} */ i) => half(level(i)),
    uint8: (/** @type {number} */ i) => 255 * level(i) }[input.type] || level;
  for (let i = 0; i < data.length; i++) data[i] = of(i);
  return data;
}

/**
 * @param {string} type
 * @param {number[]} shape
 * @param {number[]} values repeated until it is full
 * @returns {any} an array of that shape
 */
export function constant(type, shape, values) {
  const n = shape.reduce((all, side) => all * side, 1);
  const all = Array.from({ length: n }, (_, i) => values[i % values.length]);
  if (type === 'int64') return BigInt64Array.from(all, BigInt);
  return ARRAYS[type].from(type === 'float16' ? all.map(half) : all);
}

/** Float16 is handed over as its bits. @type {Record<string, any>} */
const ARRAYS = {
  float32: Float32Array, float16: Uint16Array, uint8: Uint8Array, int32: Int32Array,
  float64: Float64Array,
};

/** @param {Preparation} want @param {number} plane */
function table({ type, scale, bias }, plane) {
  const values = Array.from({ length: 256 }, (_, sample) => sample * scale[plane] + bias[plane]);
  return ARRAYS[type].from(type === 'float16' ? values.map(half) : values);
}

/** @param {number} value @returns {number} the bits of an IEEE 754 binary16, rounded to nearest */
export function half(value) {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | even(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  // A fraction that is rounded up to the next power of two carries into the exponent by itself.
  return sign | ((exponent + 15) << 10) + even((size / 2 ** exponent - 1) * 1024);
}

/** @param {number} v @returns {number} rounded to nearest, to even in the middle */
function even(v) {
  const low = Math.floor(v);
  const rest = v - low;
  return rest > 0.5 || rest === 0.5 && low % 2 === 1 ? low + 1 : low;
}
