"""Giving a document out: its facts are read outside the writer, and put on record inside it."""

from dataclasses import replace

from service.bookkeeping import next_number
from service.ledger.writer import Unit
from service.printing.documents import actions, issued
from service.printing.documents.facts import HouseFacts, record
from service.printing.documents.issued import Issued
from service.printing.documents.making import Look, Sheet
from service.printing.documents.models import DocumentKind
from service.printing.documents.recovery import RecoveryFacts, about

RECOVERY_PREFIX = "RL"


def give_out(unit: Unit, sheet: Sheet, look: Look) -> Issued:
    """Raises NoEvidenceError for a working list."""
    return _issued(unit, sheet.kind, sheet.number, sheet.about, sheet.record, look)


def give_out_recovery_list(unit: Unit, facts: RecoveryFacts, house: HouseFacts, look: Look) -> Issued:
    """Numbered as it is put on record: a list that was given up has no number."""
    number = next_number(unit, RECOVERY_PREFIX)
    numbered = replace(facts, number=number)
    kind = DocumentKind.RECOVERY_LIST
    return _issued(unit, kind, number, about(number), record(kind, number, house, numbered), look)


def _issued(unit: Unit, kind: DocumentKind, number: str, subject: str, content: bytes, look: Look) -> Issued:
    told = {"language": look.language, "paper": look.paper.value}
    document_id = actions.issue(unit, kind, number, subject, content, told)
    known = issued.row_of(unit.connection, document_id)
    mine = unit.first_position + len(unit.rows) - 1  # not in the table before the batch is over
    return replace(known, entry=known.entry if known.times else mine, times=known.times + 1)
