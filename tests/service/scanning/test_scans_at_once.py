"""Scans that the server's protocol answers itself: the same answers, rows and entries as the ordinary way, over a real wire."""

import json
import socket
import struct
import time

import pytest
from clients import sign_in
from house import furnished, with_media
from uvicorn_thread import Wire, request, wired

from service.answers import RequestKey
from service.app import create_app
from service.consignments.actions import open_consignment
from service.consignments.models import Direction, ManifestLine
from service.db import table
from service.handlers.models import Role
from service.handlers.session_actions import end_sign_in
from service.ledger import store
from service.ledger.writer import Actor, Via
from service.media.models import Custody
from service.scanning.api import scan_at_once, write_scans
from service.scanning.rules import parse_task
from service.scanning.schemas import Scan
from service.web.sign_ins import SignIns

SCANS = "/api/v1/scans"
MEDIA = [f"ABC00{n}L8" for n in range(1, 7)]


class Desk:
    """A house with six media to pack, a handler signed in, and a server; `ways` lists what was answered at once (True) or handed on."""

    def __init__(self, runtime):
        self.house = with_media(furnished(runtime))
        media = [self.house.medium(code, "Machine room", "Organisation", Custody.ON_SITE) for code in MEDIA]
        self.number = self.house.run(
            lambda unit: open_consignment(
                unit, direction=Direction.OUT, from_location_id=self.house.ids["Machine room"],
                to_location_id=self.house.ids["Vault 2"], carrier_id=self.house.ids["Carrier"], purpose="test", medium_ids=media,
            )
        )  # fmt: skip
        self.house.container("C-0001", capacity=9)
        self.house.scan("Handler 2", f"pack:{self.number}", "C-0001")
        self.task = f"pack:{self.number}:C-0001"
        self.app = create_app(runtime)
        self.ways = []
        self.app.state.at_once = {SCANS.encode(): self._watched}
        self.client = sign_in(runtime, self.app, self.house.people["Handler 2"].handler_id)

    def _watched(self, *given):
        self.ways.append(scan_at_once(*given))
        return self.ways[-1]

    def headers(self, client=None, **more):
        client = client or self.client
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        return {"Cookie": cookies, "X-CSRF-Token": client.csrf, "Content-Type": "application/json", **more}

    def body(self, code):
        return json.dumps({"barcode": code, "task": self.task, "scanned_at": "2026-11-19T19:06:00Z"}).encode()

    def scan(self, code, client=None, **more):
        return request("POST", SCANS, self.headers(client, **more), self.body(code))


@pytest.fixture
def desk(runtime):
    return Desk(runtime)


@pytest.fixture
def wire(desk):
    """A connection whose person is known already: its first scan (a look) went the ordinary way."""
    with wired(desk.app) as port, Wire(port) as connection:
        connection.send(request("POST", SCANS, desk.headers(), b'{"barcode": "STR142L8"}'))
        assert connection.answer()[0] == 200
        assert desk.ways == [False]
        desk.ways.clear()
        desk.port = port
        yield connection


def ordinary(desk, code, **headers):
    """The same scan through the framework alone."""
    answer = desk.client.post(SCANS, content=desk.body(code), headers=desk.headers(**headers))
    return answer.status_code, dict(answer.headers), answer.content


def told(house, code):
    """A medium's newest entry without what differs from medium to medium."""
    with house.runtime.database.reader.connect() as connection:
        entry = store.entries_of(connection, f"medium:{house.ids[code]}", limit=1)[0]
    return {**entry.fields, "at": "", "position": 0, "subject": ""}


def rows(house, code):
    with house.runtime.database.reader.connect() as connection:
        line = connection.execute(
            table(ManifestLine).select().where(table(ManifestLine).c.medium_id == house.ids[code])
        ).one()
    medium = house.medium_row(code)._asdict() | {
        "medium_id": "",
        "barcode": "",
        "seen_at": None,
        "registered_at": None,
    }
    return medium, line._asdict() | {
        "medium_id": "",
        "scanned_at": None,
        "packed_at": None,
        "packed_entry": None,
    }


