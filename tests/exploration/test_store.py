"""What is in a store is not run again, whatever ended the run before."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from loas_tl import InputError, explore, read_space
from loas_tl.exploration import batch, evaluation, identity, runners
from loas_tl.exploration.evaluation import Answer, Task, work
from loas_tl.exploration.store import VERSION, Store
from loas_tl.ground import workers
from tests.exploration.spaces import figures, small

VARY = {"pes": [4, 8], "cache_KiB": [64, 256]}

PROGRAM = """
import sys
from pathlib import Path
from loas_tl import explore
from loas_tl.exploration import batch, evaluation, runners
from tests.exploration.spaces import small

log = Path(sys.argv[2])

def logged(task):
    answer = evaluation.work(task)
    with log.open("a") as file:
        file.write("".join(f"{task.recipe.layer} {key}\\n" for key in task.keys))
    return answer

runners.work = logged
evaluation.AT_ONCE["detailed"] = 2
space = explore(
    "LoAS", small(layers=4), vary={"pes": [4, 8, 16], "cache_KiB": [64, 128, 256],
    "laggy_adders": [4, 8]}, model="detailed", store=sys.argv[1], jobs=2)
"""


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[Task]:
    """The tasks that are worked on, in this process."""
    tasks: list[Task] = []

    def remember(task: Task) -> Answer:
        tasks.append(task)
        return work(task)

    monkeypatch.setattr(runners, "work", remember)
    return tasks


def run(store: Path, log: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - this test's own program
        [sys.executable, "-c", PROGRAM, str(store), str(log)],
        cwd=Path(__file__).parents[2],
        start_new_session=True,
    )


def test_what_is_there_is_not_run_again(tmp_path: Path, worked: list[Task]) -> None:
    store = tmp_path / "space.sqlite"
    first = explore("LoAS", small(), vary=VARY, store=store, jobs=1)
    done = len(worked)
    again = explore("LoAS", small(), vary=VARY, store=store, jobs=1)
    assert len(worked) == done > 0
    assert figures(again) == figures(first)
    wider = explore("LoAS", small(), vary={**VARY, "pes": [4, 8, 16]}, store=store, jobs=1)
    added = [point.design for point in wider.points if point["pes"] == 16]
    assert {key for task in worked[done:] for key in task.keys} == {
        identity.design_key(design) for design in added if design is not None
    }
    detailed = explore("LoAS", small(), vary=VARY, store=store, jobs=1, model="detailed")
    assert figures(detailed) != figures(first)


def test_other_tensors_and_other_code_are_run(
    tmp_path: Path, worked: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "space.sqlite"
    explore("LoAS", small(seed=1), vary=VARY, store=store, jobs=1)
    done = len(worked)
    explore("LoAS", small(seed=2), vary=VARY, store=store, jobs=1)
    assert len(worked) == 2 * done
    for module in (batch, evaluation):
        monkeypatch.setattr(module, "version", lambda: "other")
    explore("LoAS", small(seed=1), vary=VARY, store=store, jobs=1)
    assert len(worked) == 3 * done


def test_the_same_tensors_under_another_name_are_not_run(
    tmp_path: Path, worked: list[Task]
) -> None:
    store = tmp_path / "space.sqlite"
    explore("LoAS", small("one"), vary=VARY, store=store, jobs=1)
    done = len(worked)
    explore("LoAS", small("other"), vary=VARY, store=store, jobs=1)
    assert len(worked) == done


def test_a_store_is_read_without_running(tmp_path: Path, worked: list[Task]) -> None:
    store = tmp_path / "space.sqlite"
    space = explore(
        *("LoAS", [small("a"), small("b", seed=1)]),
        vary={"laggy_adders": [16, 64], "chunk_bits": [32, 64]},
        store=store,
        jobs=1,
        constraints=["area_mm2<=3"],
        objectives=["edp", "b.cycles"],
    )
    done = len(worked)
    read = read_space(store)
    assert len(worked) == done
    assert figures(read) == figures(space)
    assert read.to_json() == space.to_json()
    assert repr(read) == repr(space)


def test_two_spaces_in_one_store(tmp_path: Path) -> None:
    store = tmp_path / "space.sqlite"
    explore("LoAS", small(), vary={"pes": [4, 8]}, store=store)
    time.sleep(0.01)
    explore("Gamma-SNN", small(), vary={"pes": [4, 8]}, store=store)
    read = read_space(store)
    assert {point.accelerator for point in read.points} == {"Gamma-SNN"}
    assert any("has 2 spaces" in note for note in read.notes)


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.sqlite"
    text.write_text("pes,cycles\n" * 1000)
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE notes (note TEXT)")
    newer = tmp_path / "newer.sqlite"
    Store(newer).close()
    with sqlite3.connect(newer) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = {path: path.read_bytes() for path in (text, other, newer)}
    for path, said in (
        (text, "is no store of loas-tl's"),
        (other, "is no store of loas-tl's"),
        (newer, f"is a store of version {VERSION + 1}, this is version {VERSION}"),
        (tmp_path, "is a folder"),
        (tmp_path / "no" / "store", "is no folder"),
    ):
        with pytest.raises(InputError) as error:
            explore("LoAS", small(), vary=VARY, store=path)
        assert said in str(error.value)
        assert str(path) in str(error.value)
    assert {path: path.read_bytes() for path in before} == before
    with pytest.raises(InputError, match="is not there"):
        read_space(tmp_path / "none")


def test_a_store_that_may_not_be_written_is_refused_and_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "space.sqlite"
    explore("LoAS", small(), vary=VARY, store=store)
    allowed = os.access
    # Whoever runs the tests may be allowed everything.
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and allowed(path, mode))
    with pytest.raises(InputError, match="may not be written to"):
        explore("LoAS", small(), vary=VARY, store=store)
    assert len(read_space(store)) == 4


def test_a_killed_run_goes_on(tmp_path: Path) -> None:
    whole = tmp_path / "whole.sqlite"
    assert run(whole, tmp_path / "whole.log").wait() == 0
    expected = figures(read_space(whole))
    tasks = len((tmp_path / "whole.log").read_text().splitlines())
    store, log = tmp_path / "space.sqlite", tmp_path / "log"
    log.touch()
    generator = random.Random(0)  # noqa: S311
    for _ in range(2):
        process = run(store, log)
        seen = len(log.read_text().splitlines())
        wanted = seen + generator.randrange(1, tasks // 4)
        waited(lambda at=wanted: len(log.read_text().splitlines()) >= at, process)  # type: ignore[misc]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert run(store, log).wait() == 0
    assert figures(read_space(store)) == expected
    # Two processes with a group of two designs each may have been in flight, and two that were
    # answered were not yet kept.
    assert len(log.read_text().splitlines()) <= tasks + 2 * 8


def waited(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    while not condition() and process.poll() is None:
        time.sleep(0.01)


def test_two_processes_on_one_store(tmp_path: Path) -> None:
    store = tmp_path / "space.sqlite"
    both = [run(store, tmp_path / f"{at}.log") for at in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    alone = tmp_path / "alone.sqlite"
    assert run(alone, tmp_path / "alone.log").wait() == 0
    assert figures(read_space(store)) == figures(read_space(alone))


def test_a_worker_that_dies_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    once = tmp_path / "died"

    def die_once(task: Task) -> Answer:
        if not once.exists():
            once.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return work(task)

    expected = figures(explore("LoAS", small(), vary=VARY, jobs=2))
    monkeypatch.setattr(runners, "work", die_once)
    monkeypatch.setattr(workers, "start_method", lambda: "fork")  # which needs no pickle
    assert figures(explore("LoAS", small(), vary=VARY, jobs=2)) == expected
    assert once.exists()


def test_a_design_that_always_ends_its_worker_is_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(task: Task) -> Answer:
        if any(design.label == "LoAS pes=8" for design in task.designs):
            os.kill(os.getpid(), signal.SIGKILL)
        return work(task)

    monkeypatch.setattr(runners, "work", die)
    monkeypatch.setattr(workers, "start_method", lambda: "fork")
    store = tmp_path / "space.sqlite"
    space = explore("LoAS", small(layers=1), vary=VARY, jobs=2, store=store)
    failed = [point.label for point in space.failed]
    assert failed == ["LoAS pes=8"]
    assert "its worker ended 3 times" in str(space.failed[0].error)
    monkeypatch.setattr(runners, "work", work)
    # What may go well another time is tried another time.
    assert not explore("LoAS", small(layers=1), vary=VARY, jobs=2, store=store).failed


def test_workers_end_with_the_process_that_made_them(tmp_path: Path) -> None:
    program = PROGRAM.replace("answer = evaluation.work(task)", "import time; time.sleep(60)")
    program = program.replace(
        "def logged(task):",
        "def logged(task):\n    import os; log.open('a').write(f'{os.getpid()}\\n')",
    )
    log = tmp_path / "log"
    log.touch()
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", program, str(tmp_path / "store"), str(log)],
        cwd=Path(__file__).parents[2],
    )
    waited(lambda: len(log.read_text().splitlines()) == 2, process)
    workers = [int(line) for line in log.read_text().splitlines()]
    process.kill()
    process.wait()
    until = time.monotonic() + 20
    while time.monotonic() < until and any(map(alive, workers)):
        time.sleep(0.1)
    assert not any(map(alive, workers))


def alive(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False


def test_failures_are_kept_with_their_reason(tmp_path: Path) -> None:
    store = tmp_path / "space.sqlite"
    vary = {"input_cache_KiB": [1, 8], "line_bits": [256, 4096]}
    space = explore("LoAS", small(layers=1), vary=vary, model="timeloop", store=store)
    assert figures(read_space(store)) == figures(space)
    assert space.failed


def test_design_keys_tell_parameters_apart_and_not_names() -> None:
    from loas_tl import design

    loas = design("LoAS")
    assert identity.design_key(loas.with_(name="mine")) == identity.design_key(loas)
    assert identity.design_key(loas.with_(pes=8)) != identity.design_key(loas)
    assert identity.design_key(design("LoAS-FT")) != identity.design_key(loas)
    assert replace(loas).label == loas.label
