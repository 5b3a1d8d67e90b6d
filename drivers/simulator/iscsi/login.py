"""The login phase of one connection."""

from typing import TYPE_CHECKING, Protocol

from drivers.scsi.chap import Credentials
from drivers.simulator.iscsi.negotiation import Terms, negotiate
from drivers.simulator.iscsi.pdu import FINAL, Answer, MalformedError, Op, Pdu, encode_text, parse_text
from drivers.simulator.iscsi.security import KEYS, Gate, NotProvenError

if TYPE_CHECKING:
    from drivers.simulator.iscsi.connection import Connection

SECURITY, OPERATIONAL, FULL_FEATURE = 0, 1, 3
CONTINUES, STAGES = 0x40, 0x0F
LONGEST_TEXT = 1 << 16
INITIATOR_ERROR, TARGET_ERROR = 2, 3
AUTHENTICATION_FAILED, NOT_FOUND, MISSING_PARAMETER, NO_SESSION = 0x01, 0x03, 0x07, 0x0A
PORTAL_GROUP = ("TargetPortalGroupTag", "1")


class TargetInfo(Protocol):
    """What a connection asks of the target it belongs to."""

    name: str
    credentials: Credentials | None
    ping_s: float

    def next_handle(self) -> int: ...
    def session_began(self, connection: "Connection") -> None: ...
    def session_ended(self, connection: "Connection") -> None: ...
    def listing(self, address: tuple[str, int]) -> list[tuple[str, str]]: ...
    def reset(self, unit: int | None) -> None: ...


class Login:
    """Text may come in several units (C bit); the answers follow the initiator's stages."""

    def __init__(self, target: TargetInfo) -> None:
        self._target = target
        self._gate = Gate(target.credentials)
        self._text = bytearray()
        self._known: dict[str, str] = {}
        self.started = self.done = self.failed = self.discovery = False
        self.terms = Terms()
        self.handle = 0
        self.isid = b""

    @property
    def initiator(self) -> str:
        return self._known.get("InitiatorName", "")

    @property
    def nexus(self) -> str:
        """Names the path from one session of one initiator; unit attentions queue by it."""
        return f"{self.initiator},i,{self.isid.hex()}"

    def step(self, pdu: Pdu) -> Answer:
        first, self.started = not self.started, True
        self.isid = pdu.header[8:14]
        self._text += pdu.data
        if len(self._text) > LONGEST_TEXT:
            raise MalformedError("a login without an end")
        if pdu.flags & CONTINUES:
            return self._answer(pdu, pdu.flags & 0x0C, b"")
        offered = parse_text(bytes(self._text))
        self._text.clear()
        self._known |= offered
        problem = self._problem(pdu)
        if problem is not None:
            return self._refuse(pdu, problem)
        try:
            return self._agree(pdu, offered, first=first)
        except NotProvenError:
            return self._refuse(pdu, AUTHENTICATION_FAILED)

    def _problem(self, pdu: Pdu) -> int | None:
        self.discovery = self._known.get("SessionType") == "Discovery"
        if int.from_bytes(pdu.header[14:16], "big"):
            return NO_SESSION
        if not self.initiator:
            return MISSING_PARAMETER
        if not self.discovery and "TargetName" not in self._known:
            return MISSING_PARAMETER
        if not self.discovery and self._known["TargetName"] != self._target.name:
            return NOT_FOUND
        return None

    def _agree(self, pdu: Pdu, offered: dict[str, str], *, first: bool) -> Answer:
        secured = self._gate.step(offered)
        plain = {key: value for key, value in offered.items() if key not in KEYS}
        self.terms, agreed = negotiate(self.terms, plain)
        agreed = [*secured, *agreed]
        if first and not self.discovery:
            agreed = [PORTAL_GROUP, *agreed]
        transit, current, following = bool(pdu.flags & FINAL), pdu.flags >> 2 & 0x03, pdu.flags & 0x03
        if transit and following not in {OPERATIONAL, FULL_FEATURE}:
            raise MalformedError(f"login to stage {following}")
        if not self._gate.is_open:
            return self._hold_back(pdu, current, agreed, transit=transit)
        if transit and following == FULL_FEATURE:
            self.done, self.handle = True, self._target.next_handle()
        return self._answer(pdu, pdu.flags & (FINAL | STAGES), encode_text(agreed))

    def _hold_back(self, pdu: Pdu, current: int, agreed: list[tuple[str, str]], *, transit: bool) -> Answer:
        """Nobody leaves the security stage without proof; the answer stays in it."""
        if current != SECURITY or (transit and not agreed):
            raise NotProvenError
        return self._answer(pdu, 0, encode_text(agreed))

    def _answer(self, pdu: Pdu, flags: int, data: bytes, words: dict[int, int] | None = None) -> Answer:
        head = pdu.header[8:14] + self.handle.to_bytes(2, "big")
        return Answer(
            Op.LOGIN_RESPONSE, flags, head=head, words={16: pdu.task_tag} | (words or {}), data=data
        )

    def _refuse(self, pdu: Pdu, detail: int) -> Answer:
        self.failed = True
        return self._answer(pdu, 0, b"", {36: INITIATOR_ERROR << 24 | detail << 16})
