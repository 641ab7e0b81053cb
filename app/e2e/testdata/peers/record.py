"""Records an offer: answers one POST with 406 and prints its User-Agent and its body.

    python3 record.py PORT >offer.sdp

Any WHIP client can be told to publish to http://127.0.0.1:PORT/whip meanwhile.
"""

import http.server
import sys


class Recorder(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        offer = self.rfile.read(int(self.headers["Content-Length"])).decode()
        print("User-Agent:", self.headers.get("User-Agent"), file=sys.stderr)
        sys.stdout.write(offer)
        sys.stdout.flush()
        self.send_response(406)
        self.send_header("Content-Length", "0")
        self.end_headers()


http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Recorder).handle_request()
