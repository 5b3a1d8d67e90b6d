"""The one writer: a queue drained by one thread, many units of work in one transaction, one commit for all.

A unit runs inside its own savepoint and sees what earlier units of the batch did. Its answer is given after the commit:
an answer means durable and in the tree. Work of the same `Many` that stands together in a batch runs as one call.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any, NamedTuple, Protocol, TypeVar

import structlog
from sqlalchemy import BindParameter, bindparam, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from service.db import Database, table
from service.errors import LedgerError, StrongroomError, WriterStoppedError
from service.ids import new_id
from service.ledger import tree
from service.ledger.checkpoint import Signer
from service.ledger.format import MAX_ENTRY_BYTES, VERSION, encoded, plain, timestamp
from service.ledger.models import LedgerCheckpoint, LedgerEntry, LedgerHead, LedgerNode
from service.ledger.projection import Projection
from service.statements import Bulk, Query, savepoint

log = structlog.get_logger(__name__)

T = TypeVar("T")
Item = TypeVar("Item")
Answer = TypeVar("Answer")
Item_contra = TypeVar("Item_contra", contravariant=True)
Answer_co = TypeVar("Answer_co", covariant=True)

MAX_BATCH = 256
# Under load a batch waits while company keeps coming: one commit and one signature serve more units. Callers whose answers
# were given together come back together, so a pause means that all are here.
LINGER_S = 0.002
PAUSE_S = 0.0003
KEEP_CHECKPOINT_EVERY = timedelta(hours=1)
HEAD_ID = 1

_HEAD = table(LedgerHead)
_ENTRY = table(LedgerEntry)
_INSERT_ENTRY = Bulk(insert(_ENTRY))
_INSERT_NODE = Bulk(insert(table(LedgerNode)))
_INSERT_CHECKPOINT = Bulk(insert(table(LedgerCheckpoint)))
_LOCK_HEAD = Query(
    select(_HEAD.c.size, _HEAD.c.frontier, _HEAD.c.signed_at)
    .where(_HEAD.c.head_id == HEAD_ID)
    .with_for_update()
)
_UPDATE_HEAD = Bulk(
    update(_HEAD)
    .where(_HEAD.c.head_id == HEAD_ID)
    .values({name: bindparam(f"_{name}") for name in ("size", "frontier", "note", "signed_at")})
)


class Via(StrEnum):
    """How the act reached the system."""

    WEB = "web"
    API = "api"
    CLI = "cli"
    DEVICE = "device"
    SCHEDULE = "schedule"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a handler, or the system itself (`handler_id` None)."""

    handler_id: str | None
    via: Via

    def logged(self) -> dict[str, object]:
        return {"handler": self.handler_id, "via": self.via.value}


SYSTEM = Actor(None, Via.SCHEDULE)


