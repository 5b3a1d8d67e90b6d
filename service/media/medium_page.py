"""The page of one medium: what, where, who; its holds, its custody, its timeline."""

from datetime import datetime
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlmodel import Session, col

from service.containers.models import Container
from service.custody.queries import discrepancies
from service.db import table
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.holds.queries import HoldView, holds_of
from service.locations.models import ELEMENT_KINDS, Location
from service.media import history
from service.media.history import Summary, short_place
from service.media.listing import shapes
from service.media.models import Custody, MediaType, Medium
from service.media.queries import by_barcode, standing
from service.media.reservations import reservations_of
from service.media.rules import possible_contents
from service.media.schemas import MediumShape
from service.media.timeline import KINDS, PAGE, timeline, told
from service.media.words import chips, day_words, href, list_href, type_words, word
from service.receipts.finding import NOT_THERE, may_find
from service.web.times import age
from service.web.views.frame import Place
from service.web.views.medium import MediumView
from service.web.views.parts import (
    Act,
    Barcode,
    Chip,
    Fact,
    Fault,
    Filter,
    FilterLink,
    Head,
    Ident,
    Link,
    Number,
    Part,
    Plate,
    Rich,
    Shape,
    SideItem,
    SideList,
    Strong,
    Tone,
    When,
    WhenStyle,
)
from service.web.views.sections import FactsSection

BESIDE = 8  # neighbours before and after
DAYS_A_MONTH = 30.44
_MEDIUM = table(Medium)
_LOCATION = table(Location)


def medium_view(
    session: Session, person: Person, barcode: str, *, show: str, before: int | None, now: datetime
) -> MediumView:
    """Raises NotFoundError."""
    connection = session.connection()
    row = by_barcode(session, barcode)
    one = shapes(connection, [row])[0]
    holds = holds_of(session, one.medium_id)
    summary = _summary(connection, one.medium_id)
    kind = show if show in KINDS else "all"
    entries = history.history(
        connection, one.medium_id, events=KINDS[kind] or None, before=before, limit=PAGE + 1
    )
    shown = entries[:PAGE]
    names = history.names_for(connection, shown)
    drawn = (
        timeline(
            shown, names, now, gaps=summary.gaps, place_now=short_place(one.location.name), from_newest=before is None
        )
        if kind == "all"
        else tuple(told(entry, names) for entry in shown)
    )  # fmt: skip
    older = href(barcode, f"?show={kind}&before={shown[-1].position}") if len(entries) > PAGE else None
    return MediumView(
        title=barcode,
        place=Place.MEDIA,
        head=_head(session, person, one, possible=bool(possible_contents(standing(row)))),
        facts=(
            _facts(one, _label(connection, person, one)),
            *(_hold(hold) for hold in holds),
            _custody(person, one, summary, now),
        ),
        entries=drawn,
        filter=_filter(connection, one, kind),
        older_href=older,
        faults=_faults(session, one),
        printed=("Printed ", When(now, WhenStyle.BOTH)),
        side=_beside(connection, one),
    )


def _summary(connection: Connection, medium_id: str) -> Summary:
    found = history.history(connection, medium_id, events=history.TRANSFERS, limit=1000)
    return history.summary_of([history.handing_of(entry) for entry in reversed(found)])


def _head(session: Session, person: Person, one: MediumShape, *, possible: bool) -> Head:
    seen: tuple[Part, ...] = (" · seen ", When(one.seen_at, WhenStyle.AGO)) if one.seen_at else ()
    last = "last known: " if one.custody in {Custody.MISSING, Custody.GONE} else ""
    where = (
        last,
        *_container(session, one),
        short_place(one.location.name),
        " · ",
        Strong(f"with {one.custodian.name}"),
        *seen,
    )
    acts = (*_found_act(session, person, one), *_acts(person, one, possible=possible))
    return Head(
        kind="Medium",
        name=Barcode(one.barcode),
        where=where,
        chips=chips(one),
        acts=acts,
        plate=Plate(one.barcode, "code39"),
    )


