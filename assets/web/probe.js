// Does this browser trust the computer's certificate authority, or has somebody only gone on past
// its warning?
//
// No script can see that, and what was gone past works for everything. But it was one certificate:
// after POST /trust/probe the computer shows a new one to the next WebSocket, which opens only if
// the browser trusts who signed it. (On Apple's systems no WebSocket opens after a warning.)

/** How long a connection may take before it tells nothing. */
const PATIENCE_MS = 5000;

/**
 * @typedef {'yes'|'no'|'none'|'unknown'} Trust yes, no, there is no authority of the computer's
 *   that could be trusted here, or no answer
 */

/** @returns {Promise<Trust>} never rejects */
export async function trust() {
  try {
    const { status } = await fetch('/trust/probe', { method: 'POST', cache: 'no-store' });
    if (status === 404) return 'none';
    if (status !== 204) return 'unknown';
    return await opens(new WebSocket(`wss://${location.host}/trust/probe`));
  } catch {
    return 'unknown'; // the computer is away, or the browser has no such socket
  }
}

/**
 * @param {WebSocket} socket
 * @returns {Promise<Trust>}
 */
function opens(socket) {
  return new Promise((resolve) => {
    /** The first word counts. @param {Trust} verdict */
    const say = (verdict) => {
      resolve(verdict);
      socket.close();
    };
    setTimeout(() => say('unknown'), PATIENCE_MS);
    socket.onopen = () => say('yes');
    socket.onclose = () => say('no');
  });
}
