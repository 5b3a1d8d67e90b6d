"""One command as the model's handlers see it."""

from collections.abc import Callable, Generator
from dataclasses import dataclass

from drivers.simulator.folder import Folder
from drivers.simulator.reply import Reply
from drivers.simulator.state import LibraryState


@dataclass(frozen=True)
class Call:
    """`unit` is the logical unit: 0 the changer, n the n-th drive. `now` is read anew at each use."""

    folder: Folder
    initiator: str
    unit: int
    cdb: bytes
    fields: dict[str, int]
    data_out: bytes
    now: Callable[[], float]

    @property
    def state(self) -> LibraryState:
        return self.folder.state


# A handler that takes time yields the seconds to wait; the library is unlocked meanwhile.
Steps = Generator[float, None, Reply]
Handler = Callable[[Call], Reply | Steps]