def _found_act(session: Session, person: Person, one: MediumShape) -> tuple[Act, ...]:
    """While it is missing, or its library reported it absent, the act that ends this comes first."""
    waiting = discrepancies(session, medium_id=one.medium_id, limit=20)
    if one.custody is not Custody.MISSING and not any(found.kind in NOT_THERE for found in waiting):
        return ()
    reason = "needs a media handler or a backup administrator"
    return (Act("Record it as found", f"{href(one.barcode)}/found", enabled=may_find(person), reason=reason),)


def _container(session: Session, one: MediumShape) -> tuple[Part, ...]:
    if one.container_id is None:
        return ()
    query = select(col(Container.barcode)).where(col(Container.container_id) == one.container_id)
    code = session.connection().execute(query).scalar_one_or_none()
    return (Ident(str(code), f"/containers/{code}"), ", ") if code else ()


def _acts(person: Person, one: MediumShape, *, possible: bool) -> tuple[Act, ...]:
    base = href(one.barcode)
    manages, holds = person.may(Permission.MANAGE_MEDIA), person.may(Permission.PLACE_HOLD)
    gone = one.custody is Custody.GONE
    return (
        Act("Place a hold", f"{base}/place-hold", enabled=holds and not gone, reason="it is gone" if gone else "needs the security officer"),
        Act("Correct", f"{base}/edit", enabled=manages, reason="needs the backup administrator"),
        Act(
            "Change content", f"{base}/change-content", enabled=manages and possible, first=True,
            reason="no other content is possible" if manages else "needs the backup administrator",
        ),
    )  # fmt: skip


def _label(connection: Connection, person: Person, one: MediumShape) -> tuple[Fact, ...]:
    """Of which series its number is, whether a scan has proved the label, and the way to another one."""
    parts: list[Part] = []
    reserved = reservations_of(connection, [one.barcode]).get(one.barcode)
    if reserved is not None:
        parts += ["of ", Ident(reserved.number, f"/labels/series/{reserved.number}")]
        proved = reserved.verified_at
        parts += [", scanned ", When(proved, WhenStyle.SHORT)] if proved else []
    if person.may(Permission.PRINT_LABELS):
        what = "disk" if one.media_type is MediaType.DISK else "reprint"
        again = Link("print one", f"/labels/new?what={what}&wanted={quote(one.barcode)}")
        parts += [" · " if parts else "", again]
    return (Fact("Label", tuple(parts)),) if parts else ()


def _facts(one: MediumShape, label: tuple[Fact, ...]) -> FactsSection:
    facts: list[Fact] = [Fact("Media type", type_words(one))]
    facts += [Fact("Serial number", one.serial_number, mono=True)] if one.serial_number else []
    if one.dataset:
        facts.append(Fact("Dataset", Link(one.dataset, list_href(dataset=one.dataset))))
    facts += [Fact("Tier", one.tier)] if one.tier else []
    facts += [Fact("Written on", day_words(one.written_on))] if one.written_on else []
    if one.expires_on:
        held = ", and while held" if one.held_since else ""
        facts.append(Fact("Retain until", f"{day_words(one.expires_on)}{held}"))
    encrypted = {True: Chip("yes", Tone.GREEN, Shape.BARE), False: Chip("no", Tone.AMBER, Shape.BARE)}
    facts.append(Fact("Encrypted", "not known" if one.encrypted is None else encrypted[one.encrypted]))
    facts.append(Fact("Accession", When(one.registered_at, WhenStyle.STAMP)))
    facts += label
    return FactsSection("Facts", tuple(facts))


def _hold(hold: HoldView) -> FactsSection:
    facts = [Fact("Reason", hold.reason), Fact("Owner", hold.owner)]
    facts += [Fact("Approved by", hold.approver)] if hold.approver else []
    facts += [Fact("Placed", (hold.placed_by or "by the system", ", ", When(hold.placed_at, WhenStyle.DATE)))]
    facts += [Fact("Review", day_words(hold.review_on))] if hold.review_on else []
    return FactsSection("Hold", tuple(facts), note=Ident(hold.number, f"/holds/{hold.number}"))


