"""One entry of the ledger: what it says, its exact bytes, and the way from it to the signed root."""

from sqlalchemy.engine import Connection

from service.evidence import queries
from service.evidence.queries import Inclusion
from service.ledger import store, tree
from service.ledger.checkpoint import CheckpointError, Verifier, proof_text
from service.ledger.store import Entry
from service.ledger.verify import verify_proof
from service.media.history import names_for
from service.media.sentences import tell
from service.web.views.frame import Place
from service.web.views.ledger import EntryView, ProofStep
from service.web.views.parts import Act, Chip, Fact, Head, Link, Part, Tone, When, WhenStyle

SHORT = 12


def entry_view(connection: Connection, position: int, verifier: Verifier, *, may_export: bool) -> EntryView:
    """Raises NotFoundError."""
    entry = store.entry(connection, position)
    found = queries.inclusion(connection, position)
    proved = _proved(entry, found, verifier)
    names = names_for(connection, [entry])
    name, href = queries.subject_names(connection, [entry.subject]).get(entry.subject, (entry.subject, ""))
    about: Part = Link(name, href) if href else name
    said = tell(entry, names)
    base = f"/ledger/entries/{position}"
    return EntryView(
        title=f"Entry {position:,}",
        place=Place.EVIDENCE,
        head=Head(
            Link("Ledger", "/ledger"), f"Entry {position:,}",
            (When(entry.recorded_at, WhenStyle.BOTH), f" · by {names.handler(entry.handler_id)}"),
            (Chip("included", Tone.GREEN) if proved else Chip("not included", Tone.RED),),
        ),
        sentence=said.text,
        facts=_facts(entry, about),
        body=entry.body.decode(),
        body_note=f"{len(entry.body):,} bytes, canonical JSON (RFC 8785)",
        steps=tuple(ProofStep(node.hex(), left) for node, left in zip(found.path, found.left, strict=True)),
        leaf_label=f"entry {position:,}",
        root_label=f"root of {found.size:,}",
        proof_facts=(
            Fact("Leaf", tree.leaf_hash(entry.body).hex(), mono=True),
            Fact("Root", found.root.hex(), mono=True),
            Fact("Checkpoint", (f"{found.size:,} entries, signed ", When(found.signed_at, WhenStyle.BOTH))),
        ),
        verify=f"strongroom ledger check-entry entry-{position}.json entry-{position}.tlog-proof --key ledger.vkey",
        verify_note="needs these three files and Python, no network",
        exports=(
            Act("Entry", f"{base}/entry", slim=True),
            Act("Proof", f"{base}/proof", slim=True),
            Act("Key", "/ledger/ledger.vkey", slim=True),
            Act("All entries", "/ledger/export.tar", slim=True, enabled=may_export, reason="needs the right to export the ledger"),
        ),
        checked_at=None,
    )  # fmt: skip


def _proved(entry: Entry, found: Inclusion, verifier: Verifier) -> bool:
    """The proof is checked as an outsider would, before the page says so."""
    try:
        verify_proof(entry.body, proof_text(found.index, found.path, found.note), verifier)
    except CheckpointError:
        return False
    return True


def _facts(entry: Entry, about: Part) -> tuple[Fact, ...]:
    facts = [
        Fact("Event", entry.event, mono=True),
        Fact("About", (about, " · ", Link("its entries", f"/ledger?subject={entry.subject}"))),
        Fact("Via", str(entry.fields["by"]["via"])),
    ]
    if reason := entry.fields.get("reason"):
        facts.append(Fact("Reason", str(reason)))
    if (corrects := entry.fields.get("corrects")) is not None:
        facts.append(Fact("Corrects", Link(f"entry {corrects:,}", f"/ledger/entries/{corrects}")))
    facts += [Fact(f"Set {name}", _value(value), mono=True) for name, value in entry.changes.items()]
    facts += [Fact(name, _value(value), mono=True) for name, value in entry.facts.items()]
    return tuple(facts)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing" if value is None or value == "" else str(value)
