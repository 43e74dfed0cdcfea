"""Rules of Timeloop's that few specifications show, each by itself."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.errors import EngineError
from loas_tl.timeloop.native import build_machine, density, evaluate
from loas_tl.timeloop.native.buffer import FULL_BLOCK_DENSITIES, metadata_bits
from loas_tl.timeloop.native.density import Hypergeometric
from loas_tl.timeloop.native.machine import Rank
from loas_tl.timeloop.native.mapping import LevelMapping, Loop, Mapping, check_mapping
from loas_tl.timeloop.native.occupancy import Stored
from loas_tl.timeloop.spec import parse_spec
from tests.engine.native.nested import Rule, rules
from tests.engine.native.nests import machine, matrix_product

ENERGIES = {level: {"read": 1.0, "write": 1.0, "leak": 1.0} for level in ("Far", "Middle", "Near")}


def with_format(width: int, word: int, *ranks: str) -> str:
    """W stored in a format of given ranks in the outermost memory, and decompressed inside."""
    inside = "depth: 4096, width: 8, datawidth: 8"
    text = rules([Rule("Near", "X", "gating", ("W",))]).replace(
        inside, inside + ", decompression_supported: true"
    )
    outside = "width: 64, datawidth: 8"
    assert text.count(outside) == 1
    text = text.replace(
        outside, f"{outside}, metadata_storage_width: {width}, metadata_datawidth: {word}"
    )
    formats = ", ".join(f"{{{rank}}}" for rank in ranks)
    return text + (
        "sparse_optimizations:\n  targets:\n  - target: Far\n    representation_format:\n"
        f"      data_spaces: [{{name: W, ranks: [{formats}]}}]\n"
    )


def ranks_of(text: str) -> tuple[Rank, ...]:
    """Of W in the outermost memory, innermost first."""
    stored = build_machine(parse_spec(text)).levels[-1].formats[1]
    assert stored is not None
    return stored.ranks


@given(st.integers(1, 300), st.integers(0, 80))
def test_words_of_metadata_are_widened_until_they_divide_a_line(width: int, bits: int) -> None:
    """Timeloop tries one number after the other, below twice as many bits."""
    tried = (wider for wider in range(bits, 2 * bits) if width % wider == 0)
    expected = next(tried, 2 * bits) if bits and width % bits else bits
    text = with_format(width, 1, f"format: CP, metadata_word_bits: {bits}")
    if expected > width:
        with pytest.raises(InputError, match=r"metadata words of \d+ bits do not fit"):
            ranks_of(text)
    else:
        assert ranks_of(text) == (Rank("cp", expected, 1),)


def test_each_format_has_its_own_words() -> None:
    own = "metadata_word_bits: 8, payload_word_bits: 16"
    for name, expected in (
        ("CP", Rank("cp", 8, 16)),
        ("RLE", Rank("rle", 8, 16)),
        ("UOP", Rank("uop", 8, 16)),
        ("B", Rank("b", 8, 16)),
        ("UB", Rank("ub", 4, 4)),
    ):
        assert ranks_of(with_format(32, 4, f"format: {name}, {own}")) == (expected,)
    for name, expected in (
        ("CP", Rank("cp", 4, 4)),
        ("RLE", Rank("rle", 4, 4)),
        ("UOP", Rank("uop", 4, 4)),
        ("B", Rank("b", 1, 4)),
        ("UB", Rank("ub", 4, 4)),
    ):
        assert ranks_of(with_format(32, 4, f"format: {name}")) == (expected,)


def test_bits_are_words_of_metadata_and_payload_by_rank() -> None:
    stored = Stored(0.5, 4.0, ((2.0, 0.0), (1.0, 3.0)), ((5, 7), (11, 13)), 1.0, formatted=True)
    assert metadata_bits([[2, 0], [1, 3]], stored) == 2 * 5 + 1 * 11 + 3 * 13


@pytest.mark.parametrize(("metadata", "payload"), [(4, 4), (4, 16), (16, 4)])
def test_metadata_costs_lines_of_its_memory(metadata: int, payload: int) -> None:
    own = f"metadata_word_bits: {metadata}, payload_word_bits: {payload}"
    text = with_format(32, 4, *[f"format: CP, {own}"] * 8)
    energies = {"Far": {"metadata_read": 1.0}, "Middle": {}, "Near": {}}
    free = {level: {"read": 0.0, "write": 0.0, **cost} for level, cost in energies.items()}
    far = evaluate(parse_spec(text), free).levels["Far"].tensors["W"]
    assert far.metadata is not None
    words = far.metadata.reads.actual
    bits = sum(rank.metadata * metadata + rank.payload * payload for rank in words)
    assert sum(rank.payload for rank in words) > 0
    assert far.energy_pj == math.ceil(bits / 32)


def test_metadata_takes_bits_of_each_kind_of_word() -> None:
    """The same words, of which those of metadata or those of payload are wider."""

    def taken(metadata: int, payload: int) -> tuple[float, float, int]:
        own = f"metadata_word_bits: {metadata}, payload_word_bits: {payload}"
        text = with_format(32, 4, *[f"format: CP, {own}"] * 8)
        whole = evaluate(parse_spec(text)).levels["Far"].tensors["W"].metadata
        assert whole is not None
        # Room for data, and for a line of metadata only.
        limited = text.replace("{width: 64,", "{depth: 4096, metadata_storage_depth: 1, width: 64,")
        with pytest.raises(EngineError, match="Far: mapped metadata tile size") as caught:
            evaluate(parse_spec(limited))
        words = whole.capacity
        bits = int(re.findall(r"tile size (\d+)", str(caught.value))[0])
        return sum(w.metadata for w in words), sum(w.payload for w in words), bits

    for metadata, payload in ((4, 4), (4, 16), (16, 4)):
        coordinates, pointers, bits = taken(metadata, payload)
        assert 0 < pointers < coordinates
        assert bits == coordinates * metadata + pointers * payload


@pytest.mark.parametrize(
    ("fan", "gate", "leaking"), [(4, "Far", 4), (4, "Near", 4), (4, "Middle", 4), (1, "Far", 1)]
)
def test_a_level_leaks_with_the_level_that_has_its_power_gate(
    fan: int, gate: str, leaking: int
) -> None:
    """All instances behind a gate in use leak, whether they are in use themselves or not."""
    text = rules([], sizes=(2, fan, 2), fan=fan).replace("meshX: 4", "meshX: 8")
    instances = 8 if fan > 1 else 1
    at = text.index("datawidth: 8", text.index("name: Near"))
    text = text[:at] + f"power_gated_at: '{gate}', " + text[at:]
    result = evaluate(parse_spec(text), ENERGIES)
    near = result.levels["Near"]
    assert near.instances_used == fan
    assert near.leakage_pj == result.cycles * (leaking if gate == "Near" else instances)


@pytest.mark.parametrize("contained", [False, True])
def test_levels_hang_on_the_gate_further_out_but_for_those_in_a_container(contained: bool) -> None:
    text = rules([]).replace("{width: 64,", "{has_power_gating: true, width: 64,", 1)
    if contained:
        text = text.replace("nodes:", "nodes:\n  - !Container {name: chip}", 1)
    gates = {level.name: level.power_gated_at for level in build_machine(parse_spec(text)).levels}
    further_in = "Near" if contained else "Middle"
    assert gates == {"Far": "Far", "Middle": "Middle", "Near": further_in}


def test_a_power_gate_must_be_a_memorys() -> None:
    text = rules([]).replace("depth: 4096, ", "depth: 4096, power_gated_at: 'mac', ", 1)
    with pytest.raises(InputError, match=r"power_gated_at: expected a storage .*Near; got 'mac'"):
        build_machine(parse_spec(text))


def test_a_level_may_be_as_empty_as_the_least_utilization() -> None:
    """X, W and Y take 4, 4 and 4 words of the innermost memory."""
    for least, fits in ((0.24, True), (0.25, True), (0.26, False)):
        at = f"depth: 48, min_utilization: {least}, "
        text = rules([])
        last = text.rindex("depth: 4096, ")
        text = text[:last] + at + text[last + len("depth: 4096, ") :]
        if fits:
            assert evaluate(parse_spec(text)).levels["Near"].capacity == 48
        else:
            with pytest.raises(EngineError, match="Near: mapped tile size 12 is less than constr"):
                evaluate(parse_spec(text))


@pytest.mark.parametrize(("swap", "saved"), [(False, "W"), (True, "X")])
def test_of_options_that_save_as_much_the_last_is_taken(swap: bool, saved: str) -> None:
    text = tied(swap=swap)
    near = evaluate(parse_spec(text)).levels["Near"].tensors
    for name in "XW":
        assert (near[name].reads.gated > 0) == (name == saved)


def tied(*, swap: bool, level: str = "Near", mapped: bool = True) -> str:
    """X and W have the same shape, density and loops; an option for each."""
    rule = Rule(level, "X", "gating", ("W",))
    text = rules([rule], sizes=(4, 4, 4), densities=(0.5, 0.5), mapped=mapped)
    one, other = "{target: X, condition_on: [W]}", "{target: W, condition_on: [X]}"
    assert text.count(f"[{one}]") == 1
    both = (other, one) if swap else (one, other)
    return text.replace(f"[{one}]", f"[{', '.join(both)}]")


@pytest.mark.parametrize(("tensor", "nonzeros", "size"), [(10**6, 3 * 10**5, 4 * 10**5)])
def test_a_window_reaches_40_deviations(tensor: int, nonzeros: int, size: int) -> None:
    model = Hypergeometric(nonzeros / tensor, tensor, nonzeros)
    counts, chances = model.occupancies(size)
    mean = size * nonzeros / tensor
    reach = 40 * math.sqrt(mean + 1)
    # What has no probability in doubles is left out of the window; all else is in it.
    low, high = math.floor(mean - reach), math.ceil(mean + reach)
    assert low <= counts[0] < mean - 25 * math.sqrt(mean * 0.42)
    assert mean + 25 * math.sqrt(mean * 0.42) < counts[-1] <= high
    assert chances.sum() == pytest.approx(1, abs=1e-12)
    assert (counts * chances).sum() == pytest.approx(mean, rel=1e-12)
    # The same as where every number is looked at.
    whole = density._distribution(0, min(size, nonzeros), nonzeros, size, tensor)
    np.testing.assert_allclose(chances, whole[counts.astype(int)], rtol=1e-9)
    outside = np.ones(len(whole), bool)
    outside[counts.astype(int)] = False
    assert whole[outside].max() < 1e-300


def test_a_window_begins_and_ends_where_its_width_says(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Hypergeometric(0.5, 4000, 2000)
    every, chances = model.occupancies(400)
    monkeypatch.setattr(density, "WINDOW", 400)
    np.testing.assert_array_equal(model.occupancies(400)[0], every)
    monkeypatch.setattr(density, "WINDOW", 399)
    # 40 deviations of a mean of 200 are more than the tile: nothing is lost.
    np.testing.assert_array_equal(model.occupancies(400)[0], every)
    np.testing.assert_allclose(model.occupancies(400)[1], chances, rtol=1e-12)
    monkeypatch.setattr(density, "MAX_WINDOW", 400)
    assert len(model.occupancies(400)[0])
    monkeypatch.setattr(density, "MAX_WINDOW", 399)
    with pytest.raises(InputError, match="too many non-zeros to enumerate"):
        model.occupancies(400)


@pytest.mark.parametrize(
    ("width", "word", "taken"),
    [(48, 5, 6), (48, 7, 8), (64, 5, 8), (49, 5, 7), (47, 5, 10), (48, 13, 16), (48, 12, 12)],
)
def test_words_of_metadata_are_widened_to_divide_a_line(width: int, word: int, taken: int) -> None:
    """To the next divisor of the line, to twice the word at most."""
    rank = f"format: CP, metadata_word_bits: {word}, payload_word_bits: {word}"
    far = build_machine(parse_spec(with_format(width, 1, *[rank] * 8))).levels[-1]
    (stored,) = [stored for stored in far.formats if stored is not None]
    assert {one.metadata_bits for one in stored.ranks} == {taken}


def test_only_what_changes_its_form_pays_for_that() -> None:
    """W has a format in the outermost memory alone; the next one takes all 384 words out of it."""

    def paid(text: str) -> dict[str, float]:
        found = []
        for conversion in (0.0, 1000.0):
            own = {"decompression_count": conversion, "compression_count": 10 * conversion}
            costs = {level: costs | own for level, costs in ENERGIES.items()}
            found.append(evaluate(parse_spec(text), costs).levels)
        return {level: found[1][level].energy_pj - found[0][level].energy_pj for level in ENERGIES}

    rank = "format: CP, metadata_word_bits: 4, payload_word_bits: 4"
    formatted = with_format(48, 4, *[rank] * 8)
    assert paid(rules([])) == dict.fromkeys(ENERGIES, 0)
    expected = {"Far": 0, "Middle": 384_000, "Near": 0}
    # Next to no tile is empty, and not sent.
    assert paid(formatted) == pytest.approx(expected, rel=1e-4)


def test_a_window_around_almost_nothing_is_40_wide() -> None:
    """A tile that next to never holds any: its deviation is taken of one more than its mean."""
    counts, chances = Hypergeometric(6e-8, 10**12, 60_000).occupancies(60_001)
    assert counts.tolist() == list(range(42))
    mean = 60_000 * 60_001 / 10**12
    expected = [math.exp(-mean) * mean**n / math.factorial(n) for n in range(6)]
    assert chances[:6] == pytest.approx(expected, rel=1e-3)


TENTHS = {
    2: "251 125 84 63 51 42 36 32 28 1",
    4: "375 188 125 94 75 63 54 47 42 1",
    8: "438 219 146 110 88 73 63 55 49 1",
    16: "469 235 157 118 94 79 67 59 52 1",
    32: "485 243 162 122 97 81 70 61 52 1",
}


def test_blocks_count_as_full_from_where_timeloop_has_them_full() -> None:
    """Its include/model/buffer.hpp: words of a block, then a number for each tenth of density."""
    assert {block: " ".join(map(str, row)) for block, row in FULL_BLOCK_DENSITIES.items()} == TENTHS


THREE_UNITS = """
architecture:
  version: 0.4
  nodes:
  - !Component {name: Main, class: DRAM, attributes: {width: 8, datawidth: 8}}
  - !Container {name: PE, spatial: {meshX: 3}}
  - !Component {name: Own, class: SRAM, attributes: {depth: 64, width: 8, datawidth: 8}}
  - !Component {name: mac, class: intmac, attributes: {datawidth: 8}}