@dataclass(slots=True)
class Unit:
    """One unit of work: the connection to act on and the ledger to append to."""

    connection: Connection
    actor: Actor
    now: datetime
    first_position: int
    rows: list[dict[str, object]] = field(default_factory=list)
    keep_checkpoint: bool = False
    stamp: str = ""  # `now` as entries write it
    _session: Session | None = None

    def __post_init__(self) -> None:
        self.stamp = self.stamp or timestamp(self.now)

    @property
    def session(self) -> Session:
        """For units that prefer objects; flushed when the unit ends."""
        if self._session is None:
            self._session = Session(bind=self.connection, join_transaction_mode="create_savepoint")
        return self._session

    def new_id(self) -> str:
        return new_id(self.now)

    def append(
        self,
        subject: str,
        event: StrEnum,
        *,
        changes: Mapping[str, object] | None = None,
        facts: Mapping[str, object] | None = None,
        reason: str | None = None,
        corrects: int | None = None,
        actor: Actor | None = None,
    ) -> int:
        """Append one entry and return its position (zero-based leaf index)."""
        position = self.first_position + len(self.rows)
        entry: dict[str, object] = {
            "at": self.stamp,
            "by": (actor or self.actor).logged(),
            "event": event.value,
            "position": position,
            "subject": subject,
            "v": VERSION,
        }
        if changes:
            entry["set"] = plain(changes)
        if facts:
            entry["facts"] = plain(facts)
        if reason is not None:
            entry["reason"] = reason
        if corrects is not None:
            entry["corrects"] = corrects
        body = encoded(entry)
        if len(body) > MAX_ENTRY_BYTES:
            raise LedgerError(f"An entry of {len(body)} bytes is too long. Nothing was recorded.")
        self.rows.append(
            {
                "position": position,
                "subject": subject,
                "event": event.value,
                "recorded_at": self.now,
                "body": body,
            }
        )
        return position

    def create(
        self, projection: Projection, values: Mapping[str, object], event: StrEnum, **entry: Any
    ) -> int:
        """Insert the row and append the entry that sets its projected columns."""
        self.flush()
        self.connection.execute(insert(projection.table), [dict(values)])
        return self.append(
            projection.subject(str(values[projection.key])), event, changes=projection.logged(values), **entry
        )

    def change(
        self,
        projection: Projection,
        identity: str,
        values: Mapping[str, object],
        event: StrEnum,
        **entry: Any,
    ) -> int:
        """Update the row and append the entry that says so."""
        self.flush()
        column = projection.table.c[projection.key]
        self.connection.execute(update(projection.table).where(column == identity), [dict(values)])
        return self.append(projection.subject(identity), event, changes=projection.logged(values), **entry)

    def change_many(
        self,
        projection: Projection,
        identities: Sequence[str],
        values: Mapping[str, object],
        event: StrEnum,
        **entry: Any,
    ) -> None:
        """The same change to many rows, with one entry each."""
        if not identities:
            return
        self.flush()
        key: BindParameter[str] = bindparam("_identity")
        statement = update(projection.table).where(projection.table.c[projection.key] == key)
        self.connection.execute(statement, [{"_identity": identity, **values} for identity in identities])
        logged = projection.logged(values)
        for identity in identities:
            self.append(projection.subject(identity), event, changes=logged, **entry)

    def forget(self, length: int) -> None:
        """Drop what was appended after the first `length` entries, and the session, before its savepoint is rolled back."""
        del self.rows[length:]
        if self._session is not None:
            self._session.close()
            self._session = None

    def flush(self) -> None:
        if self._session is not None:
            self._session.flush()

    def close(self) -> None:
        if self._session is not None:
            self._session.commit()  # releases the session's own savepoint into the unit's
            self._session.close()
            self._session = None


class Many(Protocol[Item_contra, Answer_co]):
    """Work that handles all its items of a batch in one call; an answer may be an error for that item alone."""

    def __call__(
        self, unit: Unit, items: Sequence[tuple[Actor, Item_contra]], /
    ) -> Sequence[Answer_co | StrongroomError]: ...


Answered = Callable[[Any, BaseException | None], None]  # the answer, or the error in its place


class _Task(NamedTuple):
    actor: Actor
    work: Callable[[Unit], Any] | None
    many: Many[Any, Any] | None
    item: object
    answered: Answered
    loop: asyncio.AbstractEventLoop | None  # where `answered` is called; None: in the writer's thread


_Answer = tuple[_Task, Any, BaseException | None]


