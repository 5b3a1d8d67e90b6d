"""What the pages of containers show."""

from dataclasses import replace

from service.containers import queries, rules
from service.containers.actions import ContainerEvent
from service.containers.models import CONTAINER, ContainerState, SealState
from service.containers.queries import ContainerView
from service.custody.sight import is_outsider
from service.custody.timeline import Saying, Teller, always, timeline
from service.handlers.rules import Permission
from service.ledger.store import Entry
from service.web.page import Page
from service.web.views.frame import Place
from service.web.views.pages import ThingPage
from service.web.views.parts import (
    Act,
    Barcode,
    Chip,
    EmptyState,
    Fact,
    Head,
    Ident,
    Link,
    Plate,
    Shape,
    Strong,
    Tone,
    When,
)
from service.web.views.sections import FactsSection, TableSection
from service.web.views.tables import Cell, Column, Keep, Row, Table

STATES = {
    ContainerState.OPEN: ("open", Tone.NEUTRAL),
    ContainerState.SEALED: ("sealed", Tone.GREEN),
    ContainerState.RETIRED: ("retired", Tone.NEUTRAL),
}
SEAL_STATES = {
    SealState.APPLIED: Chip("on", Tone.GREEN, Shape.BARE),
    SealState.REMOVED: Chip("cut", Tone.NEUTRAL, Shape.BARE),
    SealState.BROKEN: Chip("broken", Tone.RED, Shape.BARE),
    SealState.VOID: Chip("void", Tone.NEUTRAL, Shape.BARE),
}


def _sealed(entry: Entry) -> Saying:
    pieces, seal = entry.facts.get("pieces", 0), str(entry.facts.get("seal", ""))
    return Saying((f"Sealed with {pieces} media inside, seal ", Ident(seal), "."), Tone.GREEN)


def _opened(entry: Entry) -> Saying:
    whole = entry.facts.get("intact") is True
    word = "whole" if whole else "broken"
    text = ("Opened, seal ", Ident(str(entry.facts.get("seal", ""))), f" {word}.")
    return Saying(text, None if whole else Tone.RED)


def _handed(verb: str) -> Teller:
    def tell(entry: Entry) -> Saying:
        number = str(entry.facts.get("consignment", ""))
        return Saying((f"{verb} with ", Ident(number, f"/consignments/{number}"), "."), handover=True)

    return tell


def _numbered(entry: Entry) -> Saying:
    return Saying(("Given the SSCC ", Ident(str(entry.fields["set"]["sscc"])), "."))


TELLERS = {
    ContainerEvent.REGISTERED.value: always("Registered."),
    ContainerEvent.SEALED.value: _sealed,
    ContainerEvent.OPENED.value: _opened,
    ContainerEvent.RELEASED.value: _handed("Released"),
    ContainerEvent.RECEIVED.value: _handed("Received"),
    ContainerEvent.ASSIGNED.value: always("Chosen for a consignment."),
    ContainerEvent.UNASSIGNED.value: always("Given free."),
    ContainerEvent.SSCC_GIVEN.value: _numbered,
    ContainerEvent.RETIRED.value: always("Retired."),
}


def state_chip(state: ContainerState, shape: Shape = Shape.CUSTODY) -> Chip:
    word, tone = STATES[state]
    return Chip(word, tone, shape)


def allowed(act: Act, possible: bool, reason: str) -> Act:  # noqa: FBT001 - reads as a sentence
    return act if possible else replace(act, enabled=False, reason=reason)


def list_table(found: list[ContainerView], more: str | None) -> Table:
    columns = (
        Column("Container"), Column("State"), Column("Media", numeric=True), Column("Seal", mono=True),
        Column("Stands at", keep=Keep.TABLET), Column("With", keep=Keep.DESK), Column("Consignment", keep=Keep.TABLET),
    )  # fmt: skip
    rows = tuple(
        Row(
            (
                Cell(Ident(one.barcode, f"/containers/{one.barcode}"), head=True),
                Cell(state_chip(one.state, Shape.BARE)),
                Cell(f"{one.pieces} of {one.capacity}"),
                Cell(one.seal),
                Cell(one.place),
                Cell(one.custodian),
                Cell(Ident(one.consignment, f"/consignments/{one.consignment}") if one.consignment else ""),
            ),
            key=one.barcode,
        )
        for one in found
    )
    empty = EmptyState(
        "No container is registered.", "Boxes with a barcode of their own stand here, with their seals and what is inside."
    )  # fmt: skip
    return Table("containers", "Containers", columns, rows, older_href=more, empty=empty)


