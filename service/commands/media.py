"""`strongroom media`: import from files."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from service.cli import Exit, runtime
from service.errors import StartError
from service.ledger.writer import Actor, Via
from service.media.csv_lines import Rejected
from service.media.import_files import Upload, carried_out, planned
from service.media.importing import ImportRefusedError, Plan
from service.media.models import Content
from service.media.schemas import ImportSource

app = typer.Typer(no_args_is_help=True, help="Take in media.")
SOURCES: dict[str, ImportSource] = {"csv": "csv", "mtx": "mtx", "mhvtl": "mhvtl"}
WIDTH = 40
BY = Actor(None, Via.CLI)


@app.command("import")
def import_media(
    *,
    file: Annotated[
        Path, typer.Argument(help="CSV, text of mtx status, or mhvtl's device.conf (or its folder).")
    ],
    source: Annotated[str, typer.Option("--from", help="csv, mtx or mhvtl.")] = "csv",
    library: Annotated[str, typer.Option(help="Library that an mtx or mhvtl file describes.")] = "",
    content: Annotated[
        Content, typer.Option(help="Content of media from mtx and mhvtl, which do not tell it.")
    ] = Content.ACTIVE,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Import all media of a file or, when a line is rejected, none."""
    if source not in SOURCES:
        raise typer.BadParameter(f"{source} is none of csv, mtx, mhvtl", param_hint="--from")
    upload = Upload(SOURCES[source], _files(file, SOURCES[source]), library, content)
    with runtime() as opened:
        with opened.database.reader.connect() as connection:
            plan = planned(connection, upload, opened.clock())
        done = 0
        if not dry_run and not plan.rejected:
            try:
                done = opened.writer.run(BY, lambda unit: carried_out(unit, upload)).imported
            except ImportRefusedError:  # somebody registered one of them since the plan was made
                with opened.database.reader.connect() as connection:
                    plan = planned(connection, upload, opened.clock())
    _tell(plan, done, dry_run=dry_run, as_json=as_json)
    if plan.rejected:
        raise typer.Exit(Exit.REFUSED)


def _files(path: Path, source: ImportSource) -> dict[str, bytes]:
    try:
        if source != "mhvtl":
            return {path.name: path.read_bytes()}
        folder = path if path.is_dir() else path.parent
        found = [folder / "device.conf", *sorted(folder.glob("library_contents.*"))[:1]]
        return {one.name: one.read_bytes() for one in found}
    except OSError as error:
        raise StartError(
            f"{path} cannot be read: {error.strerror}. Nothing was imported.", next_step="Give another file."
        ) from error


def _tell(plan: Plan, done: int, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        facts = {"dry_run": dry_run, "acceptable": len(plan.accepted), "imported": done}
        lines = {"rejected": _facts(plan.rejected), "left_out": _facts(plan.left_out)}
        typer.echo(json.dumps(facts | lines, ensure_ascii=False))
        return
    for title, found in (("Rejected", plan.rejected), ("Left out", plan.left_out)):
        if found:
            typer.echo(_table(title, found))
    typer.echo(_sentence(plan, done, dry_run=dry_run))


def _sentence(plan: Plan, done: int, *, dry_run: bool) -> str:
    counts = f"{len(plan.accepted):,} acceptable, {len(plan.rejected):,} rejected, {len(plan.left_out):,} left out."
    if plan.rejected:
        return f"{counts} Nothing was imported: correct the rejected lines and try again."
    if dry_run:
        return f"{counts} Nothing was imported: this was a dry run."
    return f"{done:,} media imported, {len(plan.left_out):,} left out."


def _facts(lines: Sequence[Rejected]) -> list[dict[str, object]]:
    return [{"line": one.line, "text": one.text, "reason": one.reason} for one in lines]


def _table(title: str, lines: Sequence[Rejected]) -> str:
    head = f"{title}\n{'line':>7}  {'what it says':<{WIDTH}}  why not"
    rows = (f"{one.line:>7,}  {one.text[:WIDTH]:<{WIDTH}}  {one.reason}" for one in lines)
    return "\n".join([head, *rows, ""])
