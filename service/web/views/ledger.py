"""Evidence: the ledger, one entry with its proof, how to check it without this server."""

from dataclasses import dataclass
from datetime import datetime

from service.web.views.frame import Place
from service.web.views.parts import Act, Fact, Filter, Head, Rich, Tone
from service.web.views.sections import Section
from service.web.views.tables import Table


@dataclass(frozen=True, slots=True)
class ProofStep:
    """`hash` in hex; `left`: the sibling stands at the left of the path."""

    hash: str
    left: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence that is proved (green), rests on people (amber), is broken (red) or not claimed (neutral)."""

    text: Rich
    tone: Tone
    details: tuple[Rich, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerView:
    """ledger/ledger.html. `checkpoint` is the signed note exactly as it is; `verify` the commands to type."""

    title: str
    place: Place | None
    head: Head
    facts: tuple[Fact, ...]
    checkpoint: str
    checkpoint_note: Rich
    claims: tuple[Claim, ...]
    verify: str
    verify_note: Rich
    exports: tuple[Act, ...]
    entries: Table
    filters: tuple[Filter, ...] = ()
    csv_href: str | None = None


@dataclass(frozen=True, slots=True)
class EntryView:
    """ledger/entry.html: one entry, its exact bytes, its inclusion proof under one checkpoint."""

    title: str
    place: Place | None
    head: Head
    sentence: Rich
    facts: tuple[Fact, ...]
    body: str
    body_note: Rich
    steps: tuple[ProofStep, ...]
    leaf_label: str
    root_label: str
    proof_facts: tuple[Fact, ...]
    verify: str
    verify_note: Rich
    exports: tuple[Act, ...]
    checked_at: datetime | None = None
    more: tuple[Section, ...] = ()
