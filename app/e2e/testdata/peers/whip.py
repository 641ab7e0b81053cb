"""What the peers without a WHIP client of their own say to the computer (RFC 9725)."""

import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request

# The certificate is one that the program made for itself.
TLS = ssl.create_default_context()
TLS.check_hostname, TLS.verify_mode = False, ssl.CERT_NONE


def post(url, token, offer, agent=None):
    """Returns the answer and what leaves the session, or ends with what the computer said."""
    headers = {"Content-Type": "application/sdp", "Authorization": "Bearer " + token}
    if agent:
        headers["User-Agent"] = agent
    request = urllib.request.Request(url, offer.encode(), headers)
    try:
        with urllib.request.urlopen(request, context=TLS) as response:
            session = urllib.parse.urljoin(url, response.headers["Location"])
            answer = response.read().decode()
    except urllib.error.HTTPError as e:
        sys.exit(f"{e.code} {e.read().decode()}")
    delete = urllib.request.Request(session, headers=headers, method="DELETE")
    return answer, lambda: urllib.request.urlopen(delete, context=TLS).close()


def until_told():
    """Waits until whoever started this closes its standard input."""
    sys.stdin.read()