def test_a_scan_answered_at_once_is_answered_and_recorded_as_by_the_ordinary_way(desk, wire):
    wire.send(desk.scan(MEDIA[0], **{"Idempotency-Key": "k-1", "X-Request-ID": "mine"}))
    status, headers, body = wire.answer()
    other_status, other_headers, other_body = ordinary(
        desk, MEDIA[1], **{"Idempotency-Key": "k-2", "X-Request-ID": "mine"}
    )
    assert desk.ways == [True]
    assert status == other_status == 200
    one, other = json.loads(body), json.loads(other_body)
    assert one.keys() == other.keys()
    assert one["counts"] == {"left": 5, "done": 1}
    assert headers.keys() - {"date"} == other_headers.keys()
    same = headers.keys() - {"date", "content-length"}
    assert {name: headers[name] for name in same} == {name: other_headers[name] for name in same}
    assert told(desk.house, MEDIA[0]) == told(desk.house, MEDIA[1])
    assert rows(desk.house, MEDIA[0]) == rows(desk.house, MEDIA[1])
    desk.house.check()


def test_a_repeat_gets_the_kept_answer_whichever_way_it_takes(desk, wire):
    _, _, first = ordinary(desk, MEDIA[0], **{"Idempotency-Key": "k-1"})
    wire.send(desk.scan(MEDIA[0], **{"Idempotency-Key": "k-1"}))
    status, headers, again = wire.answer()
    assert (status, again, headers["idempotency-replayed"]) == (200, first, "true")
    assert desk.ways == [True]
    assert desk.house.entries(MEDIA[0]).count("medium:packed") == 1


def test_what_the_writer_refuses_is_a_problem(desk, wire):
    wire.send(
        desk.scan(MEDIA[0], **{"Idempotency-Key": "k-1"}) + desk.scan(MEDIA[1], **{"Idempotency-Key": "k-1"})
    )
    assert wire.answer()[0] == 200
    status, headers, body = wire.answer()
    assert (status, headers["content-type"]) == (422, "application/problem+json")
    assert json.loads(body)["type"] == "urn:strongroom:problem:key-reused"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b'{"barcode": "ABC', 422),
        (b'{"barcode": "ABC\\u0000001L8"}', 422),
        (b'{"barcode": "ABC001L8", "task": "burn:CN-0001"}', 422),
        (b'{"barcode": "' + b"A" * 2_000_000 + b'"}', 413),
    ],
)
def test_a_body_that_is_no_scan_is_handed_on_and_refused_there(desk, wire, body, status):
    wire.send(request("POST", SCANS, desk.headers(), body))
    found, headers, answer = wire.answer()
    assert (found, headers["content-type"]) == (status, "application/problem+json")
    assert json.loads(answer)["status"] == status
    assert True not in desk.ways


def test_a_sign_in_that_ended_is_refused_at_once(desk, wire):
    wire.send(desk.scan(MEDIA[0]))
    assert wire.answer()[0] == 200
    stolen = desk.scan(MEDIA[1])
    assert desk.client.delete("/api/v1/sign-ins/current").status_code == 204
    wire.send(stolen)
    assert wire.answer()[0] == 401
    assert desk.ways == [True, False]


def test_a_forged_request_is_refused(desk, wire):
    wire.send(desk.scan(MEDIA[0], **{"X-CSRF-Token": "another"}))
    assert wire.answer()[0] == 403
    assert desk.house.entries(MEDIA[0]) == ["test:made"]


def test_a_person_who_may_not_scan_is_refused_however_well_known(desk, wire, runtime):
    auditor = desk.house.person("Auditor 1", Role.AUDITOR, "Organisation")
    client = sign_in(runtime, desk.app, auditor.handler_id)
    for _ in range(2):
        wire.send(desk.scan(MEDIA[0], client))
        assert wire.answer()[0] == 403
    assert desk.ways == [False, False]


def test_requests_sent_without_waiting_are_answered_in_their_order(desk, wire):
    health = request("GET", "/healthz", {})
    wire.send(desk.scan(MEDIA[0]) + health + desk.scan(MEDIA[1]) + desk.scan(MEDIA[2]) + health)
    kinds = [wire.answer() for _ in range(5)]
    assert [status for status, _, _ in kinds] == [200] * 5
    assert [json.loads(body).get("barcode") for _, _, body in kinds] == [
        MEDIA[0],
        None,
        MEDIA[1],
        MEDIA[2],
        None,
    ]


