"""The dock: what arrived, what does not fit, and what both sides sign."""

from service.consignments import listing
from service.consignments.courier_form import courier_fields, own_group
from service.consignments.doing import closing_hindrance, why_not
from service.consignments.forms import form_page, row_of
from service.consignments.listing import BoxRow, ConsignmentRow, LineRow
from service.consignments.models import LineState, SealOutcome
from service.consignments.rules import Duty
from service.consignments.sheet import Sheet, read_sheet
from service.consignments.transfers import transfer
from service.consignments.views import fault, head_where, state_chip
from service.consignments.words import counted
from service.custody import queries as custody
from service.custody.queries import DiscrepancySelection
from service.handlers.rules import Permission
from service.web.page import Page
from service.web.views.consignment import AcknowledgeView, ArrivedBox
from service.web.views.forms import Danger, Field, FieldKind, Form, Option
from service.web.views.frame import Place
from service.web.views.pages import FormPage
from service.web.views.parts import Act, Barcode, Chip, Fault, Head, Ident, Link, Rich, Shape, Tone, When
from service.web.views.sections import FaultsSection

NAMED = 20


def acknowledge_view(page: Page, number: str) -> AcknowledgeView:
    row = row_of(page, number)
    sheet = read_sheet(page, number, None)
    views = custody.transfers_of(page.session.connection(), page.person, number)
    reason = why_not(row, Duty.RECEIVE, page.person)
    lines = listing.lines(page.session.connection(), page.person, row.consignment_id)
    missing = still_missing(sheet, lines)
    return AcknowledgeView(
        title=f"Acknowledge {number}",
        place=Place.CONSIGNMENTS,
        head=Head(
            Link("Arrival", f"/consignments/{number}"), Ident(number), head_where(row), (state_chip(row, page.now),)
        ),
        transfer=transfer(views[1], row, page.now, {}, {}),
        tally=_tally(sheet, len(missing)),
        boxes=tuple(_arrived(box, number, shut=bool(reason)) for box in sheet.boxes),
        scan=Act(
            "Scan containers and media", f"/scan?task=receive:{number}", enabled=not reason, reason=reason, slim=True
        ),
        problems=_problems(page, number, sheet, missing),
        lines=None,
        finish=_finish(page, row, missing, reason),
    )  # fmt: skip


def still_missing(sheet: Sheet, lines: list[LineRow]) -> list[LineRow]:
    """Lines that are declared missing when it is signed now: neither scanned nor in a box with its seal intact."""
    intact = {box.barcode for box in sheet.boxes if box.seal_outcome is SealOutcome.INTACT}
    return [line for line in lines if line.state is LineState.PACKED and line.container not in intact]


def _tally(sheet: Sheet, missing: int) -> str:
    seen = sum(box.seen_at is not None for box in sheet.boxes)
    arrived = sheet.row.media - missing
    return f"{seen} of {counted(len(sheet.boxes), 'container')} looked at, {arrived} of {counted(sheet.row.media, 'medium')} here."


_OUTCOME = {
    SealOutcome.UNCHECKED: ("not yet seen", Tone.AMBER),
    SealOutcome.INTACT: ("seal intact", Tone.GREEN),
    SealOutcome.BROKEN: ("seal broken", Tone.RED),
    SealOutcome.MISMATCH: ("another seal", Tone.RED),
}


def _arrived(box: BoxRow, number: str, *, shut: bool) -> ArrivedBox:
    word, tone = _OUTCOME[box.seal_outcome]
    notes: dict[SealOutcome, Rich] = {
        SealOutcome.INTACT: ("looked at ", When(box.seen_at)) if box.seen_at else "",
        SealOutcome.BROKEN: "Every medium in it must be scanned.",
        SealOutcome.MISMATCH: "Every medium in it must be scanned.",
        SealOutcome.UNCHECKED: "",
    }
    again = box.seal_outcome is SealOutcome.UNCHECKED and not shut
    return ArrivedBox(
        Ident(box.barcode),
        f"{counted(box.pieces, 'medium')} expected",
        ("Seal ", Ident(box.seal_number or ""), " expected"),
        Chip(word, tone, Shape.BARE),
        _seal_form(box.barcode, number) if again else None,
        notes[box.seal_outcome],
    )