problem:
  version: 0.4
  shape:
    dimensions: [M, K]
    data_spaces:
    - {name: X, projection: [[[M]], [[K]]]}
    - {name: W, projection: [[[K]]]}
    - {name: Y, projection: [[[M]]], read_write: true}
  instance: {M: 8, K: 1}
mapping:
- {target: Main, type: temporal, factors: [M=3, K=1]}
- {target: PE, type: spatial, factors: ["M=3,2", K=1]}
- {target: Own, type: temporal, factors: [M=1, K=1]}
"""


def test_words_that_arrive_are_cut_to_whole_ones_and_all_others_rounded() -> None:
    """Of 8 words each of three memories receives 2 2/3, and reads as many."""
    own = evaluate(parse_spec(THREE_UNITS)).levels["Own"].tensors["X"]
    assert own.fills.actual == 2
    assert own.reads.actual == 3


def test_rules_scale_metadata_further_in_below_a_level_of_one_rank() -> None:
    """What the outermost memory skips of W spans all 16 words of X that its tile meets."""
    rank = "{format: UB, flattened_rankIDs: [[K, N]]}"
    text = rules([Rule("Far", "W", "skipping", ("X",))]).replace(
        "datawidth: 8}",
        "datawidth: 8, metadata_storage_width: 8, metadata_storage_depth: 4096, "
        "metadata_datawidth: 8}",
    )
    text += "sparse_optimizations:\n  targets:\n" + "".join(
        f"  - target: {level}\n    representation_format:\n"
        f"      data_spaces: [{{name: W, ranks: [{rank}]}}]\n"
        for level in ("Far", "Middle", "Near")
    )
    skipped = hypergeom.pmf(0, 128, 13, 16)

    def left(words: int) -> int:
        return words - math.floor(words * skipped)

    found = {}
    for level, stats in evaluate(parse_spec(text)).levels.items():
        metadata = stats.tensors["W"].metadata
        assert metadata is not None
        counted = (metadata.reads.actual, metadata.fills.actual)
        found[level] = [rank.metadata for kind in counted for rank in kind]
    assert found == {
        "Far": [left(384)],
        "Middle": [left(768), left(384)],
        "Near": [left(1536), left(768)],
    }


HALVES = """
architecture:
  version: 0.4
  nodes:
  - !Component
    name: Main
    class: DRAM
    attributes: {width: 8, datawidth: 8, metadata_storage_width: 8, metadata_datawidth: 8}
  - !Component
    name: Own
    class: SRAM
    attributes: {depth: 64, width: 8, datawidth: 8, metadata_storage_width: 8,
      metadata_storage_depth: 4096, metadata_datawidth: 8}
  - !Component {name: mac, class: intmac, attributes: {datawidth: 8}}
