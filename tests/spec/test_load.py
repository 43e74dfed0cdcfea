"""Reading specifications: what is taken, what is refused, and how it is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.spec import load_spec, parse_spec
from loas_tl.timeloop.spec.architecture import Branch
from loas_tl.timeloop.spec.constraints import Factor
from loas_tl.timeloop.spec.problem import Density, Term
from loas_tl.timeloop.spec.sparse import ActionOption
from tests.spec.example import ARCHITECTURE, MAPPING, PROBLEM, SPARSE, WHOLE
from tests.timeloop_runs import reference_runs


def test_nodes_are_read_in_order_with_their_attributes_evaluated() -> None:
    spec = parse_spec(WHOLE)
    placed = spec.architecture.placed()
    assert [p.node.name for p in placed] == [
        "chip", "DRAM", "Cache", "PE", "BufA", "BufRest", "mac",
    ]  # fmt: skip
    assert [p.node.kind for p in placed] == [
        "container", "storage", "storage", "container", "storage", "storage", "compute",
    ]  # fmt: skip
    assert [p.parallel for p in placed] == [False] * 4 + [True] * 2 + [False]
    cache = spec.architecture.node("Cache")
    assert cache.attributes["depth"] == 16384
    assert cache.attributes["width"] == 16
    assert cache.all_attributes["technology"] == "45nm"
    assert cache.all_attributes["global_cycle_seconds"] == 1e-9
    assert spec.architecture.node("PE").spatial.fanout == 4
    assert isinstance(spec.architecture.nodes[4], Branch)


def test_projections_may_be_sums_of_products() -> None:
    problem = parse_spec(WHOLE).problem
    assert problem.data_space("A").projection == (
        (Term("C"),),
        (Term("P", "Stride"), Term("R")),
    )
    assert problem.coefficients == {"Stride": 2}
    assert problem.sizes == {"M": 4, "C": 2, "P": 4, "R": 3}


def test_densities_may_be_numbers_and_default_to_dense() -> None:
    assert parse_spec(WHOLE).problem.densities == {
        "A": Density("hypergeometric", 0.5),
        "B": Density("fixed_structured", 0.25),
        "Z": Density("fixed_structured", 1.0),
    }


def test_directives_and_targets_are_attached_to_nodes() -> None:
    architecture = parse_spec(WHOLE).attached()
    assert architecture.node("BufA").constraints.temporal.factors == (Factor("P", "=", 4),)
    assert architecture.node("BufA").constraints.temporal.permutation == ("P", "R", "M", "C")
    # The macros of timeloopfe are written out.
    assert architecture.node("BufA").constraints.dataspace.bypass == ("B", "Z")
    assert architecture.node("BufRest").constraints.temporal.factors == tuple(
        Factor(d, "=", 1) for d in "MCPR"
    )
    assert architecture.node("BufRest").sparse.actions[0].options == (ActionOption("B", ("A",)),)
    assert architecture.node("mac").sparse.compute == ("gating",)
    assert architecture.node("DRAM").sparse.formats[0].ranks[1].flattened == (("C", "P", "R"),)


def test_what_a_node_says_itself_counts_as_well() -> None:
    inline = WHOLE.replace(
        "    class: intmac\n",
        "    class: intmac\n"
        "    sparse_optimizations: {compute_optimization: [{type: [gating, skipping]}]}\n",
    ).replace("  - target: mac\n    compute_optimization:\n    - {type: gating}\n", "")
    assert parse_spec(inline).attached().node("mac").sparse.compute == ("gating", "skipping")


def test_several_files_are_one_specification(tmp_path: Path) -> None:
    paths = []
    for name, text in (
        ("arch", ARCHITECTURE),
        ("problem", PROBLEM),
        ("mapping", MAPPING),
        ("sparse", SPARSE),
        ("more", "sparse_optimizations: {targets: [{target: mac}]}"),
    ):
        path = tmp_path / f"{name}.yaml"
        path.write_text(text)
        paths.append(path)
    together = load_spec(paths)
    assert together.problem == parse_spec(WHOLE).problem
    assert len(together.sparse) == 4
    assert together.files == tuple(map(str, paths))
    assert together.sparse[3].file == str(paths[4])


def test_files_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text(WHOLE)
    second.write_text("problem: {instance: {M: 5}}")
    with pytest.raises(InputError, match=r"b\.yaml: line 1: problem\.instance\.M: 5 contradicts 4"):
        load_spec([first, second])


@pytest.mark.parametrize("name", sorted(reference_runs()))
def test_reference_specifications_load(name: str) -> None:
    spec = parse_spec(reference_runs()[name].spec)
    assert spec.architecture.placed()[-1].node.name == "acc"
    assert bool(spec.mapper) == name.startswith("mapper")


REFUSED = [
    ("depth: 2 ** 10", "depht: 2 ** 10", r"attributes.depht: unknown.*did you mean depth"),
    ("name: Cache", "nmae: Cache", r"architecture\.nodes\[2\]\.name: missing"),
    ("name: Cache", "name: DRAM", r"nodes\[2\]\.name: 'DRAM' is given twice"),
    ("class: storage", "class: stroage", r"nodes\[2\]\.class: expected a class with one of"),
    ("!Parallel", "!Paralel", r"nodes\[4\]: expected !Component.*got !Paralel"),
    ("meshX: words // 4", "meshX: 0", r"spatial\.meshX: expected a number from 1"),
    ("meshX: words // 4", "meshX: wordz // 4", r"spatial\.meshX: 'wordz' is not defined"),
    ("meshX: words // 4", "meshX: words / 3", r"spatial\.meshX: expected a whole number"),
    ("meshX: words // 4", "meshZ: 4", r"spatial\.meshZ: unknown key; did you mean meshY"),
    ("depth: 2 ** 10", "depth: 9 ** 9 ** 9", r"depth: '9 \*\* 9 \*\* 9 \* words' has no value"),
    ("[P, Stride]", "[P, Strid]", r"data_spaces\[0\]\.projection\[1\]: 'Strid' is no coefficient"),
    ("[[[M]], [[P]]]", "[[[M]], [[X]]]", r"data_spaces\[2\]\.projection\[1\]: 'X' is no dimension"),
    ("[[[M]], [[P]]]", "[[[M]], [P]]", r"projection\[1\]: expected \[dimension\]"),
    ("dimensions: [M, C", "dimensions: [MM, C", r"shape\.dimensions: .*one letter"),
    ("    C: 2\n", "", r"problem\.instance\.C: missing"),
    ("    C: 2\n", "    C: 0\n", r"problem\.instance\.C: expected a number from 1"),
    ("    C: 2\n", "    C: 2\n    D: {a: 2}\n", r"problem\.instance\.D: unknown key"),
    ("    C: 2\n", "    C: 2\n    C: 2\n", r"line \d+: key 'C' is given twice"),
    ("    C: 2\n", "    C: 99999999999\n", r"instance\.C: expected a number from 1 to 2147483647"),
    ("density: 0.5", "density: 1.5", r"densities\.A\.density: expected a density from 0 to 1"),
    ("distribution: hypergeometric", "distribution: normal", r"distribution: expected one of"),
    (", read_write: true", "", r"data_spaces: expected exactly one with read_write: true"),
    ("target: Cache", "target: Cash", r"mapping\[1\]\.target: 'Cash' is no node.*Cache"),
    ("factors: [R=3]", "factors: [R=three]", r"mapping\[1\]\.factors\[0\]: expected M=4"),
    ("factors: [R=3]", "factors: [X=3]", r"mapping\[1\]\.factors\[0\]: 'X' is no dimension"),
    ("factors: [R=3]", "factors: [R=3, R=1]", r"mapping\[1\].*R=1 contradicts R=3"),
    ("[R, C, M, P]", "[R, C, R, P]", r"mapping\[1\]\.permutation\[2\]: R is given twice"),
    ("type: spatial", "type: spacial", r"mapping\[2\]\.type: expected one of"),
    ("keep_only: [A]", "keep_only: [A, Q]", r"keep_only: 'Q' is no data space"),
    ("keep: [A, Z], bypass: [B]", "keep: [A, B], bypass: [B]", r"B is both kept and bypassed"),
    ("format: UOP", "format: UPO", r"ranks\[0\]\.format: expected one of"),
    ("[[C, P, R]]", "[C, P, R]", r"flattened_rankIDs: expected a list of lists"),
    ("condition_on: [A]", "condition_on: []", r"condition_on: expected at least one"),
    ("{type: gating}", "{type: guessing}", r"compute_optimization\[0\]\.type: expected gating"),
    ("    - type: skipping\n", "    - type: skipping\n      hurry: 1\n", r"hurry: unknown key"),
    ("version: 0.4\n  words", "version: 0.3\n  words", r"variables\.version: expected 0\.4"),
    ("architecture:", "architektur:", r"architektur: unknown key; did you mean architecture"),
    ("factors: [R=3]", "maximize_dims: [R]", r"temporal.maximize_dims: expected maximize_dims_cap"),
    ("factors: [R=3]", "maximize_dims: [R, [M]]", r"maximize_dims: expected dimensions or lists"),
    ("factors: [R=3]", "maximize_dims: [X]", r"maximize_dims: 'X' is no dimension"),
    (
        "factors: [R=3]",
        "factors: [R=3], maximize_dims: [R], maximize_dims_capacity: 2",
        r"maximize_dims: R has a factor, R=3",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), REFUSED, ids=[new for _, new, _ in REFUSED])
def test_bad_input_is_refused_with_file_keys_and_expectation(
    old: str, new: str, message: str
) -> None:
    assert old in WHOLE
    with pytest.raises(InputError, match=message) as caught:
        parse_spec(WHOLE.replace(old, new, 1), file="spec.yaml")
    assert str(caught.value).startswith("spec.yaml: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1, 2]", "expected a mapping with architecture"),
        ("", "expected a mapping"),
        ("a: [", r"line \d: not YAML"),
        ("architecture: {{ x }}", "key must be a word|Jinja"),
        ("{% if x %}", "looks like a Jinja template"),
        ("a: !!python/object:os.system x", "tag|python|missing"),
        ("globals: {expression_custom_functions: [f.py]}" + WHOLE, "does not run Python files"),
        (
            "globals: {environment_variables: {TIMELOOP_USE_ISL: 1}}" + WHOLE,
            "changes what Timeloop",
        ),
    ],
)
def test_documents_of_the_wrong_kind_are_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_spec(text)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.yaml: is not there"):
        load_spec(tmp_path / "none.yaml")
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"binary\.yaml: expected UTF-8"):
        load_spec(binary)
    with pytest.raises(InputError, match="at least one"):
        load_spec([])
