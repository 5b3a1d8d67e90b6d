"""The `strongroom` command. Exit codes: 0 done, 1 refused by a rule, 2 cannot start or bad usage, 3 device fault."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, TextIO, cast

import structlog
import typer

from service.errors import FaultError, StartError, StrongroomError, UnavailableError
from service.logs import configure
from service.runtime import Runtime, open_runtime
from service.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Backup media in people's hands.",
)


class Exit(IntEnum):
    DONE = 0
    REFUSED = 1
    CANNOT_START = 2
    FAULT = 3


def exit_code(error: StrongroomError) -> Exit:
    match error:
        case StartError() | UnavailableError():
            return Exit.CANNOT_START
        case FaultError():
            return Exit.FAULT
        case _:
            return Exit.REFUSED


def given_settings(**options: Any) -> Settings:
    """The settings of a command, its options first. StartError in one sentence when one does not fit."""
    from service.commands.sources import load

    return load(**{name: value for name, value in options.items() if value is not None})


class _StandardError:
    """Standard error as it is when something is logged: loggers are kept for the process, a replaced stream is not."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


@contextmanager
def runtime(settings: Settings | None = None) -> Iterator[Runtime]:
    """The runtime of a command, on the same database as the server's; logs go to standard error."""
    from service.commands.starting import look

    chosen = settings or given_settings()
    configure(chosen)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _StandardError())))
    look(chosen)
    opened = open_runtime(chosen)
    try:
        yield opened
    finally:
        opened.close()


def main() -> None:
    from service import commands

    commands.register(app)
    try:
        app()
    except StrongroomError as error:
        print(error.message, file=sys.stderr)  # noqa: T201 - the command's answer
        if error.next_step:
            print(error.next_step, file=sys.stderr)  # noqa: T201
        sys.exit(exit_code(error))
