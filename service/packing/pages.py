"""Packing on a page: choose a container, seal it, open it again, leave a medium out with a reason."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from service.consignments.doing import why_not
from service.consignments.duties import check_duty
from service.consignments.forms import form_page, row_of
from service.consignments.listing import ConsignmentRow
from service.consignments.rules import Duty
from service.containers.models import ContainerState
from service.containers.queries import ContainerSelection, containers
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.packing import actions
from service.web.filling import act_or_again
from service.web.page import Page, page_for
from service.web.views.forms import Danger, Field, FieldKind, Form, Option
from service.web.views.pages import FormPage
from service.web.views.parts import Act, Barcode, Tone

router = APIRouter(prefix="/consignments/{number}", include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ_CONSIGNMENTS)]
MAX_BARCODE = 64
OFFERED = 200


@router.get("/skip")
def skip_form(
    number: str, page: Reader, barcode: Annotated[str, Query(max_length=MAX_BARCODE)] = ""
) -> Response:
    return page.render("pages/form.html", _skip_page(page, number, barcode))


@router.post("/skip")
def skip(number: str, page: Reader) -> Response:
    barcode = page.text("barcode").upper()

    def work(unit: Unit) -> None:
        check_duty(unit, number, Duty.SKIP, page.person)
        actions.skip(unit, number, barcode, page.text("reason"))

    return act_or_again(
        page,
        lambda: _skip_page(page, number, barcode),
        work,
        lambda _: page.redirect(f"/consignments/{number}", f"{barcode} is left out."),
    )


def _skip_page(page: Page, number: str, barcode: str) -> FormPage:
    row = row_of(page, number)
    fields = (
        Field("barcode", "Medium", value=barcode, mono=True, width=16, autofocus=not barcode),
        Field(
            "reason",
            "Why it stays behind",
            FieldKind.TEXTAREA,
            rows=2,
            autofocus=bool(barcode),
            help="It becomes a flagged entry of its own.",
        ),
    )
    things = (Barcode(barcode),) if barcode else ()
    danger = Danger(f"1 medium stays where it is and does not travel with {number}.", things, Tone.AMBER)
    form = Form("skip", f"/consignments/{number}/skip", "Leave it out", fields, danger=danger)
    return _for(page, row, "Skip", form, Duty.SKIP)


def _for(page: Page, row: ConsignmentRow, title: str, form: Form, duty: Duty) -> FormPage:
    """The form with its button shut for who may not."""
    reason = why_not(row, duty, page.person) or ("" if form.submit_enabled else form.submit_reason)
    shut = Form(
        form.id, form.action, form.submit, form.fields, danger=form.danger, other=form.other, hidden=form.hidden,
        submit_enabled=not reason, submit_reason=reason,
    )  # fmt: skip
    return form_page(page, row, title, shut)


@router.get("/containers")
def choose_form(number: str, page: Reader) -> Response:
    return page.render("pages/form.html", _choose_page(page, number))


@router.post("/containers")
def choose_container(number: str, page: Reader) -> Response:
    barcode = page.text("barcode").upper()

    def work(unit: Unit) -> None:
        check_duty(unit, number, Duty.PACK, page.person)
        actions.choose_container(unit, number, barcode)

    def done(_: None) -> Response:
        return page.redirect(f"/consignments/{number}", f"{barcode} is chosen. Scan the media into it.")

    return act_or_again(page, lambda: _choose_page(page, number), work, done)


def _choose_page(page: Page, number: str) -> FormPage:
    row = row_of(page, number)
    wanted = ContainerSelection(ContainerState.OPEN, row.from_party_id)
    found = containers(page.session.connection(), page.person, wanted, limit=OFFERED)
    options = tuple(
        Option(
            one.barcode, f"{one.barcode} · takes {one.capacity} · {one.place}",
            disabled_reason=f"holds {one.pieces} media" if one.pieces else "",
        )
        for one in found
        if not one.consignment
    )  # fmt: skip
    field = Field(
        "barcode",
        "Container",
        FieldKind.SELECT,
        options=options,
        help="Open, empty and with us. Or scan its barcode in the task “Scan and pack”.",
    )
    form = Form(
        "choose", f"/consignments/{number}/containers", "Choose it", (field,),
        other=(Act("Register a container", "/containers/new"),),
        submit_enabled=any(not one.disabled_reason for one in options), submit_reason="no open, empty container is here",
    )  # fmt: skip
    return _for(page, row, "Choose a container for", form, Duty.PACK)


@router.get("/containers/{barcode}/seal")
def seal_form(number: str, barcode: str, page: Reader) -> Response:
    return page.render("pages/form.html", _seal_page(page, number, barcode))


@router.post("/containers/{barcode}/seal")
def seal_container(number: str, barcode: str, page: Reader) -> Response:
    def work(unit: Unit) -> str:
        check_duty(unit, number, Duty.PACK, page.person)
        return actions.seal_container(unit, number, barcode, page.text("seal"))

    def done(seal: str) -> Response:
        return page.redirect(f"/consignments/{number}", f"{barcode} is closed with seal {seal}.")

    return act_or_again(page, lambda: _seal_page(page, number, barcode), work, done)


def _seal_page(page: Page, number: str, barcode: str) -> FormPage:
    field = Field(
        "seal", "Seal number", mono=True, width=16, autofocus=True, help="As it stands on the seal. A number is used once."
    )  # fmt: skip
    form = Form("seal", f"/consignments/{number}/containers/{barcode}/seal", f"Seal {barcode}", (field,))
    return _for(page, row_of(page, number), f"Seal {barcode} of", form, Duty.PACK)


@router.get("/containers/{barcode}/open")
def reopen_form(number: str, barcode: str, page: Reader) -> Response:
    return page.render("pages/form.html", _reopen_page(page, number, barcode))


@router.post("/containers/{barcode}/open")
def reopen_container(number: str, barcode: str, page: Reader) -> Response:
    def work(unit: Unit) -> None:
        check_duty(unit, number, Duty.PACK, page.person)
        actions.reopen_container(unit, number, barcode, page.text("reason"))

    def done(_: None) -> Response:
        return page.redirect(
            f"/consignments/{number}", f"{barcode} is open again; its seal number stays used."
        )

    return act_or_again(page, lambda: _reopen_page(page, number, barcode), work, done)


def _reopen_page(page: Page, number: str, barcode: str) -> FormPage:
    field = Field("reason", "Why it is opened", FieldKind.TEXTAREA, rows=2, autofocus=True)
    danger = Danger(f"The seal of {barcode} is cut. It needs a new one before the manifest can be frozen.")
    action = f"/consignments/{number}/containers/{barcode}/open"
    form = Form("open", action, f"Open {barcode}", (field,), danger=danger)
    return _for(page, row_of(page, number), f"Open {barcode} of", form, Duty.PACK)
