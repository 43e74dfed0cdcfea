"""Specs of the kinds that people have: each with its right answer.

Recorded by ``benchmarks/record_cases.py``; where a real Timeloop (commit 4cf6d4c) has answered,
every count is its own, the others were worked out by hand.
"""

from __future__ import annotations

import json
import lzma
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.mapper import search
from loas_tl.timeloop.mapper.winner import mapped_spec
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.real.directives import directives_of
from loas_tl.timeloop.real.mapping_text import parse_map
from loas_tl.timeloop.result import Result
from loas_tl.timeloop.spec import load_spec, parse_spec, write_spec
from loas_tl.timeloop.spec.constraints import parse_directives
from loas_tl.timeloop.spec.section import Section
from tests.timeloop_cases import KEPT, case

SHARED = Path(os.environ.get("LOAS_TL_CASES", Path(__file__).parents[2] / "shared" / "cases"))
SEARCHED = ("factor_minus_one", "order_at_innermost_level", "constraint_that_does_not_divide",
            "written_ert_lacks_arguments", "written_mapping_misses_dimension")  # fmt: skip


@cache
def cases() -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(lzma.decompress(KEPT.read_bytes()))
    return kept


ANSWERED = sorted(
    name for name, kept in cases().items() if "levels" in kept and name not in SEARCHED
)


def written(folder: Path, name: str) -> Path:
    for file, text in cases()[name]["files"].items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text)
    return folder


def modelled(folder: Path, *files: str) -> Result:
    return evaluate(load_spec([folder / file for file in files or ("spec.yaml",)]))


def check(result: Result, levels: dict[str, Any]) -> None:
    assert result.cycles == max(level.get("cycles", 0) for level in levels.values())
    for level, stats in levels.items():
        for tensor, counts in stats.get("tensors", {}).items():
            ours = result.levels[level].tensors[tensor]
            for kind in ("reads", "fills", "updates"):
                assert round(getattr(ours, kind).actual) == round(counts[kind]), (level, tensor)


@pytest.mark.shared
@pytest.mark.parametrize("name", sorted(cases()))
def test_the_recording_is_of_the_cases_at_hand(name: str) -> None:
    if not (SHARED / name).is_dir():
        pytest.skip(f"{name} is not at hand; set LOAS_TL_CASES")
    assert case(SHARED / name) == cases()[name]


@pytest.mark.parametrize("name", [name for name in ANSWERED if name != "v3_form"])
def test_a_case_counts_as_the_real_timeloop_does(tmp_path: Path, name: str) -> None:
    check(modelled(written(tmp_path, name)), cases()[name]["levels"])


@pytest.mark.parametrize("name", SEARCHED)
def test_the_real_mappers_mapping_counts_as_it_says(tmp_path: Path, name: str) -> None:
    kept = cases()[name]
    spec = load_spec(written(tmp_path, name) / "spec.yaml")
    listed = directives_of(parse_map(kept["map"]), spec.problem.dimensions)
    sections = [Section(entry, f"mapping[{i}]", {}) for i, entry in enumerate(listed)]
    mapping = parse_directives(sections, spec.problem)
    check(evaluate(mapped_spec(spec, mapping)), kept["levels"])


def test_the_form_of_v3_is_named_and_counts_as_timeloop_has_it(tmp_path: Path) -> None:
    result = modelled(written(tmp_path, "v3_form"))
    assert result.notes[0] == "the form of Timeloop v3 is converted to v4's"
    levels = cases()["v3_form"]["levels"]
    check(result, levels)
    for level, stats in levels.items():
        for tensor, counts in stats["tensors"].items():
            assert result.levels[level].tensors[tensor].energy_pj == counts["energy"]


def test_a_factor_of_minus_one_is_left_to_the_search(tmp_path: Path) -> None:
    spec = load_spec(written(tmp_path, "factor_minus_one") / "spec.yaml")
    found = search(spec, max_mappings=300, seed=0, jobs=1, allow_unpriced=True).result
    assert found.cycles == 384  # the best that the real mapper has


def test_factors_that_do_not_divide_make_the_last_step_shorter(tmp_path: Path) -> None:
    kept = cases()["constraint_that_does_not_divide"]
    spec = load_spec(written(tmp_path, "constraint_that_does_not_divide") / "spec.yaml")
    found = search(spec, max_mappings=200, seed=0, jobs=1, allow_unpriced=True)
    check(found.result, kept["levels"])
    assert any("(Pool 3, lanes 6) do not divide 16" in note for note in found.result.notes)
    text = found.files()["mapping.yaml"]
    assert "'K=6,4'" in text
    again = evaluate(parse_spec(found.files()["spec.yaml"]))
    assert (again.cycles, again.energy_pj) == (found.result.cycles, found.result.energy_pj)


@pytest.mark.parametrize(
    "name", ["written_ert_lacks_arguments", "written_mapping_misses_dimension"]
)
def test_what_a_search_writes_is_taken_again(tmp_path: Path, name: str) -> None:
    spec = load_spec(written(tmp_path, name) / "spec.yaml")
    found = search(spec, max_mappings=200, seed=0, jobs=1, allow_unpriced=True)
    text = write_spec(found.spec)
    again = evaluate(parse_spec(text))
    assert again.cycles == found.result.cycles
    assert again.energy_pj == found.result.energy_pj
    if spec.energies is not None:
        assert text.count("arguments: {}") == sum(map(len, spec.energies.values()))
    for directive in found.mapping:
        if directive.type in ("temporal", "spatial"):
            given = {f.dimension for f in getattr(directive.constraints, directive.type).factors}
            assert given == set(spec.problem.dimensions)


