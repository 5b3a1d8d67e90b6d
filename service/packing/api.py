"""Packing as JSON: containers of a consignment chosen, sealed, opened again; media left out with a reason."""

from fastapi import APIRouter, Response

from service.consignments.api import Doer, shape
from service.consignments.duties import check_duty
from service.consignments.rules import Duty
from service.consignments.schemas import BoxChoice, BoxOpening, BoxSealing, ConsignmentShape, Skipping
from service.ledger.writer import Unit
from service.packing import actions

router = APIRouter(prefix="/api/v1/consignments/{number}", tags=["consignments"])


@router.post("/media/skip", response_model=ConsignmentShape)
def skip(number: str, typed: Skipping, act: Doer) -> Response:
    """Leave a wanted medium out, as a flagged entry of its own."""

    def work(unit: Unit) -> ConsignmentShape:
        check_duty(unit, number, Duty.SKIP, act.person)
        actions.skip(unit, number, typed.barcode, typed.reason)
        return shape(unit, act, number)

    return act(work)


@router.post("/containers/choose", response_model=ConsignmentShape)
def choose_container(number: str, typed: BoxChoice, act: Doer) -> Response:
    def work(unit: Unit) -> ConsignmentShape:
        check_duty(unit, number, Duty.PACK, act.person)
        actions.choose_container(unit, number, typed.barcode)
        return shape(unit, act, number)

    return act(work)


@router.post("/containers/seal", response_model=ConsignmentShape)
def seal_container(number: str, typed: BoxSealing, act: Doer) -> Response:
    def work(unit: Unit) -> ConsignmentShape:
        check_duty(unit, number, Duty.PACK, act.person)
        actions.seal_container(unit, number, typed.barcode, typed.seal)
        return shape(unit, act, number)

    return act(work)


@router.post("/containers/open", response_model=ConsignmentShape)
def open_container(number: str, typed: BoxOpening, act: Doer) -> Response:
    """Before the manifest is frozen; the seal's number stays used."""

    def work(unit: Unit) -> ConsignmentShape:
        check_duty(unit, number, Duty.PACK, act.person)
        actions.reopen_container(unit, number, typed.barcode, typed.reason)
        return shape(unit, act, number)

    return act(work)
