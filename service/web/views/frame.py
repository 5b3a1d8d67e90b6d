"""What surrounds every page: the rail, the head, the person, the notices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum

from service.web.views.parts import Notice, Tone


class Place(StrEnum):
    TODAY = "today"
    SCAN = "scan"
    RUNS = "runs"
    CONSIGNMENTS = "consignments"
    MEDIA = "media"
    LIBRARY = "library"
    EVIDENCE = "evidence"
    ADMINISTRATION = "administration"  # behind the person's name, not in the rail


@dataclass(frozen=True, slots=True)
class RailPlace:
    place: Place
    label: str
    href: str


RAIL: tuple[RailPlace, ...] = (
    RailPlace(Place.TODAY, "Today", "/"),
    RailPlace(Place.SCAN, "Scan", "/scan"),
    RailPlace(Place.RUNS, "Runs", "/runs"),
    RailPlace(Place.CONSIGNMENTS, "Consign\u00adments", "/consignments"),
    RailPlace(Place.MEDIA, "Media", "/media"),
    RailPlace(Place.LIBRARY, "Library", "/libraries"),
    RailPlace(Place.EVIDENCE, "Evidence", "/ledger"),
)


# What a vendor's people work with; the other places are ours.
OUTSIDER_RAIL = tuple(it for it in RAIL if it.place in {Place.TODAY, Place.SCAN, Place.CONSIGNMENTS})


@dataclass(frozen=True, slots=True)
class Count:
    """The number beside a place in the rail; `meaning` is read aloud after it ("things need a person")."""

    number: int
    tone: Tone
    meaning: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in. `at` says where they act ("Site 1 vault")."""

    name: str
    at: str = ""
    account_href: str = "/account"
    sign_out_href: str = "/sign-out"


@dataclass(frozen=True, slots=True)
class Frame:
    """Made once per request. `now` is aware; `zone` is the site's; `csrf` is empty only where no form posts."""

    site: str
    now: datetime
    zone: tzinfo
    csrf: str = ""
    person: Person | None = None
    counts: Mapping[Place, Count] = field(default_factory=dict)
    ledger_size: int | None = None
    signed_at: datetime | None = None
    notices: tuple[Notice, ...] = ()
    query: str = ""
    places: tuple[RailPlace, ...] = RAIL
    administration_href: str | None = None
    simulated: bool = False
    form_key: str = ""  # one a rendering: a second press of a button repeats the answer, not the act
