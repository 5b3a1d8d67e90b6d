"""Making and changing parties."""

from enum import StrEnum
from hashlib import sha256

from sqlalchemy import delete, insert

from service.db import table
from service.errors import NotFoundError
from service.ids import is_id
from service.ledger.writer import Unit
from service.parties import queries, rules
from service.parties.logo import check_logo
from service.parties.models import PARTY, Party, PartyKind, PartyLogo

_LOGO = table(PartyLogo)


class PartyEvent(StrEnum):
    CREATED = "party:created"
    EDITED = "party:edited"
    DEACTIVATED = "party:deactivated"
    REACTIVATED = "party:reactivated"
    LOGO_SET = "party:logo_set"
    LOGO_REMOVED = "party:logo_removed"


def create_party(unit: Unit, kind: PartyKind, name: str, contact: str = "") -> str:
    """Returns the party's id."""
    rules.check_words(name, contact)
    unit.flush()
    rules.check_name_is_free(name, taken=queries.party_by_name(unit.connection, name) is not None)
    party_id = unit.new_id()
    values = {"party_id": party_id, "kind": kind, "name": name, "contact": contact, "active": True}
    unit.create(PARTY, values, PartyEvent.CREATED)
    return party_id


def edit_party(unit: Unit, party_id: str, name: str, contact: str, gs1_prefix: str) -> None:
    found = existing(unit, party_id)
    rules.check_words(name, contact)
    rules.check_gs1_prefix(found.name, found.kind, gs1_prefix)
    holder = queries.party_by_name(unit.connection, name)
    rules.check_name_is_free(name, taken=holder is not None and holder != party_id)
    typed = {"name": name, "contact": contact, "gs1_prefix": gs1_prefix or None}
    changed = {key: value for key, value in typed.items() if getattr(found, key) != value}
    if changed:
        unit.change(PARTY, party_id, changed, PartyEvent.EDITED)


def deactivate_party(unit: Unit, party_id: str, reason: str | None = None) -> None:
    found = existing(unit, party_id)
    in_its_hands = queries.media_in_custody(unit.connection, party_id)
    on_the_way = queries.open_consignments(unit.connection, party_id)
    rules.check_can_deactivate(found.name, found.kind, in_its_hands, on_the_way)
    if found.active:
        unit.change(PARTY, party_id, {"active": False}, PartyEvent.DEACTIVATED, reason=reason)


def reactivate_party(unit: Unit, party_id: str) -> None:
    if not existing(unit, party_id).active:
        unit.change(PARTY, party_id, {"active": True}, PartyEvent.REACTIVATED)


def set_logo(unit: Unit, party_id: str, png: bytes) -> None:
    """The logo stands on documents of our organisation from now on. Raises InvalidInputError."""
    found = existing(unit, party_id)
    rules.check_may_have_logo(found.name, found.kind)
    size = check_logo(png)
    digest = sha256(png).hexdigest()
    values = {"party_id": party_id, "sha256": digest, "content": png, "set_at": unit.now}
    unit.connection.execute(delete(_LOGO).where(_LOGO.c.party_id == party_id))
    unit.connection.execute(insert(_LOGO), [values])
    facts = {"sha256": digest, "bytes": len(png), "width": size.width, "height": size.height}
    unit.append(PARTY.subject(party_id), PartyEvent.LOGO_SET, facts=facts)


def remove_logo(unit: Unit, party_id: str) -> None:
    found = existing(unit, party_id)
    logo = queries.logo_of(unit.connection, party_id)
    if logo is None:
        raise NotFoundError("logo of", found.name)
    unit.connection.execute(delete(_LOGO).where(_LOGO.c.party_id == party_id))
    unit.append(PARTY.subject(party_id), PartyEvent.LOGO_REMOVED, facts={"sha256": logo.sha256})


def existing(unit: Unit, party_id: str) -> Party:
    found = unit.session.get(Party, party_id, populate_existing=True) if is_id(party_id) else None
    if found is None:
        raise NotFoundError("party", party_id)
    return found
