"""Media over HTTP, as JSON."""

import pytest
from media_site import make_site, register

from service.handlers.models import Role
from service.media.models import Content


@pytest.fixture
def site(runtime, house):
    return make_site(runtime)


@pytest.fixture
def admin(client_as, site):
    return client_as(Role.BACKUP_ADMINISTRATOR)


NEW = {
    "barcode": "STR142L8",
    "location": "Library 1 › slot 3",
    "content": "full",
    "serial_number": "HM7X0K1142",
}


def test_a_medium_is_registered_read_and_corrected(admin):
    made = admin.post("/api/v1/media", json=NEW)
    assert made.status_code == 201, made.text
    assert made.json()["custody"] == "in_library"
    read = admin.get("/api/v1/media/STR142L8")
    assert read.headers["etag"] == made.headers["etag"]
    assert read.json()["location"]["name"].endswith("Library 1 › slot 3")
    edited = admin.patch(
        "/api/v1/media/STR142L8", json={"dataset": "billing-db"}, headers={"If-Match": read.headers["etag"]}
    )
    assert edited.json()["dataset"] == "billing-db"
    outdated = admin.patch(
        "/api/v1/media/STR142L8", json={"dataset": "other"}, headers={"If-Match": read.headers["etag"]}
    )
    assert outdated.status_code == 412
    assert admin.get("/api/v1/media/STR142L8").json()["dataset"] == "billing-db"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"barcode": "str142L8"}, "barcode"),
        ({"barcode": "STR142"}, "barcode"),
        ({"location": "Library 9 › slot 3"}, "location"),
        ({"content": "destroyed"}, "content"),
        ({"expires_on": "2025-01-01", "written_on": "2026-01-01"}, "expires_on"),
        ({"serial_number": "a b"}, "serial_number"),
        ({"tier": "hourly"}, "tier"),
    ],
)
def test_what_does_not_fit_is_refused_beside_its_field(admin, change, field):
    answer = admin.post("/api/v1/media", json=NEW | change)
    assert answer.status_code == 422
    assert field in answer.json()["fields"]
    assert admin.get("/api/v1/media/STR142L8").status_code == 404


