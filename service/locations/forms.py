"""The forms of places."""

from collections.abc import Sequence

from service.locations import rules
from service.locations.models import Location, LocationKind
from service.locations.rules import KIND_WORD, MADE_BY_PEOPLE, PARENTS
from service.parties.models import Party
from service.web.views.forms import Danger, Field, FieldKind, Form, Option
from service.web.views.frame import Place
from service.web.views.pages import FormPage
from service.web.views.parts import Act, Head, Link, Tone

_UP = Link("Locations", "/locations")
_CODE_HELP = "What its label carries; left empty, Strongroom gives one."


def kinds_under(parent: Location | None) -> tuple[LocationKind, ...]:
    """What a person can make in this place."""
    above = None if parent is None else parent.kind
    return tuple(kind for kind in MADE_BY_PEOPLE if above in PARENTS[kind])


def new_page(parent: Location | None, parties: Sequence[Party]) -> FormPage:
    kinds = kinds_under(parent)
    options = tuple(Option(kind.value, KIND_WORD[kind].capitalize()) for kind in kinds)
    chosen = options[0].value if len(options) == 1 else ""
    fields = (
        Field("kind", "Kind", FieldKind.RADIO, chosen, options=options),
        Field("name", "Name", help="As it is called on the spot: Machine room, Shelf A-01.", autofocus=True),
        Field("code", "Code", required=False, mono=True, help=_CODE_HELP),
        _party_field(parent, parties),
        *(() if parent else (_zone_field(),)),
    )
    back = "/locations" if parent is None else f"/locations/{parent.location_id}"
    hidden = () if parent is None else (("parent_id", parent.location_id),)
    form = Form("place", "/locations", "Make the place", fields, hidden=hidden, other=(Act("Back", back),))
    where = "" if parent is None else f"in {parent.path}"
    return FormPage("New place", Place.ADMINISTRATION, Head(_UP, "A new place", where=where), form)


def _party_field(parent: Location | None, parties: Sequence[Party]) -> Field:
    as_above = () if parent is None else (Option("", "As the place it is in"),)
    options = (*as_above, *(Option(party.party_id, party.name) for party in parties))
    return Field("party_id", "Who answers for it", FieldKind.SELECT, required=parent is None, options=options)


def _zone_field() -> Field:
    return Field("time_zone", "Time zone", required=False, placeholder="Europe/Berlin", help="IANA name.")


def rename_page(place: Location) -> FormPage:
    base = f"/locations/{place.location_id}"
    fields = (
        Field("name", "Name", value=place.name, autofocus=True),
        Field("code", "Code", value=place.code or "", mono=True, help="Print a new label when it changes."),
    )
    form = Form("rename", f"{base}/rename", "Save", fields, other=(Act("Back", base),))
    head = Head(_UP, place.name, where="Rename")
    return FormPage(f"Rename {place.name}", Place.ADMINISTRATION, head, form)


def deactivate_page(place: Location, under: int, occupants: Sequence[rules.Occupants]) -> FormPage:
    base = f"/locations/{place.location_id}"
    there = tuple(f"{found.count} {found.noun}" for found in occupants if found.count)
    what = f"{place.path} goes out of use" + (f", and {under} places in it." if under else ".")
    reason = Field("reason", "Reason", FieldKind.TEXTAREA, help="It stands in the ledger.", rows=2)
    form = Form(
        "deactivate",
        f"{base}/deactivate",
        "Take out of use",
        (reason,),
        danger=Danger(what, there, Tone.AMBER),
        other=(Act("Back", base),),
        submit_enabled=not there,
        submit_reason="not empty",
    )
    head = Head(_UP, place.name, where="Take out of use")
    return FormPage(f"Take {place.name} out of use", Place.ADMINISTRATION, head, form)
