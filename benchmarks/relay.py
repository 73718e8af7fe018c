"""A relay of TCP connections that counts what the server sends: the bytes over the wire."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

CHUNK = 65_536


@contextmanager
def relayed(address: str) -> Iterator[tuple[str, list[int]]]:
    """Give the address of a relay to the server at ``address``, and what will hold the sizes it sends."""
    host, port = address.removeprefix("http://").split(":")
    sent: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as front:
        threading.Thread(target=_accept, args=(front, (host, int(port)), sent.append), daemon=True).start()
        yield f"http://127.0.0.1:{front.getsockname()[1]}", sent


def _accept(front: socket.socket, server: tuple[str, int], count: Callable[[int], None]) -> None:
    with suppress(OSError):
        while True:
            browser, _ = front.accept()
            behind = socket.create_connection(server)
            for source, sink, counted in ((browser, behind, lambda _: None), (behind, browser, count)):
                threading.Thread(target=_pump, args=(source, sink, counted), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket, count: Callable[[int], None]) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK):
            count(len(data))
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