def test_a_repeated_request_registers_once(admin):
    headers = {"Idempotency-Key": "one"}
    first = admin.post("/api/v1/media", json=NEW, headers=headers)
    again = admin.post("/api/v1/media", json=NEW, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert len(admin.get("/api/v1/media/STR142L8/entries").json()["items"]) == 1


def test_content_changes_by_its_rules(admin):
    admin.post("/api/v1/media", json=NEW)
    refused = admin.post("/api/v1/media/STR142L8/change-content", json={"to": "scratch"})
    assert refused.status_code == 409
    assert "quarantined" in refused.json()["possible"]
    wanting = admin.post("/api/v1/media/STR142L8/change-content", json={"to": "quarantined"})
    assert wanting.status_code == 422
    done = admin.post(
        "/api/v1/media/STR142L8/change-content", json={"to": "quarantined", "reason": "label damaged"}
    )
    assert done.json()["content"] == "quarantined"


def test_the_history_reads_as_sentences_and_continues_at_a_cursor(admin):
    admin.post("/api/v1/media", json=NEW)
    admin.post("/api/v1/media/STR142L8/change-content", json={"to": "quarantined", "reason": "label damaged"})
    first = admin.get("/api/v1/media/STR142L8/entries", params={"limit": 1}).json()
    assert first["items"][0]["sentence"] == "Content: full → quarantined."
    assert first["items"][0]["reason"] == "label damaged"
    assert first["items"][0]["by"] == "Backup administrator"
    rest = admin.get("/api/v1/media/STR142L8/entries", params={"after": first["next"]}).json()
    assert [one["event"] for one in rest["items"]] == ["medium:registered"]
    assert rest["next"] is None


def listed(client, **params):
    answer = client.get("/api/v1/media", params=params)
    assert answer.status_code == 200, answer.text
    return [one["barcode"] for one in answer.json()["items"]]


def test_every_filter_narrows_the_list(admin, runtime, site):
    register(runtime, site, "STR142L8", site.slots[0], dataset="billing-db")
    register(runtime, site, "STR143L8", site.slots[1], content=Content.FULL)
    register(runtime, site, "STR144L8", site.vault)
    register(runtime, site, "ABC001L8", site.shelf)
    assert listed(admin) == ["ABC001L8", "STR142L8", "STR143L8", "STR144L8"]
    assert listed(admin, order="-barcode") == ["STR144L8", "STR143L8", "STR142L8", "ABC001L8"]
    assert listed(admin, q="str14") == ["STR142L8", "STR143L8", "STR144L8"]
    assert listed(admin, location="Library 1") == ["STR142L8", "STR143L8"]
    assert listed(admin, location="Library 1/slot 2") == ["STR143L8"]
    assert listed(admin, location="B-04") == ["STR144L8"]
    assert listed(admin, custody="vaulted") == ["STR144L8"]
    assert listed(admin, custodian="Vendor of Vault 2") == ["STR144L8"]
    assert listed(admin, content="full") == ["STR143L8"]
    assert listed(admin, dataset="billing-db") == ["STR142L8"]
    assert listed(admin, held="true") == []
    assert listed(admin, media_type="disk") == []
    assert listed(admin, q="STR", custody="in_library", content="active") == ["STR142L8"]
    assert admin.get("/api/v1/media", params={"location": "nowhere"}).status_code == 422
    assert admin.get("/api/v1/media", params={"custody": "lost"}).status_code == 422


@pytest.mark.parametrize("params", [{}, {"order": "-barcode"}, {"location": "Site 1"}, {"order": "expires"}])
def test_pages_join_without_a_gap_or_a_double(admin, runtime, site, params):
    from datetime import date

    where = [site.shelf, *site.slots]
    for number in range(9):
        register(runtime, site, f"STR{number:03d}L8", where[number], expires_on=date(2027, 1, 1 + number % 3))
    whole = listed(admin, **params)
    assert len(whole) == 9
    pieces, after = [], None
    while True:
        more = {} if after is None else {"after": after}
        answer = admin.get("/api/v1/media", params={**params, **more, "limit": 2}).json()
        pieces += [one["barcode"] for one in answer["items"]]
        after = answer["next"]
        if after is None:
            break
    assert pieces == whole


def test_a_cursor_of_another_list_is_refused(admin):
    answer = admin.get("/api/v1/media", params={"order": "expires", "after": "STR142L8"})
    assert answer.status_code == 422


def test_csv_holds_what_the_list_shows_and_no_formula(admin, runtime, site):
    register(runtime, site, "STR142L8", site.slots[0], dataset="=1+1")
    register(runtime, site, "STR144L8", site.vault)
    answer = admin.get("/api/v1/media.csv", params={"custody": "in_library"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("barcode,type,generation,content")
    assert "STR142L8,lto,LTO-8,active" in lines[1]
    assert "'=1+1" in lines[1]


def test_an_import_is_tried_first_and_then_all_or_nothing(admin):
    text = "barcode,type,content,where\nSTR142L8,lto,full,Library 1 › slot 5\nstr143L8,lto,full,A-02\n"
    tried = admin.post("/api/v1/media/import", json={"text": text, "dry_run": True}).json()
    assert (tried["acceptable"], tried["imported"]) == (1, 0)
    assert tried["rejected"][0]["line"] == 3
    assert "lower-case" in tried["rejected"][0]["reason"]
    refused = admin.post("/api/v1/media/import", json={"text": text})
    assert refused.status_code == 409
    assert refused.json()["rejected"][0]["line"] == 3
    assert listed(admin) == []
    done = admin.post("/api/v1/media/import", json={"text": text.replace("str", "STR")}).json()
    assert done["imported"] == 2
    assert listed(admin) == ["STR142L8", "STR143L8"]


def test_others_than_the_administrator_only_read(client_as, site, runtime):
    register(runtime, site, "STR142L8")
    handler = client_as(Role.MEDIA_HANDLER)
    assert handler.get("/api/v1/media/STR142L8").status_code == 200
    assert handler.post("/api/v1/media", json=NEW).status_code == 403
    assert handler.post("/api/v1/media/import", json={"text": "x"}).status_code == 403
    assert client_as(Role.VAULT_CUSTODIAN).get("/api/v1/media").status_code == 403


def test_strange_addresses_are_not_found(admin):
    for barcode in ("%00", "STR142L8%0a", "A" * 64, "%F0%9F%92%BE"):
        assert admin.get(f"/api/v1/media/{barcode}").status_code in {404, 422}


@pytest.mark.parametrize("name", ["barcode", "location", "dataset", "serial_number", "tier"])
def test_control_characters_reach_no_database(admin, name):
    for text in ("STR\x0042L8", "\x00", "a\u2028b", "\u202e"):
        assert admin.post("/api/v1/media", json=NEW | {name: text}).status_code == 422


@pytest.mark.parametrize("name", ["q", "location", "custodian", "container", "dataset", "after"])
def test_a_filter_of_control_characters_is_refused(admin, name):
    assert admin.get("/api/v1/media", params={name: "a\x00b"}).status_code == 422
