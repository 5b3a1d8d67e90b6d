"""Whether anything changed: a mark over the ledger and the newest step of a robot, looked at once for all who listen."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from service.db import Database, table
from service.devices.models import JobStep
from service.ledger.models import LedgerHead

LOOK_S = 1.0
RETRY_MS = 2000

_HEAD = table(LedgerHead)
_STEP = table(JobStep)


def mark_of(database: Database) -> str:
    """Another text whenever there is something new: an entry, a move told, a move seen."""
    newest = select(_STEP.c.step_id, _STEP.c.outcome_at).order_by(_STEP.c.step_id.desc()).limit(1)
    with database.reader.connect() as connection:
        size = connection.execute(select(_HEAD.c.size)).scalar_one_or_none() or 0
        step = connection.execute(newest).first()
    return f"{size}" if step is None else f"{size}-{step.step_id}{'' if step.outcome_at is None else '-seen'}"


class Marks:
    """The mark, at most LOOK_S old, however many listen."""

    def __init__(self, look: Callable[[], str]) -> None:
        self._look = look
        self._lock = asyncio.Lock()
        self._looked_at = float("-inf")
        self._mark = ""

    async def now(self) -> str:
        async with self._lock:
            if time.monotonic() - self._looked_at >= LOOK_S:
                self._mark = await run_in_threadpool(self._look)
                self._looked_at = time.monotonic()
            return self._mark


async def told(marks: Marks, known: str, lasts_s: float) -> AsyncIterator[str]:
    """Server-sent events: "changed" each time the mark is another one than the listener knows; empty for a new listener."""
    yield f"retry: {RETRY_MS}\n\n"
    known = known or await marks.now()
    ends = time.monotonic() + lasts_s
    while time.monotonic() < ends:
        mark = await marks.now()
        if mark != known:
            known = mark
            yield f"id: {mark}\nevent: changed\ndata: {mark}\n\n"
        await asyncio.sleep(LOOK_S)
