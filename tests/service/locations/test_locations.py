"""Places: the tree, its rules, its pages."""

from itertools import product

import pytest
from door import events
from standing import put_medium, set_custody

from service.errors import InvalidInputError
from service.handlers.models import Role
from service.ledger import replay
from service.locations import occupants
from service.locations.models import Location, LocationKind
from service.locations.rules import MAX_PATH, PARENTS, Parent, check_parent
from service.media.models import Custody
from service.schema import METADATA, PROJECTIONS

Kind = LocationKind


@pytest.fixture
def admin(client_as):
    return client_as(Role.SYSTEM_ADMINISTRATOR)


def make(admin, kind, name, parent_id=None, **more):
    body = {"kind": kind, "name": name, "parent_id": parent_id} | more
    return admin.post("/api/v1/locations", json=body)


@pytest.fixture
def shelf(admin, house):
    vault = make(admin, "vault", "Vault", house.site_id).json()
    return make(admin, "shelf", "Shelf A-01", vault["location_id"]).json()


@pytest.mark.parametrize(("kind", "above"), list(product(Kind, [None, *Kind])))
def test_a_place_stands_only_where_its_kind_may(kind, above):
    parent = None if above is None else Parent(above, "somewhere", active=True)
    if above in PARENTS[kind]:
        check_parent(kind, parent)
    else:
        with pytest.raises(InvalidInputError):
            check_parent(kind, parent)


def test_the_kinds_allow_no_cycle_and_end_at_a_site():
    def depth(kind):
        above = [parent for parent in PARENTS[kind] if parent is not None]
        return 1 + max((depth(parent) for parent in above), default=0)

    assert max(depth(kind) for kind in Kind) == 4


def test_a_place_gets_its_path_a_code_and_its_parents_party(shelf, house, runtime):
    assert shelf["path"] == "Site 1 › Vault › Shelf A-01"
    assert shelf["code"] == "LOC-0004"
    assert shelf["party_id"] == house.organisation_id
    assert events(runtime, f"location:{shelf['location_id']}") == ["location:created"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Vault › Shelf"}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "Machine room"}, "name"),
        ({"code": "small"}, "code"),
        ({"code": "TWO WORDS"}, "code"),
        ({"code": "LOC-0001"}, "code"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"party_id": "0" * 26}, "party_id"),
        ({"kind": "site"}, "parent_id"),
        ({"kind": "slot"}, "kind"),
    ],
)
def test_what_does_not_fit_is_named(changed, field, admin, house):
    body = {"kind": "room", "name": "Room 2", "parent_id": house.site_id} | changed
    answer = admin.post("/api/v1/locations", json=body)
    assert answer.status_code == 422
    assert field in answer.json()["fields"]


def test_a_path_too_long_is_refused_not_cut(admin, house):
    room = make(admin, "room", "r" * 120, house.site_id).json()
    vault = make(admin, "vault", "v" * 120, room["location_id"]).json()
    assert make(admin, "shelf", "s" * 120, vault["location_id"]).status_code == 201
    longer = admin.patch(f"/api/v1/locations/{house.site_id}", json={"name": "x" * 120})
    assert longer.status_code == 422
    assert Location.__table__.c.path.type.length == MAX_PATH


def test_a_typed_code_that_the_counter_reaches_is_passed_over(admin, house):
    assert make(admin, "room", "Room 2", house.site_id, code="LOC-0003").status_code == 201
    assert make(admin, "room", "Room 3", house.site_id).json()["code"] == "LOC-0004"


def test_renaming_a_place_moves_the_paths_under_it_and_no_other(admin, house, shelf, runtime):
    other = make(admin, "site", "Site 1 annex", party_id=house.organisation_id).json()
    answer = admin.patch(f"/api/v1/locations/{house.site_id}", json={"name": "Data centre 1%_"})
    assert answer.status_code == 200
    moved = admin.get(f"/api/v1/locations/{shelf['location_id']}").json()
    assert moved["path"] == "Data centre 1%_ › Vault › Shelf A-01"
    assert admin.get(f"/api/v1/locations/{other['location_id']}").json()["path"] == "Site 1 annex"
    with runtime.database.reader.connect() as connection:
        assert replay.check(connection, PROJECTIONS).differences == ()


