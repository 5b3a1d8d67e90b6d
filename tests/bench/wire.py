"""A lean HTTP/1.1 load generator for loopback: raw keep-alive connections, so that the client costs little next to the server."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field

HOST = "127.0.0.1"


@dataclass
class Result:
    """`took_s` per request, in the order of completion; `wall_s` from first to last."""

    took_s: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    wall_s: float = 0.0

    def rate(self) -> float:
        return len(self.took_s) / self.wall_s

    def percentile_ms(self, part: float) -> float:
        ranked = sorted(self.took_s)
        return ranked[min(len(ranked) - 1, int(len(ranked) * part))] * 1000


class Connection:
    def __init__(self, port: int) -> None:
        self.port = port

    async def open(self) -> "Connection":
        self.reader, self.writer = await asyncio.open_connection(HOST, self.port)
        return self

    async def send(self, request: bytes) -> tuple[int, bytes]:
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        lowered = head.lower()
        at = lowered.find(b"content-length:")
        length = int(lowered[at + 15 : lowered.find(b"\r\n", at)]) if at >= 0 else 0
        return status, await self.reader.readexactly(length) if length else b""

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(OSError):  # the other side may be gone
            await self.writer.wait_closed()


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {HOST}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def get(path: str, headers: dict[str, str]) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {HOST}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def saturate(port: int, requests: list[bytes], clients: int) -> Result:
    """Every client sends its next request as soon as it has its answer."""
    result, pending = Result(), iter(requests)

    async def client() -> None:
        connection = await Connection(port).open()
        for request in pending:
            await _one(connection, request, result, time.perf_counter())
        await connection.close()

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    result.wall_s = time.perf_counter() - started
    return result


async def pace(port: int, requests: list[bytes], clients: int, per_second: float) -> Result:
    """Requests leave on a fixed timetable; the time counts from when each was due, so that waiting is not hidden."""
    result = Result()
    started = time.perf_counter() + 0.1
    due: Callable[[int], float] = lambda number: started + number / per_second  # noqa: E731 - one line is clearer

    async def client(first: int) -> None:
        connection = await Connection(port).open()
        for number in range(first, len(requests), clients):
            await asyncio.sleep(max(0.0, due(number) - time.perf_counter()))
            await _one(connection, requests[number], result, due(number))
        await connection.close()

    await asyncio.gather(*(client(first) for first in range(clients)))
    result.wall_s = time.perf_counter() - started
    return result


async def _one(connection: Connection, request: bytes, result: Result, since: float) -> None:
    status, _ = await connection.send(request)
    result.took_s.append(time.perf_counter() - since)
    result.statuses[status] = result.statuses.get(status, 0) + 1
