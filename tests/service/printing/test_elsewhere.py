"""What printing shows on the pages of other rooms: Today, jobs, the list of media."""

import pytest

from service.devices.models import JobState
from service.handlers.models import Role


@pytest.fixture
def stopped(room, paper):
    """A label job whose printer died in its second label."""
    printer_id = room.printer()
    number, job_id = room.print_job("ABC001L8..ABC003L8")
    paper.gone_after = 1
    room.worker(printer_id, paper)
    room.wait_for_state(job_id, JobState.NEEDS_OPERATOR)
    return number, job_id


def test_today_asks_for_somebody_to_look_at_the_printer(stopped, client_as):
    page = client_as(Role.MEDIA_HANDLER).get("/").text
    assert "Look at the printer whether ABC002L8 came out" in page
    assert 'href="/labels/LP-0001"' in page


def test_a_printer_s_job_has_its_page_where_its_labels_are(stopped, client_as):
    _, job_id = stopped
    client = client_as(Role.MEDIA_HANDLER)
    assert client.get(f"/jobs/{job_id}").headers["location"] == "/labels/LP-0001"
    ended = client.post(f"/jobs/{job_id}/cancel", data={"csrf_token": client.csrf})
    assert ended.headers["location"] == "/labels/LP-0001"
    page = client.get("/labels/LP-0001").text
    assert 'href="/labels/LP-0001/resume"' in page
    assert "Send to Zebra 1" not in page


def test_the_api_lists_it_among_the_jobs_with_what_was_told_and_seen(stopped, client_as):
    _, job_id = stopped
    client = client_as(Role.AUDITOR)
    [job] = client.get("/api/v1/jobs").json()["items"]
    assert (job["kind"], job["state"]) == ("print", "needs_operator")
    steps = client.get(f"/api/v1/jobs/{job_id}").json()["steps"]
    assert [(step["intent"]["barcode"], step["verdict"]) for step in steps] == [
        ("ABC001L8", "sent"), ("ABC002L8", "in-doubt"),
    ]  # fmt: skip


def test_the_label_job_page_names_the_label_in_doubt_and_resumes_by_form(stopped, client_as, room, paper):
    client = client_as(Role.MEDIA_HANDLER)
    form = client.get("/labels/LP-0001/resume").text
    assert "these would be printed a second time" in form
    assert "After ABC002L8: it came out" in form
    refused = client.post(
        "/labels/LP-0001/resume", data={"csrf_token": client.csrf, "from": "next", "reason": ""}
    )
    assert refused.status_code == 422
    paper.gone_after = None
    done = client.post(
        "/labels/LP-0001/resume",
        data={"csrf_token": client.csrf, "from": "first_unproved", "reason": "Torn; destroyed."},
    )
    assert done.status_code == 303
    room.wait_for_state(stopped[1], JobState.DONE)
    assert len(paper.paper) == 4
    assert "Resumed after a look at the printer. 2 labels" in client.get("/labels/LP-0001").text


def test_media_lead_to_labels_and_administration_to_printers(client_as, house):
    client = client_as(Role.SYSTEM_ADMINISTRATOR)
    assert 'href="/labels"' in client.get("/media").text
    assert 'href="/printers"' in client.get("/administration").text
