"""Whose paper it is: organisation, logo, first site and its zone."""

from dataclasses import dataclass

from sqlmodel import Session

from labels.documents import Organisation, Site
from service.locations.queries import first_site_id, location
from service.parties.queries import logo_of, organisation_id, party
from service.printing.documents.facts import HouseFacts


@dataclass(frozen=True, slots=True)
class House:
    facts: HouseFacts
    logo: bytes | None = None

    def organisation(self) -> Organisation:
        return Organisation(self.facts.organisation, self.facts.contact, self.logo)

    def site(self) -> Site:
        return Site(self.facts.site, self.facts.zone)


def house(session: Session) -> HouseFacts:
    connection = session.connection()
    ours = party(session, organisation_id(connection))
    site = location(session, first_site_id(connection))
    return HouseFacts(ours.name, ours.contact, site.name, site.time_zone or "UTC")


def logo(session: Session) -> bytes | None:
    connection = session.connection()
    found = logo_of(connection, organisation_id(connection))
    return found.content if found else None
