"""stats.txt of real runs, read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.real.stats import parse_stats, read_stats
from loas_tl.timeloop.result import Accesses, FormatAccesses, Rank, Result
from tests.timeloop_runs import Run, answered, load, reference_runs, searches

WITH_STATS = [*answered(), *searches()]


def number(text: str, pattern: str) -> float:
    found = re.search(pattern, text, re.MULTILINE)
    assert found is not None
    return float(found[1])


def by_hand(run: Run, level: str, tensor: str, key: str) -> float:
    """A tensor's line, found without the parser."""
    assert run.stats is not None
    after_level = run.stats.split(f"=== {level} ===")[1].split("\nLevel ")[0]
    after_tensor = after_level.split(f"\n    {tensor}:\n")[1]
    return number(after_tensor, rf"^ +{re.escape(key)} +: (\S+)")


def test_all_reference_runs_are_there() -> None:
    assert len(answered()) == 147
    assert len(searches()) == 10


@pytest.mark.parametrize("run", WITH_STATS, ids=lambda run: run.name)
def test_totals_agree_with_the_reports_summary(run: Run) -> None:
    result, text = run.result, run.stats
    assert text is not None
    assert result.engine == "timeloop"
    assert result.cycles == number(text, r"^Cycles: (\d+)")
    # Timeloop sums before it rounds, so the sum of what it printed is a little off.
    assert result.energy_pj == pytest.approx(number(text, r"^Energy: (\S+)") * 1e6, abs=5001)
    edp = number(text, r"^EDP\(J\*cycle\): (\S+)")
    assert result.energy_pj * result.cycles * 1e-12 == pytest.approx(edp, rel=6e-3)
    assert next(iter(result.levels)) == "DRAM"


@pytest.mark.parametrize("run", WITH_STATS, ids=lambda run: run.name)
def test_every_tensor_line_arrives(run: Run) -> None:
    result, text = run.result, run.stats
    assert text is not None
    sparse = "Algorithmic" in text
    for name, level in result.levels.items():
        for tensor, stats in level.tensors.items():
            for event in ("reads", "fills", "updates"):
                accesses = getattr(stats, event)
                if sparse:
                    for kind in ("algorithmic", "actual", "gated", "skipped"):
                        key = f"{kind.capitalize()} scalar {event} (per-instance)"
                        assert getattr(accesses, kind) == by_hand(run, name, tensor, key)
                else:
                    key = f"Scalar {event} (per-instance)"
                    assert accesses == Accesses.dense(int(by_hand(run, name, tensor, key)))
            key = "Max utilized data storage capacity" if sparse else "Utilized capacity"
            assert stats.capacity == by_hand(run, name, tensor, key)
            assert stats.energy_pj == by_hand(run, name, tensor, "Energy (total)")


def test_the_utilization_is_the_one_that_timeloop_prints() -> None:
    gated = 0
    for run in WITH_STATS:
        assert run.stats is not None
        printed = number(run.stats, r"^Utilization: (\S+)%") / 100
        assert run.result.utilization == pytest.approx(printed, abs=0.00005 + 1e-9)
        gated += run.result.computes.gated > 0
    # Without gated computes it would not tell what they count for.
    assert gated > 10


def test_a_level_uses_what_the_tensor_in_most_instances_uses() -> None:
    level = reference_runs()["format-0008"].result.levels["LocalBuffer"]
    averages = [tensor.instances_used_average for tensor in level.tensors.values()]
    assert sorted(averages) == [0.02, 0.12, 1.0]
    assert level.instances_used_average == 1.0
    assert level.instances_used == 1


def test_ranks_of_compressed_tensors_arrive() -> None:
    seen = 0
    for run in WITH_STATS:
        assert run.stats is not None
        printed = len(re.findall(r"Rank \d+ \(metadata", run.stats))
        seen += printed
        assert printed == sum(_ranks(run.result))
    assert seen == 1830


def _ranks(result: Result) -> list[int]:
    counts = []
    for level in result.levels.values():
        for tensor in level.tensors.values():
            if (metadata := tensor.metadata) is None:
                continue
            assert len(metadata.capacity) == len(metadata.ranks)
            counts.append(len(metadata.capacity))
            for event in (metadata.reads, metadata.fills, metadata.updates):
                assert isinstance(event, FormatAccesses)
                counts += [len(event.actual), len(event.gated), len(event.skipped)]
    return counts


