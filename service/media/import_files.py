"""An upload on its way through an import: the same plan in a dry run and in the import itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from service.custody.models import Evidence
from service.db import table
from service.errors import InvalidInputError
from service.ledger.writer import Unit
from service.media import importing
from service.media.csv_lines import ImportFileError, Rejected
from service.media.models import Content
from service.media.schemas import ImportShape, ImportSource, RejectedShape

_EVIDENCE = table(Evidence)
MAX_FILE = 16 << 20
KEPT_TYPE = "application/x-media-import"
KEPT_FOR = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Upload:
    """`files` by name; `library` and `content` say where to and as what for a file that tells neither."""

    source: ImportSource
    files: Mapping[str, bytes]
    library: str = ""
    content: Content = Content.ACTIVE

    @property
    def sha256(self) -> str:
        """Of the file, or over the files' names and hashes."""
        if len(self.files) == 1:
            return sha256(next(iter(self.files.values()))).hexdigest()
        each = [f"{sha256(content).hexdigest()}  {name}\n" for name, content in sorted(self.files.items())]
        return sha256("".join(each).encode()).hexdigest()


def planned(connection: Connection, upload: Upload, now: datetime) -> importing.Plan:
    """Raises ImportFileError, or InvalidInputError for a library that is not there."""
    if not any(upload.files.values()):
        raise ImportFileError("The file is empty.")
    if sum(len(content) for content in upload.files.values()) > MAX_FILE:
        raise ImportFileError(
            f"The file is larger than {MAX_FILE >> 20} MiB.", "Split it and import the parts."
        )
    if upload.source == "csv":
        if len(upload.files) != 1:
            raise ImportFileError("A CSV import takes one file.")
        return importing.plan_csv(connection, next(iter(upload.files.values())), now)
    from service.devices import library_files

    seen = library_files.read(upload.source, upload.files)
    return importing.plan_library(connection, seen, upload.library, upload.content, now, upload.sha256)


def carried_out(unit: Unit, upload: Upload) -> ImportShape:
    """Raises ImportRefusedError when a line is rejected; nothing is imported then."""
    unit.flush()
    plan = planned(unit.connection, upload, unit.now)
    done = importing.carry_out(unit, plan, {"source": upload.source})
    return ImportShape(
        dry_run=False, acceptable=done, imported=done, rejected=[], left_out=[rejected_shape(one) for one in plan.left_out]
    )  # fmt: skip


def told(unit: Unit, upload: Upload) -> ImportShape:
    """What it would do; nothing is changed."""
    plan = planned(unit.connection, upload, unit.now)
    return ImportShape(
        dry_run=True,
        acceptable=len(plan.accepted),
        imported=0,
        rejected=[rejected_shape(one) for one in plan.rejected],
        left_out=[rejected_shape(one) for one in plan.left_out],
    )


def rejected_shape(one: Rejected) -> RejectedShape:
    return RejectedShape(line=one.line, text=one.text, reason=one.reason)


def keep(unit: Unit, files: Mapping[str, bytes]) -> dict[str, str]:
    """Keep the files that a dry run showed; {name: sha256}. Those of yesterday go."""
    old = (_EVIDENCE.c.content_type == KEPT_TYPE) & (_EVIDENCE.c.created_at < unit.now - KEPT_FOR)
    unit.connection.execute(delete(_EVIDENCE).where(old))
    kept = {}
    for name, content in files.items():
        kept[name] = sha256(content).hexdigest()
        row = {
            "evidence_id": unit.new_id(), "sha256": kept[name], "content_type": KEPT_TYPE, "content": content,
            "created_at": unit.now,
        }  # fmt: skip
        unit.connection.execute(insert(_EVIDENCE), [row])
    return kept


def kept(connection: Connection, files: Mapping[str, str]) -> dict[str, bytes]:
    """The files as they were shown; raises InvalidInputError when one is kept no longer."""
    found = {}
    for name, digest in files.items():
        query = select(_EVIDENCE.c.content).where(
            _EVIDENCE.c.sha256 == digest, _EVIDENCE.c.content_type == KEPT_TYPE
        )
        content = connection.execute(query.limit(1)).scalar_one_or_none()
        if content is None:
            raise InvalidInputError(
                "The file is kept no longer. Nothing was imported.", next_step="Choose it again."
            )
        found[name] = bytes(content)
    return found
