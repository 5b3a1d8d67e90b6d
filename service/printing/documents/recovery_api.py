"""Recovery lists over the API."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.printing.documents.giving import give_out_recovery_list
from service.printing.documents.house import house
from service.printing.documents.recovery import read
from service.printing.documents.schemas import IssuedShape, RecoveryWish
from service.web.deps import Act, acting

router = APIRouter(prefix="/api/v1/recovery-lists", tags=["documents"])


@router.post("", status_code=201, response_model=IssuedShape)
def make_recovery_list(typed: RecoveryWish, act: Annotated[Act, acting(Permission.RECALL)]) -> Response:
    """Where each of these media is now, in what and with whom, in which order to bring it; numbered and on record.

    The answer names its PDF. Nothing is recalled by it.
    """
    with act.runtime.database.reading() as session:
        ours = house(session)
        facts = read(session, typed.asked(), "", act.now, ours.organisation)

    def work(unit: Unit) -> IssuedShape:
        return IssuedShape.of(give_out_recovery_list(unit, facts, ours, typed.look()))

    return act(work, 201)
