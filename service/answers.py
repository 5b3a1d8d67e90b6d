"""Doing a unit of work for a request, and keeping its answer so that a repeat gets the same one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import bindparam, insert, select
from sqlalchemy.engine import Connection

from service.bookkeeping import KeptAnswer
from service.db import table
from service.errors import InvalidInputError, StrongroomError
from service.ledger.writer import Unit
from service.statements import Bulk, Query

_KEPT = table(KeptAnswer)
_INSERT_KEPT = Bulk(insert(_KEPT))
_FIND_KEPT = Query(
    select(_KEPT.c.key, _KEPT.c.request_sha256, _KEPT.c.status, _KEPT.c.answer).where(
        _KEPT.c.key.in_(bindparam("keys", expanding=True))
    ),
    many="keys",
)
MAX_KEY = 80
FIRST_REFUSAL = 400  # HTTP status


class KeyReusedError(InvalidInputError):
    title = "Idempotency key used for another request"

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was used for a request with another content. Nothing was done.",
            next_step="Take a new key for a new request.",
        )


@dataclass(frozen=True, slots=True)
class RequestKey:
    """`key` is scoped to the person; `digest` is over method, path and body."""

    key: str
    digest: str

    @staticmethod
    def of(handler_id: str, key: str, method: str, path: str, body: bytes) -> "RequestKey":
        if not 0 < len(key) <= MAX_KEY or not key.isascii() or not key.isprintable():
            raise InvalidInputError(
                f"An Idempotency-Key has 1 to {MAX_KEY} printable ASCII characters. Nothing was done."
            )
        digest = sha256(f"{method} {path}\n".encode() + body).hexdigest()
        return RequestKey(f"{handler_id}:{key}", digest)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    repeated: bool = False

    @property
    def media_type(self) -> str:
        return "application/json" if self.status < FIRST_REFUSAL else "application/problem+json"


def kept_answers(connection: Connection, keys: Sequence[RequestKey]) -> dict[str, Answer | KeyReusedError]:
    """What was answered before under these keys."""
    if not keys:
        return {}
    digests = {key.key: key.digest for key in keys}
    return {
        key: Answer(status, bytes(body), repeated=True) if digests[key] == digest else KeyReusedError()
        for key, digest, status, body in _FIND_KEPT(connection, keys=digests)
    }


def keep(connection: Connection, answers: Sequence[tuple[RequestKey, Answer]], now: datetime) -> None:
    if not answers:
        return
    rows = [
        {
            "key": key.key,
            "request_sha256": key.digest,
            "status": answer.status,
            "answer": answer.body,
            "created_at": now,
        }
        for key, answer in answers
    ]
    _INSERT_KEPT(connection, rows)


Refusal = Callable[[StrongroomError], Answer]


def once(
    key: RequestKey | None, status: int, work: Callable[[Unit], bytes], refusal: Refusal
) -> Callable[[Unit], Answer]:
    """`work` as a unit that runs once per key; a refusal is kept too, a repeat is refused in the same words."""
    if key is None:
        return lambda unit: Answer(status, work(unit))

    def guarded(unit: Unit) -> Answer:
        found = kept_answers(unit.connection, [key]).get(key.key)
        if isinstance(found, KeyReusedError):
            raise found
        if found is not None:
            return found
        answer = _attempt(unit, status, work, refusal)
        keep(unit.connection, [(key, answer)], unit.now)
        return answer

    return guarded


def _attempt(unit: Unit, status: int, work: Callable[[Unit], bytes], refusal: Refusal) -> Answer:
    try:
        with unit.connection.begin_nested():
            return _worked(unit, status, work)
    except StrongroomError as error:
        return refusal(error)


def _worked(unit: Unit, status: int, work: Callable[[Unit], bytes]) -> Answer:
    before = len(unit.rows)
    try:
        answer = Answer(status, work(unit))
        unit.close()
    except StrongroomError:
        unit.forget(before)  # its session's savepoint lies inside the caller's and must end first
        raise
    return answer
