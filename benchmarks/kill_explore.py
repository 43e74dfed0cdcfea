"""Kill a run at random moments and go on: the same final table, and little done twice.

Usage: python benchmarks/kill_explore.py [KILLS]

Explores 96 designs on AlexNet by the detailed model with two processes, ends the whole group of
processes by SIGKILL at ``KILLS`` (20) random moments, lets it end, and compares with a run that was
left alone. Prints the designs and layers that were evaluated more often than once.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from loas_tl import read_space

PROGRAM = """
import sys
from pathlib import Path
from loas_tl import explore
from loas_tl.exploration import evaluation, runners

log = Path(sys.argv[2])

def logged(task):
    with log.open("a") as file:
        file.write("".join(f"{task.recipe.layer} {key}\\n" for key in task.keys))
    return evaluation.work(task)

runners.work = logged
evaluation.AT_ONCE["detailed"] = 4
vary = {"pes": [8, 16, 32, 64], "cache_KiB": [128, 256], "tile_n": [16, 32]}
vary |= {"chunk_bits": [64, 128], "laggy_adders": [4, 8, 16]}
explore("LoAS", "alexnet", vary=vary, model="detailed", store=sys.argv[1], jobs=2)
"""


def start(store: Path, log: Path) -> subprocess.Popen[bytes]:
    """A run in a group of processes of its own."""
    log.touch()
    command = [sys.executable, "-c", PROGRAM, str(store), str(log)]
    return subprocess.Popen(command, start_new_session=True)  # noqa: S603


def main(kills: int = 20) -> None:
    """Compare a run that was killed with one that was not."""
    generator = random.Random(0)  # noqa: S311
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        started = time.monotonic()
        assert start(folder / "whole.sqlite", folder / "whole.log").wait() == 0
        seconds = time.monotonic() - started
        results = len((folder / "whole.log").read_text().splitlines())
        store, log = folder / "killed.sqlite", folder / "killed.log"
        for kill in range(kills):
            process = start(store, log)
            # At any moment from its start on, but not so late that nothing is left to kill.
            seen = len(log.read_text().splitlines())
            most = max((results - seen) // (kills - kill), 4)
            wanted = seen + generator.randrange(most)
            while len(log.read_text().splitlines()) <= wanted and process.poll() is None:
                time.sleep(0.01)
            time.sleep(generator.uniform(0, 0.05))
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        assert start(store, log).wait() == 0
        same = read_space(store).to_json() == read_space(folder / "whole.sqlite").to_json()
        done = Counter(log.read_text().splitlines())
        twice = sum(done.values()) - len(done)
        print(
            f"{kills} kills, run of {seconds:.1f} s; same table: {same}; {len(done)} results, "
            f"{twice} begun again (in flight when killed: {kills} x 2 x 2 groups of 4 at most)"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