problem:
  version: 0.4
  shape:
    dimensions: [M, K]
    data_spaces:
    - {name: X, projection: [[[M]], [[K]]]}
    - {name: W, projection: [[[K]]]}
    - {name: Y, projection: [[[M]]], read_write: true}
  instance: {M: 14, K: 7, densities: {X: {distribution: hypergeometric, density: 0.75}}}
mapping:
- {target: Main, type: temporal, factors: [M=2, K=1]}
- {target: Own, type: temporal, factors: [M=7, K=7]}
sparse_optimizations:
  targets:
  - target: Own
    representation_format:
      data_spaces: [{name: X, ranks: [{format: UB, flattened_rankIDs: [[M, K]]}]}]
"""


def test_nothing_is_read_of_tiles_that_timeloop_takes_for_impossible() -> None:
    """Of 49 words of 98, where its bound of the least non-zeros wraps around."""
    own = evaluate(parse_spec(HALVES)).levels["Own"].tensors["X"]
    assert own.reads.algorithmic == 98
    assert own.reads.actual == 0
    half = HALVES.replace("0.75", "0.5")
    assert evaluate(parse_spec(half)).levels["Own"].tensors["X"].reads.actual in (49, 50)


@pytest.mark.parametrize(
    ("far", "near", "densities"),
    [
        # Of a tensor that is only read: the outer one saves most, the inner one next to nothing.
        (Rule("Far", "X", "gating", ("W",)), Rule("Near", "X", "gating", ("Y",)), (0.5, 0.02)),
        # Of one that is written, by less than a word: no read, but one update.
        (Rule("Far", "Y", "gating", ("W",)), Rule("Middle", "Y", "gating", ("X",)), (0.4, 0.05)),
    ],
)
def test_it_is_noted_that_an_inner_rule_saves_less_than_an_outer_one(
    far: Rule, near: Rule, densities: tuple[float, float]
) -> None:
    text = rules([far, near], densities=densities)
    full = "Y: {distribution: hypergeometric, density: 0.95}"
    text = text.replace("densities: {", f"densities: {{{full}, ")
    inner_rule_saves_less = f"{near.level}/{near.target}: the inner rule saves less"
    [first, *others] = evaluate(parse_spec(text)).notes
    assert first.startswith(inner_rule_saves_less)
    assert all("gates are neither done" in note for note in others)
    assert not evaluate(parse_spec(rules([far]))).notes


def test_a_nest_has_up_to_400_loops() -> None:
    for loops, fits in ((400, True), (401, False)):
        hardware = machine(matrix_product({"M": 2**loops, "N": 1, "K": 1, "T": 1}))
        doubled = (Loop(0, 2, ""),) * loops
        keep = (True,) * 3
        inside = [LevelMapping((), (), keep)] * (len(hardware.levels) - 1)
        mapping = Mapping((*inside, LevelMapping(doubled, (), keep)))
        if fits:
            check_mapping(hardware, mapping)
        else:
            with pytest.raises(InputError, match="more than 400 loops"):
                check_mapping(hardware, mapping)
