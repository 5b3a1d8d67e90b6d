"""Holds over HTTP, as JSON."""

import pytest
from clients import sign_in, someone
from media_site import make_site, register, row

from service.handlers.models import Role


@pytest.fixture
def site(runtime, house):
    return make_site(runtime)


@pytest.fixture
def medium(runtime, site):
    return register(runtime, site, "STR142L8")


@pytest.fixture
def officer(client_as, medium):
    return client_as(Role.SECURITY_OFFICER)


@pytest.fixture
def second(runtime, app, house):
    return sign_in(runtime, app, someone(runtime, house, Role.SECURITY_OFFICER, login="officer-2"))


NEW = {"barcode": "STR142L8", "reason": "payer dispute 2025 Q4", "review_on": "2027-03-03"}


def test_a_hold_is_placed_by_one_person_and_released_by_another(officer, second, runtime):
    made = officer.post("/api/v1/holds", json=NEW)
    assert made.status_code == 201, made.text
    number = made.json()["number"]
    assert made.json()["owner"] == "Security officer"
    own = officer.post(f"/api/v1/holds/{number}/release", json={"reason": "settled"})
    assert own.status_code == 409
    assert own.json()["type"].endswith(":second-person")
    done = second.post(f"/api/v1/holds/{number}/release", json={"reason": "settled"})
    assert done.json()["released_at"] is not None
    assert row(runtime, "STR142L8").held_since is None
    again = second.post(f"/api/v1/holds/{number}/release", json={"reason": "settled"})
    assert again.status_code == 409


def test_holds_are_listed_by_a_cursor(officer, clock):
    for _ in range(3):
        officer.post("/api/v1/holds", json=NEW)
        clock.forward(seconds=1)
    first = officer.get("/api/v1/holds", params={"limit": 2}).json()
    rest = officer.get("/api/v1/holds", params={"limit": 2, "after": first["next"]}).json()
    assert [one["number"] for one in first["items"] + rest["items"]] == ["H-0003", "H-0002", "H-0001"]
    assert rest["next"] is None
    assert officer.get("/api/v1/holds/H-0002").json()["barcode"] == "STR142L8"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"barcode": "STR999L8"}, 404),
        ({"barcode": "\x00"}, 404),
        ({"reason": " "}, 422),
        ({"reason": "a\x00b"}, 422),
        ({"review_on": "2020-01-01"}, 422),
        ({"owner_id": "nobody"}, 422),
        ({"owner_id": "a\x00b"}, 422),
        ({"more": 1}, 422),
    ],
)
def test_what_does_not_fit_is_refused(officer, runtime, change, status):
    assert officer.post("/api/v1/holds", json=NEW | change).status_code == status
    assert row(runtime, "STR142L8").held_since is None


def test_a_repeated_request_places_one_hold(officer):
    for _ in range(2):
        officer.post("/api/v1/holds", json=NEW, headers={"Idempotency-Key": "one"})
    assert len(officer.get("/api/v1/holds").json()["items"]) == 1


def test_strange_numbers_are_not_found(officer):
    for number in ("H-9999", "h-0001", "%00", "H-%00", "H-" + "9" * 15):
        assert officer.get(f"/api/v1/holds/{number}").status_code == 404


def test_only_a_security_officer_holds(client_as, medium):
    assert client_as(Role.BACKUP_ADMINISTRATOR).post("/api/v1/holds", json=NEW).status_code == 403
    assert client_as(Role.AUDITOR).get("/api/v1/holds").status_code == 200
