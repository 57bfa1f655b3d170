"""What stands between pgdossier and a server, passes on what they say, and hangs up at times."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import parse_qs, urlsplit

_PARSE, _SYNC, _QUERY, _READY = b"P", b"S", b"Q", b"Z"
_HEAD = 5  # bytes: the kind of a message, and its length
_NO_TLS = 80877103, 80877104  # requests of TLS and of GSS encryption


class Relay:
    """A place that leads to a database through sockets that can be cut. Made by `relayed`.

    Attributes:
        url: What to connect to.
        cuts: How often it has hung up.
    """

    def __init__(self, url: str, cut_before_ready: int | None, one_at_a_time: bool) -> None:
        parts = urlsplit(url)
        place = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self._socket = f"{place['host']}/.s.PGSQL.{place['port']}"
        self._cut_before_ready = cut_before_ready
        self._one_at_a_time = one_at_a_time
        self.listener = socket.create_server(("127.0.0.1", 0))
        port = self.listener.getsockname()[1]
        self.url = f"postgresql://{parts.username}@127.0.0.1:{port}{parts.path}"
        self.cuts = 0
        self._threads: list[threading.Thread] = []

    def listen(self) -> None:
        """Takes connections until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._socket)
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._begin(self._serve, client, server)

    def wait(self) -> None:
        """Waits until all connections have ended."""
        for thread in self._threads:
            thread.join()

    def _begin(self, work: Callable[..., None], *arguments: socket.socket) -> threading.Thread:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        thread.start()
        self._threads.append(thread)
        return thread

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        with client, server:
            back = self._begin(self._back, client, server)
            self._forth(client, server)
            back.join()

    def _forth(self, client: socket.socket, server: socket.socket) -> None:
        with _hanging_up(client, server):
            while True:
                size = client.recv(4, socket.MSG_WAITALL)
                rest = client.recv(int.from_bytes(size) - 4, socket.MSG_WAITALL)
                if int.from_bytes(rest[:4]) not in _NO_TLS:
                    break
                client.sendall(b"N")
            server.sendall(size + rest)
            questions = 0
            while message := _message(client):
                questions += message[:1] == _PARSE
                if message[:1] in (_SYNC, _QUERY):
                    questions = 0
                if questions > 1 and self._one_at_a_time:
                    self.cuts += 1
                    return
                server.sendall(message)

    def _back(self, client: socket.socket, server: socket.socket) -> None:
        ready = 0
        with _hanging_up(client, server):
            while message := _message(server):
                ready += message[:1] == _READY
                if message[:1] == _READY and ready == self._cut_before_ready and not self.cuts:
                    self.cuts += 1
                    return
                client.sendall(message)


def _message(source: socket.socket) -> bytes:
    head = source.recv(_HEAD, socket.MSG_WAITALL)
    size = int.from_bytes(head[1:]) - 4
    return head + (source.recv(size, socket.MSG_WAITALL) if size > 0 else b"")


@contextmanager
def _hanging_up(*ends: socket.socket) -> Iterator[None]:
    try:
        with suppress(OSError):
            yield
    finally:
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def relayed(url: str, *, cut_before_ready: int | None = None, one_at_a_time: bool = False) -> Iterator[Relay]:
    """A relay to a database of a server that listens on a Unix socket.

    Args:
        url: The database.
        cut_before_ready: Hang up, once, right before the server says for that time in one connection that it
            is ready for a question. 1 is when the connection is made.
        one_at_a_time: Hang up on a question that comes before the answer to the last one was waited for.
    """
    relay = Relay(url, cut_before_ready, one_at_a_time)
    thread = threading.Thread(target=relay.listen, daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        relay.listener.shutdown(socket.SHUT_RDWR)
        relay.listener.close()
        thread.join()
        relay.wait()
