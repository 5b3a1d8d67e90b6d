"""The library's page: map, strip of 20,000 slots, table, job, the person at the door."""

import html
import re

import pytest

from service.devices.models import JobKind, JobState
from service.handlers.models import Role

HANDLER, AUDITOR = Role.MEDIA_HANDLER, Role.AUDITOR
PAGE = "/libraries/Library%201"


@pytest.fixture
def handler(site, client_as):
    return client_as(HANDLER)


def text_of(answer):
    assert answer.status_code == 200, answer.text[:500]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def waiting(site):
    site.approve_run()
    site.worker()
    return site.wait_for(
        lambda: (found := site.jobs(JobKind.EJECT)) and found[-1].state is JobState.WAITING and found[-1]
    )


def test_the_only_library_is_shown_at_once(handler):
    answer = handler.get("/libraries")
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)


def test_the_map_shows_every_slot_drive_and_mail_slot_in_words(handler):
    page = handler.get(PAGE).text
    labels = re.findall(r'title="((?:Slot|Drive|Mail slot) \d+[^"]*)"', page)
    assert len(labels) == 12 + 2 + 4
    assert "Slot 1: STR151L8, full" in labels
    assert "Slot 12: empty" in labels
    assert "12 slots, 2 drives, 4 mail slots" in page
    assert "agrees in 7 of 7" in page


def test_a_searched_barcode_pulses(handler):
    assert handler.get(f"{PAGE}?show=STR153L8").text.count(" pulse") == 1


def test_what_is_not_as_recorded_is_listed_and_marked_on_the_map(site, handler):
    site.hands.set_fault("unreadable-labels", addresses=[0x1000])
    site.hands.put(0x1000 + 10, "NEW001L8")
    site.worker()
    site.wait_for_state(site.enqueue(JobKind.INVENTORY), JobState.DONE)
    page = text_of(handler.get(PAGE))
    assert "The label in slot 1 cannot be read. Recorded there: STR 151 L8" in page
    assert "The barcode NEW001L8 in slot 11 is not registered" in page
    assert "2 need a person" in page
    assert "Slot 1: label not read, unread" in handler.get(PAGE).text


