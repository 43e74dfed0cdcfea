"""Kill one of two commands that write to one place, at random moments, and let them go on.

Usage: python benchmarks/kill_pairs.py [KILLS] [--seed N] [--only PLACE ...]

Two commands run at once: on one folder (``formats --out``), on one store (``explore --store``), on
one checkpoint (``map --checkpoint``). At a random moment one of them, or both, are ended by
SIGKILL, SIGTERM or SIGHUP, in turn. Then: every file is whole or not there; no process of theirs
lives on; the commands begin again, now and then, and once let alone come to the result of a run
that was never disturbed, and leave the files that such a run leaves.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interrupt_commands import LOAS_TL, VARIED, broken, files_in, prepare, session

HOW = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)
GRACE_S = 2.0
"""Seconds in which workers end after their parent has."""
KEPT_FOR = 8
"""Kills on one folder, before it is let alone and compared."""


@dataclass(frozen=True)
class Place:
    """What two commands write to.

    Attributes:
        command: of both; ``{n}`` is which of them.
        result: of what they leave, to be compared.
        passing: names that may be there while a command runs, or after it was killed.
    """

    command: tuple[str, ...]
    result: Callable[[Path], Any]
    passing: tuple[str, ...]


def folder_result(folder: Path) -> Any:
    return {name: (folder / name).read_bytes() for name in sorted(files_in(folder))}


def store_result(folder: Path) -> Any:
    rows = {}
    for n in (0, 1):
        document = json.loads((folder / f"x{n}.json").read_text())
        rows[n] = document["points"]
    with sqlite3.connect(folder / "s.sqlite") as store:
        [checked] = store.execute("PRAGMA integrity_check").fetchone()
        found = store.execute("SELECT * FROM results ORDER BY 1, 2, 3, 4").fetchall()
    return rows, checked, found


def search_result(folder: Path) -> Any:
    found = []
    for n in (0, 1):
        document = json.loads((folder / f"m{n}.json").read_text())
        del document["search"]["seconds"]
        found.append(document)
    return found


PLACES = {
    "folder": Place(
        ("formats", "--tensors", "../t.npz", "--out", "out"), folder_result, (".tmp", ".old")
    ),
    "store": Place(
        (
            *("explore", "LoAS", "--tensors", "../t.npz", *VARIED),
            *("--jobs", "2", "--store", "s.sqlite", "--json", "x{n}.json"),
        ),
        store_result,
        (".tmp", "-wal", "-shm", "-journal"),
    ),
    "checkpoint": Place(
        (
            *("map", "../spec", "--engine", "native", "--jobs", "2", "--max-mappings", "12000"),
            *("--checkpoint", "kept", "--json", "m{n}.json"),
        ),
        search_result,
        (".tmp",),
    ),
}


def start(place: Place, folder: Path, n: int) -> subprocess.Popen[bytes]:
    """One of the two, in a session of its own."""
    command = [word.format(n=n) for word in place.command]
    with (folder.parent / f"said{n}").open("wb") as said:
        return subprocess.Popen(  # noqa: S603
            [LOAS_TL, *command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )


def wrong_files(place: Place, folder: Path, names: frozenset[str]) -> list[str]:
    """Files that are not whole, or whose names no run leaves."""
    wrong = []
    for name in sorted(files_in(folder)):
        if not name.endswith(place.passing):
            if name not in names:
                wrong.append(f"left {name}")
            elif broken(folder / name):
                wrong.append(f"broken {name}")
    return wrong


def living(leaders: list[int]) -> list[int]:
    """Processes of sessions, after the time that they have to end."""
    until = time.monotonic() + GRACE_S
    while (left := [each for leader in leaders for each in session(leader)]) and (
        time.monotonic() < until
    ):
        time.sleep(0.02)
    return left


def undisturbed(place: Place, folder: Path) -> list[str]:
    """Let both run to their ends; what went wrong."""
    both = [start(place, folder, n) for n in (0, 1)]
    codes = [process.wait() for process in both]
    said = "".join((folder.parent / f"said{n}").read_text() for n in (0, 1))
    return [f"codes {codes}: {said}"] if any(codes) or said else []


def killed(
    place: Place, folder: Path, seconds: float, how: signal.Signals, generator: random.Random
) -> tuple[int, list[str]]:
    """Start both, end one of them or both at a random moment.

    Returns:
        How many were ended, and what is wrong afterwards.
    """
    both = [start(place, folder, n) for n in (0, 1)]
    time.sleep(generator.uniform(0, seconds))
    ended = [n for n in generator.choice(([0], [1], [0, 1])) if both[n].poll() is None]
    for n in ended:
        both[n].send_signal(how)
    codes = [process.wait() for process in both]
    wrong = [f"code {code}" for code in codes if code not in (0, -how)]
    left = living([process.pid for process in both])
    return len(ended), wrong + ([f"{len(left)} processes left"] if left else [])


def campaign(which: str, kills: int, folder: Path, generator: random.Random) -> None:
    """Kill on one place, and print what came of it."""
    place, counts = PLACES[which], Counter[str]()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    began = time.monotonic()
    assert not undisturbed(place, folder), which
    seconds = time.monotonic() - began
    expected, names = place.result(folder), files_in(folder)
    for kill in range(kills):
        if kill % KEPT_FOR == 0:
            shutil.rmtree(folder)
            folder.mkdir()
        how = HOW[kill % len(HOW)]
        ended, wrong = killed(place, folder, seconds, how, generator)
        wrong += wrong_files(place, folder, names)
        counts[f"{ended} killed" if ended else "were done"] += 1
        if not wrong and (kill % KEPT_FOR == KEPT_FOR - 1 or kill == kills - 1):
            wrong = undisturbed(place, folder)
            if place.result(folder) != expected:
                wrong.append("another result")
            other = sorted(files_in(folder) ^ names)
            # SQLite's log stays, all taken in, where two close a store in the same moment.
            wrong += [f"left {each}" for each in other if not each.endswith(("-wal", "-shm"))]
            counts["compared"] += 1
        if wrong:
            counts["faults"] += 1
            said = [(folder.parent / f"said{n}").read_text() for n in (0, 1)]
            print(f"{which}, kill {kill} by {how.name}: {wrong}\n{said}", flush=True)
    kinds = ", ".join(f"{n} {kind}" for kind, n in counts.most_common())
    print(f"{which:10} {kills} kills ({seconds:.1f} s a run): {kinds}", flush=True)


def main() -> None:
    """Kill on every place."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", default=list(PLACES), choices=list(PLACES))
    arguments = parser.parse_args()
    generator = random.Random(arguments.seed)  # noqa: S311
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "run"
        prepare(folder.parent)
        for which in arguments.only:
            campaign(which, arguments.kills // len(arguments.only), folder, generator)


if __name__ == "__main__":
    main()
