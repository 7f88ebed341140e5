"""The page of the app store: every POST is a row of a SQLite file, which is acknowledged once it is on disk."""

import http.server
import os
import signal
import sqlite3
import sys
import threading

FILE = "/data/store.sqlite"


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/rows":
            with sqlite3.connect(FILE) as rows:
                self.answer(200, " ".join(str(n) for (n,) in rows.execute("SELECT n FROM acked")))
        else:
            self.answer(500 if os.environ.get("SICK") else 200, "store")

    def do_POST(self):
        number = int(self.rfile.read(int(self.headers["Content-Length"])))
        rows = sqlite3.connect(FILE, timeout=5)
        with rows:
            rows.execute("INSERT INTO acked VALUES (?)", (number,))
        rows.close()
        self.answer(200, str(number))

    def log_message(self, *_):
        pass


with sqlite3.connect(FILE) as first:
    first.execute("PRAGMA synchronous = FULL")
    first.execute("CREATE TABLE IF NOT EXISTS acked (n INTEGER PRIMARY KEY)")
server = http.server.ThreadingHTTPServer(("", 8000), Page)
server.daemon_threads = False
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever()
server.server_close()
sys.exit(0)
