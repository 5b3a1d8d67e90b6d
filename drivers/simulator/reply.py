"""What a simulated logical unit answers to one command."""

from dataclasses import dataclass

from drivers.scsi.exchange import Sense, Status
from drivers.scsi.sense import encode_fixed_sense
from drivers.scsi.sense_table import SenseKey


@dataclass(frozen=True, slots=True)
class Reply:
    """`host_status` other than 0 models an answer that never reached the host."""

    data: bytes = b""
    status: int = Status.GOOD
    sense: bytes = b""
    host_status: int = 0


GOOD = Reply()


class RefusedError(Exception):
    """A command ends in CHECK CONDITION, perhaps with data; raised inside the model only."""

    def __init__(self, sense: Sense, data: bytes = b"") -> None:
        self.sense, self.data = sense, data
        super().__init__(str(sense))


def check_condition(sense: Sense, data: bytes = b"") -> Reply:
    return Reply(data, Status.CHECK_CONDITION, encode_fixed_sense(sense))


def refuse(code: str) -> RefusedError:
    """A refusal written as in the sense table: "5/3B/0E"."""
    key, asc, ascq = (int(part, 16) for part in code.split("/"))
    return RefusedError(Sense(key, asc, ascq))


UNKNOWN_COMMAND = Sense(SenseKey.ILLEGAL_REQUEST, 0x20, 0x00)
INVALID_FIELD = "5/24/00"
