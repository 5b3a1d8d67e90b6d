"""Runs of Debian's own mtx, recorded by the lab while the contract suite drove it, and replayed everywhere else.

Between two moves a program that only asks may ask as often as it likes; the moves must be those of the
recording. After a change of what the driver sends: `python tests/lab/lab.py --record`.
"""

import json
import os
from collections import defaultdict
from pathlib import Path

from drivers.changer.mtx import Runner, exchange_of
from drivers.scsi.exchange import RawExchange

FILE = Path(__file__).parent / "drivers" / "recordings" / "mtx-contract.json"
RECORD = os.environ.get("STRONGROOM_TEST_RECORD_MTX")
ASKING = ("status", "inquiry")
Row = tuple[list[str], int, int, int]  # arguments, exit code, numbers of the two texts
FOUND: dict[str, list[RawExchange]] = defaultdict(list)


def recorded(run: Runner, test: str) -> Runner:
    """The same program, with every run of it kept under the test's name."""

    def keep(arguments: list[str], timeout_s: float) -> RawExchange:
        done = run(arguments, timeout_s)
        FOUND[test].append(done)
        return done

    return keep


def write(path: Path, tag: str) -> None:
    texts: dict[str, int] = {}

    def row(done: RawExchange) -> Row:
        out, err = (texts.setdefault(t.decode("latin-1"), len(texts)) for t in (done.data_in, done.sense))
        return done.cdb.decode().split("\0")[2:], done.status, out, err

    tests = {name: [row(done) for done in runs] for name, runs in sorted(FOUND.items())}
    path.write_text(
        json.dumps({"tag": tag, "texts": list(texts), "tests": tests}, indent=1), encoding="utf-8"
    )


class Replay:
    """A `Runner` that answers as mtx did in the recording of this test."""

    def __init__(self, test: str) -> None:
        whole = json.loads(FILE.read_text(encoding="utf-8"))
        self.tag: str = whole["tag"]
        self._texts: list[str] = whole["texts"]
        self._moves: list[Row] = []
        self._answers: dict[tuple[int, str], list[Row]] = defaultdict(list)
        for row in whole["tests"][test]:
            if row[0][0] in ASKING:
                self._answers[len(self._moves), row[0][0]].append(row)
            else:
                self._moves.append(row)
        self._done = 0

    def __call__(self, arguments: list[str], timeout_s: float) -> RawExchange:
        assert timeout_s > 0
        wanted = arguments[2:]
        if wanted[0] in ASKING:
            known = self._answers[self._done, wanted[0]]
            row = known.pop(0) if len(known) > 1 else known[0]
        else:
            row = self._moves[self._done]
            assert row[0] == wanted, f"the recording has {row[0]} here"
            self._done += 1
        out, err = (self._texts[number].encode("latin-1") for number in row[2:])
        return exchange_of(arguments, out, err, row[1])
