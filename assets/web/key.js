// The key by which the computer knows this browser again: what comes from it is shown in the place
// that it had, and a phone that somebody there has let in for good need not scan the code again.

import { Signalling } from './signalling.js';
import { keepToken } from './token.js';

const DATABASE = 'handlens';
const STORE = 'keys';
const ENTRY = 'phone';
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' };
/** How long the browser's storage may take: some never answer. */
const STORAGE_MS = 1000;
/** How long the computer may take for each of the two answers. */
const ANSWER_MS = 5000;

/**
 * This browser's, or one for this visit where the browser keeps none. It is there before it is
 * needed: the page begins with it.
 */
const pair = Promise.race([
  stored(),
  new Promise((_, reject) => setTimeout(reject, STORAGE_MS)),
]).catch(generate);
pair.catch(() => {}); // Without any the page goes on, see proofOf.
/** @type {Promise<boolean>|undefined} */ let renewing;

/**
 * @param {string} offer
 * @returns {Promise<Record<string, string>>} the headers that prove whose offer it is; none where
 *   the browser cannot
 */
export async function proofOf(offer) {
  try {
    const { privateKey, publicKey } = await pair;
    const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(offer)));
    const hex = [...sum].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return {
      'Handlens-Key': await exported(publicKey),
      'Handlens-Proof': await signed(privateKey, `handlens offer\n${hex}`),
    };
  } catch {
    return {}; // Then this phone is one that nobody knows.
  }
}

/**
 * Asks the computer for its present token, which it gives to phones that were let in for good. Who
 * asks while another does gets the same answer.
 *
 * @returns {Promise<boolean>} whether token() is now another one that is good
 */
export function renewToken() {
  renewing = renewing || renew().catch(() => false).finally(() => {
    renewing = undefined;
  });
  return renewing;
}

/** @returns {Promise<boolean>} */
async function renew() {
  const { privateKey, publicKey } = await pair;
  const key = await exported(publicKey);
  const { nonce } = await ask({ key });
  if (!nonce) return false;
  const proof = await signed(privateKey, `handlens key\n${nonce}`);
  return keepToken((await ask({ key, nonce, proof })).token);
}

/** @param {object} body @returns {Promise<any>} the answer; nothing in it when there is none */
async function ask(body) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), ANSWER_MS);
  try {
    const response = await fetch('/key', {
      method: 'POST', body: JSON.stringify(body), cache: 'no-store', credentials: 'omit',
      headers: { 'Content-Type': 'application/json' }, signal: abort.signal,
    });
    return response.ok ? await response.json() : {};
  } finally {
    clearTimeout(timer);
  }
}

/** The private half cannot be read, not even by this page. @returns {Promise<CryptoKeyPair>} */
async function generate() {
  return crypto.subtle.generateKey(CURVE, false, ['sign', 'verify']);
}

/** @returns {Promise<CryptoKeyPair>} the one in the browser's storage, made when there is none */
async function stored() {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await done(opening);
  try {
    const kept = await done(database.transaction(STORE).objectStore(STORE).get(ENTRY));
    if (kept?.privateKey) return kept;
    const made = await generate();
    // Another tab may have made one meanwhile: the first counts.
    const store = database.transaction(STORE, 'readwrite').objectStore(STORE);
    await done(store.add(made, ENTRY)).catch(() => {});
    return (await done(database.transaction(STORE).objectStore(STORE).get(ENTRY))) || made;
  } finally {
    database.close();
  }
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = (event) => {
      event.preventDefault(); // It does not end the transaction.
      reject(request.error);
    };
  });
}

/** @param {CryptoKey} key @returns {Promise<string>} the uncompressed point */
async function exported(key) {
  return base64url(await crypto.subtle.exportKey('raw', key));
}

/** @param {CryptoKey} key @param {string} text @returns {Promise<string>} */
async function signed(key, text) {
  return base64url(await crypto.subtle.sign(SIGNATURE, key, utf8(text)));
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
const utf8 = (text) => new TextEncoder().encode(text);

/** @param {ArrayBuffer} bytes @returns {string} */
function base64url(bytes) {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The requests of a phone, which the computer knows again by its key. */
export class PhoneSignalling extends Signalling {
  renew() {
    return renewToken();
  }

  /** @param {string} offer */
  prove(offer) {
    return proofOf(offer);
  }
}
