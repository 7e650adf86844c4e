"""Twilio's API on this machine: keeps what it is sent, and answers with the errors that a test orders."""

from __future__ import annotations

import json
import threading
from base64 import b64decode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

ACCOUNT = "AC" + "1" * 32


@dataclass
class FakeTwilio:
    sent: list[dict[str, str]] = field(default_factory=list)
    #: (HTTP status, error code) of the next calls; with "lost" the text goes out and the answer does not come back.
    orders: list[tuple[int, int] | str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    url: str = ""

    def start(self) -> ThreadingHTTPServer:
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def message(self, form: dict[str, str]) -> dict[str, Any]:
        same = {"account_sid": ACCOUNT, "direction": "outbound-api"}
        return {**same, "sid": form["sid"], "status": "queued", "body": form["Body"], "to": form["To"]}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *arguments: Any) -> None: ...

            def _answer(self, status: int, body: dict[str, Any]) -> None:
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def do_POST(self) -> None:
                fake.calls.append("POST")
                length = int(self.headers["Content-Length"])
                form = dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))
                form["user"] = b64decode(self.headers["Authorization"].split()[1]).decode()
                order = fake.orders.pop(0) if fake.orders else "sent"
                if isinstance(order, tuple):
                    self._answer(order[0], {"code": order[1], "message": "no", "status": order[0]})
                    return
                form["sid"] = f"SM{len(fake.sent):032x}"
                fake.sent.append(form)
                if order == "lost":
                    self.close_connection = True
                    self.connection.close()
                    return
                self._answer(201, fake.message(form))

            def do_GET(self) -> None:
                fake.calls.append("GET")
                wanted = dict(parse_qsl(urlsplit(self.path).query))
                found = [fake.message(form) for form in fake.sent if form["To"] == wanted["To"]]
                self._answer(200, {"messages": found, "next_page_uri": None, "page": 0, "page_size": 50})

        return Handler