def _custody(person: Person, one: MediumShape, summary: Summary, now: datetime) -> FactsSection:
    months = max(1, round((now - one.registered_at).days / DAYS_A_MONTH))
    facts = (
        Fact("Transfers", Number(summary.transfers)),
        Fact("Two-sided", Number(summary.two_sided)),
        Fact("Gaps", _gaps(summary, now)),
        *_recovery(person, one),
        Fact("Prove it", Link("its entries in the ledger", f"/ledger?subject=medium:{one.medium_id}")),
    )
    return FactsSection(f"Custody, {months} {'month' if months == 1 else 'months'}", facts)


def _recovery(person: Person, one: MediumShape) -> tuple[Fact, ...]:
    if one.custody is Custody.GONE or not person.may(Permission.RECALL):
        return ()
    return (
        Fact("Need it back", Link("a recovery list with it", f"/recovery-lists/new?q={quote(one.barcode)}")),
    )


def _gaps(summary: Summary, now: datetime) -> Rich:
    if not summary.gaps:
        return Chip("none", Tone.GREEN, Shape.BARE)
    longest = max(gap.length(now) for gap in summary.gaps)
    many = f"{len(summary.gaps)}, up to" if len(summary.gaps) > 1 else "1, of"
    return Chip(f"{many} {age(longest)}", Tone.RED, Shape.BARE)


def _filter(connection: Connection, one: MediumShape, kind: str) -> Filter:
    counted = history.counts(connection, one.medium_id)
    links = []
    for name, events in KINDS.items():
        number = sum(counted.get(event, 0) for event in events) if events else sum(counted.values())
        if number or name == kind:
            links.append(FilterLink(name, href(one.barcode, f"?show={name}"), number, current=name == kind))
    return Filter("Filter", tuple(links))


def _faults(session: Session, one: MediumShape) -> tuple[Fault, ...]:
    return tuple(
        Fault(
            (Ident(found.number, f"/discrepancies/{found.number}"), f" · {found.sentence}"), tone=Tone.AMBER
        )
        for found in discrepancies(session, medium_id=one.medium_id, limit=20)
    )


def _beside(connection: Connection, one: MediumShape) -> SideList | None:
    """The media in the neighbouring slots, or those of the same place around it by barcode."""
    place = connection.execute(select(_LOCATION).where(_LOCATION.c.location_id == one.location.id)).one()
    columns = (_MEDIUM.c.barcode, _MEDIUM.c.content, _MEDIUM.c.held_since, _LOCATION.c.name)
    query = select(*columns).join(_LOCATION, _LOCATION.c.location_id == _MEDIUM.c.location_id)
    if place.kind in ELEMENT_KINDS and place.parent_id is not None:
        near = _LOCATION.c.number.between(place.number - BESIDE, place.number + BESIDE)
        same = (_LOCATION.c.parent_id == place.parent_id) & (_LOCATION.c.kind == place.kind)
        found = connection.execute(query.where(same, near).order_by(_LOCATION.c.number)).all()
        where, location = short_place(place.path.rpartition(" › ")[0]), place.parent_id
    else:
        here = query.where(_MEDIUM.c.location_id == place.location_id)
        after = here.where(_MEDIUM.c.barcode >= one.barcode).order_by(_MEDIUM.c.barcode)
        before = here.where(_MEDIUM.c.barcode < one.barcode).order_by(_MEDIUM.c.barcode.desc())
        found = [
            *reversed(connection.execute(before.limit(BESIDE)).all()),
            *connection.execute(after.limit(BESIDE)).all(),
        ]
        where, location = short_place(place.path), place.location_id
    items = tuple(
        SideItem(
            Barcode(row.barcode), href(row.barcode), row.name if place.kind in ELEMENT_KINDS else "",
            word(row.content) + (", on hold" if row.held_since else ""), current=row.barcode == one.barcode,
        )
        for row in found
    )  # fmt: skip
    return SideList(f"Media in {where}", items, more_href=list_href(location=location))
