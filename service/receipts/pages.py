"""The receiving end: containers looked at one by one, both signatures, the reckoning."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from service.consignments import queries
from service.consignments.courier_form import signed_again, typed_courier, typed_own
from service.consignments.duties import check_duty
from service.consignments.models import ConsignmentState, LineState, SealOutcome
from service.consignments.rules import Duty, check_act
from service.consignments.signing import DELIVERS, RECEIVES, courier_signature, own_signature
from service.errors import InvalidInputError, RefusedError
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.receipts import actions
from service.receipts.views import acknowledge_view, close_page
from service.web.errors import status_of
from service.web.filling import act_or_again, refilled
from service.web.page import Page, page_for
from service.web.views.consignment import ArrivedBox
from service.web.views.forms import Form
from service.web.views.parts import Tone

router = APIRouter(prefix="/consignments/{number}", include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ_CONSIGNMENTS)]
SAID = {
    SealOutcome.INTACT: ("is here, its seal fits", Tone.GREEN),
    SealOutcome.BROKEN: ("is recorded with a broken seal; scan every medium in it", Tone.RED),
    SealOutcome.MISMATCH: ("carries another seal; scan every medium in it", Tone.RED),
    SealOutcome.UNCHECKED: ("is not on the manifest", Tone.RED),
}


def _check_arrives(page: Page, number: str) -> None:
    """Refused in any state but in transit: nothing arrives."""
    page.session.rollback()  # what was read before a refused act is old
    row = queries.consignment(page.session.connection(), page.person, number)
    check_act(number, row.state, "received")


@router.get("/acknowledge")
def acknowledge_page(number: str, page: Reader) -> Response:
    _check_arrives(page, number)
    return page.render("consignments/acknowledge.html", acknowledge_view(page, number))


@router.post("/containers/{barcode}/see")
def see_container(number: str, barcode: str, page: Reader) -> Response:
    def work(unit: Unit) -> str:
        check_duty(unit, number, Duty.RECEIVE, page.person)
        broken = page.text("seal_state") == "broken"
        return actions.look_at(unit, number, barcode, page.text("seal"), broken=broken).value

    try:
        outcome = SealOutcome(page.act(work))
    except InvalidInputError as error:
        return _seen_again(page, number, barcode, error)
    told, tone = SAID[outcome]
    return page.redirect(f"/consignments/{number}/acknowledge", f"{barcode} {told}.", tone)


def _seen_again(page: Page, number: str, barcode: str, error: InvalidInputError) -> Response:
    """The dock with this container's form as it was typed."""
    _check_arrives(page, number)
    view = acknowledge_view(page, number)

    def again(box: ArrivedBox) -> ArrivedBox:
        form: Form | None = box.form
        if form is None or box.name.text != barcode:
            return box
        return replace(box, form=refilled(form, page.form, error))

    shown = replace(view, boxes=tuple(again(box) for box in view.boxes))
    return page.render("consignments/acknowledge.html", shown, status_of(error))


@router.post("/acknowledge")
def acknowledge(number: str, page: Reader) -> Response:
    def work(unit: Unit) -> dict[str, int]:
        check_duty(unit, number, Duty.RECEIVE, page.person)
        delivered = courier_signature(typed_courier(page), page.person, DELIVERS)
        received = own_signature(unit, page.person, RECEIVES, *typed_own(page))
        return actions.receive(unit, number, delivered, received)

    try:
        counts = page.act(work)
    except (InvalidInputError, RefusedError) as error:
        return _acknowledge_again(page, number, error)
    missing = counts.get(LineState.MISSING.value, 0)
    told = f"{counts.get(LineState.MATCHED.value, 0)} media are received" + (
        f", {missing} are missing." if missing else "."
    )
    return page.redirect(f"/consignments/{number}", told, Tone.RED if missing else Tone.GREEN)


def _acknowledge_again(page: Page, number: str, error: InvalidInputError | RefusedError) -> Response:
    row = queries.consignment(page.session.connection(), page.person, number)
    if row.state is not ConsignmentState.IN_TRANSIT:
        raise error
    view = acknowledge_view(page, number)
    again = replace(view, finish=signed_again(view.finish, page, error))
    return page.render("consignments/acknowledge.html", again, status_of(error))


@router.get("/close")
def close_form(number: str, page: Reader) -> Response:
    return page.render("pages/form.html", close_page(page, number))


@router.post("/close")
def close(number: str, page: Reader) -> Response:
    def work(unit: Unit) -> None:
        check_duty(unit, number, Duty.CLOSE, page.person)
        actions.close(unit, number)

    def done(_: None) -> Response:
        return page.redirect(f"/consignments/{number}", f"{number} is reconciled.")

    return act_or_again(page, lambda: close_page(page, number), work, done)
