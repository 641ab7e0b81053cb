// ICE servers from the Link headers of a WHIP answer (RFC 9725 section 4.6, RFC 8288 section 3).

const SPACE = /[\s,]*/y;
const TARGET = /<([^>]*)>/y;
/** A parameter: its name, and its value between quotes or bare. */
const PARAMETER = /\s*;\s*([^\s=;,"<>]*)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/y;
/** All up to the comma that ends a link; one between quotes does not. */
const REST = /(?:"(?:[^"\\]|\\.)*"|[^,])*/y;

/**
 * Reads ICE servers from a Link header. What is no ICE server is left out, and so is what this
 * browser does not take: it would refuse every connection for it.
 *
 * @param {string} header one header, or several joined by commas as fetch gives them
 * @returns {RTCIceServer[]}
 */
export function iceServers(header) {
  const servers = [];
  let at = 0;
  /** Goes on behind the pattern. @param {RegExp} pattern @returns {RegExpExecArray|null} */
  const read = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(header);
    if (found) at = pattern.lastIndex;
    return found;
  };
  while (read(SPACE) && at < header.length) {
    const target = read(TARGET);
    const server = target && serverOf(target[1], parameters(read));
    if (server && taken(server)) servers.push(server);
    read(REST);
  }
  return servers;
}

/**
 * @param {(pattern: RegExp) => RegExpExecArray|null} read
 * @returns {Map<string, string>} by name; the first of a name counts
 */
function parameters(read) {
  const all = new Map();
  for (let found = read(PARAMETER); found; found = read(PARAMETER)) {
    const [, name, quoted, bare = ''] = found;
    const key = name.toLowerCase();
    if (!all.has(key)) all.set(key, quoted === undefined ? bare : quoted.replace(/\\(.)/g, '$1'));
  }
  return all;
}

/** @param {string} urls @param {Map<string, string>} of @returns {RTCIceServer|null} */
function serverOf(urls, of) {
  const relations = (of.get('rel') || '').toLowerCase().split(/\s+/);
  if (!relations.includes('ice-server')) return null;
  if ((of.get('credential-type') || 'password') !== 'password') return null;
  const username = of.get('username');
  const credential = of.get('credential');
  return username && credential ? { urls, username, credential } : { urls };
}

/** @param {RTCIceServer} server @returns {boolean} whether this browser takes it */
function taken(server) {
  try {
    new RTCPeerConnection({ iceServers: [server] }).close();
    return true;
  } catch {
    return false;
  }
}
