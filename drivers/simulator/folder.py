"""The folder a virtual library lives in: shared between processes, safe against kill -9."""

import contextlib
import fcntl
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from drivers.errors import BackendUnavailableError
from drivers.library_files import LibraryDefinition
from drivers.simulator.head_file import HeadFile
from drivers.simulator.layout import check_fits, definition_from_json, definition_to_json, initial_state
from drivers.simulator.state import LibraryState
from drivers.simulator.tape_file import TapeFile

DEFINITION, STATE, LOCK, MEDIA = "definition.json", "state.json", "lock", "media"
CHANGER_LOCK, HEADS = "changer.lock", "heads"


def write_durably(path: Path, text: str) -> None:
    """Replace the file so that a crash leaves either the old or the new text."""
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def create(path: Path, definition: LibraryDefinition, *, move_s: float = 0.0) -> None:
    """Make a virtual library in an empty or missing folder; leave an existing one alone."""
    check_fits(definition)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BackendUnavailableError(f"{path}: {error.strerror}") from error
    if (path / STATE).exists():
        return
    state = initial_state(definition)
    state.move_s = move_s
    (path / MEDIA).mkdir(exist_ok=True)
    write_durably(path / DEFINITION, definition_to_json(replace(definition, cartridges=())))
    write_durably(path / STATE, json.dumps(state.to_json()))


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError as error:
        raise BackendUnavailableError(f"{path.parent} holds no virtual library any more") from error
    return (found.st_ino, found.st_mtime_ns, found.st_size)


class Folder:
    """One process' view of the library. `state` and `definition` are valid only inside `locked()`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.state = LibraryState()
        self.definition: LibraryDefinition
        self.tapes: dict[str, TapeFile] = {}
        self._seen: tuple[int, ...] = ()
        self._defined: tuple[int, ...] = ()
        self._threads = threading.RLock()
        if not (path / STATE).is_file():
            raise BackendUnavailableError(f"{path} holds no virtual library")
        self._fd = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        self._heads = HeadFile(path / HEADS)

    @contextlib.contextmanager
    def locked(self) -> Iterator[LibraryState]:
        """The current state, alone; nothing is written unless `save` is called."""
        with self._threads:
            fcntl.flock(self._fd, fcntl.LOCK_EX)
            try:
                self._reload()
                yield self.state
            finally:
                fcntl.flock(self._fd, fcntl.LOCK_UN)

    def save_heads(self) -> None:
        """Only where the tapes stand and what was counted; a crash of the machine may lose it."""
        self._heads.store(self.state)

    def save(self) -> None:
        self._heads.store(self.state)
        write_durably(self.path / STATE, json.dumps(self.state.to_json()))
        self._seen = _stamp(self.path / STATE)

    def save_definition(self, definition: LibraryDefinition) -> None:
        write_durably(self.path / DEFINITION, definition_to_json(definition))
        self.definition, self._defined = definition, _stamp(self.path / DEFINITION)
        self.save()

    def _reload(self) -> None:
        stamp = _stamp(self.path / STATE)
        if stamp == self._seen:
            self._heads.refresh(self.state, anew=False)
            return
        defined = _stamp(self.path / DEFINITION)
        try:
            if defined != self._defined:
                self.definition = definition_from_json((self.path / DEFINITION).read_text(encoding="utf-8"))
            self.state = LibraryState.from_json(json.loads((self.path / STATE).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BackendUnavailableError(
                f"{self.path} holds a virtual library that cannot be read: {error!r}"
            ) from error
        self._defined = defined
        self._seen = stamp
        self._heads.refresh(self.state, anew=True)

    def close(self) -> None:
        self._heads.close()
        os.close(self._fd)
