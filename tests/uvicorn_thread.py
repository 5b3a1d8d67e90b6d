"""A real server around an application, in a thread of the test: what goes over the wire, byte by byte."""

import socket
import threading
import time
from contextlib import contextmanager

import uvicorn

from service.web.at_once import at_once_protocol


@contextmanager
def wired(app):
    """The port of a server that answers as `strongroom serve` does; ended when the block ends."""
    door = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        http=at_once_protocol(app),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield door.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


class Wire:
    """One connection; `send` bytes, `answer` reads one whole answer as (status, headers, body)."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self):
        status = int(self.file.readline().split()[1])
        headers = {}
        while line := self.file.readline().strip():
            name, _, value = line.decode().partition(": ")
            headers[name.lower()] = value
        return status, headers, self.file.read(int(headers["content-length"]))

    def is_closed(self) -> bool:
        return self.file.read(1) == b""


def request(
    method: str, path: str, headers: dict[str, str], body: bytes = b"", version: str = "1.1"
) -> bytes:
    lines = [f"{method} {path} HTTP/{version}", "Host: 127.0.0.1"]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body