class Writer:
    """Start it once a process; `run` from threads, `run_async`, `run_many_async` and `call_many` from the event loop."""

    def __init__(
        self, database: Database, signer: Signer, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.database = database
        self.signer = signer
        self.clock = clock
        self._queue: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
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
        self._put(_Task(actor, work, None, None, _into(future), None))
        return future.result()

    def run_many(
        self, actor: Actor, many: Many[Item, Answer], items: Sequence[Item]
    ) -> list[Answer | StrongroomError]:
        """Like queueing every item on its own, in one call."""
        futures: list[Future[Answer]] = [Future() for _ in items]
        for item, future in zip(items, futures, strict=True):
            self._put(_Task(actor, None, many, item, _into(future), None))
        return [_result_or_refusal(future) for future in futures]

    async def run_async(self, actor: Actor, work: Callable[[Unit], T]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._put(_Task(actor, work, None, None, _into(future), loop))
        return await future

    async def run_many_async(self, actor: Actor, many: Many[Item, Answer], item: Item) -> Answer:
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.call_many(actor, many, item, _into(future))
        return await future

    def call_many(self, actor: Actor, many: Many[Item, Answer], item: Item, answered: Answered) -> None:
        """From the event loop, without a task that waits: `answered` is called in it."""
        self._put(_Task(actor, None, many, item, answered, asyncio.get_running_loop()))

    def _put(self, task: _Task) -> None:
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

    def _next(self) -> _Task | None:
        try:
            task = self._queue.get_nowait()
        except queue.Empty:
            return None
        if task is None:
            self._queue.put(None)  # stop after this batch
        return task

    def _commit(self, batch: list[_Task]) -> list[_Answer]:
        """Run the batch in one transaction; if it cannot be committed nobody gets a good answer."""
        try:
            connection = self._connected()
            with connection.begin():
                answers = _Batch(connection, self.signer, self.clock()).run(batch)
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
    def _settle(answers: list[_Answer]) -> None:
        by_loop: dict[asyncio.AbstractEventLoop | None, list[_Answer]] = {}
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


def _give(answers: "list[_Answer]") -> None:
    for task, value, error in answers:
        try:
            task.answered(value, error)
        except Exception as failed:  # boundary: the answers behind it are given all the same
            log.exception("answer_not_given", error=repr(failed))


class _Batch:
    """Runs the units of one transaction and appends what they logged."""

    def __init__(self, connection: Connection, signer: Signer, now: datetime) -> None:
        size, packed, signed_at = _LOCK_HEAD(connection)[0]
        self.connection = connection
        self.signer = signer
        self.now = now
        self.signed_at: datetime = signed_at
        self.frontier = tree.Frontier.from_bytes(size, packed)
        self.rows: list[dict[str, object]] = []
        self.keep_checkpoint = False

    def run(self, batch: list[_Task]) -> list[_Answer]:
        answers: list[_Answer] = []
        for many, group in groupby(batch, key=lambda task: task.many):
            tasks = list(group)
            answers += self._together(many, tasks) if many else [self._alone(task) for task in tasks]
        self._append()
        return answers

    def _alone(self, task: _Task) -> _Answer:
        work = task.work
        assert work is not None
        value, error = self._guarded(task.actor, work)
        return task, value, error

    def _together(self, many: Many[Any, Any], tasks: list[_Task]) -> list[_Answer]:
        items = [(task.actor, task.item) for task in tasks]
        values, error = self._guarded(tasks[0].actor, lambda unit: many(unit, items))
        if error is None:
            return [_answered(task, value) for task, value in zip(tasks, values, strict=True)]
        if len(tasks) == 1:
            return [(tasks[0], None, error)]
        return [
            answer for task in tasks for answer in self._together(many, [task])
        ]  # one bad item fails alone

    def _guarded(self, actor: Actor, work: Callable[[Unit], Any]) -> tuple[Any, BaseException | None]:
        unit = Unit(self.connection, actor, self.now, self.frontier.size + len(self.rows))
        try:
            with savepoint(self.connection, "unit"):
                value = _worked(unit, work)
        except Exception as error:  # worker boundary: the caller gets the error, the batch goes on
            if not isinstance(error, StrongroomError):
                log.exception("unit_failed", error=repr(error))
            return None, error
        self.rows += unit.rows
        self.keep_checkpoint |= unit.keep_checkpoint
        return value, None

    def _append(self) -> None:
        if not self.rows:
            return
        _INSERT_ENTRY(self.connection, self.rows)
        leaves = [tree.leaf_hash(row["body"]) for row in self.rows]  # type: ignore[arg-type] # rows are built in Unit.append
        frontier, nodes = tree.append(self.frontier, leaves)
        _INSERT_NODE(
            self.connection,
            [{"level": level, "position": index, "hash": node} for level, index, node in nodes],
        )
        note = self.signer.sign(frontier.size, frontier.root())
        head = {
            "_size": frontier.size,
            "_frontier": frontier.to_bytes(),
            "_note": note,
            "_signed_at": self.now,
        }
        _UPDATE_HEAD(self.connection, [head])
        if self.keep_checkpoint or self.now.replace(minute=0, second=0, microsecond=0) > self.signed_at:
            _INSERT_CHECKPOINT(
                self.connection, [{"size": frontier.size, "note": note, "signed_at": self.now}]
            )


def _worked(unit: Unit, work: Callable[[Unit], T]) -> T:
    try:
        value = work(unit)
        unit.close()
    except BaseException:
        unit.forget(0)  # its session's savepoint lies inside the unit's and must end first
        raise
    return value


def _answered(task: _Task, value: Any) -> _Answer:
    return (task, None, value) if isinstance(value, StrongroomError) else (task, value, None)
