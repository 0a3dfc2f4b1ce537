import getpass
import http.server
import os
import pathlib


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        built = pathlib.Path("/app/built").read_text().strip()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{getpass.getuser()} says {os.environ['GREETING']}, {built}".encode())


http.server.HTTPServer(("127.0.0.1", 18080), Handler).serve_forever()
