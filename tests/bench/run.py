"""`make bench`: every figure beside its floor, in one run, as one table."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = (
    HERE / "bench_scan.py",
    HERE / "bench_ledger.py",
    HERE / "bench_pages.py",
    HERE / "bench_documents.py",
    HERE / "bench_library.py",
    HERE.parent / "labels" / "bench_labels.py",
    HERE.parent / "drivers" / "bench.py",
)


def main() -> int:
    failed = 0
    for script in SCRIPTS:
        if script.exists():
            print(f"\n{script.stem}", flush=True)
            paths = f"{script.parent}:{HERE.parent}:{HERE.parents[1]}"
            failed |= subprocess.run(
                [sys.executable, str(script)], check=False, env={**os.environ, "PYTHONPATH": paths}
            ).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
