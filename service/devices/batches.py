"""What goes out next, and what to wait for. Pure: a look, the run's open lines and the batch under way in, a plan out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.devices.models import ElementKind
from service.devices.seen import Look


@dataclass(frozen=True, slots=True)
class ToEject:
    """A medium of the run. `place` is None when it is seen nowhere; `in_slot` when the robot may take it from there."""

    medium_id: str
    barcode: str
    place: str | None
    in_slot: bool
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """A medium that the job leaves where it is."""

    medium_id: str
    barcode: str
    why: str


def left_behind(lines: Iterable[ToEject]) -> list[Left]:
    return [Left(line.medium_id, line.barcode, why) for line in lines if (why := why_left(line)) is not None]


def why_left(line: ToEject) -> str | None:
    if line.frozen:
        return "kept out of every job until its discrepancy is resolved"
    if line.place is None:
        return "not seen in the library"
    if not line.in_slot:
        return f"in {line.place}; it goes out once it is back in a slot"
    return None


def batches_needed(media: int, mail_slots: int) -> int:
    return -(-media // mail_slots) if mail_slots else 0


@dataclass(frozen=True, slots=True)
class Out:
    """A medium that the job has put into a mail slot and nobody has taken yet."""

    medium_id: str
    barcode: str
    tag: str
    address: int
    number: int


@dataclass(frozen=True, slots=True)
class Batch:
    """`filling`: media of this batch that are still to come; `out`: those that lie in the mail slots."""

    number: int = 0
    of: int = 0
    filling: tuple[str, ...] = ()
    out: tuple[Out, ...] = ()

    @staticmethod
    def of_progress(progress: Mapping[str, Any]) -> "Batch":
        return Batch(
            int(progress.get("batch", 0)),
            int(progress.get("batches", 0)),
            tuple(progress.get("filling", ())),
            tuple(Out(**item) for item in progress.get("out", ())),
        )


@dataclass(frozen=True, slots=True)
class MoveNext:
    line: ToEject
    batch: Batch


@dataclass(frozen=True, slots=True)
class WaitFor:
    sentence: str


def plan_ejection(
    lines: Sequence[ToEject], batch: Batch, *, free_mail_slots: int, mail_slots: int
) -> MoveNext | WaitFor | None:
    """The next move, what to wait for, or None when nothing is left that may go."""
    ready = {line.medium_id: line for line in lines if why_left(line) is None}
    filling = [medium_id for medium_id in batch.filling if medium_id in ready]
    if filling and free_mail_slots:
        return MoveNext(ready[filling[0]], replace(batch, filling=tuple(filling)))
    if batch.out:
        return WaitFor(_take_out(batch, len(ready)))
    if not ready:
        return None
    if not free_mail_slots:
        return WaitFor(_no_room(len(ready), mail_slots))
    chosen = tuple(list(ready)[:free_mail_slots])
    of = batch.number + batches_needed(len(ready), free_mail_slots)
    return MoveNext(ready[chosen[0]], Batch(batch.number + 1, of, chosen))


def _take_out(batch: Batch, to_come: int) -> str:
    slots = ", ".join(str(one.number) for one in sorted(batch.out, key=lambda one: one.number))
    media = f"{len(batch.out)} {'medium' if len(batch.out) == 1 else 'media'}"
    then = f" Then batch {batch.number + 1} of {max(batch.of, batch.number + 1)} comes." if to_come else ""
    return f"Take {media} out of mail slot{'s' if len(batch.out) > 1 else ''} {slots}.{then}"


def _no_room(to_come: int, mail_slots: int) -> str:
    if not mail_slots:
        return "The library shows no mail slot. Nothing can go out."
    media = f"{to_come} {'medium waits' if to_come == 1 else 'media wait'}"
    return f"All {mail_slots} mail slots are taken. Empty them; {media} to go out."


def taken_out(out: Sequence[Out], look: Look) -> tuple[list[Out], list[Out]]:
    """(no longer in a mail slot, still there). An unreadable medium in the mail slot counts as still there."""
    taken: list[Out] = []
    staying: list[Out] = []
    for one in out:
        at = next((e for e in look.by_tag.get(one.tag, ()) if e.kind is ElementKind.MAIL_SLOT), None)
        place = look.by_address.get(one.address)
        if at is not None:
            staying.append(replace(one, address=at.address, number=at.number))
        elif not look.trustworthy or (place is not None and place.full and place.tag is None):
            staying.append(one)
        else:
            taken.append(one)
    return taken, staying
