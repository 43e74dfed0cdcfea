"""Running Timeloop: against a pretended one here, against the real one in test_live.py."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loas_tl import timeloop
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.errors import (
    EngineRunError,
    EngineTimeoutError,
    MappingError,
    MissingEngineError,
)
from loas_tl.timeloop.real.log import Found
from tests.engine.timeloop.fake import FakeTimeloop, install
from tests.timeloop_runs import reference_runs

RUN = reference_runs()["conv-0300"]
assert RUN.stats is not None
assert RUN.map is not None
STATS, MAP = RUN.stats, RUN.map

FOUND = (
    "[  0] Utilization = 0.02 | pJ/Algorithmic-Compute =    2.263 | pJ/Compute =   59.241 | "
    "L3[ABZ] N3 K4 - L0[AZ] K2  | Cycles = 492\n"
)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie that nobody has waited for is dead all the same.
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0]


def wait_until_dead(pid: int) -> None:
    deadline = time.monotonic() + 10
    while alive(pid):
        assert time.monotonic() < deadline, "the program still runs"
        time.sleep(0.05)


def test_a_model_run_is_read(fake: FakeTimeloop, spec: Path) -> None:
    fake.answers("timeloop-model", STATS, MAP)
    result = timeloop.run_model(spec)
    assert result.engine == "timeloop"
    assert result.cycles == 595
    assert result.mapping is not None
    assert result.mapping[0].name == "DRAM"


def test_the_front_end_may_live_in_pytimeloop(
    tmp_path: Path, spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = install(tmp_path, monkeypatch, package="pytimeloop/timeloopfe")
    fake.answers("timeloop-model", STATS, MAP)
    assert timeloop.run_model(spec).cycles == 595


def test_tables_of_accelergy_are_read(fake: FakeTimeloop, spec: Path) -> None:
    fake.answers("timeloop-model", STATS, MAP)
    ert = "ERT: {tables: [{name: 'chip.PE[1..16]', actions: [{name: read, energy: 2}]}]}"
    art = "ART: {tables: [{name: 'chip.PE[1..16]', area: 3.5}]}"
    script = (fake.folder / "timeloop-model").read_text().removeprefix("#!/bin/sh\n")
    for name, text in (("ERT", ert), ("ART", art)):
        script += f"cat > timeloop-model.{name}.yaml <<'END'\n{text}\nEND\n"
    fake.does("timeloop-model", script)
    result = timeloop.run_model(spec)
    assert result.ert == {"PE": {"read": 2.0}}
    assert result.instances == {"PE": 16}
    assert result.art == {"PE": 3.5}


def with_file(fake: FakeTimeloop, name: str, text: str) -> None:
    """Have the pretended timeloop-model write a file beside its answer."""
    fake.answers("timeloop-model", STATS, MAP)
    script = (fake.folder / "timeloop-model").read_text().removeprefix("#!/bin/sh\n")
    fake.does("timeloop-model", f"{script}cat > {name} <<'END'\n{text}\nEND\n")


LEAKING = """
ERT:
  tables:
  - {name: "top.LocalBuffer[1..16]", actions: [{name: leak, energy: 0.5}]}
  - {name: "top.acc[1..16]", actions: [{name: leak, energy: 0.5}]}
  - {name: "top.Unused[1..3]", actions: [{name: leak, energy: 0.5}]}
