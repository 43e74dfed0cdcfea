"""Ctrl-C at random moments of nine commands: one line, exit code 130, whole files, nothing left.

Usage: python benchmarks/interrupt_commands.py [INTERRUPTIONS] [--seed N] [--only COMMAND ...]

Every other SIGINT goes to the whole group of processes, as a terminal sends it; the others to the
command alone. Moments are random over the length of a run. A run that was over before its moment
came is done again. Counts, by command:

- interrupted: one line on standard error, 130;
- finished: all was done, and exit code 0;
- Python's own: Python had not begun to run our code, and said or did what it does then;
- faults: anything else, listed in full. Files that are not whole, files of other names than those
  of a run left alone, and processes that live on are faults, too.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml

LOAS_TL = Path(sys.executable).parent / "loas-tl"
VARIED = ("--vary", "pes=16,32,64", "cache_KiB=128,256", "tile_n=16,32", "--model", "detailed")
COMMANDS: dict[str, tuple[str, ...]] = {
    "compare": ("compare", "--tensors", "../t.npz", "--out", "out"),
    "model": ("model", "../spec", "--engine", "native", "--json", "m.json", "--csv", "m.csv"),
    "map": (
        *("map", "../spec", "--engine", "native", "--jobs", "2", "--max-mappings", "3000"),
        *("--checkpoint", "kept", "--out", "out"),
    ),
    "validate": (
        *("validate", "--tensors", "../t.npz", "--accelerator", "LoAS", "--out", "out"),
        *("--json", "v.json"),
    ),
    "explore": (
        *("explore", "LoAS", "--tensors", "../t.npz", *VARIED),
        *("--jobs", "2", "--store", "s.sqlite", "--json", "x.json"),
    ),
    "innerjoin": ("innerjoin", "--tensors", "../t.npz", "--out", "out"),
    "formats": ("formats", "--tensors", "../t.npz", "--out", "out"),
    "render": ("render", "LoAS", "--tensors", "../t.npz", "-o", "out"),
    "plugins": ("plugins", "install", "--config", "accelergy_config.yaml"),
}
CONFIGURATION = "version: 0.4\nestimator_plug_ins: [/opt/one]\nprimitive_components: []\n"
GRACE_S = 1.0
"""Seconds in which a worker may be ended by the kernel after its parent is gone."""
ENDS = {
    ".html": b"</html>",
    ".svg": b"</svg>",
    ".pdf": b"%%EOF",
    ".png": b"IEND\xaeB`\x82",
}


@dataclass
class Reference:
    """A run that was left alone: how long it takes, and what it leaves."""

    seconds: float
    files: frozenset[str]


@dataclass
class Counts:
    """What became of the interruptions of a command."""

    kinds: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def prepare(folder: Path) -> None:
    """Inputs of all commands."""
    rng = np.random.default_rng(0)
    arrays: dict[str, Any] = {}
    for name, (m, k, n) in {"one": (16, 64, 32), "two": (9, 128, 16)}.items():
        arrays[f"{name}/x"] = rng.random((4, m, k)) < 0.2
        weights = rng.integers(-8, 8, (k, n), dtype=np.int8)
        weights[rng.random((k, n)) < 0.8] = 0
        arrays[f"{name}/w"] = weights
    np.savez(folder / "t.npz", **arrays)
    render: list[str | Path] = [
        LOAS_TL,
        "render",
        "LoAS",
        "--network",
        "alexnet",
        "--layer",
        "2",
        "-o",
    ]
    render.append(folder / "spec")
    subprocess.run(render, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def start(command: str, folder: Path) -> subprocess.Popen[bytes]:
    """The command in a session of its own, in a folder of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    if command == "plugins":
        (folder / "accelergy_config.yaml").write_text(CONFIGURATION)
    with (folder.parent / "stdout").open("wb") as out, (folder.parent / "stderr").open("wb") as err:
        return subprocess.Popen(  # noqa: S603
            [LOAS_TL, *COMMANDS[command]],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )


def session(leader: int) -> list[int]:
    """Processes of a session that have not ended."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == leader and fields[0] not in "ZX":
                found.append(int(entry.name))
    return found


def files_in(folder: Path) -> frozenset[str]:
    return frozenset(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def broken(path: Path) -> bool:
    """Whether the file is not whole."""
    data = path.read_bytes()
    if path.name == "accelergy_config.yaml":
        named = yaml.safe_load(data)["estimator_plug_ins"]
        return data != CONFIGURATION.encode() and (len(named) != 2 or "/opt/one" not in named)
    if path.suffix == ".json":
        try:
            json.loads(data)
        except ValueError:
            return True
        return False
    if path.suffix == ".yaml":
        try:
            return yaml.compose(data) is None
        except yaml.YAMLError:
            return True
    if path.suffix == ".sqlite":
        return not data.startswith(b"SQLite format 3\0")
    if path.name == "kept":
        return zipfile.ZipFile(path).testzip() is not None
    return not data.rstrip().endswith(ENDS.get(path.suffix, b"")) or not data


def whole(folder: Path, reference: Reference) -> list[str]:
    """What is wrong with the files of a run that was interrupted."""
    files = files_in(folder)
    wrong = [f"left {name}" for name in sorted(files - reference.files)]
    wrong += [f"broken {name}" for name in sorted(files) if broken(folder / name)]
    out = {name for name in reference.files if name.startswith("out/")}
    if files & out not in (set(), out):
        wrong.append(f"of out/ only {sorted(files & out)}")
    if not files & out and (folder / "out").exists():
        wrong.append("left an empty out/")
    return wrong


def interrupt(
    command: str, folder: Path, reference: Reference, moment: float, group: bool
) -> tuple[str, str] | None:
    """The kind of what came of it, and all about a fault; None where the run was over before."""
    process = start(command, folder)
    try:
        process.wait(moment)
        return None
    except subprocess.TimeoutExpired:
        pass
    (os.killpg if group else os.kill)(process.pid, signal.SIGINT)
    wrong = []
    sent = time.monotonic()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        wrong.append("hangs")
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    took = time.monotonic() - sent
    while (left := session(process.pid)) and time.monotonic() - sent - took < GRACE_S:
        time.sleep(0.01)
    if left:
        wrong.append(f"{len(left)} processes left")
        os.killpg(process.pid, signal.SIGKILL)
    wrong += whole(folder, reference)
    said = (folder.parent / "stderr").read_text("utf-8", "replace")
    code = process.returncode
    lines = said.splitlines()
    if code == 130 and len(lines) == 1 and lines[0].startswith("loas-tl: interrupted"):
        kind = "interrupted"
    elif code == 0 and not said:
        kind = "finished"
        wrong += [f"no {name}" for name in reference.files - files_in(folder)]
    elif code in {-signal.SIGINT, 1} and "/loas_tl/" not in said:
        kind = "Python's own"
    else:
        kind = "fault"
        wrong.append("what it says")
    to = "group" if group else "process"
    about = f"{command} at {moment:.3f} of {reference.seconds:.3f} s, {to}, took {took:.2f} s"
    if wrong:
        return "fault", f"{about}: {', '.join(wrong)}; code {code}\n{said}"
    return kind, f"{about}: code {code}\n{said}" if kind == "Python's own" else ""


def main() -> None:
    """Interrupt, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("interruptions", type=int, nargs="?", default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", default=list(COMMANDS), choices=list(COMMANDS))
    arguments = parser.parse_args()
    generator = random.Random(arguments.seed)  # noqa: S311
    # Whoever is started by a script in the background ignores it, and so would the commands.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    counts = {command: Counts() for command in arguments.only}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "run"
        prepare(folder.parent)
        references = {}
        for command in arguments.only:
            start(command, folder).wait()  # compiles what is compiled but once
            began = time.monotonic()
            assert start(command, folder).wait() == 0, command
            references[command] = Reference(time.monotonic() - began, files_in(folder))
        done = 0
        while done < arguments.interruptions:
            command = arguments.only[done % len(arguments.only)]
            reference = references[command]
            moment = generator.uniform(0, reference.seconds)
            group = done // len(arguments.only) % 2 == 0
            answer = interrupt(command, folder, reference, moment, group)
            if answer is None:
                # Others at work on the machine have let go of it: runs are shorter now.
                reference.seconds *= 0.95
                continue
            kind, about = answer
            counts[command].kinds[kind] += 1
            if about:
                print(f"{kind}: {about}", flush=True)
            done += 1
    total: Counter[str] = Counter()
    for command, each in counts.items():
        total += each.kinds
        print(f"{command:10} " + ", ".join(f"{n} {kind}" for kind, n in each.kinds.most_common()))
    print(f"{'all':10} " + ", ".join(f"{n} {kind}" for kind, n in total.most_common()))


if __name__ == "__main__":
    main()
