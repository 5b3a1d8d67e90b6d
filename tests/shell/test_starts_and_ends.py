"""`strongroom serve` as people start and stop it."""

import re
import signal
import socket
import subprocess
import time

import pytest
from shell.program import PROGRAM, READY_S, Server, environment, serving

from service.demo_site import PASSWORD, PEOPLE

BOTH = [signal.SIGINT, signal.SIGTERM]
LINK = re.compile(r"http://127\.0\.0\.1:\d+/setup/[\w-]{20,}")
ENDS_WITHIN_S = 5.0


def test_a_first_start_prints_the_address_and_a_one_time_link(tmp_path):
    with serving(tmp_path) as server:
        assert server.said.startswith(f"Strongroom at http://127.0.0.1:{server.port}\n")
        (link,) = LINK.findall(server.said)
        assert "once, within 24 hours" in server.said
        assert PASSWORD not in server.said
        status, page = server.request("GET", link.partition(str(server.port))[2])
        assert status == 200
        assert b"password" in page


def until(wanted, what: str, seconds: float = READY_S):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = wanted()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen")


@pytest.mark.parametrize("number", BOTH, ids=lambda number: number.name)
def test_a_second_start_goes_on_where_the_first_was_ended(number, tmp_path):
    with serving(tmp_path, "--demo") as first:
        assert all(f"  {one.login}" in first.said and one.title in first.said for one in PEOPLE)
        first.sign_in("admin", PASSWORD)
        media = first.json("GET", "/api/v1/media?limit=100")
        size = first.json("GET", "/api/v1/ledger")["size"]
        took = first.end(number)
    assert (first.process.returncode, took < ENDS_WITHIN_S) == (0, True), took
    assert "Traceback" not in first.logged
    assert len(media["items"]) > 20
    with serving(tmp_path) as second:
        assert PASSWORD in second.said
        second.headers = first.headers
        assert second.json("GET", "/api/v1/media?limit=100") == media
        assert second.json("GET", "/api/v1/ledger")["size"] >= size
        assert second.end(number) < ENDS_WITHIN_S
    assert second.process.returncode == 0


def free_slot(server: Server, device_id: str) -> int:
    elements = server.json("GET", f"/api/v1/devices/{device_id}/elements")["items"]
    return next(one["number"] for one in elements if one["kind"] == "slot" and not one["full"])


def moving_job(server: Server) -> str:
    """The id of a job whose robot is on its way: told, and nothing seen yet."""
    (device,) = server.json("GET", "/api/v1/devices")["items"]
    device_id = device["device_id"]
    elements = server.json("GET", f"/api/v1/devices/{device_id}/elements")["items"]
    medium = next(one["volume_tag"] for one in elements if one["kind"] == "slot" and one["medium_id"])
    wish = {"barcode": medium, "to": "slot", "number": free_slot(server, device_id)}
    job_id = server.json("POST", f"/api/v1/devices/{device_id}/move", wish)["job_id"]
    until(lambda: server.json("GET", f"/api/v1/jobs/{job_id}")["steps"], "the move")
    return job_id


@pytest.mark.parametrize("number", BOTH, ids=lambda number: number.name)
def test_a_signal_ends_it_in_time_while_a_request_is_open_and_the_robot_moves(number, tmp_path):
    with (
        serving(tmp_path, "--demo") as server,
        socket.socket() as half,
        socket.socket() as idle,
    ):
        for client in (half, idle):
            client.connect(("127.0.0.1", server.port))
        half.sendall(
            b"POST /api/v1/sign-ins HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
        )
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(15) == b"HTTP/1.1 200 OK"
        server.sign_in("handler", PASSWORD)
        job_id = moving_job(server)
        took = server.end(number)
        answer = half.recv(10_000).decode()
    assert (server.process.returncode, took < ENDS_WITHIN_S) == (0, True), (took, server.logged)
    assert answer.startswith("HTTP/1.1 503 Service Unavailable\r\n")
    assert "urn:strongroom:problem:stopping" in answer
    assert "Traceback" not in server.logged
    with serving(tmp_path) as again:
        again.headers = server.headers
        ended = until(lambda: ended_job(again, job_id), "the end of the job")
    assert ended["state"] == "done", ended
    assert len(ended["steps"]) == 1, ended


def ended_job(server: Server, job_id: str):
    job = server.json("GET", f"/api/v1/jobs/{job_id}")
    return job if job["state"] not in {"queued", "running", "waiting"} else None


@pytest.mark.parametrize("number", BOTH, ids=lambda number: number.name)
def test_a_signal_during_the_start_ends_it_and_the_next_start_works(number, tmp_path):
    with serving(tmp_path, ready=False) as server:
        until((tmp_path / "data" / "strongroom.db").exists, "the migration")
        server.end(number)
    assert server.process.returncode == 0, server.logged
    assert "Traceback" not in server.logged
    with serving(tmp_path) as again:
        assert LINK.search(again.said)


@pytest.mark.parametrize("number", BOTH, ids=lambda number: number.name)
def test_the_worker_command_ends_on_a_signal(number, started, tmp_path):
    with subprocess.Popen(
        [PROGRAM, "worker"],
        cwd=tmp_path,
        env=environment(data_dir=started),
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stdout.readline() == "Working. Ctrl-C ends it.\n"
        sent = time.monotonic()
        worker.send_signal(number)
        assert worker.wait(timeout=30) == 0
        assert time.monotonic() - sent < ENDS_WITHIN_S
