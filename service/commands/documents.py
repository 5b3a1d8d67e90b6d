"""`strongroom documents`: papers printed, given out, listed and checked from the command line."""

import json
from pathlib import Path
from typing import Annotated

import typer

from service.cli import Exit, runtime
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ledger.checkpoint import CheckpointError, Verifier
from service.ledger.writer import Actor, Via
from service.printing.documents import issued
from service.printing.documents.answers import Language
from service.printing.documents.asked import Order, Paper
from service.printing.documents.checking import check as check_paper
from service.printing.documents.giving import give_out, give_out_recovery_list
from service.printing.documents.house import house
from service.printing.documents.making import Look, made, prepare_issued, prepared, sheet
from service.printing.documents.names import PAPERS, ConsignmentPaper, key_of
from service.printing.documents.recovery import Request, read
from service.printing.documents.schemas import IssuedShape
from service.runtime import Runtime

app = typer.Typer(no_args_is_help=True, help="Manifests, receipts, lists and reports as PDF.")
CLI = Actor(None, Via.CLI)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Out = Annotated[Path, typer.Option("--out", help="The PDF file to write.")]
InLanguage = Annotated[Language, typer.Option("--language", help="The language of the paper.")]
OnPaper = Annotated[Paper, typer.Option("--paper", help="The size of the paper.")]


def machine(opened: Runtime) -> Person:
    """Whoever runs the machine reads everything that is on it."""
    now = opened.clock()
    permissions = frozenset(Permission)
    return Person("", "", issued.COMMAND_LINE, "", "", (), permissions, None, "", now, now)


@app.command("print")
def print_document(
    document: Annotated[ConsignmentPaper, typer.Argument(help="Which document.")],
    number: Annotated[str, typer.Argument(help="The consignment, or for a report the discrepancy.")],
    out: Out,
    *,
    language: InLanguage = Language.EN,
    paper: OnPaper = Paper.A4,
    issue: Annotated[bool, typer.Option("--issue", help="Put it on record as given out.")] = False,
) -> None:
    """Write one document as PDF."""
    look = Look(language.value, paper)
    with runtime() as opened:
        with opened.database.reading() as session:
            found = sheet(session, machine(opened), PAPERS[document].kind, key_of(document, number))
        if issue:
            opened.writer.run(CLI, lambda unit: give_out(unit, found, look))
        with opened.database.reading() as session:
            ready = prepared(session, found, opened.clock(), issued.COMMAND_LINE)
    out.write_bytes(made(ready, look))
    record = "" if ready.entry is None else f", on record as entry {ready.entry:,}"
    typer.echo(f"{found.number} written to {out}, facts {found.facts_sha256}{record}")


@app.command("recovery-list")
def recovery_list(
    barcodes: Annotated[
        typer.FileText, typer.Argument(help="One barcode a line, in a file, or - to read them.")
    ],
    out: Out,
    request: Annotated[str, typer.Option("--request", help="What the restore is for.")],
    *,
    order: Annotated[
        Order, typer.Option("--order", help="recall: the farthest first; mounting: as given.")
    ] = Order.RECALL,
    dataset: Annotated[str, typer.Option("--dataset", help="What is to be restored.")] = "",
    language: InLanguage = Language.EN,
    paper: OnPaper = Paper.A4,
) -> None:
    """Where each of these media is, with whom, and in which order to bring it; on record as given out."""
    asked = Request(tuple(dict.fromkeys(barcodes.read().upper().split())), request, order, dataset)
    look = Look(language.value, paper)
    with runtime() as opened:
        with opened.database.reading() as session:
            ours = house(session)
            facts = read(session, asked, "", opened.clock(), ours.organisation)
        given = opened.writer.run(CLI, lambda unit: give_out_recovery_list(unit, facts, ours, look))
        with opened.database.reading() as session:
            ready = prepare_issued(session, given.document_id)
    out.write_bytes(made(ready, look))
    typer.echo(f"{given.number} written to {out}, on record as entry {given.entry:,}")


@app.command("issued")
def list_issued(
    *,
    number: Annotated[str | None, typer.Option("--number", help="Only this document's number.")] = None,
    facts: Annotated[
        str | None, typer.Option("--facts", help="Only these facts: the hash on the paper.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000)] = 100,
    as_json: AsJson = False,
) -> None:
    """What was given out, newest first."""
    with runtime() as opened, opened.database.reading() as session:
        found = issued.listed(
            session.connection(), number=number, facts_sha256=facts, after=None, limit=limit
        )
    if as_json:
        typer.echo(json.dumps([IssuedShape.of(one).model_dump(mode="json") for one in found]))
        return
    for one in found:
        typer.echo(
            f"{one.issued_at:%Y-%m-%d %H:%M:%S}  {one.number:<14} {one.kind:<18} {one.facts_sha256}  entry {one.entry:,}"
        )


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="The PDF file.")],
    *,
    key: Annotated[
        Path | None,
        typer.Option("--key", help="The ledger's key (ledger.vkey); without it the database's is taken."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove from the file what its facts stand on: every entry inside is in the ledger that signed its checkpoint."""
    try:
        content = file.read_bytes()
        verifier = Verifier.parse(key.read_text(encoding="utf-8")) if key else None
    except OSError as error:
        raise typer.BadParameter(f"{error.filename} cannot be read: {error.strerror}") from error
    except (CheckpointError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{key} is no verifier key: {error}") from error
    if verifier is None:
        with runtime() as opened:
            verifier = opened.verifier
    found = check_paper(content, verifier)
    said = "proved" if found.ok else "NOT PROVED"
    entries = f"{len(found.proved)} entries in a ledger of {found.tree_size:,}"
    lines = [
        f"{found.number} ({found.kind.replace('_', ' ')}), facts {found.facts_sha256}: {said}, {entries}"
    ]
    facts = {
        "number": found.number,
        "facts_sha256": found.facts_sha256,
        "proved": list(found.proved),
        "problems": list(found.problems),
    }
    typer.echo(
        json.dumps({"ok": found.ok, **facts})
        if as_json
        else "\n".join(lines + [f"  {one}" for one in found.problems])
    )
    if not found.ok:
        raise typer.Exit(Exit.REFUSED)