def test_a_place_that_is_not_empty_stays_in_use(admin, house, shelf, runtime):
    medium_id = put_medium(runtime, "STR142L8", shelf["location_id"], house.organisation_id)
    for place in (shelf["location_id"], shelf["parent_id"]):
        refused = admin.post(f"/api/v1/locations/{place}/deactivate", json={"reason": "Rebuilt."})
        assert refused.status_code == 409
        assert refused.json()["occupants"] == {"media": 1}
    set_custody(runtime, medium_id, Custody.GONE)
    gone = admin.post(f"/api/v1/locations/{shelf['parent_id']}/deactivate", json={"reason": "Rebuilt."})
    assert gone.json()["active"] is False
    assert admin.get(f"/api/v1/locations/{shelf['location_id']}").json()["active"] is False


def test_a_place_out_of_use_takes_in_nothing_new(admin, shelf):
    vault = shelf["parent_id"]
    admin.post(f"/api/v1/locations/{vault}/deactivate", json={"reason": "Rebuilt."})
    assert make(admin, "shelf", "Shelf A-02", vault).status_code == 409
    assert admin.post(f"/api/v1/locations/{shelf['location_id']}/reactivate").status_code == 409
    assert admin.post(f"/api/v1/locations/{vault}/reactivate").status_code == 200
    assert admin.post(f"/api/v1/locations/{shelf['location_id']}/reactivate").json()["active"] is True


def test_every_table_that_points_at_a_place_is_looked_at():
    looked_at = {(kind.table.name, kind.place) for kind in occupants.OCCUPYING}
    for kind in occupants.OCCUPYING:
        columns = METADATA.tables[kind.table.name].c
        assert {kind.place, kind.name, kind.state} <= set(columns.keys())
    pointing = {
        (table.name, key.parent.name)
        for table in METADATA.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "location"
    }
    settled = {
        ("location", "parent_id"),  # goes out of use with its parent
        ("run", "library_id"),  # a run stands by its schedule
        ("run", "vault_id"),
        ("consignment", "location_id"),  # the consignment itself
    }
    assert pointing - looked_at == settled


def test_places_are_listed_by_kind_and_parent(admin, house, shelf):
    def names(**query):
        return [one["name"] for one in admin.get("/api/v1/locations", params=query).json()["items"]]

    assert names(kind="shelf") == ["Shelf A-01"]
    assert set(names(parent_id=house.site_id)) == {"Machine room", "Vault"}
    assert admin.get("/api/v1/locations?parent_id=%00").status_code == 422


def test_the_tree_counts_media_upwards(admin, house, shelf, runtime):
    put_medium(runtime, "STR142L8", shelf["location_id"], house.organisation_id)
    put_medium(runtime, "STR143L8", shelf["parent_id"], house.organisation_id)
    from service.locations.tree_pages import _nodes

    with runtime.database.reading() as session:
        (site,) = _nodes(session)
    vault = next(child for child in site.children if child.name == "Vault")
    assert (site.media, vault.media, vault.children[0].media) == (2, 2, 1)
    assert admin.get("/locations").status_code == 200


def test_the_page_of_a_place_shows_what_stands_there(admin, house, shelf, runtime):
    put_medium(runtime, "STR142L8", shelf["location_id"], house.organisation_id)
    shown = admin.get(f"/locations/{shelf['location_id']}").text
    assert 'href="/media/STR142L8"' in shown
    assert "LOC-0004" in shown
    assert "not empty: 1 media" in shown


def test_a_person_makes_renames_and_closes_a_place_on_the_pages(admin, house):
    form = {"kind": "shelf", "name": "Shelf 9", "parent_id": house.room_id, "party_id": "", "code": ""}
    page = admin.post("/locations", data=form).headers["location"]
    assert "Shelf 9" in admin.get(page).text
    assert admin.post("/locations", data=form).status_code == 422
    assert admin.post("/locations", data=form | {"kind": "castle"}).status_code == 422
    assert admin.post(f"{page}/rename", data={"name": "Shelf 10", "code": "SH-10"}).status_code == 303
    assert admin.post(f"{page}/deactivate", data={"reason": ""}).status_code == 422
    assert admin.post(f"{page}/deactivate", data={"reason": "Taken down."}).status_code == 303
    assert "Taken down." in admin.get(page).text


@pytest.mark.parametrize("location_id", ["0" * 26, "x", "%00"])
def test_a_place_that_is_not_there_is_not_found(location_id, admin):
    assert admin.get(f"/api/v1/locations/{location_id}").status_code == 404
    assert admin.get(f"/locations/{location_id}").status_code == 404
    assert admin.get(f"/locations/new?parent={location_id}").status_code == 404
