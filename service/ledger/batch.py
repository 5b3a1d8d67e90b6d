"""What one transaction of the writer does: its units run, each in its savepoint, and all their entries appended and signed."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

import structlog
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection

from service.db import table
from service.errors import StrongroomError
from service.ledger import tree
from service.ledger.checkpoint import Signer
from service.ledger.models import LedgerCheckpoint, LedgerEntry, LedgerHead, LedgerNode
from service.ledger.unit import Actor, Many, Unit
from service.statements import Bulk, Query, savepoint

log = structlog.get_logger(__name__)

T = TypeVar("T")

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

Answered = Callable[[Any, BaseException | None], None]  # the answer, or the error in its place


class Task(NamedTuple):
    actor: Actor
    work: Callable[[Unit], Any] | None
    many: Many[Any, Any] | None
    item: object
    answered: Answered
    loop: asyncio.AbstractEventLoop | None  # where `answered` is called; None: in the writer's thread


TaskAnswer = tuple[Task, Any, BaseException | None]


class Batch:
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

    def run(self, batch: list[Task]) -> list[TaskAnswer]:
        answers: list[TaskAnswer] = []
        for many, group in groupby(batch, key=lambda task: task.many):
            tasks = list(group)
            answers += self._together(many, tasks) if many else [self._alone(task) for task in tasks]
        self._append()
        return answers

    def _alone(self, task: Task) -> TaskAnswer:
        work = task.work
        assert work is not None
        value, error = self._guarded(task.actor, work)
        return task, value, error

    def _together(self, many: Many[Any, Any], tasks: list[Task]) -> list[TaskAnswer]:
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


def _answered(task: Task, value: Any) -> TaskAnswer:
    return (task, None, value) if isinstance(value, StrongroomError) else (task, value, None)