def thing_view(found: ContainerView, page: Page) -> ThingPage:
    barcode, sight = found.barcode, queries.sight(page.session.connection(), page.person)
    history = timeline(
        page.session, page.person, CONTAINER.subject(found.container_id), TELLERS, keep=sight.sees
    )
    head = Head(
        Link("Containers", "/containers"),
        Ident(barcode),
        where=(f"{found.place} · ", Strong(f"with {found.custodian}")),
        chips=(state_chip(found.state),),
        acts=_acts(found, page),
        plate=Plate(barcode),
    )
    seals = () if is_outsider(page.person) else (_seals(found, page),)
    return ThingPage(
        barcode,
        Place.CONSIGNMENTS,
        head,
        (_inside(found, page), *seals, history),
        (FactsSection("Container", _facts(found, page)),),
    )


def _acts(found: ContainerView, page: Page) -> tuple[Act, ...]:
    """Open, seal and empty, or why not."""
    base = f"/containers/{found.barcode}"
    sealed = found.state is ContainerState.SEALED
    if sealed:
        acts: tuple[Act, ...] = (Act("Open", f"{base}/open"),)
    else:
        held = found.pieces > 0
        acts = (
            allowed(Act("Empty", f"{base}/empty"), held, "nothing is inside"),
            allowed(Act("Seal", f"{base}/seal", first=True), held, "nothing is inside"),
        )
    reason = _why_not(found, page)
    return tuple(allowed(act, not reason, reason) if act.enabled else act for act in acts)


def _why_not(found: ContainerView, page: Page) -> str:
    if found.state is ContainerState.RETIRED:
        return "it is retired"
    if found.consignment:
        return f"it belongs to {found.consignment}; do it there"
    if not rules.keeps(page.person, found.custodian_id):
        return f"people of {found.custodian} who pack or receive do it"
    return ""


def _facts(found: ContainerView, page: Page) -> tuple[Fact, ...]:
    label = Link("print one", f"/labels/new?what=container&wanted={found.barcode}")
    optional = (
        (found.seal, Fact("Seal", Ident(found.seal))),
        (found.sealed_at, Fact("Sealed", When(found.sealed_at) if found.sealed_at else "")),
        (
            found.consignment,
            Fact("Consignment", Ident(found.consignment, f"/consignments/{found.consignment}")),
        ),
    )
    return (
        Fact("Holds", f"{found.pieces} of {found.capacity} media"),
        *(fact for known, fact in optional if known),
        *((Fact("SSCC", Ident(found.sscc)),) if found.sscc else ()),
        Fact("Stands at", found.place),
        Fact("Custodian", found.custodian),
        *((Fact("Label", label),) if page.person.may(Permission.PRINT_LABELS) else ()),
    )


def _inside(found: ContainerView, page: Page) -> TableSection:
    inside = queries.inside(page.session.connection(), found.container_id)
    outsider = is_outsider(page.person)
    rows = tuple(
        Row(
            (
                Cell(Barcode(one.barcode, None if outsider else f"/media/{one.barcode}"), head=True),
                Cell(one.dataset),
                Cell(Chip("on hold", Tone.AMBER, Shape.HOLD) if one.held else one.content.value),
            )
        )
        for one in inside
    )
    empty = EmptyState(
        "Nothing is inside.", "Media are packed by scanning them in the task of a consignment."
    )
    columns = (Column("Medium"), Column("Dataset"), Column("Content"))
    note = "" if len(inside) == found.pieces else f"the first {len(inside)} of {found.pieces}"
    return TableSection("Inside", Table("inside", "Media inside", columns, rows, empty=empty), note)


def _seals(found: ContainerView, page: Page) -> TableSection:
    rows = tuple(
        Row(
            (
                Cell(Ident(one.number), head=True),
                Cell(SEAL_STATES[one.state]),
                Cell(When(one.applied_at)),
                Cell(When(one.removed_at) if one.removed_at else ""),
            )
        )
        for one in queries.seals(page.session.connection(), found.container_id)
    )
    columns = (
        Column("Seal"),
        Column("State"),
        Column("Applied", numeric=True),
        Column("Taken off", numeric=True),
    )
    empty = EmptyState("It was never sealed.", "Each seal's number stands here; a number is used once.")
    return TableSection("Seals", Table("seals", "Seals", columns, rows, empty=empty))
