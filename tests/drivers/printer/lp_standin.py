"""Stand-ins for CUPS' `lp` and `lpstat`, where no scheduler runs: the same words, the same exit codes.

Copied to a folder on the PATH under both names. Beside it stand `state` (idle, disabled, rejecting, alerts …,
hangs, nonsense, gone) and the jobs it took.
"""

import os
import sys
import time
from pathlib import Path

FOLDER = Path(sys.argv[0]).resolve().parent
STATE = (FOLDER / "state").read_text(encoding="utf-8").strip()
SINCE = "Sat Nov 28 09:11:19 2026"


def option(name: str) -> str:
    return sys.argv[sys.argv.index(name) + 1]


def complain(text: str) -> int:
    sys.stderr.write(text + "\n")
    return 1


def lpstat() -> int:
    if os.environ.get("LC_ALL") != "C":
        print("Drucker ist frei.")
        return 0
    queue, word, _, rest = option("-p"), *STATE.partition(" ")
    if word == "gone":
        return complain(f'lpstat: Invalid destination name in list "{queue}".')
    if word == "nonsense":
        print("hello")
        return 0
    disabled = word == "disabled"
    what = f"disabled since {SINCE} -\n\tout of order" if disabled else f"is idle.  enabled since {SINCE}"
    print(f"printer {queue} {what}")
    print(f"\tForm mounted:\n\tAlerts: {'paused' if disabled else rest or 'none'}\n\tConnection: direct")
    if word == "rejecting":
        print(f"{queue} not accepting requests since {SINCE} -\n\tmoving house")
    else:
        print(f"{queue} accepting requests since {SINCE}")
    return 0


def lp() -> int:
    queue, data = option("-d"), sys.stdin.buffer.read()
    if STATE == "refuses":
        return complain(f'lp: Destination "{queue}" is not accepting jobs.')
    number = len(list(FOLDER.glob("job-*"))) + 1
    (FOLDER / f"job-{number:03}").write_bytes(data)
    (FOLDER / f"arguments-{number:03}").write_text("\0".join(sys.argv[1:]), encoding="utf-8")
    print("thank you" if STATE == "mumbles" else f"request id is {queue}-{number} (0 file(s))")
    return 0


if __name__ == "__main__":
    if STATE == "hangs" or (STATE == "stalls" and Path(sys.argv[0]).name == "lp"):
        time.sleep(30)
    sys.exit(lp() if Path(sys.argv[0]).name == "lp" else lpstat())
