"""Taking in media from a file: upload, dry run with its rejected lines, then all or nothing."""

from dataclasses import dataclass

from service.web.views.forms import Form
from service.web.views.frame import Place
from service.web.views.parts import Head, Rich, Tone
from service.web.views.tables import Table


@dataclass(frozen=True, slots=True)
class DryRun:
    """What the file would do. Nothing has been taken in yet. `confirm` is absent while lines are rejected."""

    tone: Tone
    say: Rich
    next: Rich
    rejected: Table | None
    accepted: Table | None
    confirm: Form | None


@dataclass(frozen=True, slots=True)
class ImportView:
    """media/import.html. `formats` explains what each kind of file looks like."""

    title: str
    place: Place | None
    head: Head
    form: Form
    dry_run: DryRun | None
    formats: Table
