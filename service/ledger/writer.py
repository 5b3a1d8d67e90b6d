"""The one writer: a queue drained by one thread, many units of work in one transaction, one commit for all.

A unit runs inside its own savepoint and sees what earlier units of the batch did. Its answer is given after the commit:
an answer means durable and in the tree. Work of the same `Many` that stands together in a batch runs as one call.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any, TypeVar

import structlog
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from service.db import Database
from service.errors import StrongroomError, WriterStoppedError
from service.ledger.batch import Answered, Batch, Task, TaskAnswer
from service.ledger.checkpoint import Signer
from service.ledger.unit import SYSTEM, Actor, Many, Unit, Via

# Whoever has work for the writer finds here what it takes.
__all__ = ["SYSTEM", "Actor", "Many", "Unit", "Via", "Writer"]

log = structlog.get_logger(__name__)

T = TypeVar("T")
Item = TypeVar("Item")
Answer = TypeVar("Answer")

MAX_BATCH = 256
# Under load a batch waits while company keeps coming: one commit and one signature serve more units. Callers whose answers
# were given together come back together, so a pause means that all are here.
LINGER_S = 0.002
PAUSE_S = 0.0005


class Writer:
    """Start it once a process; `run` from threads, `run_async`, `run_many_async` and `call_many` from the event loop."""

    def __init__(
        self, database: Database, signer: Signer, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.database = database
        self.signer = signer
        self.clock = clock
        self._queue: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._drain, name="ledger-writer", daemon=True)
        self._stopping = False
        self._connection: Connection | None = None

    def start(self) -> "Writer":
        self._thread.start()
        return self

    def stop(self) -> None:
        """Finish what is queued, then end."""
        self._stopping = True
        self._queue.put(None)
        self._thread.join()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive() and not self._stopping

    def depth(self) -> int:
        return self._queue.qsize()

    def run(self, actor: Actor, work: Callable[[Unit], T]) -> T:
        future: Future[T] = Future()
        self._put(Task(actor, work, None, None, _into(future), None))
        return future.result()

    def run_many(
        self, actor: Actor, many: Many[Item, Answer], items: Sequence[Item]
    ) -> list[Answer | StrongroomError]:
        """Like queueing every item on its own, in one call."""
        futures: list[Future[Answer]] = [Future() for _ in items]
        for item, future in zip(items, futures, strict=True):
            self._put(Task(actor, None, many, item, _into(future), None))
        return [_result_or_refusal(future) for future in futures]

    async def run_async(self, actor: Actor, work: Callable[[Unit], T]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._put(Task(actor, work, None, None, _into(future), loop))
        return await future

    async def run_many_async(self, actor: Actor, many: Many[Item, Answer], item: Item) -> Answer:
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.call_many(actor, many, item, _into(future))
        return await future

    def call_many(self, actor: Actor, many: Many[Item, Answer], item: Item, answered: Answered) -> None:
        """From the event loop, without a task that waits: `answered` is called in it."""
        self._put(Task(actor, None, many, item, answered, asyncio.get_running_loop()))

    def _put(self, task: Task) -> None:
        if self._stopping:
            raise WriterStoppedError
        self._queue.put(task)

    def _drain(self) -> None:
        crowd = 1
        while (task := self._queue.get()) is not None:
            self._linger(crowd)
            batch = [task]
            while len(batch) < MAX_BATCH and (more := self._next()) is not None:
                batch.append(more)
            crowd = max(len(batch), crowd * 9 // 10)
            self._settle(self._commit(batch))
        self._disconnect()

    def _linger(self, crowd: int) -> None:
        """Until as many wait as came together lately, or nobody comes any more."""
        waiting, until = 0, time.monotonic() + LINGER_S
        while waiting < (found := self._queue.qsize() + 1) < crowd and time.monotonic() < until:
            waiting = found
            time.sleep(PAUSE_S)

    def _next(self) -> Task | None:
        try:
            task = self._queue.get_nowait()
        except queue.Empty:
            return None
        if task is None:
            self._queue.put(None)  # stop after this batch
        return task

    def _commit(self, batch: list[Task]) -> list[TaskAnswer]:
        """Run the batch in one transaction; if it cannot be committed nobody gets a good answer."""
        try:
            connection = self._connected()
            with connection.begin():
                answers = Batch(connection, self.signer, self.clock()).run(batch)
        except Exception as error:  # noqa: BLE001 - worker boundary: every caller gets its answer and the writer goes on
            log.error("batch_not_committed", error=repr(error), units=len(batch))
            self._disconnect()
            stopped = WriterStoppedError(f"the database did not commit ({type(error).__name__})")
            return [(task, None, stopped) for task in batch]
        return answers

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self.database.writer.connect()
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            try:
                self._connection.invalidate()
                self._connection.close()
            except SQLAlchemyError as error:
                log.warning("writer_connection_lost", error=repr(error))
            self._connection = None

    @staticmethod
    def _settle(answers: list[TaskAnswer]) -> None:
        by_loop: dict[asyncio.AbstractEventLoop | None, list[TaskAnswer]] = {}
        for answer in answers:
            by_loop.setdefault(answer[0].loop, []).append(answer)
        for loop, group in by_loop.items():
            if loop is None:
                _give(group)
            elif not loop.is_closed():
                loop.call_soon_threadsafe(_give, group)  # one wake-up for all


def _result_or_refusal(future: "Future[Any]") -> Any:
    try:
        return future.result()
    except StrongroomError as error:
        return error


def _into(future: "Future[T] | asyncio.Future[T]") -> Answered:
    def answered(value: Any, error: BaseException | None) -> None:
        if future.done():  # the caller went away
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(value)

    return answered


def _give(answers: "list[TaskAnswer]") -> None:
    for task, value, error in answers:
        try:
            task.answered(value, error)
        except Exception as failed:  # boundary: the answers behind it are given all the same
            log.exception("answer_not_given", error=repr(failed))
