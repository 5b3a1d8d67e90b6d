"""Once an hour: kept answers that nobody will ask for again, and sign-ins that ended, are swept."""

import threading
from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy import delete

from service.bookkeeping import KeptAnswer
from service.db import table
from service.errors import StrongroomError
from service.handlers.models import SignIn
from service.ledger.writer import SYSTEM, Unit
from service.runtime import Runtime

log = structlog.get_logger(__name__)

KEPT_FOR = timedelta(days=7)
EVERY_S = 3600.0

_KEPT = table(KeptAnswer)
_SIGN_IN = table(SignIn)


def sweep(unit: Unit) -> int:
    """Delete what is past its time; returns how many rows went."""
    kept = unit.connection.execute(delete(_KEPT).where(_KEPT.c.created_at < unit.now - KEPT_FOR))
    ended = unit.connection.execute(delete(_SIGN_IN).where(_SIGN_IN.c.expires_at < unit.now))
    return int(kept.rowcount + ended.rowcount)


def start_upkeep(runtime: Runtime) -> Callable[[], None]:
    """Start the thread; gives back what stops it."""
    stopping = threading.Event()

    def keep_sweeping() -> None:
        while not stopping.wait(EVERY_S):
            try:
                runtime.writer.run(SYSTEM, sweep)
            except StrongroomError as error:
                log.warning("sweep_failed", error=error.message)

    thread = threading.Thread(target=keep_sweeping, name="upkeep", daemon=True)
    thread.start()

    def stop() -> None:
        stopping.set()
        thread.join()

    return stop