def test_a_waiting_job_says_what_to_do_and_offers_the_word_that_it_is_done(site, handler):
    job = waiting(site)
    page = text_of(handler.get(PAGE))
    assert "Take 4 media out of mail slots 1, 2, 3, 4. Then batch 2 of 2 comes." in page
    assert "I have emptied them" in page
    assert "slot 1 → mail slot 1" in page
    assert f'action="/jobs/{job.job_id}/look-now"' in handler.get(PAGE).text
    site.empty_mail_slots()
    answer = handler.post(
        f"/jobs/{job.job_id}/look-now", headers={"referer": "http://testserver/runs/2026-W47"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/runs/2026-W47")
    other = handler.post(f"/jobs/{job.job_id}/look-now", headers={"referer": "http://elsewhere/runs/x"})
    assert other.headers["location"] == PAGE


def test_the_fragments_of_the_map_and_the_job_stand_alone(site, handler):
    waiting(site)
    for path, mark in (("map", 'id="map"'), ("live", 'id="live"'), ("door", 'id="door"')):
        fragment = handler.get(f"{PAGE}/{path}").text
        assert mark in fragment
        assert "<html" not in fragment


def test_the_person_at_the_door_takes_out_and_puts_in(site, handler):
    waiting(site)
    taken = handler.post(f"{PAGE}/door/take-out", data={"mail_slot": "1"})
    assert taken.headers["location"] == f"{PAGE}#simulator"
    assert 0x0301 not in site.in_mail_slots()
    handler.post(f"{PAGE}/door/take-all")
    site.wait_for(lambda: len(site.in_mail_slots()) == 3)
    handler.post(f"{PAGE}/door/put-in", data={"mail_slot": "4", "barcode": "NEW001L8"})
    assert site.in_mail_slots()[0x0304] == "NEW001L8"
    full = handler.post(f"{PAGE}/door/put-in", data={"mail_slot": "4", "barcode": "NEW002L8"})
    assert full.status_code == 502
    for wrong in (
        {"mail_slot": "9", "barcode": "NEW002L8"},
        {"mail_slot": "x", "barcode": "NEW002L8"},
        {"mail_slot": "3"},
    ):
        assert handler.post(f"{PAGE}/door/put-in", data=wrong).status_code == 422


def test_the_door_opens_and_closes_and_faults_are_switched_on_and_off(site, handler):
    handler.post(f"{PAGE}/door/open")
    assert site.hands.dump()["door_open"]
    assert "Close the door" in handler.get(PAGE).text
    handler.post(f"{PAGE}/door/close")
    assert not site.hands.dump()["door_open"]
    handler.post(f"{PAGE}/door/mishap", data={"mishap": "jam-gripper"})
    assert site.hands.dump()["faults"] == {"jam": {"phase": "in-gripper", "times": 1}}
    assert handler.post(f"{PAGE}/door/mishap", data={"mishap": "fire"}).status_code == 422
    handler.post(f"{PAGE}/door/clear")
    assert site.hands.dump()["faults"] == {}


def test_every_mishap_on_offer_is_known_to_the_simulator(site):
    from service.devices import door, queries

    with site.runtime.database.reading() as session:
        device = queries.device_by_name(session, "Library 1")
    for name in door.MISHAPS:
        door.let_go_wrong(device, name)
    assert len(door.door_state(device).faults) == len({one.fault for one in door.MISHAPS.values()})


def test_an_auditor_sees_the_acts_disabled_with_the_reason_and_cannot_do_them(site, client_as):
    client = client_as(AUDITOR)
    page = client.get(PAGE).text
    assert "needs somebody who may operate the library" in page
    assert 'id="put-in"' not in page
    assert client.post(f"{PAGE}/door/open").status_code == 403
    assert not site.hands.dump()["door_open"]


def test_a_move_form_that_does_not_fit_comes_back_with_what_was_typed(site, handler):
    assert handler.get(f"{PAGE}/move").status_code == 200
    answer = handler.post(f"{PAGE}/move", data={"barcode": "STR151L8", "to": "slot", "number": "77"})
    assert answer.status_code == 422
    assert "There is no slot 77." in answer.text
    assert 'value="STR151L8"' in answer.text
    done = handler.post(f"{PAGE}/move", data={"barcode": "STR151L8", "to": "slot", "number": "12"})
    assert (done.status_code, done.headers["location"]) == (303, PAGE)


def test_a_job_has_a_page_with_its_steps(site, handler):
    job = waiting(site)
    page = text_of(handler.get(f"/jobs/{job.job_id}"))
    assert "Eject of Library 1" in page
    assert "slot 4 → mail slot 4" in page
    assert page.count("moved") >= 4


def test_a_jammed_job_offers_the_three_decisions(site, handler):
    site.hands.set_fault("jam", phase="in-gripper")
    site.approve_run()
    site.worker()
    job = site.wait_for_state(site.eject_job().job_id, JobState.NEEDS_OPERATOR)
    page = text_of(handler.get(PAGE))
    for words in (
        "STR151L8 is in the robot's gripper",
        "Look again",
        "It is where the picture shows: go on",
        "Give up",
    ):
        assert words in page
    assert "STR151L8 is in the gripper The robot stands still with it." in page
    assert "mechanical positioning failed [sense 4/15/01]" in page
    assert str(site.runtime.settings.data_dir) not in page
    handler.post(f"/jobs/{job.job_id}/cancel")
    site.wait_for_state(job.job_id, JobState.CANCELLED)


def test_the_table_says_the_same_as_the_map(handler):
    page = text_of(handler.get(f"{PAGE}/table"))
    assert "Slot 1 STR 151 L8" in page
    assert "Mail slot 4 empty" in page
    assert 'id="slot-1"' in handler.get(f"{PAGE}/table").text


def test_an_unknown_library_is_not_found(handler):
    assert handler.get("/libraries/Nowhere").status_code == 404


@pytest.mark.one_database
def test_a_library_of_20000_slots_is_a_strip_with_a_lens(make_robot_site, definition_of, client_as):
    from drivers.library_files import CartridgeDefinition, Place

    far = tuple(CartridgeDefinition(Place.STORAGE, n, f"Z{n:05d}L8") for n in range(6501, 6601))
    site = make_robot_site(definition_of(["STR151L8"], slots=20_000, more=far))
    client = client_as(HANDLER)
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "20,000 slots in 20 frames" in page.text
    assert page.text.count('class="slot mini') == 64
    assert len(page.content) < 150_000
    lens = client.get(f"{PAGE}/strip?at=6540").text
    assert "Slot 6540: Z06540L8, full" in lens
    assert "<html" not in lens
    assert client.get(f"{PAGE}/table?after=19000").status_code == 200
    del site