def test_a_cluster_that_does_not_divide_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path, "block_cluster")
    assert modelled(folder, "ok.yaml").levels["Buf"].tensors["X"].energy_pj == 2
    with pytest.raises(InputError, match="cluster_size"):
        modelled(folder, "cluster5.yaml")


def test_a_factor_beyond_its_dimension_is_said(tmp_path: Path) -> None:
    spec = load_spec(written(tmp_path, "constraint_over_dimension") / "spec.yaml")
    found = search(spec, max_mappings=200, seed=0, jobs=1, allow_unpriced=True)
    assert any("C=8" in note for note in found.result.notes)


def test_fan_out_goes_on_below_a_hierarchy(tmp_path: Path) -> None:
    result = modelled(written(tmp_path, "fanin_subhierarchy"))
    assert result.cycles == 8
    assert any(
        note.startswith("the fan-out of banks (8) goes on to PE, mac") for note in result.notes
    )


def test_a_large_memory_of_metadata_holds_what_it_holds(tmp_path: Path) -> None:
    folder = written(tmp_path, "metadata_capacity")
    assert modelled(folder).cycles == modelled(folder, "one_less.yaml").cycles


def test_nested_rules_save_what_there_is(tmp_path: Path) -> None:
    result = modelled(written(tmp_path, "nested_rules_wrap"), "spec.yaml", "ert.yaml")
    reads = result.levels["Inner"].tensors["Y"].reads
    assert reads.algorithmic == 960
    assert reads.actual == 480
    assert 0 <= reads.gated <= 480
    assert result.levels["Inner"].tensors["Y"].energy_pj <= 1181 + 48


@pytest.mark.parametrize(
    "files",
    [
        ("problem_plain.yaml", "mapping.yaml"),
        ("problem_with_H.yaml", "mapping.yaml"),
        ("problem_plain.yaml", "mapping_as_constraints.yaml"),
        ("problem_plain.yaml", "mapping_as_mapspace_constraints.yaml"),
        ("problem_plain.yaml", "mapping.yaml", "globals.yaml"),
        ("problem_plain.yaml", "mapping.yaml", "sram_class.yaml"),
        ("problem_plain.yaml", "mapping.yaml", "sram_class_noindex.yaml"),
    ],
)
def test_specs_like_the_public_presets_count_alike(tmp_path: Path, files: tuple[str, ...]) -> None:
    result = modelled(written(tmp_path, "preset_like_specs"), "arch.yaml", *files)
    assert result.cycles == 1152
    assert round(result.levels["Gbuf"].tensors["Acts"].fills.actual) == 162


@pytest.mark.parametrize("file", ["spec_constraint.yaml", "spec_free.yaml"])
def test_a_space_without_a_mapping_names_what_empties_it(tmp_path: Path, file: str) -> None:
    spec = load_spec(written(tmp_path, "same_dim_xy") / file)
    if file == "spec_free.yaml":
        assert search(spec, max_mappings=200, seed=0, jobs=1, allow_unpriced=True).result.cycles > 0
        return
    with pytest.raises(InputError, match="grid"):
        search(spec, max_mappings=200, seed=0, jobs=1, allow_unpriced=True)


def test_a_split_is_of_the_dimensions_that_are_named(tmp_path: Path) -> None:
    folder = written(tmp_path, "split_incomplete_permutation")
    result = modelled(folder, "spec.yaml", "mapping.yaml")
    assert result.cycles == 6
    assert result.compute.instances_used == 12


def test_instances_in_use_are_said(tmp_path: Path) -> None:
    result = modelled(written(tmp_path, "utilised_instances"))
    assert result.levels["Reg"].instances == 8
    assert result.levels["Reg"].instances_used == 3
    assert result.levels["Reg"].tensors["X"].energy_pj == 75
    assert result.utilization == 0.375


@pytest.mark.parametrize(
    "files",
    [
        ("merge_std.yaml",),
        ("merge_deep.yaml",),
        ("merge_list.yaml",),
        ("merge_suffix_ignore.yaml",),
        ("two_merges.yaml",),
        ("merge_std.yaml", "c1.yaml"),
        ("merge_std.yaml", "c2.yaml"),
        ("merge_std.yaml", "c3.yaml"),
        ("templ.yaml.jinja2",),
        ("merge_std.yaml", "templ.yaml.jinja2"),
    ],
)
def test_merges_and_templates_are_taken(tmp_path: Path, files: tuple[str, ...]) -> None:
    assert modelled(written(tmp_path, "merge_jinja"), "base.yaml", *files).cycles == 60


def test_an_unknown_section_is_named_with_its_own_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"merge_other_key\.yaml: line 1: x_base: unknown key"):
        modelled(written(tmp_path, "merge_jinja"), "base.yaml", "merge_other_key.yaml")


def test_the_metric_is_that_of_the_mapper_section(tmp_path: Path) -> None:
    folder = written(tmp_path, "mapper_section")
    files = [folder / name for name in ("arch.yaml", "ert.yaml", "mapper_energy.yaml")]
    by_section = search(load_spec(files), max_mappings=400, seed=0, jobs=1, allow_unpriced=True)
    by_option = search(
        load_spec(files[:2]),
        metric="energy",
        max_mappings=400,
        seed=0,
        jobs=1,
        allow_unpriced=True,
    )
    assert by_section.result.energy_pj == by_option.result.energy_pj
