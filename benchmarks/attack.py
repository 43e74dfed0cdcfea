"""Attack every command and reader with generated inputs, and count what does not hold.

    python -m benchmarks.attack --count 20000 [--seed N] [--only TARGET] [--processes N]

Attacks run in processes that are forked from a warm one, each under a ceiling of address space and
of processor time; of every hundred one runs as a process of the command's own. ``--out`` keeps what
failed: a folder each, with its input and with what was said.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from loas_tl.ground import memory
from tests.cli.outcome import Outcome
from tests.hardening.attacked import SECONDS, attacked
from tests.hardening.targets import TARGETS

SPACE = 6 * 2**30
"""Bytes of address space."""
TENSORS = 10**9
"""Bytes of tensors of a layer; the usual ceiling is too much for many machines at once."""
HERE = tuple(one for one in TARGETS if not one.missing)
"""Targets whose packages are installed."""


def _as_process(asked: list[str]) -> Outcome:
    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (SPACE, SPACE))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS + 5, SECONDS + 5))

    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "loas_tl", *asked],
        capture_output=True,
        check=False,
        preexec_fn=limits,
        stdin=subprocess.DEVNULL,
    )
    texts = (text.decode("utf-8", "surrogateescape") for text in (done.stdout, done.stderr))
    return Outcome(done.returncode, *texts)


def attack(number: int, seed: int, only: str | None, whole: bool) -> dict[str, Any]:
    """One attack, in the current folder; as what is written of it."""
    targets = [one for one in HERE if only in (None, one.name)]
    target = targets[number % len(targets)]
    began = time.process_time()
    done = attacked(target, f"{seed}/{number}", Path.cwd(), _as_process if whole else None)
    return {
        "number": number,
        "target": target.name,
        "command": done.asked[0],
        "asked": done.asked,
        "code": done.outcome.code,
        "problem": done.problem,
        "seconds": time.process_time() - began,
        "said": done.outcome.err[-700:],
    }


def _batch(numbers: list[int], arguments: argparse.Namespace, results: Path) -> None:
    """A forked process attacks, and writes a line for each attack."""
    resource.setrlimit(resource.RLIMIT_AS, (SPACE, SPACE))
    warnings.simplefilter("ignore", UserWarning)  # of the archives that are made wrong here
    memory.allow(TENSORS)
    with results.open("a") as file:
        for number in numbers:
            with tempfile.TemporaryDirectory(prefix="attack-") as base:
                folder = Path(base) / "a" / "b" / "c"
                folder.mkdir(parents=True)
                os.chdir(folder)
                file.write(json.dumps({"number": number}) + "\n")
                file.flush()
                every = arguments.whole
                whole = bool(every) and number % every == every - 1
                done = attack(number, arguments.seed, arguments.only, whole)
                file.write(json.dumps(done) + "\n")
                file.flush()
                if done["problem"] and arguments.out is not None:
                    kept = arguments.out / str(number)
                    shutil.copytree(folder, kept, dirs_exist_ok=True, symlinks=True)
                    (kept / "_.json").write_text(json.dumps(done, indent=1))
                os.chdir("/")


def _warm() -> None:
    """Have this process import and compile what attacks take, for those that are forked from it."""
    warnings.simplefilter("ignore", UserWarning)
    if find_spec("torch") is not None:
        import torch

        torch.set_num_threads(1)  # of others a forked process has the locks and not the threads
    for turn, target in enumerate(HERE * 4):
        with tempfile.TemporaryDirectory() as base:
            attacked(target, f"warm/{turn}", Path(base))


def _run(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    numbers = arguments.numbers or list(range(arguments.start, arguments.start + arguments.count))
    _warm()
    with tempfile.TemporaryDirectory() as base:
        results = Path(base) / "results"
        results.touch()
        waiting = [numbers[at : at + 500] for at in range(0, len(numbers), 500)]
        crashed: list[dict[str, Any]] = []
        while waiting:
            batch = waiting.pop(0)
            process = os.fork()
            if not process:
                code = 1
                try:
                    _batch(batch, arguments, results)
                    code = 0
                except BaseException:
                    traceback.print_exc()
                finally:
                    os._exit(code)
            _, status = os.waitpid(process, 0)
            lines = [json.loads(line) for line in results.read_text().splitlines()]
            if status:
                number = lines[-1]["number"]
                crashed.append({"number": number, "problem": f"process ended with {status}"})
                print(f"#{number}: process ended with {status}", flush=True)
                waiting.insert(0, [one for one in batch if one > number])
            done = [line for line in lines if "problem" in line]
            failed = [line for line in done if line["problem"]]
            print(f"{len(done)} done, {len(failed)} failed", file=sys.stderr, flush=True)
        lines = [json.loads(line) for line in results.read_text().splitlines()]
    return [line for line in lines if "problem" in line] + crashed


def report() -> int:
    """Attack, and print what did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=[one.name for one in TARGETS])
    parser.add_argument(
        "--whole", type=int, default=100, help="every how many is a process of its own; 0 for none"
    )
    parser.add_argument("--numbers", type=int, nargs="+")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    if arguments.out is not None:
        arguments.out = arguments.out.absolute()
    for target in TARGETS:
        if target.missing:
            print(f"{target.name} is not attacked: needs {', '.join(target.missing)}")
    done = _run(arguments)
    failed = [line for line in done if line["problem"]]
    for line in failed:
        print(f"#{line['number']} {line.get('target')}: {line['problem']}")
        print(f"    {' '.join(line.get('asked', []))[:300]}\n    {line.get('said', '')[:600]}")
    codes = Counter(str(line.get("code")) for line in done)
    slowest = max((line.get("seconds", 0) for line in done), default=0)
    print(f"{len(done)} attacks, {len(failed)} not withstood, slowest {slowest:.1f} s")
    print(f"exit codes: {dict(codes)}")
    for kind, count in Counter(line["problem"][:80] for line in failed).most_common(40):
        print(f"{count:6} {kind}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(report())
