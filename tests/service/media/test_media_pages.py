"""The pages of media, as a browser without a script sees them."""

import re
from datetime import date

import pytest
from clients import sign_in, someone
from media_site import as_handler, make_person, make_site, register, row
from sqlalchemy import text

from service.handlers.models import Role
from service.holds import actions as holds
from service.ledger.writer import SYSTEM
from service.media import actions
from service.media.models import Content

CSV = "barcode,type,content,where\nSTR142L8,lto,full,Library 1 › slot 5\n"


@pytest.fixture
def site(runtime, house):
    return make_site(runtime)


@pytest.fixture
def admin(client_as, site):
    return client_as(Role.BACKUP_ADMINISTRATOR)


def words(answer):
    """The page's text without markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_an_empty_list_says_how_to_get_the_first_medium_in(admin):
    page = admin.get("/media")
    assert page.status_code == 200
    assert "No media yet." in page.text
    assert 'href="/media/import"' in page.text


def test_the_list_filters_by_its_address_and_offers_the_same_as_csv(admin, runtime, site):
    register(runtime, site, "STR142L8", site.slots[0])
    register(runtime, site, "STR143L8", site.vault, content=Content.FULL)
    page = admin.get("/media?custody=vaulted")
    assert "/media/STR143L8" in page.text
    assert "/media/STR142L8" not in page.text
    assert 'href="/media.csv?custody=vaulted"' in page.text
    table = admin.get("/media.csv?custody=vaulted")
    assert "STR143L8" in table.text
    assert "STR142L8" not in table.text
    nothing = admin.get("/media?location=nowhere")
    assert "no place here" in nothing.text


def test_a_long_list_continues_on_the_next_page(admin, runtime, site):
    media = [f"STR{number:03d}L8" for number in range(60)]
    for barcode in media:
        register(runtime, site, barcode)
    first = admin.get("/media")
    following = re.search(r'rel="next" href="([^"]+)"', first.text)[1].replace("&amp;", "&")
    second = admin.get(following)
    assert "STR049L8" in words(first).replace(" ", "")
    assert "/media/STR050L8" in second.text
    assert "/media/STR049L8" not in second.text
    assert 'rel="next"' not in second.text


def test_a_medium_is_registered_on_a_page_and_errors_lose_nothing(admin, runtime):
    form = {
        "barcode": "str142L8",
        "location": "Library 1 › slot 3",
        "content": "full",
        "dataset": "billing-db",
    }
    again = admin.post("/media", data=form)
    assert again.status_code == 422
    assert 'value="billing-db"' in again.text
    assert "lower-case letter s" in again.text
    done = admin.post("/media", data=form | {"barcode": "STR142L8"})
    assert (done.status_code, done.headers["location"]) == (303, "/media/STR142L8")
    assert row(runtime, "STR142L8").dataset == "billing-db"


def test_a_medium_s_page_tells_what_where_who_and_its_history(admin, runtime, site):
    register(
        runtime, site, "STR142L8", site.slots[2], content=Content.FULL, serial_number="HM7X0K1142",
        expires_on=date(2027, 12, 9), encrypted=True,
    )  # fmt: skip
    register(runtime, site, "STR143L8", site.slots[3])
    page = admin.get("/media/STR142L8")
    told = words(page)
    for word in (
        "HM7X0K1142",
        "LTO-8, 12 TB, rewritable",
        "in library",
        "full",
        "Library 1, slot 3",
        "with Our organisation",
    ):
        assert word in told
    assert "Accession: taken in at Library 1, slot 3." in told
    assert 'href="/media/STR143L8"' in page.text
    assert re.search(r'href="/ledger/entries/\d+"', page.text)


def test_a_hold_stands_on_the_page_and_forbids_what_it_forbids(admin, client_as, runtime, site):
    register(runtime, site, "STR142L8", content=Content.EXPIRED)
    officer = client_as(Role.SECURITY_OFFICER)
    form = {"reason": "payer dispute 2025 Q4", "owner": officer.handler_id, "review_on": "2027-03-03"}
    assert officer.post("/media/STR142L8/place-hold", data=form).status_code == 303
    told = words(admin.get("/media/STR142L8"))
    assert "on hold" in told
    assert "payer dispute 2025 Q4" in told
    assert "Hold H-0001 placed" in told
    form = {"to": "scratch", "reason": "reuse"}
    refused = admin.post("/media/STR142L8/change-content", data=form)
    assert refused.status_code == 409
    assert "on hold since 2026-11-19" in refused.text
    assert row(runtime, "STR142L8").content is Content.EXPIRED


def test_only_a_second_person_is_offered_the_release(app, house, client_as, runtime, site):
    medium = register(runtime, site, "STR142L8")
    first = client_as(Role.SECURITY_OFFICER)
    runtime.writer.run(
        as_handler(first.handler_id),
        lambda unit: holds.place(unit, medium, "payer dispute", owner_id=first.handler_id),
    )
    assert "release needs a second person" in first.get("/holds/H-0001").text
    assert first.post("/holds/H-0001/release", data={"reason": "settled"}).status_code == 409
    second = sign_in(runtime, app, someone(runtime, house, Role.SECURITY_OFFICER, login="officer-2"))
    assert 'href="/holds/H-0001/release"' in second.get("/holds/H-0001").text
    assert second.post("/holds/H-0001/release", data={"reason": ""}).status_code == 422
    assert second.post("/holds/H-0001/release", data={"reason": "settled"}).status_code == 303
    assert row(runtime, "STR142L8").held_since is None
    assert "Hold H-0001 is released." in second.get("/media/STR142L8").text
    assert "H-0001" not in second.get("/holds").text
    assert "H-0001" in second.get("/holds?everything=true").text


def test_content_is_changed_on_a_page(admin, runtime, site):
    register(runtime, site, "STR142L8", content=Content.EXPIRED)
    assert "needs a reason" in admin.get("/media/STR142L8/change-content").text
    assert admin.post("/media/STR142L8/change-content", data={"to": "scratch"}).status_code == 303
    assert row(runtime, "STR142L8").content is Content.SCRATCH
    assert admin.post("/media/STR142L8/change-content", data={"to": "nonsense"}).status_code == 422


def test_a_correction_on_a_page_keeps_the_rest(admin, runtime, site):
    register(runtime, site, "STR142L8", serial_number="HM7X0K1142", dataset="billing-db", tier="monthly")
    page = admin.get("/media/STR142L8/edit")
    assert 'value="HM7X0K1142"' in page.text
    form = {"serial_number": "HM7X0K1142", "dataset": "claims-images", "tier": "monthly", "encrypted": "yes"}
    assert admin.post("/media/STR142L8/edit", data=form).status_code == 303
    found = row(runtime, "STR142L8")
    assert (found.dataset, found.tier, found.encrypted) == ("claims-images", "monthly", True)


def upload(client, content, source="csv"):
    return client.post(
        "/media/import", data={"source": source}, files={"file": ("media.csv", content, "text/csv")}
    )


def test_an_import_is_shown_first_and_confirmed_by_its_hash(admin, runtime):
    shown = upload(admin, CSV.encode())
    assert shown.status_code == 200
    assert "All of 1 medium can be taken in." in words(shown)
    hidden = dict(
        re.findall(
            r'name="(source|kept|library|content)" value="([^"]*)"', shown.text.partition('id="import"')[0]
        )
    )
    hidden["kept"] = hidden["kept"].replace("&#34;", '"')
    done = admin.post("/media/import/confirm", data=hidden)
    assert done.status_code == 303, done.text
    assert row(runtime, "STR142L8").content is Content.FULL
    again = admin.post("/media/import/confirm", data=hidden)
    assert again.status_code == 409
    assert "registered already" in again.text


def test_a_dry_run_shows_every_rejected_line_and_offers_no_import(admin, runtime):
    shown = upload(admin, (CSV + "str143L8,lto,full,A-02\n").encode())
    assert "1 line is rejected" in words(shown)
    assert "lower-case letter s" in shown.text
    assert 'action="/media/import/confirm"' not in shown.text


@pytest.mark.parametrize("content", [b"", b"\xff\xfeb\x00", b"\x00" * 100, b"barcode\xe9", b"x" * 200_000])
def test_a_file_that_cannot_be_read_is_refused_beside_its_field(admin, content):
    answer = upload(admin, content)
    assert answer.status_code == 422
    assert 'id="import-file-error"' in answer.text


def test_an_import_without_a_file_or_with_a_forged_hash_is_refused(admin):
    assert admin.post("/media/import", data={"source": "csv"}).status_code == 422
    for kept in ("", "x", "[]", '{"media.csv": "0000"}'):
        assert admin.post("/media/import/confirm", data={"source": "csv", "kept": kept}).status_code == 422


def test_an_older_page_of_the_timeline_continues_where_the_newest_ends(admin, runtime, site):
    medium = register(runtime, site, "STR142L8")
    for number in range(120):
        runtime.writer.run(
            SYSTEM, lambda unit, n=number: actions.edit(unit, medium, {"dataset": f"set-{n:03d}"})
        )
    newest = admin.get("/media/STR142L8")
    assert "set-119" in newest.text
    assert "Accession" not in words(newest).partition("Timeline")[2]
    older = re.search(r'href="([^"]+before=\d+)"', newest.text)[1].replace("&amp;", "&")
    assert "Accession: taken in" in words(admin.get(older))


def test_a_medium_s_page_reads_the_same_number_of_rows_among_many_others(admin, runtime, site):
    """The timeline reads by the subject's index: its query plan scans no table."""
    register(runtime, site, "STR142L8")
    with runtime.database.reader.connect() as connection:
        if connection.dialect.name != "sqlite":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        query = "SELECT position, body FROM ledger_entry WHERE subject = 'medium:x' ORDER BY position DESC LIMIT 100"
        plan = " ".join(str(part) for line in connection.execute(text(f"{explain} {query}")) for part in line)
    assert "ix_ledger_entry_subject" in plan
    assert "SCAN ledger_entry" not in plan


def test_who_may_only_read_sees_why_acts_are_not_allowed(client_as, runtime, site):
    register(runtime, site, "STR142L8")
    auditor = client_as(Role.AUDITOR)
    page = auditor.get("/media/STR142L8")
    assert "needs the backup administrator" in page.text
    assert auditor.get("/media/STR142L8/edit").status_code == 403
    assert auditor.post("/media/import", data={}).status_code == 403


def test_a_discrepancy_stands_above_everything_else(admin, runtime, site):
    from service.custody.actions import open_discrepancy
    from service.custody.models import DiscrepancyKind

    medium = register(runtime, site, "STR142L8")
    make_person(runtime, site, "Somebody")
    runtime.writer.run(
        SYSTEM,
        lambda unit: open_discrepancy(
            unit, DiscrepancyKind.MOVED_BY_OTHERS, "It was moved by another program.", medium_id=medium
        ),
    )
    page = words(admin.get("/media/STR142L8"))
    assert page.index("It was moved by another program.") < page.index("Timeline")
