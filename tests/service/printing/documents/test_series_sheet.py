"""The series sheet of a label job: every label that left for paper, where it is, and what a scan proved."""

from papers import check_evidence, read_pdf

from service.handlers.models import Role
from service.printing import actions
from service.printing.models import LabelState


def test_the_series_sheet_tells_every_label_that_left_for_paper(room, client_as, runtime):
    number = room.plan(start_at=2)
    client = client_as(Role.MEDIA_HANDLER)
    path = f"/api/v1/label-jobs/{number}/series-sheet.pdf"
    early = client.get(path)
    assert (early.status_code, "no label left for paper yet" in early.json()["detail"]) == (409, True)
    room.run(lambda unit: actions.issue_sheet(unit, number, 2))
    read = read_pdf(client.get(f"{path}?language=de").content)
    assert read.number == f"{number}-LS"
    assert [(one["barcode"], one["place"]) for one in read.facts["labels"]] == [
        (f"ABC00{n}L8", f"1/{n + 1}") for n in range(1, 7)
    ]
    assert (read.facts["in_specification"], "in specification" in read.text) == (True, False)  # in German
    assert room.labels(number, LabelState.SENT) == [one["barcode"] for one in read.facts["labels"]]
    check_evidence(read, runtime)
    assert f"/labels/{number}/series-sheet.pdf" in client.get(f"/labels/{number}").text
    assert client.get("/api/v1/label-jobs/LJ-9999/series-sheet.pdf").status_code == 404
