"""The server is killed under load at random moments: every answered scan is there, none twice, the ledger verifies."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import uuid
from collections import Counter
from pathlib import Path

import pytest
from bench.filling import add_media, bench_house, packing_job, signed_in
from bench.wire import Connection, get, post
from ports import free_port
from sqlalchemy import select

from service.db import table
from service.ledger import replay, store, verify
from service.media.models import Medium
from service.runtime import open_runtime
from service.schema import PROJECTIONS
from service.settings import Settings

CLIENTS = 8
PER_ROUND = 400
MEDIA_PER_CONTAINER = 450


@pytest.fixture
def rounds(request) -> int:
    return request.config.getoption("--rounds")


@pytest.fixture
def installed(database_url, tmp_path, rounds):
    """(settings, headers of a signed-in handler, one request per medium)"""
    settings = Settings(
        data_dir=tmp_path / "data",
        database_url=database_url,
        worker=False,
        scheduler=False,
        site="Other site",
    )
    runtime = open_runtime(settings)
    house = bench_house(runtime)
    count = PER_ROUND * rounds
    media = add_media(house, 0, count)
    number, codes = packing_job(house, media, count // MEDIA_PER_CONTAINER + 1)
    headers = signed_in(house, "Bench handler")
    with runtime.database.reader.connect() as connection:
        barcodes = list(
            connection.execute(select(table(Medium).c.barcode).order_by(table(Medium).c.barcode)).scalars()
        )
    runtime.close()
    requests = {
        code: scan_request(code, number, codes[index // MEDIA_PER_CONTAINER], headers)
        for index, code in enumerate(barcodes)
    }
    return settings, requests


def scan_request(barcode, number, container, headers):
    key = str(uuid.uuid4())
    body = json.dumps({"barcode": barcode, "task": f"pack:{number}:{container}", "client_id": key}).encode()
    return post("/api/v1/scans", body, {**headers, "Idempotency-Key": key})


def server(settings, port):
    environment = {
        **os.environ, "STRONGROOM_DATA_DIR": str(settings.data_dir), "STRONGROOM_DATABASE_URL": settings.database_url,
        "STRONGROOM_WORKER": "false", "STRONGROOM_SCHEDULER": "false", "STRONGROOM_LOG_LEVEL": "error", "STRONGROOM_SITE": settings.site,
    }  # fmt: skip
    command = [str(Path(sys.executable).with_name("strongroom")), "serve", "--port", str(port)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)


async def until_ready(port):
    for _ in range(600):
        try:
            connection = await Connection(port).open()
        except OSError:
            await asyncio.sleep(0.1)
            continue
        await connection.send(get("/healthz", {}))
        await connection.close()
        return
    raise AssertionError("the server did not start")


async def load_until_killed(process, port, requests, answered, kill_after):
    """Send what is not answered yet; the process is killed after so many answers."""
    waiting = iter([code for code in requests if code not in answered][: PER_ROUND * 2])
    seen = 0

    async def client():
        nonlocal seen
        connection = await Connection(port).open()
        try:
            for code in waiting:
                status, body = await connection.send(requests[code])
                assert status == 200, body
                answered[code] = json.loads(body)
                seen += 1
                if seen == kill_after:
                    process.send_signal(signal.SIGKILL)
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            await connection.close()

    await asyncio.gather(*(client() for _ in range(CLIENTS)), return_exceptions=False)


def test_a_killed_server_has_every_answered_scan_once(installed, rounds):
    settings, requests = installed
    answered = {}
    chance = random.Random(20261119)
    for _ in range(rounds):
        port = free_port()
        process = server(settings, port)
        try:
            asyncio.run(until_ready(port))
            asyncio.run(load_until_killed(process, port, requests, answered, chance.randrange(1, PER_ROUND)))
        finally:
            process.kill()
            process.wait()
    check(settings, requests, answered)


def check(settings, requests, answered):
    runtime = open_runtime(settings)
    with runtime.database.reader.connect() as connection:
        verdict = verify.verify(store.bodies(connection), store.notes(connection), runtime.verifier)
        assert verdict.ok, verdict.problems
        replayed = replay.check(connection, PROJECTIONS)
        assert replayed.ok, replayed.differences
        barcodes = dict(connection.execute(select(table(Medium).c.medium_id, table(Medium).c.barcode)).all())
        packed = Counter(
            barcodes[entry.subject.removeprefix("medium:")]
            for entry in store.all_entries(connection)
            if entry.event == "medium:packed"
        )
    runtime.close()
    assert set(packed) <= set(requests)
    assert not [code for code, times in packed.items() if times > 1]
    lost = [code for code, answer in answered.items() if answer["outcome"] == "right" and packed[code] != 1]
    assert not lost
    assert len(answered) > len(requests) // 20
