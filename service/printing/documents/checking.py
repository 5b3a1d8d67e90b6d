"""A paper's file checked against the ledger's key alone: its facts, its entries, their proofs, its checkpoint."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any

import msgspec

from service.errors import InvalidInputError
from service.ledger import tree
from service.ledger.checkpoint import CheckpointError, Verifier
from service.ledger.verify import verify_proof

RECORD_FIELDS = frozenset({"document", "number", "house", "facts"})


class NotOurPaperError(InvalidInputError):
    title = "Not a document of Strongroom"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The file is no document of Strongroom: {why}.", next_step="Give the PDF file as it was made."
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """`proved` are the positions of the entries that the file proves; `problems` what does not hold."""

    kind: str
    number: str
    facts_sha256: str
    proved: tuple[int, ...]
    tree_size: int
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def check(pdf: bytes, verifier: Verifier) -> Checked:
    """Raises NotOurPaperError for what is none of our files."""
    attached = _attached(pdf)
    name, record = _record(attached)
    told = {one["position"]: one["leaf"] for one in record["facts"]["entries"]}
    proved, sizes, problems = [], set(), []
    for position, (entry, proof) in sorted(_proofs(attached).items()):
        try:
            sizes.add(verify_proof(entry, proof, verifier).size)
        except CheckpointError as error:
            problems.append(f"entry {position}: {error}")
            continue
        if position in told and tree.leaf_hash(entry).hex() != told[position]:
            problems.append(f"entry {position} is another than the facts name")
            continue
        proved.append(position)
    if not proved:
        problems.append("nothing in it is proved")
    digest = sha256(attached[name]).hexdigest()
    return Checked(
        record["document"], record["number"], digest, tuple(proved), max(sizes, default=0), tuple(problems)
    )


def _attached(pdf: bytes) -> dict[str, bytes]:
    import pikepdf

    try:
        with pikepdf.open(BytesIO(pdf)) as opened:
            return {name: spec.get_file().read_bytes() for name, spec in opened.attachments.items()}
    except pikepdf.PdfError as error:
        raise NotOurPaperError("it is no PDF") from error


def _record(attached: Mapping[str, bytes]) -> tuple[str, dict[str, Any]]:
    for name, content in attached.items():
        try:
            found = msgspec.json.decode(content)
        except msgspec.DecodeError:
            continue
        if isinstance(found, dict) and found.keys() == RECORD_FIELDS:
            return name, found
    raise NotOurPaperError("no facts are embedded")


def _proofs(attached: Mapping[str, bytes]) -> dict[int, tuple[bytes, str]]:
    """By position: the entry's bytes and its proof."""
    found = {}
    for name, content in attached.items():
        stem, _, kind = name.rpartition(".")
        number = stem.removeprefix("entry-")
        if kind == "tlog-proof" and number.isdecimal() and f"{stem}.json" in attached:
            found[int(number)] = (attached[f"{stem}.json"], content.decode(errors="replace"))
    return found
