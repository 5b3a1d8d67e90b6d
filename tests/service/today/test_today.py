"""Today: what needs a person, for each person; the rail beside it counts the same."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event
from week import ADMINISTRATOR, AUDITOR, CUSTODIAN, HANDLER, NUMBER, Week

from service.devices.models import DEVICE, JOB, JobKind, JobState
from service.ledger.writer import SYSTEM
from service.media.models import Content, Custody
from service.today.holders import count_holders, holders
from service.today.needs import needs
from service.today.rail import rail_counts
from service.web.views.frame import Place
from service.web.views.parts import Tone


@pytest.fixture
def week(runtime, app):
    return Week(runtime, app)


def text(page):
    body = re.sub(r"(?s)<(script|style|svg).*?</\1>", " ", page.text)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def waiting(week, name):
    with week.runtime.database.reading() as session:
        return needs(session, week.house.people[name], week.runtime.clock())


def counts(week, name):
    with week.runtime.database.reading() as session:
        return rail_counts(session, week.house.people[name], week.runtime.clock())


def job(week, state, kind=JobKind.EJECT, run_id=None, fault=None, **more):
    """A job as the worker of Library 1 leaves it; the device is made with the first."""
    runtime, library = week.runtime, week.house.ids["Library 1"]

    def work(unit):
        known = unit.connection.execute(DEVICE.table.select()).first()
        device_id = known.device_id if known else unit.new_id()
        if known is None:
            unit.connection.execute(DEVICE.table.insert().values(
                device_id=device_id, name="Library 1", url="sim:///nowhere", library_id=library, enabled=True
            ))  # fmt: skip
        values = {
            "job_id": unit.new_id(), "kind": kind, "resource": device_id, "state": state, "payload": {}, "dedupe_key": unit.new_id(),
            "run_id": run_id, "fence": 1, "progress": {}, "fault": fault, "created_at": unit.now, "started_at": unit.now, **more,
        }  # fmt: skip
        unit.connection.execute(JOB.table.insert().values(**values))

    runtime.writer.run(SYSTEM, work)


def test_every_step_of_the_week_is_told_to_those_who_do_it(week):
    told = {}
    for step in week.STEPS:
        week.to(step)
        told[step] = {
            name: [need.kind for need in waiting(week, name)] for name in (ADMINISTRATOR, HANDLER, CUSTODIAN)
        }
    assert told["planned"] == {ADMINISTRATOR: ["approve"], HANDLER: ["approve"], CUSTODIAN: []}
    assert told["approved"][HANDLER] == ["pack"]
    assert told["approved"][CUSTODIAN] == ["pack"]
    assert told["frozen"][HANDLER] == ["sign"]
    assert told["sent"][CUSTODIAN] == ["acknowledge", "pack"]
    assert told["recalled"][HANDLER] == ["acknowledge"]
    assert told["home"][HANDLER] == ["unpack"]
    assert told["unpacked"][ADMINISTRATOR] == ["load"]
    assert told["loaded"][ADMINISTRATOR] == ["close"]
    assert told["closed"] == {ADMINISTRATOR: [], HANDLER: [], CUSTODIAN: []}


@pytest.mark.parametrize("name", [ADMINISTRATOR, HANDLER, CUSTODIAN, AUDITOR])
def test_the_rail_counts_what_the_page_lists(week, name):
    for step in week.STEPS:
        week.to(step)
        if step == "unpacked":
            job(week, JobState.WAITING, JobKind.LOAD, fault="Put STR091L8, STR092L8 into the mail slots.")
        number = len(waiting(week, name))
        counted = counts(week, name).get(Place.TODAY)
        assert (counted.number if counted else 0) == number, step
        if step == "unpacked":
            week.runtime.writer.run(SYSTEM, lambda unit: unit.connection.execute(JOB.table.delete()).rowcount)


def test_the_rail_says_the_worst_of_each_place(week):
    week.to("approved")
    assert counts(week, HANDLER)[Place.RUNS].tone is Tone.BLUE
    job(week, JobState.WAITING, run_id=week.run_id, fault="Take 3 media out of mail slots 1, 2, 3.")
    assert counts(week, HANDLER)[Place.LIBRARY].tone is Tone.AMBER
    job(week, JobState.NEEDS_OPERATOR, JobKind.MOVE, fault="STR141L8 is in the robot's gripper.")
    assert counts(week, HANDLER)[Place.LIBRARY].tone is Tone.RED
    assert counts(week, HANDLER)[Place.TODAY].tone is Tone.RED
    assert Place.LIBRARY not in counts(week, CUSTODIAN)


def test_a_page_pays_for_the_rail_with_two_statements(week):
    week.to("sent")
    statements = []
    engine = week.runtime.database.reader
    with week.runtime.database.reading() as session:
        session.connection()

        def note(*args):
            statements.append(args[2])

        event.listen(engine, "before_cursor_execute", note)
        rail_counts(session, week.house.people[HANDLER], week.runtime.clock())
        event.remove(engine, "before_cursor_execute", note)
    assert len(statements) == 2


def test_an_overdue_consignment_is_red_for_both_ends(week, clock):
    week.to("sent")
    clock.forward(hours=5)
    for name in (HANDLER, CUSTODIAN):
        first = waiting(week, name)[0]
        assert (first.kind, first.tone) == ("overdue", Tone.RED)
    assert counts(week, HANDLER)[Place.CONSIGNMENTS].tone is Tone.RED
    page = text(week.client(HANDLER).get("/"))
    assert "overdue" in page
    assert "late" in page


def test_a_library_that_asks_stands_first_with_its_own_words(week):
    week.to("approved")
    job(week, JobState.WAITING, run_id=week.run_id, fault="Take 3 media out of mail slots 1, 2, 3.")
    job(week, JobState.NEEDS_OPERATOR, fault="STR141L8 may be in slot 1 or in mail slot 4.")
    found = waiting(week, HANDLER)
    assert [need.kind for need in found] == ["decide", "library", "pack"]
    page = text(week.client(HANDLER).get("/"))
    assert "Take 3 media out of mail slots 1, 2, 3." in page
    assert f"ejecting for run {NUMBER}" in page


def test_a_paused_job_is_not_an_alarm(week):
    week.to("approved")
    job(week, JobState.NEEDS_OPERATOR, fault="Paused by Handler 2.", progress={"paused": True})
    assert waiting(week, HANDLER)[0].tone is Tone.AMBER


def test_a_device_in_trouble_is_told_until_it_is_switched_off(week):
    job(week, JobState.DONE)
    table = DEVICE.table
    week.run(
        lambda unit: (
            unit.connection.execute(table.update().values(fault="Library 1: it does not answer.")).rowcount
        )
    )
    assert [need.kind for need in waiting(week, HANDLER)] == ["fault"]
    week.run(lambda unit: unit.connection.execute(table.update().values(enabled=False)).rowcount)
    assert waiting(week, HANDLER) == []


def test_a_schedule_without_its_run_is_an_alarm(week, clock):
    clock.now = datetime(2026, 11, 26, 12, 1, tzinfo=UTC)
    assert waiting(week, ADMINISTRATOR) == []
    clock.forward(minutes=2)
    (need,) = waiting(week, ADMINISTRATOR)
    assert (need.kind, need.tone) == ("overdue_run", Tone.RED)
    assert need.act_href.endswith("&slot=2026-11-26")


def test_a_quiet_day_says_what_comes_next(week):
    page = text(week.client(HANDLER).get("/"))
    assert "Nothing waits for a person." in page
    assert "Weekly plans the next run 26 Nov 2026 07:00 EST" in page
    assert "Thursday 19 November" in page
    assert "Site 1 · week 47" in page


@pytest.mark.parametrize("name", [ADMINISTRATOR, HANDLER, CUSTODIAN, AUDITOR])
def test_the_page_and_its_fragment_render_in_every_state(week, name):
    client = week.client(name)
    for step in week.STEPS:
        week.to(step)
        assert client.get("/").status_code == 200, step
        assert client.get("/today").text.lstrip().startswith('<div id="today"'), step


def test_the_vendors_custodian_sees_consignments_of_their_own_and_nothing_else(week):
    page = text(week.to("recalled").client(CUSTODIAN).get("/"))
    assert "CN-0002" in page
    assert "Who holds our media" not in page
    assert NUMBER not in page
    assert "Library 1" not in page
    assert "were recorded today" not in page


def test_what_was_done_today_is_listed_newest_first_and_not_tomorrow(week, clock):
    week.to("sent")
    page = text(week.client(HANDLER).get("/"))
    done = page[page.index("Done today") :]
    for told in ("CN-0001 released to Carrier", "C-0117 sealed with 004711", f"Run {NUMBER} approved"):
        assert told in done
    clock.forward(days=1)
    assert "released to Carrier" not in text(week.client(HANDLER).get("/"))


def test_acts_are_counted_from_the_local_midnight(week, clock):
    clock.now = datetime(2026, 11, 20, 4, 59, tzinfo=UTC)  # still Thursday in New York
    handler = week.client(HANDLER)
    assert "acts were recorded today" in text(handler.get("/"))
    clock.forward(minutes=2)
    assert "recorded today" not in text(handler.get("/"))
    week.house.medium("STR199L8", "slot 8", "Organisation", content=Content.SCRATCH)
    assert "1 act was recorded today" in text(handler.get("/"))


def test_holders_are_counted_by_who_has_them(week):
    week.to("sent")
    house = week.house
    house.medium("STR200L8", "Machine room", "Organisation", Custody.ON_SITE)
    house.medium("STR201L8", "Vault 2", "Vault vendor", Custody.MISSING, missing=True)
    with week.runtime.database.reading() as session:
        found = count_holders(session.connection())
    assert {row.name: row.media for row in found.rows} == {
        "Carrier": 3, "Libraries": 2, "Vault vendor": 2, "On site": 1, "Missing": 1,
    }  # fmt: skip
    assert found.total == 9
    assert found.rows[-1].tone is Tone.RED


def test_several_vendors_are_told_apart(week):
    from service.parties.models import PartyKind

    house = week.house
    house.party("Other vendor", PartyKind.VAULT_VENDOR)
    house.location("Vault 3", "vault", "Other vendor")
    house.medium("STR210L8", "Vault 3", "Other vendor", Custody.VAULTED)
    house.medium("STR211L8", "Vault 3", "Other vendor", Custody.PACKED)
    house.medium("STR212L8", "Vault 3", "Other vendor", Custody.GONE)
    with week.runtime.database.reading() as session:
        found = {row.name: row.media for row in count_holders(session.connection()).rows}
    assert (found["Vault vendor"], found["Other vendor"], found["Other vendor, packed"]) == (2, 1, 1)


def test_a_small_site_is_counted_anew_each_time(week):
    def total():
        with week.runtime.database.reading() as session:
            return holders(week.runtime.database, session.connection()).total

    before = total()
    week.house.medium("STR220L8", "slot 7", "Organisation")
    assert total() == before + 1


def test_the_day_is_drawn_in_words_too(week, clock):
    week.to("sent")
    clock.forward(minutes=30)
    page = week.client(HANDLER).get("/").text
    label = re.search(r'aria-label="(The day: [^"]+)"', page)[1]
    assert "CN-0001 in transit to Vault vendor" in label
    assert f"{NUMBER} under way" in label
    assert clock.now + timedelta(hours=3) > week.runtime.clock()
