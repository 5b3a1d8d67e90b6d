"""Documents read back: text, codes, embedded facts, and what the ledger says of them."""

import json
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

import pikepdf
import pypdfium2
from label_readers import read_by_zxing, rendered
from pikepdf import pdfa

from service.ledger import store, tree
from service.ledger.checkpoint import Checkpoint, parse
from service.ledger.verify import verify_proof


@dataclass(frozen=True)
class Read:
    """One document as a stranger reads it: `attached` are the files inside, by name."""

    pdf: bytes
    number: str
    attached: dict[str, bytes]
    findings: list
    text: str
    codes: set[str]

    @property
    def record(self) -> bytes:
        return self.attached[f"{self.number}.json"]

    @property
    def told(self) -> dict:
        return json.loads(self.record)

    @property
    def facts(self) -> dict:
        return self.told["facts"]

    @property
    def note(self) -> str:
        """The signed checkpoint, read from its printed code."""
        return next(code for code in self.codes if code.count("\n") > 2)


def read_pdf(pdf: bytes) -> Read:
    with pikepdf.open(BytesIO(pdf)) as opened:
        findings = pdfa.check(opened, "3b").findings
        attached = {name: spec.get_file().read_bytes() for name, spec in opened.attachments.items()}
        number = str(opened.docinfo["/Title"]).rpartition(" ")[2]
    with pypdfium2.PdfDocument(pdf) as document:
        text = "\n".join(page.get_textpage().get_text_range() for page in document)
    codes = read_by_zxing(rendered(pdf, 200))
    return Read(pdf, number, attached, findings, text.replace("\r\n", "\n"), codes)


def check_evidence(read: Read, runtime) -> Checkpoint:
    """The printed checkpoint is signed by the ledger; every entry of the facts is the ledger's, and every proof proves it."""
    assert read.findings == []
    assert f"sha256:{sha256(read.record).hexdigest()}" in read.codes
    assert read.number in read.codes
    checkpoint = parse(read.note, runtime.verifier)
    with runtime.database.reader.connect() as connection:
        head = store.head(connection)
        for one in read.facts["entries"]:
            entry = store.entry(connection, one["position"])
            assert (entry.event, entry.subject) == (one["event"], one["subject"])
            assert tree.leaf_hash(entry.body).hex() == one["leaf"]
            assert one["position"] < checkpoint.size <= head.size
    proofs = [name for name in read.attached if name.endswith(".tlog-proof")]
    assert proofs
    for name in proofs:
        entry = read.attached[name.replace(".tlog-proof", ".json")]
        assert verify_proof(entry, read.attached[name].decode(), runtime.verifier) == checkpoint
    return checkpoint
