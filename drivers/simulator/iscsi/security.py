"""The security stage of a login: who must prove what, and whether it was proven."""

import base64
import binascii
import secrets
from collections.abc import Callable

from drivers.scsi.chap import ALGORITHMS, Credentials, proves, respond

CHALLENGE_BYTES, LONGEST_CHALLENGE = 16, 1024
NONE, CHAP = "None", "CHAP"
Answers = list[tuple[str, str]]


class NotProvenError(Exception):
    """The initiator is not let in."""


def decode_binary(text: str) -> bytes:
    """A binary value of a login: 0x and hexadecimal digits, or 0b and base64."""
    try:
        if text[:2] in {"0x", "0X"}:
            return bytes.fromhex(text[2:])
        if text[:2] in {"0b", "0B"}:
            return base64.b64decode(text[2:], validate=True)
    except (ValueError, binascii.Error) as error:
        raise NotProvenError from error
    raise NotProvenError


class Gate:
    """Lets an initiator pass once it has proven itself; without credentials everybody passes."""

    def __init__(
        self, credentials: Credentials | None, random: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._credentials = credentials
        self._challenge, self._identifier = random(CHALLENGE_BYTES), random(1)[0]
        self._algorithm = 0
        self.is_open = credentials is None

    def step(self, offered: dict[str, str]) -> Answers:
        """The answers to the security keys of one exchange; NotProvenError ends the login."""
        if "AuthMethod" in offered:
            return self._choose_method(offered["AuthMethod"].split(","))
        if self._credentials is None:
            return []
        if "CHAP_A" in offered:
            return self._challenge_them(offered["CHAP_A"].split(","))
        if "CHAP_R" in offered:
            return self._judge(self._credentials, offered)
        return []

    def _choose_method(self, methods: list[str]) -> Answers:
        wanted = NONE if self._credentials is None else CHAP
        if wanted not in methods:
            raise NotProvenError
        return [("AuthMethod", wanted)]

    def _challenge_them(self, offered: list[str]) -> Answers:
        algorithm = next((number for number in ALGORITHMS if str(number) in offered), None)
        if algorithm is None:
            raise NotProvenError
        self._algorithm = algorithm
        return [
            ("CHAP_A", str(algorithm)),
            ("CHAP_I", str(self._identifier)),
            ("CHAP_C", f"0x{self._challenge.hex()}"),
        ]

    def _judge(self, credentials: Credentials, offered: dict[str, str]) -> Answers:
        theirs = credentials.initiator
        known = self._algorithm in ALGORITHMS and offered.get("CHAP_N") == theirs.name
        response = decode_binary(offered["CHAP_R"])
        if not known or not proves(
            response, self._algorithm, self._identifier, theirs.value, self._challenge
        ):
            raise NotProvenError
        self.is_open = True
        return self._prove_ourselves(credentials, offered) if "CHAP_C" in offered else []

    def _prove_ourselves(self, credentials: Credentials, offered: dict[str, str]) -> Answers:
        """A challenge that is our own sent back would make us answer it for a stranger."""
        challenge, identifier = decode_binary(offered["CHAP_C"]), offered.get("CHAP_I", "")
        mine = credentials.target
        if mine is None or challenge == self._challenge or not 0 < len(challenge) <= LONGEST_CHALLENGE:
            raise NotProvenError
        if not identifier.isascii() or not identifier.isdigit() or int(identifier) > 0xFF:  # noqa: PLR2004 - one byte
            raise NotProvenError
        response = respond(self._algorithm, int(identifier), mine.value, challenge)
        return [("CHAP_N", mine.name), ("CHAP_R", f"0x{response.hex()}")]


KEYS = frozenset({"AuthMethod", "CHAP_A", "CHAP_N", "CHAP_R", "CHAP_I", "CHAP_C"})
