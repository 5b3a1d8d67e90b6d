"""Every fault phase × every way to lose touch: the verdict is right or INDETERMINATE, never wrong."""

import signal
import subprocess
import sys
import time
from itertools import product

import pytest
from crash_table import CRASH_CASE

from drivers.changer.model import MoveFlag, MoveRequest, MoveVerdict

PHASES = ("before-pick", "in-gripper", "before-place", "placed")
TAG = "ABC001L8"
AWAY = ("jam", "timeout", "lost-status")
KILLS = [
    ("kill-process", phase, {"then": then})
    for phase, then in product(PHASES, ("stays", "finishes", "returns"))
]
TIMEOUTS = [("timeout", phase, {"finishes_after_s": s}) for phase, s in product(PHASES, (-1.0, 0.0, 0.1))]
LOST = [(fault, phase, {}) for fault, phase in product(("lost-status", "jam", "put-back"), PHASES)]
PLAIN = [
    ("attention-on-move", "-", {}),
    ("attention-after-move", "-", {}),
    ("wrong-place", "-", {}),
    ("busy", "-", {"only_moves": True}),
    ("none", "-", {}),
]
DESTINATIONS = ("storage", "mail-slot", "drive")
# (fault, phase, parameters, kind of destination, when a unit attention comes beside the fault)
CASES = [(*fault, dst, "") for fault in (*KILLS[::3], *TIMEOUTS, *LOST, *PLAIN) for dst in DESTINATIONS]
CASES += [(*fault, "storage", "") for fault in KILLS if fault not in KILLS[::3]]
CASES += [
    (fault, phase, {}, "storage", when)
    for fault, phase, when in product((*AWAY, "put-back"), PHASES, ("before", "after"))
]
CASES += [
    ("kill-process", phase, {}, "storage", when) for phase, when in product(PHASES, ("before", "after"))
]


MOVER = """
import sys
from drivers import registry
from drivers.changer.model import MoveRequest
url, src, dst, tag = sys.argv[1:]
registry.open_changer(url).move(MoveRequest(int(src), int(dst), tag, "m", 20.0))
"""


def killed(url: str, request: MoveRequest) -> int:
    """The exit status of a process of its own that makes this move."""
    arguments = [url, str(request.src), str(request.dst), str(request.expect_tag)]
    return subprocess.run([sys.executable, "-c", MOVER, *arguments], timeout=20, check=False).returncode


def truth(bench, request: MoveRequest) -> MoveVerdict:
    """Where the medium really is, from the model's own state."""
    places = {c["barcode"]: c["place"] for c in bench.hands.dump()["cartridges"].values()}
    at = places[TAG]
    if at == request.dst:
        return MoveVerdict.MOVED
    if at == request.src:
        return MoveVerdict.NOT_MOVED
    return MoveVerdict.IN_TRANSPORT if at == 1 else MoveVerdict.ELSEWHERE


def switch_on(bench, fault: str, phase: str, parameters: dict, attention: str) -> None:
    if attention == "before":
        bench.hands.raise_attention(0x28, 0x00)
    if attention == "after":
        bench.hands.set_fault("attention-after-move", asc=0x29, ascq=0x00)
    if fault == "none":
        return
    extra = {"phase": phase} if phase != "-" else {}
    if fault == "wrong-place":
        extra = {"address": bench.place_of("ABC010L8") + 10}
    bench.hands.set_fault(fault, **extra | parameters)


@pytest.mark.parametrize(("fault", "phase", "parameters", "kind", "attention"), CASES)
def test_the_verdict_is_right_or_undecided_and_nothing_moves_twice(
    bench, record_property, fault, phase, parameters, kind, attention
):
    snapshot = bench.look()
    free = {"storage": bench.place_of(TAG) + 20, "mail-slot": bench.mail_slot(), "drive": bench.drive()}
    request = MoveRequest(snapshot.by_tag[TAG][0].address, free[kind], TAG, "m", 20.0)
    switch_on(bench, fault, phase, parameters, attention)
    if fault == "kill-process":
        assert killed(bench.url, request) == -signal.SIGKILL
        outcome = bench.changer.recover(request, snapshot)
    else:
        outcome = bench.changer.move(request)
    real = truth(bench, request)
    record_property(
        CRASH_CASE, (fault, phase, f"attention {attention}" if attention else "", outcome.verdict.value)
    )
    assert outcome.verdict in {real, MoveVerdict.INDETERMINATE}
    assert bench.hands.dump()["moves_done"] <= 1
    assert sum(exchange.cdb[0] == 0xA5 for exchange in outcome.exchanges) <= 1
    if fault in {"timeout", "lost-status"}:
        time.sleep(0.12)
        assert truth(bench, request) is real or MoveFlag.MAY_STILL_MOVE in outcome.judgement.flags
    if attention == "after" or fault == "attention-on-move":
        assert outcome.unit_attentions
    if outcome.safe_to_repeat:
        assert real is MoveVerdict.NOT_MOVED
        assert bench.changer.move(request).verdict is MoveVerdict.MOVED


def test_the_matrix_covers_every_phase_in_every_way():
    assert len(CASES) == len({repr(case) for case in CASES}) >= 60
    seen = {(fault, phase, attention) for fault, phase, _, _, attention in CASES}
    ways = [("kill-process", ""), ("timeout", ""), ("lost-status", ""), ("put-back", "")]
    ways += [(fault, when) for fault in (*AWAY, "put-back", "kill-process") for when in ("before", "after")]
    assert {(fault, phase, when) for (fault, when), phase in product(ways, PHASES)} <= seen
