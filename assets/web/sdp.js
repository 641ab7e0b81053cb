// ICE fragments of session descriptions (RFC 8840), as WHIP sends them by PATCH.

/** @param {string} text @returns {string[]} the lines that are not empty */
const lines = (text) => text.split(/\r\n|\r|\n/).filter((line) => line !== '');

/** @param {string} line @returns {boolean} whether it is a candidate, or the end of them */
const isCandidate = (line) => /^a=(candidate:|end-of-candidates)/.test(line);

/** The first line with that prefix, or ''. @param {string[]} all @param {string} prefix */
const first = (all, prefix) => all.find((line) => line.startsWith(prefix)) || '';

/**
 * Writes the fragment that brings candidates to the other side, or, with none, announces new
 * credentials. All sections are bundled (the connection insists on it), so the first one speaks for
 * all.
 *
 * @param {string} sdp the local description that the candidates belong to
 * @param {RTCIceCandidate[]} candidates may be empty
 * @param {boolean} ended whether these are the last ones
 * @returns {string}
 */
export function fragment(sdp, candidates, ended) {
  const all = lines(sdp);
  const out = ['a=group:BUNDLE', 'm=', 'a=mid:', 'a=ice-ufrag:', 'a=ice-pwd:']
    .map((prefix) => first(all, prefix));
  for (const candidate of candidates) out.push(`a=${candidate.candidate}`);
  if (ended) out.push('a=end-of-candidates');
  return out.filter((line) => line !== '').join('\r\n') + '\r\n';
}

/** @param {string} sdp @returns {string} the ICE user name fragment in force */
export const ufragOf = (sdp) => first(lines(sdp), 'a=ice-ufrag:').slice('a=ice-ufrag:'.length);

/**
 * Puts the credentials and candidates of a restart (RFC 9725 section 4.3.3) into the answer that
 * was in force. Nothing else of the session may change, so the rest of the text stays as it is.
 *
 * @param {string} answer the remote description in force
 * @param {string} restart the fragment that the other side sent
 * @returns {string} the new remote description
 * @throws {Error} when the fragment has no credentials
 */
export function restarted(answer, restart) {
  const news = lines(restart);
  const ufrag = first(news, 'a=ice-ufrag:');
  const pwd = first(news, 'a=ice-pwd:');
  if (!ufrag || !pwd) throw new Error('the answer to an ICE restart has no credentials');
  const candidates = news.filter(isCandidate);
  const out = [];
  let sections = 0;
  for (const line of lines(answer)) {
    if (line.startsWith('m=') && ++sections === 2) out.push(...candidates);
    if (isCandidate(line)) continue;
    if (line.startsWith('a=ice-ufrag:')) out.push(ufrag);
    else if (line.startsWith('a=ice-pwd:')) out.push(pwd);
    else out.push(line);
  }
  if (sections < 2) out.push(...candidates);
  return out.join('\r\n') + '\r\n';
}