def test_json_has_the_documented_shape() -> None:
    run = reference_runs()["conv-0300"]
    json = run.result.to_dict()
    assert [*json] == [
        *("engine", "cycles", "computes", "utilization", "energy_pJ", "energy_besides_pJ"),
        "idle_leakage_pJ",
        *("energy_all_leaking_pJ", "area_um2", "compute", "levels", "notes"),
    ]
    assert json["compute"] == {
        "name": "acc",
        "instances": 16,
        "instances_used": 16,
        "instances_used_average": 16.0,
        "cycles": 256,
        "energy_pJ": 4095.0,
        "area_um2": 16.0,
    }
    # The report does not say what a compute unit leaks.
    assert json["idle_leakage_pJ"] is json["energy_all_leaking_pJ"] is None
    four = ["algorithmic", "actual", "gated", "skipped"]
    assert json["computes"] == dict(zip(four, [4096, 4095, 0, 0], strict=True))
    assert [*json["levels"]] == ["DRAM", "GlobalCache", "LocalBuffer"]
    level = json["levels"]["LocalBuffer"]
    assert {key: level[key] for key in ("cycles", "instances")} == {"cycles": 256, "instances": 16}
    assert level["tensors"] == {
        "A": {
            "reads": dict(zip(four, [256, 256, 0, 0], strict=True)),
            "fills": dict(zip(four, [128, 128, 0, 0], strict=True)),
            "updates": dict(zip(four, [0, 0, 0, 0], strict=True)),
            "capacity": 1,
            "energy_pJ": 6144.0,
            "instances_used_average": 16.0,
        }
    }
    assert level["instances_used"] == 16
    assert level["instances_used_average"] == 16.0
    assert json["area_um2"] == 16 + 16 * 2 + 2 + 1
    assert json["energy_pJ"] == pytest.approx(4095 + 6144 + 58 + 512 + 512 + 10 + 256 + 96)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("    Cycles               : 256", "    Cicles               : 256", "Cicles"),
        ("Utilized clusters (max) ", "Utilized clusterz (max) ", "clusterz"),
        ("Total reduction ops", "Total production ops", "production"),
        ("Operational Intensity Stats", "Irrational Intensity Stats", "Irrational"),
        ("Utilization: 43.01%", "Utilisation: 43.01%", "Utilisation"),
        ("fJ/Compute", "fJ/Confuse", "Confuse"),
        ("=== LocalBuffer ===", "LocalBuffer", "LocalBuffer"),
        ("Cycles: 595\n", "", "Cycles"),
        ("Gated Computes (total)       : 0\n", "\n", "Gated Computes"),
        ("Actual Computes (total)      : 4095", "Actual Computes (total)      : many", "many"),
    ],
)
def test_a_line_that_is_not_known_is_named(old: str, new: str, complaint: str) -> None:
    text = reference_runs()["conv-0300"].stats
    assert text is not None
    assert old in text
    with pytest.raises(InputError, match=complaint):
        parse_stats(text.replace(old, new, 1))


def test_every_cut_is_noticed() -> None:
    text = reference_runs()["conv-0300"].stats
    assert text is not None
    end = text.index("GFLOPs")
    for cut in range(0, end, 997):
        with pytest.raises(InputError):
            parse_stats(text[:cut])


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"hello\n"])
def test_what_is_no_report_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "stats.txt"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"stats\.txt"):
        read_stats(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_stats(tmp_path / "absent.txt")


def test_ranks_are_outermost_first() -> None:
    run = next(
        run
        for run in answered()
        if run.stats and "Representation format" in run.stats and re.search(r"uop uop b", run.stats)
    )
    assert run.stats is not None
    block = run.stats[run.stats.index("uop uop b") :]
    printed = re.findall(r"Rank (\d+) \(metadata, payload\): \((\d+), (\d+)\)", block)[:3]
    assert [rank for rank, _, _ in printed] == ["2", "1", "0"]
    wanted = tuple(Rank(int(metadata), int(payload)) for _, metadata, payload in printed)
    found = [
        tensor.metadata.capacity
        for level in run.result.levels.values()
        for tensor in level.tensors.values()
        if tensor.metadata is not None
    ]
    assert wanted in found


@pytest.mark.parametrize("name", ["conv-0300", "dense-0000"])
def test_a_report_that_hides_nothing_says_the_same(name: str) -> None:
    """With TIMELOOP_HIDE_INCONSEQUENTIAL_STATS=0 it has networks and idle levels, too."""
    whole, usual = load("timeloop_networks.json.xz")[name].result, reference_runs()[name].result
    assert "DRAM <==> GlobalCache" in whole.networks
    assert set(whole.levels) - set(usual.levels) == {"inter_PE_spatial"}
    for level in usual.levels:
        assert whole.levels[level] == usual.levels[level]
    assert (whole.cycles, whole.computes) == (usual.cycles, usual.computes)
    assert whole.energy_pj == usual.energy_pj
