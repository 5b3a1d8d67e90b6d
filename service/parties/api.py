"""Parties as JSON."""

from typing import Annotated

from fastapi import APIRouter, Response

from service.errors import NotFoundError
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.parties import actions, queries
from service.parties.schemas import NewLogo, NewParty, PartyEdit, PartyReason, PartyShape
from service.web.deps import Act, Reading, acting, reading
from service.web.etags import IfMatch, check_if_match, tag, tagged
from service.web.paging import After, Limit, PageOf, paged

router = APIRouter(prefix="/api/v1/parties", tags=["parties"])

Reader = Annotated[Person, reading(Permission.READ)]
Manager = Annotated[Act, acting(Permission.MANAGE_PARTIES)]


@router.get("")
def list_parties(
    session: Reading,
    person: Reader,
    *,
    after: After = None,
    limit: Limit = 100,
    active: bool | None = None,
) -> PageOf[PartyShape]:
    del person
    rows = queries.parties(session, after=after, limit=limit + 1, active=active)
    return paged(rows, limit, PartyShape.of, lambda row: row.party_id)


@router.get("/{party_id}")
def show_party(party_id: str, session: Reading, person: Reader, response: Response) -> PartyShape:
    del person
    shape = PartyShape.of(queries.party(session, party_id))
    tag(response, shape)
    return shape


def _shape(unit: Unit, party_id: str) -> PartyShape:
    return PartyShape.of(actions.existing(unit, party_id))


@router.post("", status_code=201, response_model=PartyShape)
def create_party(typed: NewParty, act: Manager) -> Response:
    def work(unit: Unit) -> PartyShape:
        return _shape(unit, actions.create_party(unit, typed.kind, typed.name.strip(), typed.contact.strip()))

    return tagged(act(work, 201))


@router.patch("/{party_id}", response_model=PartyShape)
def edit_party(party_id: str, typed: PartyEdit, act: Manager, if_match: IfMatch = None) -> Response:
    def work(unit: Unit) -> PartyShape:
        shape = _shape(unit, party_id)
        check_if_match(if_match, shape, "party")
        name = shape.name if typed.name is None else typed.name.strip()
        contact = shape.contact if typed.contact is None else typed.contact.strip()
        prefix = (shape.gs1_prefix or "") if typed.gs1_prefix is None else typed.gs1_prefix.strip()
        actions.edit_party(unit, party_id, name, contact, prefix)
        return _shape(unit, party_id)

    return tagged(act(work))


@router.post("/{party_id}/deactivate", response_model=PartyShape)
def deactivate_party(party_id: str, typed: PartyReason, act: Manager) -> Response:
    """Refused while the party has media in custody."""

    def work(unit: Unit) -> PartyShape:
        actions.deactivate_party(unit, party_id, typed.reason)
        return _shape(unit, party_id)

    return tagged(act(work))


@router.post("/{party_id}/reactivate", response_model=PartyShape)
def reactivate_party(party_id: str, act: Manager) -> Response:
    def work(unit: Unit) -> PartyShape:
        actions.reactivate_party(unit, party_id)
        return _shape(unit, party_id)

    return tagged(act(work))


@router.get("/{party_id}/logo.png", response_class=Response, responses={200: {"content": {"image/png": {}}}})
def show_logo(party_id: str, session: Reading, person: Reader) -> Response:
    del person
    found = queries.party(session, party_id)
    logo = queries.logo_of(session.connection(), party_id)
    if logo is None:
        raise NotFoundError("logo of", found.name)
    return Response(logo.content, media_type="image/png", headers={"etag": f'"{logo.sha256}"'})


@router.put("/{party_id}/logo", response_model=PartyShape)
def set_logo(party_id: str, typed: NewLogo, act: Manager) -> Response:
    """The logo of our organisation, on its documents from now on: PNG, at most 500,000 bytes and 2,000 pixels on a side."""

    def work(unit: Unit) -> PartyShape:
        actions.set_logo(unit, party_id, typed.png)
        return _shape(unit, party_id)

    return tagged(act(work))


@router.delete("/{party_id}/logo", response_model=PartyShape)
def remove_logo(party_id: str, act: Manager) -> Response:
    def work(unit: Unit) -> PartyShape:
        actions.remove_logo(unit, party_id)
        return _shape(unit, party_id)

    return tagged(act(work))
