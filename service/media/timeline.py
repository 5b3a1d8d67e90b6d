"""A medium's timeline: its entries as sentences, custody transfers as two sides, between them who had it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from service.ledger.store import Entry
from service.media.history import TRANSFERS, CustodyGap, Handing, Names, handing_of
from service.media.sentences import tell
from service.web.times import age
from service.web.views.parts import Fact, Ident, Link, Part, Rich, Strong
from service.web.views.timeline import Entry as TimelineEntry
from service.web.views.timeline import Event, Evidence, Gap, Handover, Side, Span

PAGE = 100

# What the timeline can be narrowed to; a kind that lists nothing shows all.
KINDS: Mapping[str, tuple[str, ...]] = {
    "all": (),
    "transfers": TRANSFERS,
    "moves": (
        "medium:moved", "medium:observed", "medium:loaded", "medium:ejected", "medium:taken_out", "medium:scanned_out",
        "medium:packed", "medium:unpacked", "medium:packing_undone", "medium:missing", "medium:found",
    ),
    "holds": ("hold:placed", "hold:released"),
    "content": ("medium:registered", "medium:edited", "medium:content_changed"),
}  # fmt: skip


def told(entry: Entry, names: Names) -> TimelineEntry:
    """One entry by itself."""
    said = tell(entry, names)
    if entry.event in TRANSFERS:
        handing = handing_of(entry)
        return Handover(
            at=entry.recorded_at,
            text=said.text,
            received=Side(handing.received_by, handing.received_at),
            released=Side(handing.released_by, handing.released_at),
            evidence=_evidence(entry, handing, said.detail),
        )
    return Event(entry.recorded_at, said.text, _detail(entry, names, said.detail), said.tone)


def _detail(entry: Entry, names: Names, detail: tuple[Part, ...]) -> Rich:
    reason = entry.fields.get("reason")
    parts: list[Part] = [*detail, *([" · " if detail else "", f"Reason: {reason}"] if reason else [])]
    parts += [" · "] if any(parts) else []
    by = names.handler(entry.handler_id)
    return (*parts, by[:1].upper() + by[1:], " · ", _proof_link(entry))


def _proof_link(entry: Entry) -> Link:
    return Link(f"entry {entry.position:,}", f"/ledger/entries/{entry.position}")


def _evidence(entry: Entry, handing: Handing, detail: tuple[Part, ...]) -> Evidence:
    signatures = sum(at is not None for at in (handing.released_at, handing.received_at))
    facts = [Fact("For", detail)] if detail else []
    if digest := entry.facts.get("manifest_sha256"):
        facts.append(Fact("Manifest", Ident(str(digest)), mono=True))
    proof = Link("entry + proof", f"/ledger/entries/{entry.position}")
    facts += [Fact("Entry", _proof_link(entry)), Fact("Check it yourself", proof)]
    noun = "signature" if signatures == 1 else "signatures"
    return Evidence(f"{signatures} {noun}, ledger proof", facts=tuple(facts))


def timeline(
    entries: Sequence[Entry],
    names: Names,
    now: datetime,
    *,
    gaps: Sequence[CustodyGap] = (),
    place_now: str = "",
    from_newest: bool = True,
) -> tuple[TimelineEntry, ...]:
    """`entries` newest first, none left out; `place_now` stands in the newest span, which an older page does not have."""
    found: list[TimelineEntry] = []
    period: list[Entry] = []
    until: datetime | None = None
    changes = custodian_changes(entries)
    for entry in entries:
        if entry.position not in changes:
            period.append(entry)
            continue
        outside = not names.is_ours(entry.changes["custodian_id"])
        opened = [
            gap for gap in gaps if entry.event in TRANSFERS and gap.since == handing_of(entry).released_at
        ]
        if not opened and (until is not None or from_newest):
            found.append(_span(entry, names, until, now, place_now if until is None else ""))
        found += [_drawn(one, names, outside=outside) for one in period]
        found += [*(_gap(gap, now) for gap in opened), told(entry, names)]
        period, until = [], entry.recorded_at
    return (*found, *(told(one, names) for one in period))


def custodian_changes(entries: Sequence[Entry]) -> frozenset[int]:
    """Positions of the entries after which somebody else is custodian; `entries` newest first.

    Many entries repeat the custodian; the oldest of a page counts when it is an accession or a custody transfer.
    """
    found: list[int] = []
    holder: object = None
    for entry in reversed(entries):
        now = entry.changes.get("custodian_id")
        if now is None or now == holder:
            continue
        if holder is not None or entry.event in {*TRANSFERS, "medium:registered"}:
            found.append(entry.position)
        holder = now
    return frozenset(found)


def _drawn(entry: Entry, names: Names, *, outside: bool) -> TimelineEntry:
    drawn = told(entry, names)
    return replace(drawn, outside=outside) if outside and isinstance(drawn, Event | Handover) else drawn


def _span(entry: Entry, names: Names, until: datetime | None, now: datetime, place_now: str) -> Span:
    """Who had it since this entry, until the next change of custodian or still."""
    holder = str(entry.changes["custodian_id"])
    location_id = entry.changes.get("location_id")
    lasted = age((until or now) - entry.recorded_at)
    where = f", in {names.place(location_id)}" if location_id else ""
    if names.is_consignment(location_id):
        where = ", in transit"
    if place_now:
        where = f", now in {place_now}"
    return Span(
        ("with ", Strong(names.party(holder)), f" for {lasted}{where}"), outside=not names.is_ours(holder)
    )


def _gap(gap: CustodyGap, now: datetime) -> Gap:
    lasts = "" if gap.until else " so far"
    detail = "It was released, and nobody signed for it. The gap stays in the record."
    return Gap(gap.since, f"Gap: {age(gap.length(now))}{lasts} without a signed custodian.", detail)