def _seal_form(barcode: str, number: str) -> Form:
    return Form(
        f"see-{barcode}",
        f"/consignments/{number}/containers/{barcode}/see",
        f"Record {barcode}",
        (
            Field(
                "seal_state",
                "The seal is",
                FieldKind.RADIO,
                "whole",
                options=(Option("whole", "whole"), Option("broken", "broken, changed or not there")),
            ),
            Field(
                "seal",
                "Seal number as you read it",
                mono=True,
                width=12,
                required=False,
                help="Read it from the seal, not from this page.",
            ),
        ),
    )


def _problems(page: Page, number: str, sheet: Sheet, missing: list[LineRow]) -> tuple[Fault, ...]:
    """What is recorded already, and what will be when it is signed now."""
    wanted = DiscrepancySelection(consignment=number)
    found = custody.discrepancy_views(page.session.connection(), page.person, wanted)
    found.sort(key=lambda one: one.number)
    by_box: dict[str, list[LineRow]] = {}
    for line in missing:
        by_box.setdefault(line.container or "", []).append(line)
    looked = {box.barcode: box for box in sheet.boxes}
    will = tuple(_will_miss(looked[barcode], lines) for barcode, lines in by_box.items() if barcode in looked)
    return (*(fault(one) for one in found), *will)


def _will_miss(box: BoxRow, lines: list[LineRow]) -> Fault:
    unseen = box.seal_outcome is SealOutcome.UNCHECKED
    what = "has not been looked at" if unseen else "is to be checked medium by medium"
    named = tuple(part for line in lines[:NAMED] for part in (" ", Barcode(line.barcode)))
    more = f" and {len(lines) - NAMED} more" if len(lines) > NAMED else ""
    return Fault(
        (Ident(box.barcode), f" {what}: {len(lines)} of {counted(box.pieces, 'medium')} not here yet."),
        ("Missing if you sign now:", *named, more),
    )


def _finish(page: Page, row: ConsignmentRow, missing: list[LineRow], reason: str) -> Form:
    danger = (
        Danger(f"Declared missing: {counted(len(missing), 'medium')}, each with a discrepancy that stays open until somebody says why.")
        if missing
        else None
    )  # fmt: skip
    submit = f"Acknowledge with {len(missing)} missing" if missing else "Acknowledge everything"
    return Form(
        "finish",
        f"/consignments/{row.number}/acknowledge",
        submit,
        courier_fields(row, autofocus=False),
        groups=(own_group(page),),
        danger=danger,
        other=(Act("Leave", f"/consignments/{row.number}"),),
        submit_enabled=not reason,
        submit_reason=reason,
    )


def close_page(page: Page, number: str) -> FormPage:
    row = row_of(page, number)
    sheet = read_sheet(page, number, None)
    hindrance = closing_hindrance(row, sheet.counts.get(LineState.MATCHED, 0))
    reason = why_not(row, Duty.CLOSE, page.person) or hindrance
    counted = ", ".join(f"{count} {state.value}" for state, count in sorted(sheet.counts.items()))
    danger = Danger(
        f"{number} is reconciled: {counted}. Nothing about it changes afterwards.", tone=Tone.AMBER
    )
    form = Form(
        "close", f"/consignments/{number}/close", "Close it", danger=danger,
        submit_enabled=not reason, submit_reason=reason,
    )  # fmt: skip
    view = form_page(page, row, "Close", form)
    return FormPage(view.title, view.place, view.head, view.form, _discrepancies(page, number), view.side)


def _discrepancies(page: Page, number: str) -> tuple[FaultsSection, ...]:
    """The open ones, with the way to resolve them; the resolved ones say how they were."""
    wanted = DiscrepancySelection(open=None, consignment=number)
    found = custody.discrepancy_views(page.session.connection(), page.person, wanted)
    found.sort(key=lambda one: one.number)
    resolves = page.person.may(Permission.RESOLVE)
    open_ones = tuple(fault(one, resolves=resolves) for one in found if one.is_open)
    done = tuple(
        Fault((Ident(one.number, f"/discrepancies/{one.number}"), f": {one.sentence}"), one.resolution, Tone.NEUTRAL)
        for one in found
        if not one.is_open
    )  # fmt: skip
    sections = (
        FaultsSection("Open discrepancies", open_ones, note=str(len(open_ones))),
        FaultsSection("Resolved discrepancies", done, note=str(len(done))),
    )
    return tuple(section for section in sections if section.faults)
