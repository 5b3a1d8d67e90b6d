"""Our organisation, its first site and room: what everything else stands on. Made once, at the first start."""

from dataclasses import dataclass

from service.bookkeeping import ORGANISATION
from service.ledger.writer import Unit
from service.locations.actions import create_location
from service.locations.models import LocationKind
from service.locations.queries import FIRST_SITE
from service.parties.actions import create_party
from service.parties.models import PartyKind
from service.runtime import recall, remember

FIRST_ROOM = "room_id"
ROOM_NAME = "Machine room"


@dataclass(frozen=True, slots=True)
class House:
    organisation_id: str
    site_id: str
    room_id: str


def ensure_house(unit: Unit, organisation: str, site: str, time_zone: str) -> House:
    """The house that stands already, or a new one with these names."""
    found = [recall(unit.connection, key) for key in (ORGANISATION, FIRST_SITE, FIRST_ROOM)]
    if found[0] and found[1] and found[2]:
        return House(found[0], found[1], found[2])
    organisation_id = create_party(unit, PartyKind.ORGANISATION, organisation)
    site_id = create_location(unit, LocationKind.SITE, site, party_id=organisation_id, time_zone=time_zone)
    room_id = create_location(unit, LocationKind.ROOM, ROOM_NAME, parent_id=site_id)
    for key, value in ((ORGANISATION, organisation_id), (FIRST_SITE, site_id), (FIRST_ROOM, room_id)):
        remember(unit, key, value)
    return House(organisation_id, site_id, room_id)