def test_a_body_in_pieces_is_one_scan(desk, wire):
    whole = desk.scan(MEDIA[0])
    for at in range(0, len(whole), 97):
        wire.send(whole[at : at + 97])
    assert wire.answer()[0] == 200
    assert desk.ways == [True]


@pytest.mark.parametrize(("more", "version"), [({"Connection": "close"}, "1.1"), ({}, "1.0")])
def test_a_connection_that_is_to_end_ends_after_the_answer(desk, wire, more, version):
    wire.send(request("POST", SCANS, desk.headers(**more), desk.body(MEDIA[0]), version))
    assert wire.answer()[0] == 200
    assert wire.is_closed()


def test_who_asks_before_sending_is_told_to_go_on(desk, wire):
    body = desk.body(MEDIA[0])
    head = request("POST", SCANS, desk.headers(Expect="100-continue", **{"Content-Length": str(len(body))}))
    wire.send(head)
    assert wire.file.readline() == b"HTTP/1.1 100 Continue\r\n"
    wire.file.readline()
    wire.send(body)
    assert wire.answer()[0] == 200


def test_a_client_that_leaves_before_its_answer_is_recorded_all_the_same(desk, wire):
    with Wire(desk.port) as leaving:
        leaving.send(desk.scan(MEDIA[0]))
        linger = struct.pack("ii", 1, 0)  # a reset instead of a farewell
        leaving.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    for code in MEDIA[1:3]:
        wire.send(desk.scan(code))
        assert wire.answer()[0] == 200
    assert desk.house.entries(MEDIA[0]).count("medium:packed") in {0, 1}  # a reset may overtake the request
    desk.house.check()


def test_scans_of_two_people_in_one_batch_are_logged_under_their_own_names(desk, runtime):
    other = desk.house.person("Handler 9", Role.MEDIA_HANDLER, "Organisation")
    pair = [(desk.house.people["Handler 2"], MEDIA[0]), (other, MEDIA[1])]
    items = []
    for person, code in pair:
        actor = Actor(person.handler_id, Via.API)
        key = RequestKey.of(person.handler_id, "k", "POST", SCANS, code.encode())
        items.append((actor, Scan(code, parse_task(desk.task), person, actor, key, None)))
    runtime.writer.run(items[0][0], lambda unit: write_scans(unit, items))
    assert [told(desk.house, code)["by"]["handler"] for _, code in pair] == [
        person.handler_id for person, _ in pair
    ]
    assert [rows(desk.house, code)[1]["packed_by"] for _, code in pair] == [
        person.handler_id for person, _ in pair
    ]


class EndedMeanwhile(SignIns):
    """Its first look-up of a session reads, and then the sign-in ends before the answer is there."""

    ended = False

    def _by_session(self, session_hash):
        person = super()._by_session(session_hash)
        if not self.ended:
            self.ended = True
            actor = Actor(person.handler_id, Via.WEB)
            self._runtime.writer.run(actor, lambda unit: end_sign_in(unit, session_hash))
            self.forget()
        return person


def test_a_look_up_that_was_under_way_when_the_sign_in_ended_is_not_remembered(desk, wire, runtime):
    desk.app.state.sign_ins = EndedMeanwhile(runtime)
    wire.send(desk.scan(MEDIA[0]))
    wire.answer()
    wire.send(desk.scan(MEDIA[1]))
    assert wire.answer()[0] == 401


class Counting(SignIns):
    looked_up = 0

    def _by_session(self, session_hash):
        self.looked_up += 1
        time.sleep(0.2)
        return super()._by_session(session_hash)


def test_a_crowd_of_one_person_is_looked_up_once(desk, wire, runtime):
    desk.app.state.sign_ins = Counting(runtime)
    crowd = [Wire(desk.port) for _ in range(6)]
    for one, code in zip(crowd, MEDIA, strict=True):
        one.send(desk.scan(code))
    assert [one.answer()[0] for one in crowd] == [200] * 6
    assert desk.app.state.sign_ins.looked_up == 1
    for one in crowd:
        one.__exit__()