"""


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("timeloop-model.ERT.yaml", id="of Accelergy"),
        pytest.param(
            "parsed-processed-input.yaml", id="of the spec, which Timeloop writes nowhere"
        ),
    ],
)
def test_idle_leakage_is_of_all_that_the_table_names(
    fake: FakeTimeloop, spec: Path, name: str
) -> None:
    with_file(fake, name, LEAKING)
    result = timeloop.run_model(spec)
    # The report's energy has no leakage at all.
    assert result.idle_leakage_pj == (16 + 16 + 3) * 595 * 0.5
    assert result.energy_all_leaking_pj == result.energy_pj + (16 + 16 + 3) * 595 * 0.5


def test_leakage_that_timeloop_charges_is_not_idle(
    fake: FakeTimeloop, spec: Path, tmp_path: Path
) -> None:
    charged = 16 * 595 * 0.5
    nothing = "Leakage energy (total)          : 0.00 pJ"
    with_file(fake, "timeloop-model.ERT.yaml", LEAKING)
    before, buffer, after = STATS.partition("=== LocalBuffer ===")
    stats = fake.folder / "timeloop-model.stats.txt"
    # What it prints differs in the digits that it does not print.
    for printed in (charged, charged + 0.004, charged - 0.004):
        text = after.replace(nothing, nothing.replace("0.00", f"{printed:.3f}"), 1)
        assert text != after
        stats.write_text(before + buffer + text)
        result = timeloop.run_model(spec, out=tmp_path / f"{printed}")
        assert result.idle_leakage_pj == (16 + 3) * 595 * 0.5


def test_a_table_of_an_earlier_run_is_not_taken(
    fake: FakeTimeloop, spec: Path, tmp_path: Path
) -> None:
    with_file(fake, "timeloop-model.ERT.yaml", LEAKING)
    assert timeloop.run_model(spec, out=tmp_path / "kept").ert
    fake.answers("timeloop-model", STATS, MAP)
    result = timeloop.run_model(spec, out=tmp_path / "kept")
    assert result.ert == {}
    assert result.idle_leakage_pj is None


def test_what_it_wrote_can_be_kept(fake: FakeTimeloop, spec: Path, tmp_path: Path) -> None:
    fake.answers("timeloop-model", STATS, MAP)
    timeloop.run_model(spec, out=tmp_path / "kept")
    assert (tmp_path / "kept" / "timeloop-model.stats.txt").read_text() == STATS


def test_the_environment_reaches_the_program(fake: FakeTimeloop, spec: Path) -> None:
    fake.does("timeloop-model", 'echo "ERROR: my $WEATHER"\nexit 1\n')
    with pytest.raises(EngineRunError, match="my sunshine"):
        timeloop.run_model(spec, environment={"WEATHER": "sunshine"})


def test_a_refused_mapping_is_typed(fake: FakeTimeloop, spec: Path) -> None:
    line = "ERROR: couldn't map level PE: mapped tile size 9 exceeds buffer capacity 8"
    fake.does("timeloop-model", f'echo "{line}" >&2\nexit 1\n')
    with pytest.raises(MappingError, match="exceeds") as raised:
        timeloop.run_model(spec)
    assert (raised.value.level, raised.value.kind) == ("PE", "capacity")
    assert str(spec) in str(raised.value)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("ERROR: target storage level not found: Cache", "target storage level not found: Cache"),
        ("m.cpp:3: main: Assertion `a > 0' failed.", "Assertion `a > 0' failed"),
        ("terminate called\n  what():  map::at", "map::at"),
        ("", "said nothing"),
        ("hello", "hello"),
    ],
)
def test_the_logs_own_line_is_told(fake: FakeTimeloop, spec: Path, said: str, told: str) -> None:
    fake.does("timeloop-model", f"cat <<'END'\n{said}\nEND\nexit 1\n")
    with pytest.raises(EngineRunError) as raised:
        timeloop.run_model(spec)
    assert told in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1


def test_success_without_statistics_is_a_failure(fake: FakeTimeloop, spec: Path) -> None:
    """timeloop-model ends with code 0 where Accelergy failed."""
    fake.does("timeloop-model", "echo Failed to run Accelergy.\ntouch timeloop-model.stats.txt\n")
    with pytest.raises(EngineRunError, match="Failed to run Accelergy"):
        timeloop.run_model(spec)


def test_statistics_of_an_earlier_run_are_not_taken(
    fake: FakeTimeloop, spec: Path, tmp_path: Path
) -> None:
    fake.answers("timeloop-model", STATS, MAP)
    timeloop.run_model(spec, out=tmp_path / "kept")
    fake.does("timeloop-model", "exit 1\n")
    with pytest.raises(EngineRunError):
        timeloop.run_model(spec, out=tmp_path / "kept")


def test_what_the_front_end_says_is_told(fake: FakeTimeloop, spec: Path) -> None:
    fake.answers("timeloop-model", STATS, MAP)
    spec.write_text("{{ 1 }}")
    with pytest.raises(EngineRunError, match="cannot fill in"):
        timeloop.run_model(spec)


def test_a_factor_with_a_residual_is_named(fake: FakeTimeloop, spec: Path) -> None:
    said = (
        "TypeError: Expected one of <class 'timeloopfe.v4.constraints.Factor'>, got <class 'str'> "
        'with value "K=6,4" in Specification[mapping].ConstraintsList[4].Spatial[factors]'
    )
    fake.does("timeloop-model", f"cat <<'END'\n{said}\nEND\nexit 1\n")
    with pytest.raises(EngineRunError, match="K=6,4: timeloopfe takes no factor with a residual"):
        timeloop.run_model(spec)


def test_a_run_that_takes_too_long_is_ended_with_all_it_started(
    fake: FakeTimeloop, spec: Path, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    # Neither hangs up nor ends politely, and has a child that does not, either.
    fake.does(
        "timeloop-model",
        f"trap '' TERM INT\nsleep 600 &\necho $! > {pids}.new\nmv {pids}.new {pids}\nwait\n",
    )
    started = time.monotonic()
    with pytest.raises(EngineTimeoutError, match="after 2 s"):
        timeloop.run_model(spec, timeout=2)
    assert time.monotonic() - started < 30
    wait_until_dead(int(pids.read_text()))


def test_nothing_runs_on_when_the_caller_is_killed(
    fake: FakeTimeloop, spec: Path, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    fake.does("timeloop-model", f"echo $$ > {pids}.new\nmv {pids}.new {pids}\nexec sleep 600\n")
    code = f"from loas_tl import timeloop; timeloop.run_model({str(spec)!r})"
    caller = subprocess.Popen([sys.executable, "-c", code])  # noqa: S603 - our own code
    deadline = time.monotonic() + 60
    while not pids.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    caller.send_signal(signal.SIGKILL)
    caller.wait()
    wait_until_dead(int(pids.read_text()))


def test_a_search_tells_of_its_progress_and_result(fake: FakeTimeloop, spec: Path) -> None:
    log = FOUND + "[  0] STATEMENT: 7 valid mappings found, terminating search.\n"
    log += "[  1] STATEMENT: 5 valid mappings found, terminating search.\n"
    fake.answers("timeloop-mapper", STATS, MAP, log)
    seen: list[Found] = []
    result, search = timeloop.run_mapper(
        spec, metric="cycles", max_mappings=12, jobs=2, progress=seen.append
    )
    assert result.cycles == 595
    assert seen == [Found(0, 492, 0.02, 59.241, "L3[ABZ] N3 K4 - L0[AZ] K2")]
    assert search["metric"] == "cycles"
    assert search["valid_mappings"] == search["mappings"] == 12
    assert search["seconds"] > 0
    assert search["exhaustive"] is False
    assert {
        "target": "PE",
        "type": "spatial",
        "factors": ["P=2", "R=2", "M=4", "C=1"],
        "permutation": ["M", "P", "R", "C"],
        "split": 3,
    } in search["mapping"]


def test_a_search_gets_its_options(fake: FakeTimeloop, spec: Path, tmp_path: Path) -> None:
    fake.answers("timeloop-mapper", STATS, MAP)
    timeloop.run_mapper(spec, metric="energy", max_mappings=12, jobs=3, out=tmp_path / "kept")
    options = (tmp_path / "kept" / "options.txt").read_text()
    assert "'optimization_metrics': ['energy']" in options
    assert "'search_size': 12" in options
    assert "'num_threads': 3" in options


def test_a_search_that_is_out_of_time_gives_the_best_so_far(fake: FakeTimeloop, spec: Path) -> None:
    fake.answers("timeloop-mapper", STATS, MAP)
    writes = (fake.folder / "timeloop-mapper").read_text().removeprefix("#!/bin/sh\n")
    # As the real one: an interrupt has it stop and write what it has.
    fake.does(
        "timeloop-mapper", f"trap 'done=1' INT\nuntil [ $done ]; do sleep 0.1; done\n{writes}"
    )
    result, _ = timeloop.run_mapper(spec, time_limit=3, timeout=60)
    assert result.cycles == 595


def test_many_runs_go_side_by_side_and_keep_their_order(
    fake: FakeTimeloop, spec: Path, tmp_path: Path
) -> None:
    fake.answers("timeloop-model", STATS, MAP)
    done: list[tuple[int, int]] = []
    results = timeloop.run_models(
        [spec] * 3,
        outs=[tmp_path / name for name in "abc"],
        jobs=3,
        progress=lambda *args: done.append(args),
    )
    assert [result.cycles for result in results] == [595] * 3
    assert done == [(1, 3), (2, 3), (3, 3)]
    with pytest.raises(InputError, match="expected one for each"):
        timeloop.run_models([spec] * 3, outs=[None])


def test_one_failure_fails_all(fake: FakeTimeloop, spec: Path) -> None:
    fake.does("timeloop-model", "echo ERROR: no luck\n")
    with pytest.raises(EngineRunError, match="no luck"):
        timeloop.run_models([spec, spec], jobs=1)


def test_a_missing_timeloop_is_told_by_part(
    tmp_path: Path, spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = install(tmp_path, monkeypatch)
    monkeypatch.setenv("PATH", str(fake.folder))
    assert timeloop.available()
    (fake.folder / "timeloop-model").unlink()
    assert not timeloop.available()
    assert timeloop.available("timeloop-mapper")
    with pytest.raises(MissingEngineError, match=r"timeloop-model not found.*doctor"):
        timeloop.run_model(spec)


@pytest.mark.usefixtures("fake")
def test_bad_arguments_are_refused(spec: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="metric"):
        timeloop.run_mapper(spec, metric="beauty")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"absent\.yaml: is no file"):
        timeloop.run_model(tmp_path / "absent.yaml")
    with pytest.raises(InputError, match="at least one"):
        timeloop.run_model([])
    with pytest.raises(InputError, match="folder on the way is a file"):
        timeloop.run_model(spec, out=spec / "inside")
