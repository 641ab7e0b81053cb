// What people call the cameras of their phone.

import { messages } from './messages.js';

/**
 * Which lens it is: the words by which browsers and systems name it, in the six languages of the
 * page. iOS says "Back Ultra Wide Camera" or "Ultra-Weitwinkel-Rückkamera", Chrome on Android
 * "camera2 0, facing back", Firefox there "Back facing camera".
 *
 * @type {[keyof typeof messages.lens, RegExp][]}
 */
const LENSES = [
  ['dualWide', /dual.?wide|double grand.?angle|doppel.?weitwinkel|doble gran angular|双广角|デュアル広角/i],
  ['ultraWide', /ultra.?(wide|weitwinkel|grand.?angle|gran angular)|超广角|超広角|超廣角/i],
  ['triple', /triple|dreifach|三镜头|三鏡頭|トリプル/i],
  ['dual', /\bdual\b|doppel|double|doble|双镜头|雙鏡頭|デュアル/i],
  ['telephoto', /tele(photo|objetivo|objektiv|kamera)?\b|téléobjectif|长焦|長焦|望遠/i],
  ['macro', /macro|makro|微距|マクロ/i],
  ['wide', /wide|weitwinkel|grand.?angle|gran angular|广角|広角|廣角/i],
];
const FRONT = /\b(front|user|selfie|facetime)|truedepth|frontal|avant|delantera|前置|前面|フロント/i;
const BACK = /\b(back|rear|environment)\b|rück|hauptkamera|arrière|trasera|后置|後置|背面/i;
/** What desktop systems add to a camera's name: the maker's and the product's number. */
const NUMBERS = /\s*\([0-9a-f]{4}:[0-9a-f]{4}\)$/i;

/** @typedef {import('./choice.js').Facing} Facing */

/** Guesses from a camera's name which way it looks. @param {string} label @returns {Facing|''} */
export function facingOf(label) {
  if (FRONT.test(label)) return 'user';
  return BACK.test(label) ? 'environment' : '';
}

/** @param {string} label the browser's @param {Facing|''} facing @returns {string} '' for none */
function lensName(label, facing) {
  const lens = LENSES.find(([, words]) => words.test(label));
  // A camera that stands beside a screen has the name of its maker, which people know.
  const phone = /\bfacing\b|camera|kamera|cámara|caméra|カメラ|相机|相機|摄像头/i.test(label);
  if (!facing || !phone || NUMBERS.test(label) || /facetime/i.test(label)) {
    return label.replace(NUMBERS, '').replace(/\s+/g, ' ').trim();
  }
  const side = facing === 'user' ? messages.lens.front : messages.lens.back;
  return lens ? messages.lensOf(side, messages.lens[lens[0]]) : side;
}

/**
 * @param {{id: string, label: string}[]} cameras as the browser lists and names them
 * @returns {{id: string, label: string, facing: Facing|''}[]} with names that people understand;
 *   those that would be called the same are numbered
 */
export function namedLenses(cameras) {
  /** @type {Map<string, number>} */ const seen = new Map();
  return cameras.map(({ id, label }, i) => {
    const facing = facingOf(label);
    const name = lensName(label, facing) || messages.cameraNumber(i + 1);
    const n = (seen.get(name) || 0) + 1;
    seen.set(name, n);
    return { id, label: n > 1 ? `${name} ${n}` : name, facing };
  });
}
