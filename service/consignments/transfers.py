"""A custody transfer drawn: two signatures and the link between them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.consignments.listing import ConsignmentRow
from service.consignments.models import ConsignmentState
from service.consignments.words import counted
from service.custody.queries import TransferView
from service.custody.rules import SignatureMethod
from service.web.views.consignment import Transfer, TransferSide
from service.web.views.parts import Chip, Part, Rich, Shape, Signature, Tone, When, WhenStyle

_METHOD = {
    SignatureMethod.DRAWN: "on glass", SignatureMethod.TYPED: "typed", SignatureMethod.SESSION: "signed in",
}  # fmt: skip


def transfer(
    view: TransferView,
    row: ConsignmentRow,
    now: datetime,
    people: Mapping[str, str],
    inked: Mapping[str, str],
) -> Transfer:
    """`people` are names by handler id, `inked` drawings by their SHA-256."""
    first = view.ordinal == 1
    seals = f"receives, counts, checks {counted(row.containers, 'seal')}"
    return Transfer(
        f"{view.ordinal} · {view.from_party} → {view.to_party}",
        _chip(view, row, now),
        _side(view.released, view.released_at, "released", people, inked, TransferSide(view.from_party, "", "releases")),
        _side(
            view.received, view.received_at, "received", people, inked,
            TransferSide(view.to_party, "", "signs for it" if first else seals),
        ),
    )  # fmt: skip


def _chip(view: TransferView, row: ConsignmentRow, now: datetime) -> Chip:
    if view.complete:
        return Chip("both sides recorded", Tone.GREEN, Shape.BARE)
    if row.state is ConsignmentState.CANCELLED:
        return Chip("never happened", Tone.NEUTRAL, Shape.BARE)
    if row.is_overdue(now):
        return Chip("overdue", Tone.RED, Shape.BARE)
    if row.state is ConsignmentState.FROZEN:
        word = "waits for the courier" if view.ordinal == 1 else "after the first"
        tone = Tone.AMBER if view.ordinal == 1 else Tone.NEUTRAL
        return Chip(word, tone, Shape.BARE)
    return Chip("expected", Tone.AMBER, Shape.BARE)


def _side(
    record: dict[str, Any] | None,
    at: datetime | None,
    word: str,
    people: Mapping[str, str],
    inked: Mapping[str, str],
    expected: TransferSide,
) -> TransferSide:
    if record is None or at is None:
        return expected
    name = str(record["name"])
    path = inked.get(str(record.get("evidence_sha256", "")), "")
    signature = Signature(name, path=path, typed="" if path else name)
    below = _below(record, at, word, people)
    return TransferSide(name, str(record["organisation"]), below, signature, recorded=True)


def _below(record: dict[str, Any], at: datetime, word: str, people: Mapping[str, str]) -> Rich:
    told: list[Part] = [
        f"{word} ",
        When(at, WhenStyle.SECOND),
        f" · {_METHOD[SignatureMethod(record['method'])]}",
    ]
    if record.get("badge"):
        told.append(f" · badge {record['badge']}")
    checked_by = str(record.get("checked_by") or "")
    if checked_by and checked_by != record.get("handler"):
        told.append(f" · identity checked by {people.get(checked_by, checked_by)}")
    return tuple(told)
