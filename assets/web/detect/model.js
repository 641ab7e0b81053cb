// Fetches a model once and keeps it by its checksum.

const CACHE = 'handlens-models';

/**
 * @typedef {object} ModelFile
 * @property {string} url on our own origin
 * @property {string} sha256 in hexadecimal
 * @property {number} size in bytes
 */

/**
 * Asks for the model that the computer has.
 *
 * @param {string} token of the session
 * @param {string} session that lets us have it
 * @returns {Promise<ModelFile|null>}
 */
export async function describe(token, session) {
  const query = new URLSearchParams({ session });
  const response = await fetch(`/model?${query}`, {
    headers: { Authorization: `Bearer ${token}` }, credentials: 'omit', cache: 'no-store',
  });
  if (!response.ok) return null;
  const file = await response.json();
  return { ...file, url: `${file.url}?${query}` };
}

/**
 * @param {ModelFile} file
 * @param {string} token that authorises the request
 * @param {(done: number) => void} progress hears of bytes that have come
 * @returns {Promise<Uint8Array>}
 */
export async function modelBytes({ url, sha256, size }, token, progress) {
  const cache = await openCache();
  const key = `/detect/${sha256}`;
  const kept = await cache?.match(key);
  if (kept) {
    const bytes = new Uint8Array(await kept.arrayBuffer());
    if (await digest(bytes) === sha256) return bytes;
    await cache?.delete(key);
  }
  const response = await fetch(url, {
    headers: { Authorization: `Bearer ${token}` }, credentials: 'omit', cache: 'no-store',
  });
  const { ok, status, body } = response;
  if (!ok || !body) throw new Error(`the model did not come (${status})`);
  const bytes = await read(body, size, progress);
  if (await digest(bytes) !== sha256) throw new Error('the model came damaged');
  await keep(cache, key, bytes);
  return bytes;
}

/** @returns {Promise<Cache|null>} null where the browser keeps nothing, as in private windows */
async function openCache() {
  try {
    return await caches.open(CACHE);
  } catch {
    return null;
  }
}

/**
 * Keeps one model: the one that is used, so that a phone is not filled.
 *
 * @param {Cache|null} cache @param {string} key @param {Uint8Array} bytes
 */
async function keep(cache, key, bytes) {
  try {
    for (const old of await cache?.keys() || []) await cache?.delete(old);
    await cache?.put(key, new Response(/** @type {any} */ (bytes)));
  } catch {
    // No room: it comes again the next time.
  }
}

/**
 * @param {ReadableStream<Uint8Array>} body
 * @param {number} size
 * @param {(done: number) => void} progress
 */
async function read(body, size, progress) {
  const bytes = new Uint8Array(size);
  const reader = body.getReader();
  for (let at = 0; ;) {
    const { done, value } = await reader.read();
    if (done && at === size) return bytes;
    if (done || at + value.length > size) throw new Error('the model came with another size');
    bytes.set(value, at);
    at += value.length;
    progress(at);
  }
}

/** @param {Uint8Array} bytes @returns {Promise<string>} */
async function digest(bytes) {
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', /** @type {any} */ (bytes)));
  return [...sum].map((b) => b.toString(16).padStart(2, '0')).join('');
}
