"""The first start, the next ones, and the demonstration."""

import pytest
from clients import Client
from door import sign_in

from service import first_start as starting
from service.demo_site import PASSWORD, PEOPLE
from service.first_start import first_start
from service.handlers.actions import create_handler
from service.handlers.models import Role
from service.handlers.queries import handler_by_login, handlers
from service.ledger import replay, store
from service.ledger.writer import SYSTEM
from service.locations.queries import first_site_id, tree_rows
from service.parties.queries import organisation_id, parties
from service.schema import PROJECTIONS
from service.settings import Settings


def as_demo(runtime):
    runtime.settings = Settings(**runtime.settings.model_dump() | {"demo": True})
    return runtime


def ledger_size(runtime) -> int:
    with runtime.database.reader.connect() as connection:
        return store.head(connection).size


def test_the_first_start_makes_the_organisation_its_site_and_a_room(runtime):
    text = first_start(runtime)
    assert runtime.settings.resolved_public_url in text
    with runtime.database.reading() as session:
        assert [party.name for party in parties(session)] == ["Our organisation"]
        assert [place.path for place in tree_rows(session)] == ["Site 1 › Machine room", "Site 1"]
        site = next(place for place in tree_rows(session) if place.kind == "site")
        assert site.location_id == first_site_id(session.connection())
        assert site.party_id == organisation_id(session.connection())
        assert site.time_zone == "America/New_York"


def test_the_next_start_makes_nothing_more(runtime):
    first_start(runtime)
    size = ledger_size(runtime)
    first_start(runtime)
    assert ledger_size(runtime) == size


def test_a_plain_start_prints_the_setup_link_and_no_people(runtime):
    text = first_start(runtime)
    assert "/setup/" in text
    assert PASSWORD not in text
    with runtime.database.reading() as session:
        assert handlers(session) == []


def test_a_demo_shows_four_people_at_every_start(runtime):
    first, second = first_start(as_demo(runtime)), first_start(runtime)
    for text in (first, second):
        assert PASSWORD in text
        assert all(person.login in text and person.title in text for person in PEOPLE)
    assert "/setup/" in first


def test_a_demo_is_made_once(runtime):
    first_start(as_demo(runtime))
    size = ledger_size(runtime)
    first_start(runtime)
    assert ledger_size(runtime) == size


def test_the_four_people_can_sign_in_and_do_their_part(runtime, app):
    first_start(as_demo(runtime))
    for person in PEOPLE:
        browser = Client(app)
        assert sign_in(browser, person.login, PASSWORD).status_code == 303
        account = browser.get("/api/v1/account").json()
        assert account["roles"] == [person.role]


def test_the_custodian_works_for_the_vendor_whose_vault_it_is(runtime):
    first_start(as_demo(runtime))
    with runtime.database.reading() as session:
        custodian = handler_by_login(session, "custodian")
        vendors = {place.party_id for place in tree_rows(session) if place.path.startswith("Vault 2")}
        shelves = [place.path for place in tree_rows(session) if place.kind == "shelf"]
    assert vendors == {custodian.party_id}
    assert len(shelves) == 8


def test_a_demo_is_never_made_where_people_are(runtime, house):
    runtime.writer.run(
        SYSTEM,
        lambda unit: create_handler(
            unit, login="root", name="Administrator 1", party_id=house.organisation_id, roles=[Role.AUDITOR]
        ),
    )
    size = ledger_size(runtime)
    assert PASSWORD not in first_start(as_demo(runtime))
    assert ledger_size(runtime) == size


def test_the_rooms_steps_run_at_a_demos_starts_and_only_there(runtime, request):
    seen = []
    starting.DEMO_STEPS.append(seen.append)
    request.addfinalizer(lambda: starting.DEMO_STEPS.remove(seen.append))
    first_start(runtime)
    assert seen == []
    first_start(as_demo(runtime))
    assert seen == [runtime]


@pytest.mark.parametrize("demo", [False, True])
def test_what_a_start_makes_can_be_rebuilt_from_the_ledger(demo, runtime):
    first_start(as_demo(runtime) if demo else runtime)
    with runtime.database.reader.connect() as connection:
        assert replay.check(connection, PROJECTIONS).differences == ()
