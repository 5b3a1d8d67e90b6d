"""Entries of a container, consignment or discrepancy as a timeline, newest on top."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from service.handlers.queries import Person, names_of
from service.handlers.rules import Permission
from service.ledger import store
from service.ledger.store import Entry
from service.web.views.parts import Link, Part, Rich, Tone
from service.web.views.sections import TimelineSection
from service.web.views.timeline import Entry as Drawn
from service.web.views.timeline import Event, Handover, Side

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Saying:
    """`handover`: both sides were recorded, their names are in the entry's facts."""

    text: Rich
    tone: Tone | None = None
    handover: bool = False


Teller = Callable[[Entry], Saying]


def always(text: Rich, tone: Tone | None = None) -> Teller:
    """The same sentence for every entry of an event."""
    return lambda _: Saying(text, tone)


def timeline(
    session: Session,
    person: Person,
    subject: str,
    tellers: Mapping[str, Teller],
    *,
    title: str = "History",
    keep: Callable[[Entry], bool] = lambda _: True,
) -> TimelineSection:
    """The newest entries; outsiders get no links into the ledger, which they may not read."""
    entries = [entry for entry in store.entries_of(session.connection(), subject, limit=SHOWN) if keep(entry)]
    names = names_of(session, [entry.handler_id for entry in entries if entry.handler_id])
    proofs = person.may(Permission.READ_LEDGER)
    drawn = tuple(_drawn(entry, _teller(tellers, entry), names, proofs=proofs) for entry in entries)
    return TimelineSection(title, drawn, note=_note(entries))


def _note(entries: Sequence[Entry]) -> str:
    return f"the newest {SHOWN} entries" if len(entries) == SHOWN else ""


def _teller(tellers: Mapping[str, Teller], entry: Entry) -> Teller:
    return tellers.get(
        entry.event, always(entry.event.partition(":")[2].replace("_", " ").capitalize() + ".")
    )


def _drawn(entry: Entry, tell: Teller, names: Mapping[str, str], *, proofs: bool) -> Drawn:
    said = tell(entry)
    if said.handover:
        facts, at = entry.facts, entry.recorded_at
        received = Side(str(facts.get("received_by", "")), at)
        return Handover(at, said.text, received, Side(str(facts.get("released_by", "")), at))
    by = names.get(entry.handler_id or "", "the system")
    reason = entry.fields.get("reason")
    detail: tuple[Part, ...] = (f"By {by}", f": {reason}" if reason else "")
    if proofs:
        detail += (" · ", Link(f"entry {entry.position:,}", f"/ledger/entries/{entry.position}"))
    return Event(entry.recorded_at, said.text, detail, said.tone)
