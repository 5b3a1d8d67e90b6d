"""Scans of one batch, decided together: the hot path. Reads are one query per kind and batch, writes are bulk statements."""

from collections.abc import Callable, Sequence

import msgspec

from service.answers import Answer, KeyReusedError, RequestKey, keep, kept_answers
from service.errors import StrongroomError
from service.ledger.writer import Actor, Unit
from service.printing.container_labels import container_barcodes
from service.printing.disk_labels import disk_barcodes
from service.scanning import look, pack, receive, unpack
from service.scanning.batch import Batch
from service.scanning.rules import TaskKind
from service.scanning.schemas import Scan, ScanOut
from service.statements import savepoint

Results = Sequence[ScanOut | StrongroomError]
TASKS: dict[TaskKind, Callable[[Batch, list[Scan]], Results]] = {
    TaskKind.LOOK: look.look_many,
    TaskKind.PACK: pack.pack_many,
    TaskKind.RECEIVE: receive.receive_many,
    TaskKind.UNPACK: unpack.unpack_many,
}
Refusal = Callable[[StrongroomError], Answer]
encode = msgspec.json.Encoder().encode


def scan_many(
    unit: Unit, items: Sequence[tuple[Actor, Scan]], refusal: Refusal
) -> list[Answer | StrongroomError]:
    """One answer a scan, in order; a scan whose key was answered before gets that answer."""
    scans = [scan for _, scan in items]
    kept = kept_answers(unit.connection, [scan.key for scan in scans if scan.key is not None])
    answers: list[Answer | StrongroomError | None] = [
        kept.get(scan.key.key) if scan.key else None for scan in scans
    ]
    fresh = _first_of_each_key(scans, answers)
    for task, positions in _by_task(scans, fresh).items():
        found = _guarded(unit, task, [scans[position] for position in positions])
        for position, result in zip(positions, found, strict=True):
            answers[position] = (
                refusal(result) if isinstance(result, StrongroomError) else Answer(200, encode(result))
            )
    _repeat_within_batch(scans, answers)
    _keep(unit, scans, answers, fresh)
    return [answer for answer in answers if answer is not None]


def _first_of_each_key(scans: list[Scan], answers: list[Answer | StrongroomError | None]) -> list[int]:
    seen: set[str] = set()
    first = []
    for position, scan in enumerate(scans):
        if answers[position] is None and (scan.key is None or scan.key.key not in seen):
            first.append(position)
            if scan.key is not None:
                seen.add(scan.key.key)
    return first


def _by_task(scans: list[Scan], positions: list[int]) -> dict[tuple[TaskKind, str], list[int]]:
    groups: dict[tuple[TaskKind, str], list[int]] = {}
    for position in positions:
        task = scans[position].task
        groups.setdefault((task.kind, task.consignment), []).append(position)
    return groups


def _as_recorded(unit: Unit, scans: list[Scan]) -> list[Scan]:
    """A disk's label ends in its check character, a container's may say its SSCC; both are recorded by their barcode."""
    codes = {scan.code for scan in scans}
    meant = {**disk_barcodes(unit.connection, codes), **container_barcodes(unit.connection, codes)}
    if not meant:
        return scans
    return [msgspec.structs.replace(scan, code=meant.get(scan.code, scan.code)) for scan in scans]


def _guarded(unit: Unit, task: tuple[TaskKind, str], scans: list[Scan]) -> Results:
    """A refusal that concerns the whole task (no such consignment, wrong state) is every scan's answer."""
    before = len(unit.rows)
    try:
        with savepoint(unit.connection, "scans"):
            return TASKS[task[0]](Batch(unit, task[1]), _as_recorded(unit, scans))
    except StrongroomError as error:
        unit.forget(before)
        return [error] if len(scans) == 1 else [_guarded(unit, task, [scan])[0] for scan in scans]


def _repeat_within_batch(scans: list[Scan], answers: list[Answer | StrongroomError | None]) -> None:
    """The same key twice in one batch: the second gets the first's answer."""
    by_key: dict[str, tuple[RequestKey, Answer]] = {
        scan.key.key: (scan.key, answer)
        for scan, answer in zip(scans, answers, strict=True)
        if scan.key is not None and isinstance(answer, Answer)
    }
    for position, scan in enumerate(scans):
        if answers[position] is None and scan.key is not None:
            key, answer = by_key[scan.key.key]
            same = key.digest == scan.key.digest
            answers[position] = (
                Answer(answer.status, answer.body, repeated=True) if same else KeyReusedError()
            )


def _keep(
    unit: Unit, scans: list[Scan], answers: list[Answer | StrongroomError | None], fresh: list[int]
) -> None:
    rows: list[tuple[RequestKey, Answer]] = []
    for position in fresh:
        key, answer = scans[position].key, answers[position]
        if key is not None and isinstance(answer, Answer):
            rows.append((key, answer))
    keep(unit.connection, rows, unit.now)
