"""A loopback proxy in front of a server that answers late, as over a long line, and counts the waits."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit


class Line:
    """What went over the line.

    Attributes:
        waits: How often a client had sent something and got its first answer only then.
        connections: How many connections there were.
    """

    def __init__(self) -> None:
        self.port = 0
        self.waits = 0
        self.connections = 0


@contextmanager
def delaying(url: str, round_trip: float) -> Iterator[Line]:
    """A proxy on a free port of this machine for the server of a URL with a Unix socket.

    Args:
        url: The server, as an embedded server gives it.
        round_trip: Seconds by which every answer is late.
    """
    query = parse_qs(urlsplit(url).query)
    socket = f"{query['host'][0]}/.s.PGSQL.{query['port'][0]}"
    line = Line()
    loop = asyncio.new_event_loop()
    started = threading.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line.connections += 1
        there, back = await asyncio.open_unix_connection(socket)
        sent: list[float] = []  # when the client last sent something that was not answered yet

        async def upwards() -> None:
            while data := await reader.read(1 << 16):
                sent[:] = [time.monotonic()]
                back.write(data)
            back.close()

        async def downwards() -> None:
            while data := await there.read(1 << 16):
                if sent:
                    line.waits += 1
                    late = sent.pop() + round_trip - time.monotonic()
                    if late > 0:
                        await asyncio.sleep(late)
                writer.write(data)
                await writer.drain()
            writer.close()

        await asyncio.gather(upwards(), downwards(), return_exceptions=True)

    async def main() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        line.port = server.sockets[0].getsockname()[1]
        started.set()
        await stop.wait()
        server.close()

    stop = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(main(),))
    thread.start()
    started.wait()
    try:
        yield line
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
