"""After a week was carried, every paper of it can be printed, checked without the server, and compared with the ledger."""

from papers import check_evidence, read_pdf
from week import ADMINISTRATOR, AUDITOR, CUSTODIAN, HANDLER, HOME, NUMBER, OUT, Week

from service.printing.documents.checking import check

PAPERS = ("pick-list", "distribution-list", "manifest", "courier-copy", "receipt-1", "receipt-2")


def test_the_papers_of_a_week_are_on_record_and_prove_themselves(runtime, app, house):
    del house
    week = Week(runtime, app).to("frozen")
    handed = week.client(HANDLER).post("/api/v1/consignments/CN-0001/courier-copy/issue", json={}).json()
    carried = week.client(HANDLER).get(handed["pdf"]).content
    week.to("received")
    delivered = week.client(CUSTODIAN).post(
        "/api/v1/consignments/CN-0001/receipt-2/issue", json={"language": "de"}
    )
    assert delivered.status_code == 201, delivered.text
    week.to("closed")

    auditor = week.client(AUDITOR)
    papers = {}
    for consignment in ("CN-0001", "CN-0002"):
        for paper in PAPERS:
            for language in ("en", "de"):
                answer = auditor.get(f"/api/v1/consignments/{consignment}/{paper}.pdf?language={language}")
                assert answer.status_code == 200, answer.text
                papers[consignment, paper, language] = read_pdf(answer.content)
    for read in papers.values():
        check_evidence(read, runtime)
        assert check(read.pdf, runtime.verifier).ok
    for consignment, media in (("CN-0001", OUT), ("CN-0002", HOME)):
        lines = papers[consignment, "manifest", "en"].facts["lines"]
        assert sorted(line["barcode"] for line in lines) == sorted(media)
        assert papers[consignment, "pick-list", "en"].facts["run"] == NUMBER

    # The paper that the courier took along is still found, still proves itself, and the ledger has grown on from it.
    read = read_pdf(carried)
    found = auditor.get("/api/v1/documents", params={"facts_sha256": handed["facts_sha256"]}).json()["items"]
    assert [one["document_id"] for one in found] == [handed["document_id"]]
    assert check(carried, runtime.verifier).ok
    consistency = auditor.get(f"/api/v1/ledger/consistency?from={check_evidence(read, runtime).size}&to=100")
    assert consistency.status_code == 200
    numbers = {one["number"] for one in auditor.get("/api/v1/documents").json()["items"]}
    assert numbers == {"CN-0001-C", "CN-0001-T2"}

    # Somebody wants two of these media back.
    wanted = {"barcodes": [OUT[0], HOME[0]], "request": "RQ-118, drill"}
    made = week.client(ADMINISTRATOR).post("/api/v1/recovery-lists", json=wanted).json()
    media = read_pdf(auditor.get(made["pdf"]).content).facts["media"]
    assert [(one["barcode"], one["custody"]) for one in media] == [
        (OUT[0], "vaulted"),
        (HOME[0], "in_library"),
    ]
    week.house.check()
