"""Receipts as JSON: containers looked at, both sides signed, the reckoning closed."""

from fastapi import APIRouter, Response

from service.consignments.api import Doer, shape
from service.consignments.duties import check_duty
from service.consignments.models import LineState
from service.consignments.rules import Duty
from service.consignments.schemas import BoxSeen, ConsignmentShape, Receiving, Reckoning
from service.consignments.signing import DELIVERS, RECEIVES, courier_signature, own_signature
from service.ledger.writer import Unit
from service.receipts import actions

router = APIRouter(prefix="/api/v1/consignments/{number}", tags=["consignments"])


@router.post("/containers/see", response_model=ConsignmentShape)
def see_container(number: str, typed: BoxSeen, act: Doer) -> Response:
    """A container stands at the dock and its seal was looked at; a seal that does not fit becomes a discrepancy."""

    def work(unit: Unit) -> ConsignmentShape:
        check_duty(unit, number, Duty.RECEIVE, act.person)
        actions.look_at(unit, number, typed.barcode, typed.seal, broken=typed.broken)
        return shape(unit, act, number)

    return act(work)


@router.post("/receive", response_model=Reckoning)
def receive(number: str, typed: Receiving, act: Doer) -> Response:
    """The courier delivers, the signed-in person receives; what was not seen is missing."""

    def work(unit: Unit) -> Reckoning:
        check_duty(unit, number, Duty.RECEIVE, act.person)
        delivered = courier_signature(typed.courier.courier(), act.person, DELIVERS)
        received = own_signature(unit, act.person, RECEIVES, typed.own_drawing)
        counts = actions.receive(unit, number, delivered, received)
        found = {LineState(state): count for state, count in counts.items()}
        return Reckoning(counts=found, consignment=shape(unit, act, number))

    return act(work)


@router.post("/close", response_model=ConsignmentShape)
def close(number: str, act: Doer) -> Response:
    """Reconciled: every discrepancy has its resolution, and at home everything is unpacked."""

    def work(unit: Unit) -> ConsignmentShape:
        check_duty(unit, number, Duty.CLOSE, act.person)
        actions.close(unit, number)
        return shape(unit, act, number)

    return act(work)
