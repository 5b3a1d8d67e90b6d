"""Evidence: the ledger's head and newest entries, and one entry with its proof."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response, StreamingResponse

from service.evidence import queries
from service.evidence.entry_page import entry_view
from service.evidence.export import tar_of
from service.handlers.rules import Permission
from service.ledger import store, tree
from service.ledger.checkpoint import CheckpointError, Verifier, parse
from service.ledger.store import Entry, Head
from service.media.history import Names, names_for
from service.media.sentences import tell
from service.web.page import Page, page_for
from service.web.views import parts
from service.web.views.frame import Place
from service.web.views.ledger import Claim, LedgerView
from service.web.views.parts import (
    Act,
    Chip,
    EmptyState,
    Fact,
    Filter,
    FilterLink,
    Link,
    Tone,
    When,
    WhenStyle,
)
from service.web.views.tables import Cell, Column, Keep, Row, Table

router = APIRouter(include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ_LEDGER)]
Exporter = Annotated[Page, page_for(Permission.EXPORT_LEDGER)]
SHOWN = 50
KEPT_SHOWN = 12
MOST = (1 << 53) - 1
VERIFY = """strongroom ledger verify --export ledger
strongroom ledger verify
strongroom ledger replay --check"""
SUBJECT = r"^[a-z_]{1,20}:[0-9A-Za-z_-]{1,40}$"


@router.get("/ledger")
def ledger_page(
    page: Reader,
    before: Annotated[int | None, Query(ge=0, le=MOST)] = None,
    subject: Annotated[str | None, Query(pattern=SUBJECT)] = None,
) -> Response:
    return page.render("ledger/ledger.html", _ledger(page, before, subject))


@router.get("/ledger/entries/{position}")
def entry_page(page: Reader, position: Annotated[int, Path(ge=0, le=MOST)]) -> Response:
    may_export = page.person.may(Permission.EXPORT_LEDGER)
    view = entry_view(page.session.connection(), position, page.runtime.verifier, may_export=may_export)
    return page.render("ledger/entry.html", view)


@router.get("/ledger/export.tar")
def export(page: Exporter) -> Response:
    """Every file of the ledger; checked with `strongroom ledger verify --export`."""
    content = tar_of(page.runtime.database, str(page.runtime.verifier))
    headers = {"content-disposition": 'attachment; filename="ledger.tar"'}
    return StreamingResponse(content, media_type="application/x-tar", headers=headers)


def _ledger(page: Page, before: int | None, subject: str | None) -> LedgerView:
    connection = page.session.connection()
    newest = store.head(connection)
    found = (
        store.latest(connection, before=before, limit=SHOWN + 1)
        if subject is None
        else store.entries_of(connection, subject, before=before, limit=SHOWN + 1)
    )
    kept = queries.kept_checkpoints(connection, KEPT_SHOWN)
    may_export = page.person.may(Permission.EXPORT_LEDGER)
    signed: tuple[parts.Part, ...] = (" · nothing recorded yet",)
    if newest.size:
        signed = (" · signed ", When(newest.signed_at, WhenStyle.BOTH))
    return LedgerView(
        title="Evidence",
        place=Place.EVIDENCE,
        head=parts.Head(
            "Evidence", "Ledger", (parts.Strong(f"{newest.size:,} entries"), *signed),
            (_chip(newest, page.runtime.verifier),),
            (
                Act("Documents given out", "/documents"),
                Act("Download all of it", "/ledger/export.tar", enabled=may_export, reason="needs the right to export the ledger", first=True),
            ),
        ),
        facts=_facts(newest, page.runtime.verifier, store.checkpoint_count(connection)),
        checkpoint=newest.note or "None yet: the first entry makes the first checkpoint.",
        checkpoint_note=Link("as a file", "/ledger/checkpoint"),
        claims=_claims(newest, page.runtime.verifier, [(size, When(at, WhenStyle.STAMP)) for size, at in kept]),
        verify=VERIFY,
        verify_note="an auditor needs the download and Python, neither this server nor a network",
        exports=(Act("Key", "/ledger/ledger.vkey", slim=True), Act("Checkpoint", "/ledger/checkpoint", slim=True)),
        entries=_entries(page, found, subject),
        filters=_filters(page, subject),
    )  # fmt: skip


def _signed(newest: Head, verifier: Verifier) -> bool:
    """Whether the checkpoint carries our signature over exactly this size and root."""
    try:
        signed = parse(newest.note, verifier)
    except CheckpointError:
        return False
    return (signed.size, signed.root) == (newest.size, newest.frontier.root())


def _chip(newest: Head, verifier: Verifier) -> Chip:
    if not newest.size:
        return Chip("empty", Tone.NEUTRAL)
    return Chip("signed", Tone.GREEN) if _signed(newest, verifier) else Chip("not signed", Tone.RED)


def _facts(newest: Head, verifier: Verifier, kept: int) -> tuple[Fact, ...]:
    return (
        Fact("Entries", f"{newest.size:,}"),
        Fact("Root", newest.frontier.root().hex(), mono=True),
        Fact("Signed", When(newest.signed_at, WhenStyle.BOTH) if newest.size else "not yet"),
        Fact("Kept checkpoints", f"{kept:,}"),
        Fact("Ledger", verifier.name, mono=True),
        Fact("Key", str(verifier), mono=True),
    )


def _claims(newest: Head, verifier: Verifier, kept: list[tuple[int, When]]) -> tuple[Claim, ...]:
    claims = []
    if newest.size:
        good = _signed(newest, verifier)
        said = "fits" if good else "DOES NOT FIT"
        claims.append(
            Claim(
                f"The signature {said} the key, {newest.size:,} entries and the root.",
                Tone.GREEN if good else Tone.RED,
                ("Checked when this page was made.",),
            )
        )
    older = tuple((f"{size:,} entries, ", at) for size, at in kept)
    return (
        *claims,
        *(
            (
                Claim(
                    "Kept checkpoints let you see that nothing before them was changed.", Tone.NEUTRAL, older
                ),
            )
            if older
            else ()
        ),
        Claim(
            "Not shown here: that the entries themselves give this root.",
            Tone.NEUTRAL,
            (
                "Download them and recompute the tree, as below; this page only repeats what the server holds.",
            ),
        ),
        Claim(
            "No outside witness signs yet.",
            Tone.AMBER,
            (
                "Who holds the key and the database could write another history. Give checkpoints away: on manifests, to your auditor.",
            ),
        ),
    )


def _filters(page: Page, subject: str | None) -> tuple[Filter, ...]:
    if subject is None:
        return ()
    name, _ = queries.subject_names(page.session.connection(), [subject]).get(subject, (subject, ""))
    links = (
        FilterLink("all entries", "/ledger"),
        FilterLink(f"about {name}", f"/ledger?subject={subject}", current=True),
    )
    return (Filter("About", links),)


def _entries(page: Page, found: list[Entry], subject: str | None) -> Table:
    connection = page.session.connection()
    shown = found[:SHOWN]
    people = names_for(connection, shown)
    subjects = queries.subject_names(connection, {entry.subject for entry in shown})
    chosen = f"subject={subject}&" if subject else ""
    columns = (
        Column("Entry", numeric=True), Column("When"), Column("What"), Column("About"), Column("By", keep=Keep.TABLET),
        Column("Leaf hash", mono=True, keep=Keep.WIDE),
    )  # fmt: skip
    return Table(
        "entries", "Entries, newest first", columns, tuple(_row(entry, people, subjects) for entry in shown),
        older_href=f"/ledger?{chosen}before={shown[-1].position}" if len(found) > SHOWN else None,
        empty=EmptyState("No entries.", "Every act that changes who has what, where, stands here.", ()),
    )  # fmt: skip


def _row(entry: Entry, people: Names, subjects: Mapping[str, tuple[str, str]]) -> Row:
    name, href = subjects.get(entry.subject, (entry.subject, ""))
    about = Link(name, href) if href else name
    return Row(
        (
            Cell(Link(f"{entry.position:,}", f"/ledger/entries/{entry.position}"), head=True),
            Cell(When(entry.recorded_at)),
            Cell(tell(entry, people).text),
            Cell(about),
            Cell(people.handler(entry.handler_id)),
            Cell(tree.leaf_hash(entry.body).hex()[:16], quiet=True),
        )
    )
