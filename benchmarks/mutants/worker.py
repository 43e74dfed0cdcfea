"""``python -m benchmarks.mutants.worker TASK``: the mutants of one package, in the current folder.

Tells of each in a line of JSON on the standard output it was started with.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from . import campaign
from .packages import PACKAGES
from .sample import Mutant


def main() -> int:
    """Reads the task and runs it."""
    task = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    package = next(package for package in PACKAGES if package.name == task["package"])
    package = replace(package, tests=tuple(task["tests"]))
    mutants = [Mutant(**mutant) for mutant in task["mutants"]]
    told = os.dup(1)
    log = os.open(task["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    def tell(mutant: Mutant, outcome: str, by: str) -> None:
        os.write(told, f"{json.dumps([mutants.index(mutant), outcome, by])}\n".encode())

    catches = [(file, by) for file, by in task["catches"]]
    kept, limits = Path(task["kept"]), {name: task[name] for name in ("most_s", "control")}
    return campaign.run(package, mutants, catches, kept, tell, **limits)


if __name__ == "__main__":
    sys.exit(main())
