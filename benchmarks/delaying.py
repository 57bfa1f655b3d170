"""A loopback proxy in front of a server that answers late, as over a long line, and counts the waits."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import parse_qs, urlsplit


class Line:
    """What went over the line.

    Attributes:
        port: Where it begins, on this machine.
        waits: How often a client had sent something and got its first answer only then.
    """

    def __init__(self, server: str | tuple[str, int], round_trip: float) -> None:
        self.waits = 0
        self._server = server
        self._round_trip = round_trip
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)

    def close(self) -> None:
        """Takes no more connections, and waits until those that there are have ended."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _start(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments)  # type: ignore[arg-type]  # only methods of ours
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = self._connect()
                sent: list[float] = []  # when the client last sent what was not answered yet
                self._start(self._upwards, client, server, sent)
                self._start(self._downwards, client, server, sent)

    def _connect(self) -> socket.socket:
        if isinstance(self._server, tuple):
            server = socket.create_connection(self._server)
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return server
        server = socket.socket(socket.AF_UNIX)
        server.connect(self._server)
        return server

    def _upwards(self, client: socket.socket, server: socket.socket, sent: list[float]) -> None:
        with suppress(OSError):
            while data := client.recv(1 << 16):
                sent[:] = [time.monotonic()]
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)

    def _downwards(self, client: socket.socket, server: socket.socket, sent: list[float]) -> None:
        with client, server, suppress(OSError):
            while data := server.recv(1 << 16):
                if sent:
                    self.waits += 1
                    time.sleep(max(0.0, sent.pop() + self._round_trip - time.monotonic()))
                client.sendall(data)


@contextmanager
def delaying(url: str, round_trip: float) -> Iterator[Line]:
    """A proxy on a free port of this machine for the server of a URL.

    Args:
        url: The server, as an embedded server gives it.
        round_trip: Seconds by which every answer is late.
    """
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    if parts.hostname is not None and parts.port is not None:
        line = Line((parts.hostname, parts.port), round_trip)
    else:
        line = Line(f"{query['host'][0]}/.s.PGSQL.{query['port'][0]}", round_trip)
    try:
        yield line
    finally:
        line.close()
