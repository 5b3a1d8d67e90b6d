"""The login phase of one connection."""

from typing import TYPE_CHECKING, Protocol

from drivers.simulator.iscsi.negotiation import Terms, negotiate
from drivers.simulator.iscsi.pdu import FINAL, Answer, MalformedError, Op, Pdu, encode_text, parse_text

if TYPE_CHECKING:
    from drivers.simulator.iscsi.connection import Connection

SECURITY, OPERATIONAL, FULL_FEATURE = 0, 1, 3
CONTINUES = 0x40
INITIATOR_ERROR, TARGET_ERROR = 2, 3
AUTHENTICATION_FAILED, NOT_FOUND, MISSING_PARAMETER, NO_SESSION = 0x01, 0x03, 0x07, 0x0A
PORTAL_GROUP = ("TargetPortalGroupTag", "1")


class TargetInfo(Protocol):
    """What a connection asks of the target it belongs to."""

    name: str

    def next_handle(self) -> int: ...
    def session_began(self, connection: "Connection") -> None: ...
    def session_ended(self, connection: "Connection") -> None: ...
    def listing(self, address: tuple[str, int]) -> list[tuple[str, str]]: ...
    def reset(self, unit: int | None) -> None: ...


class Login:
    """Text may come in several units (C bit); the answers follow the initiator's stages."""

    def __init__(self, target: TargetInfo) -> None:
        self._target = target
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
        if pdu.flags & CONTINUES:
            return self._answer(pdu, pdu.flags & 0x0C, b"")
        offered = parse_text(bytes(self._text))
        self._text.clear()
        self._known |= offered
        problem = self._problem(pdu, offered)
        if problem is not None:
            return self._refuse(pdu, problem)
        return self._agree(pdu, offered, first=first)

    def _problem(self, pdu: Pdu, offered: dict[str, str]) -> int | None:
        self.discovery = self._known.get("SessionType") == "Discovery"
        if int.from_bytes(pdu.header[14:16], "big"):
            return NO_SESSION
        if not self.initiator:
            return MISSING_PARAMETER
        if not self.discovery and "TargetName" not in self._known:
            return MISSING_PARAMETER
        if not self.discovery and self._known["TargetName"] != self._target.name:
            return NOT_FOUND
        methods = offered.get("AuthMethod", "None").split(",")
        return None if "None" in methods else AUTHENTICATION_FAILED

    def _agree(self, pdu: Pdu, offered: dict[str, str], *, first: bool) -> Answer:
        self.terms, agreed = negotiate(self.terms, offered)
        if first and not self.discovery:
            agreed = [PORTAL_GROUP, *agreed]
        transit, following = bool(pdu.flags & FINAL), pdu.flags & 0x03
        if transit and following not in {OPERATIONAL, FULL_FEATURE}:
            raise MalformedError(f"login to stage {following}")
        if transit and following == FULL_FEATURE:
            self.done, self.handle = True, self._target.next_handle()
        return self._answer(pdu, pdu.flags & 0x8F, encode_text(agreed))

    def _answer(self, pdu: Pdu, flags: int, data: bytes, words: dict[int, int] | None = None) -> Answer:
        head = pdu.header[8:14] + self.handle.to_bytes(2, "big")
        return Answer(
            Op.LOGIN_RESPONSE, flags, head=head, words={16: pdu.task_tag} | (words or {}), data=data
        )

    def _refuse(self, pdu: Pdu, detail: int) -> Answer:
        self.failed = True
        return self._answer(pdu, 0, b"", {36: INITIATOR_ERROR << 24 | detail << 16})
