"""The HTTP server of the preview: on the loopback interface, for this machine alone.

A page of the web that somebody visits may send requests to any address of their machine. It cannot read the
answers, unless the name of its own server is made to lead here (DNS rebinding): so a request is answered only
when its `Host` is the address that the server was started on.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import socketserver
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from pgdossier.errors import DossierError, UsageError
from pgdossier.preview.site import CHANGES, Answer, Site

HOSTS = ("127.0.0.1", "::1")
"""The addresses that a preview may be started on."""

_EACH = 0.5  # seconds between two looks at the folder while a page is open
_ALIVE = 30  # looks after which a page is told something, so that one that is gone is noticed
_HEADERS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)


class Server(socketserver.ThreadingMixIn, HTTPServer):
    """Shows one document folder; listens from the start, answers while `serve_forever` runs.

    Args:
        folder: The folder of the document.
        host: One of `HOSTS`.
        port: The port; 0: one that is free.
        markdown: Show the Markdown although there is an HTML copy.

    Raises:
        UsageError: The host is not this machine alone.
        DossierError: The port is taken, or may not be had (exit code 3).
    """

    daemon_threads = True
    # Elsewhere than on POSIX systems this would let two programs have one port.
    allow_reuse_address = os.name == "posix"

    def __init__(self, folder: Path, *, host: str = "127.0.0.1", port: int = 0, markdown: bool = False):
        if host not in HOSTS:
            raise UsageError(
                f"a preview is for this machine alone: not for {host}",
                hint=f"--host takes {' or '.join(HOSTS)}",
            )
        self.site = Site(folder, markdown=markdown)
        self.ending = threading.Event()
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            super().__init__((host, port), _Handler)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                message, hint = f"port {port} is in use", "choose another with --port, or none for a free one"
            else:
                message, hint = f"cannot listen on {host} port {port}: {error.strerror or error}", None
            raise DossierError(message, hint=hint) from None
        shown = f"[{host}]" if ":" in host else host
        self.hosts = frozenset(f"{name}:{self.server_port}" for name in ("localhost", "127.0.0.1", "[::1]"))
        if self.server_port == 80:
            self.hosts |= {"localhost", "127.0.0.1", "[::1]"}
        self.url = f"http://{shown}:{self.server_port}/"

    def server_bind(self) -> None:
        """Bind without asking the network for the name of this machine."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment] # as HTTPServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away in the middle is no error; anything else is one of ours."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        """Stop listening, and let the pages that wait go."""
        self.ending.set()
        super().server_close()


class _Handler(BaseHTTPRequestHandler):
    """One request; the connection ends with it."""

    server: Server
    timeout = 30

    def do_GET(self) -> None:
        self._answer()

    do_HEAD = do_GET  # noqa: N815 - the names are those of the library

    def _refuse(self) -> None:
        self._send(Answer(405, b"A preview is only looked at.\n", headers=(("Allow", "GET, HEAD"),)))

    do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_CONNECT = _refuse  # noqa: N815 - likewise

    def _answer(self) -> None:
        hosts = self.headers.get_all("Host") or []
        if len(hosts) != 1 or hosts[0].lower() not in self.server.hosts:
            self._send(Answer(421, f"This is a preview at {self.server.url} and nowhere else.\n".encode()))
        elif self.path == CHANGES:
            self._changes()
        else:
            self._send(self.server.site.at(self.path))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in (*_HEADERS, *answer.headers):
            self.send_header(name, value)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _changes(self) -> None:
        """The state of the folder, now and whenever it is another one (server-sent events)."""
        self.send_response(200)
        for name, value in (*_HEADERS, ("Content-Type", "text/event-stream")):
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        told, silent = "", 0
        with contextlib.suppress(ConnectionError, TimeoutError):
            while not self.server.ending.is_set():
                state = self.server.site.watch.state()
                silent += 1
                if state != told:
                    self.wfile.write(f"data: {state}\n\n".encode())
                    told, silent = state, 0
                elif silent >= _ALIVE:
                    self.wfile.write(b":\n\n")
                    silent = 0
                self.server.ending.wait(_EACH)

    def version_string(self) -> str:
        return "pgdossier"

    def log_message(self, *_: object) -> None:
        """Nothing is said of single requests."""
