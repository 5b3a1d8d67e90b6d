"""`strongroom ledger`: verify, replay, export, checkpoint."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from service.cli import Exit, runtime
from service.ledger import replay as replaying
from service.ledger import store, verify
from service.ledger.checkpoint import CheckpointError, Verifier
from service.ledger.stored import node_problems
from service.ledger.tiles import tile_problems
from service.schema import PROJECTIONS

app = typer.Typer(no_args_is_help=True, help="Check and export the ledger.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _tell(*, as_json: bool, ok: bool, facts: dict[str, object], lines: list[str]) -> None:
    typer.echo(json.dumps({"ok": ok, **facts}) if as_json else "\n".join(lines))
    if not ok:
        raise typer.Exit(Exit.REFUSED)


@app.command("verify")
def verify_ledger(
    *,
    export: Annotated[
        Path | None, typer.Option("--export", help="Folder of an export; no database is used.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Recompute the tree from every entry and compare it with the signed checkpoints."""
    verdict = _verdict_of_export(export) if export else _verdict_of_database()
    facts: dict[str, object] = {
        "size": verdict.size,
        "root": verdict.root.hex(),
        "checkpoints": verdict.checked,
        "problems": list(verdict.problems),
    }
    said = "verified" if verdict.ok else "DOES NOT VERIFY"
    head = f"{verdict.size:,} entries, {verdict.checked} checkpoints, root {verdict.root.hex()}: {said}"
    _tell(
        as_json=as_json,
        ok=verdict.ok,
        facts=facts,
        lines=[head, *(f"  {problem}" for problem in verdict.problems)],
    )


def _verdict_of_export(folder: Path) -> verify.Verdict:
    try:
        verdict = verify.verify(*verify.read_export(folder))
        return replace(verdict, problems=(*verdict.problems, *tile_problems(folder, verdict.size)))
    except (OSError, CheckpointError) as error:
        return verify.Verdict(0, b"", 0, (f"the export cannot be read: {error}",))


def _verdict_of_database() -> verify.Verdict:
    with runtime() as opened, opened.database.reader.connect() as connection:
        verdict = verify.verify(store.bodies(connection), store.notes(connection), opened.verifier)
        problems = node_problems(connection, verdict.root)
        return replace(verdict, problems=(*verdict.problems, *problems))


@app.command("replay")
def replay_ledger(
    *,
    check: Annotated[bool, typer.Option("--check", help="Compare with the tables.")] = True,
    as_json: AsJson = False,
) -> None:
    """Rebuild custody from the ledger alone and compare it with the tables; nothing is written."""
    del check
    with runtime() as opened, opened.database.reader.connect() as connection:
        found = replaying.check(connection, PROJECTIONS)
    facts: dict[str, object] = {"entries": found.entries, "rows": found.rows, "different": found.different}
    said = "agree" if found.ok else f"{found.different} DIFFER"
    lines = [f"{found.rows:,} rows rebuilt from {found.entries:,} entries: {said}"]
    shown = list(found.differences)
    _tell(
        as_json=as_json,
        ok=found.ok,
        facts=facts | {"differences": shown},
        lines=lines + [f"  {line}" for line in shown],
    )


@app.command("export")
def export_ledger(folder: Annotated[Path, typer.Argument(help="Empty or new folder.")]) -> None:
    """Write the whole ledger as static files: checkpoint, tiles, entry bundles, key."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise typer.BadParameter(f"{folder} is not an empty folder")
    with runtime() as opened, opened.database.reader.connect() as connection:
        size = store.export(connection, folder, str(opened.verifier))
    typer.echo(f"{size:,} entries written to {folder}. Check it: strongroom ledger verify --export {folder}")


@app.command("checkpoint")
def show_checkpoint() -> None:
    """Print the newest signed checkpoint and the key that checks it."""
    with runtime() as opened, opened.database.reader.connect() as connection:
        typer.echo(store.head(connection).note, nl=False)
        typer.echo(f"\n{opened.verifier}")


@app.command("check-entry")
def check_entry(
    entry: Annotated[Path, typer.Argument(help="The entry's bytes.")],
    proof: Annotated[Path, typer.Argument(help="Its .tlog-proof.")],
    key: Annotated[Path, typer.Option("--key", help="The ledger's key (ledger.vkey).")],
) -> None:
    """Prove that one entry is in the ledger, from three files alone."""
    try:
        verifier = Verifier.parse(key.read_text(encoding="utf-8"))
        found = verify.verify_proof(entry.read_bytes(), proof.read_text(encoding="utf-8"), verifier)
    except (CheckpointError, UnicodeDecodeError) as error:
        typer.echo(f"NOT PROVED: {error}")
        raise typer.Exit(Exit.REFUSED) from error
    except OSError as error:
        raise typer.BadParameter(f"{error.filename} cannot be read: {error.strerror}") from error
    typer.echo(f"proved: in the ledger {found.origin} of {found.size:,} entries, root {found.root.hex()}")
