"""What is said of figures that are Timeloop's and mislead: prices that are none, and lost computes.

The counts are those of timeloop-model 4cf6d4c on the same specification with an ERT.
"""

from __future__ import annotations

import pytest

import loas_tl
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.accelergy.given import parse_prices
from loas_tl.timeloop.mapper import search
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.result import Result
from loas_tl.timeloop.spec import parse_spec

FORMAT = """
      representation_format:
        data_spaces:
        - name: W
          ranks:
          - {format: CP, metadata_word_bits: 4, flattened_rankIDs: [[K, N]]}"""
OUTER = FORMAT.replace(
    "ranks:",
    "ranks:\n          - {format: UOP, payload_word_bits: 16, flattened_rankIDs: [[K, N]]}",
)
RULE = """
      action_optimization:
      - {type: gating, options: [{target: W, condition_on: [X]}]}"""
COMPUTES = """
    sparse_optimizations: {compute_optimization: [{type: gating}]}"""

RUBY = """
variables: {version: 0.4, technology: "22nm", global_cycle_seconds: 2e-9}
architecture:
  version: 0.4
  nodes:
  - !Component
    name: DRAM
    class: DRAM
    attributes: {width: 64, datawidth: 8}
  - !Container {name: Row, spatial: {meshX: 1, meshY: 3}}
  - !Container {name: Col, spatial: {meshX: 5}}
  - !Component
    name: acc
    class: regfile
    attributes: {depth: 8, width: 16, datawidth: 16}
  - !Component {name: mac, class: intmac, attributes: {datawidth: 8, width: 8}}
problem:
  version: 0.4
  shape:
    name: matmul
    dimensions: [M, N, K]
    data_spaces:
    - {name: A, projection: [[[M]], [[K]]]}
    - {name: B, projection: [[[K]], [[N]]]}
    - {name: Z, projection: [[[M]], [[N]]], read_write: true}
  instance: {M: 14, N: 13, K: 11}
mapping:
- {target: DRAM, type: temporal, factors: [K=4, M=7, N=7], permutation: [K, M, N]}
- {target: Row, type: spatial, factors: [M=1, N=1, "K=3,2"], permutation: [M, N, K], split: 0}
- {target: Col, type: spatial, factors: [K=1, M=2, "N=2,1"], permutation: [K, M, N], split: 3}
- {target: acc, type: temporal, factors: [M=1, N=1, K=1], permutation: [M, N, K]}
"""


def spec(form: str = FORMAT, rule: str = "", computes: str = "", factor: str = "N=8") -> str:
    outer = "\n    sparse_optimizations:" + OUTER if form else ""
    sparse = "\n    sparse_optimizations:" + form + rule if form + rule else ""
    return f"""
variables: {{version: 0.4, technology: "45nm", global_cycle_seconds: 1e-9}}
architecture:
  version: 0.4
  nodes:
  - !Component
    name: Main
    class: SRAM
    attributes: {{depth: 8192, width: 64, datawidth: 16, metadata_datawidth: 4,
      metadata_storage_width: 64, metadata_storage_depth: 4096}}{outer}
  - !Component
    name: Pad
    class: smartbuffer_RF
    attributes: {{depth: 192, width: 16, datawidth: 16, metadata_datawidth: 4,
      metadata_storage_width: 8, metadata_storage_depth: 384}}{sparse}
  - !Component
    name: MAC
    class: intmac
    attributes: {{datawidth: 16, width: 16}}{computes}
problem:
  version: 0.4
  shape:
    name: mm
    dimensions: [M, N, K]
    data_spaces:
    - {{name: X, projection: [[[M]], [[K]]]}}
    - {{name: W, projection: [[[K]], [[N]]]}}
    - {{name: Y, projection: [[[M]], [[N]]], read_write: true}}
  instance:
    M: 4
    N: 8
    K: 16
    densities:
      X: {{distribution: hypergeometric, density: 0.5}}
      W: {{distribution: hypergeometric, density: 0.25}}
mapping:
- {{target: Main, type: temporal, factors: [M=4, {factor}], permutation: [N, M, K]}}
- {{target: Pad, type: temporal, factors: [K=16], permutation: [K, M, N]}}
"""


def run(text: str, prices: dict[str, dict[str, float]] | None = None) -> Result:
    return evaluate(parse_spec(text), prices=prices or {})


def said(result: Result, part: str) -> list[str]:
    return [note for note in result.notes if part in note]


def test_gated_computes_at_the_full_price_are_said_and_can_be_priced() -> None:
    plain, gated = run(spec()), run(spec(computes=COMPUTES))
    count = gated.computes.gated
    assert count > 0
    assert gated.compute.energy_pj == pytest.approx(plain.compute.energy_pj)
    [note] = said(gated, "gated computes cost")
    assert note.startswith(f"MAC: {count:,.0f} gated computes cost ")
    assert "--price intmac.compute_gated=PJ" in note
    assert not said(plain, "computes cost")

    priced = run(spec(computes=COMPUTES), {"intmac": {"compute": 2.0, "compute_gated": 0.5}})
    assert priced.compute.energy_pj == 2.0 * priced.computes.actual + 0.5 * count
    assert not said(priced, "computes cost")


def test_skipped_computes_are_likewise() -> None:
    text = spec(computes=COMPUTES.replace("gating", "skipping"))
    result = run(text)
    assert result.computes.skipped > 0
    assert said(result, f"{result.computes.skipped:,.0f} skipped computes cost")
    assert not said(run(text, {"intmac": {"compute_skipped": 0.0}}), "computes cost")


def test_metadata_that_costs_nothing_is_said_and_can_be_priced() -> None:
    result = run(spec())
    metadata = result.to_dict()["levels"]["Pad"]["tensors"]["W"]["metadata"]
    assert metadata["formats"] == ["cp"]
    read, filled = metadata["reads"]["actual"], metadata["fills"]["actual"]
    assert read >= filled > 0
    [_, note] = said(result, "metadata")
    assert note.startswith(
        f"Pad: metadata ({read:,.0f} words read, {filled:,.0f} words filled, an instance) costs 0"
    )
    assert "smartbuffer_RF.ACTION=PJ (pJ a line of 8 bits)" in note

    frame = result.to_frame().set_index(["level", "tensor"])
    assert frame.loc[("Pad", "W"), "metadata_reads"] == read
    assert frame.loc[("Pad", "W"), "metadata_fills"] == filled
    assert not said(run(spec(form="")), "metadata")
    assert "metadata_reads" not in run(spec(form="")).to_frame()

    # Two words of 4 bits a line.
    prices = {"smartbuffer_RF": {"metadata_read": 3.0, "metadata_write": 5.0}}
    priced = run(spec(), prices)
    [note] = said(priced, "metadata")
    assert note.startswith("Main: metadata (")
    more = 3.0 * -(-read // 2) + 5.0 * -(-filled // 2)
    more *= result.levels["Pad"].tensors["W"].instances_used_average
    assert priced.energy_pj - result.energy_pj == pytest.approx(more)


def test_a_price_of_metadata_that_there_is_none_of_is_refused() -> None:
    for text, price in (
        (spec(form=""), {"smartbuffer_RF": {"metadata_read": 3.0}}),
        (spec(form="", rule=RULE), {"SRAM": {"gated_read": 3.0}}),
        (spec(), {"intmac": {"compute_gated": 3.0}}),
    ):
        with pytest.raises(InputError, match="nothing asks for this action"):
            run(text, price)


def test_computes_that_gated_reads_take_away_are_said() -> None:
    for form in (FORMAT, ""):
        result = run(spec(form=form, rule=RULE))
        computes = result.computes
        lost = computes.algorithmic - computes.actual - computes.gated - computes.skipped
        assert lost == computes.algorithmic / 2
        assert said(result, f"MAC: {lost:,.0f} computes whose W Pad gates are neither done, gated")
        skipping = run(spec(form=form, rule=RULE.replace("gating", "skipping")))
        assert skipping.computes == computes  # which is what the note says
        assert not said(skipping, "computes whose")


def test_computes_that_rounding_loses_are_said() -> None:
    # 2 x 3 x 2 units on average hold 1.79 x 2.5 of what the loops have left: 1,960 of 2,002.
    [note] = said(run(RUBY), "the problem has")
    assert note.startswith("mac: 1,960 computes are counted, the problem has 2,002")
    assert run(RUBY).computes.algorithmic == 1960


def test_a_specification_without_a_mapping_says_so() -> None:
    text = spec().partition("mapping:")[0]
    with pytest.raises(InputError, match=r"no mapping is given.*loas-tl map"):
        evaluate(parse_spec(text))
    with pytest.raises(InputError, match="dimension N multiply to 4, expected 8"):
        evaluate(parse_spec(spec(factor="N=4")))


def test_a_mapping_that_holds_a_search_is_said() -> None:
    found = search(parse_spec(spec()), metric="cycles", jobs=1)
    assert [note for note in found.result.notes if "has a mapping" in note]
    free = parse_spec(spec().partition("mapping:")[0])
    found = search(free, metric="cycles", jobs=1, max_mappings=50)
    assert not [note for note in found.result.notes if "has a mapping" in note]


def test_what_is_wrong_comes_before_what_has_no_price() -> None:
    text = spec().replace("depth: 8192", "depth: -3")
    with pytest.raises(InputError) as failure:
        search(parse_spec(text), metric="energy", jobs=1)
    assert "unpriced" not in str(failure.value)
    assert "-3" in str(failure.value)


def test_a_price_beyond_all_sense_is_refused() -> None:
    for amount in ("1e300", "1.1e12"):
        with pytest.raises(InputError, match=r"at most 1e\+12"):
            parse_prices([f"intmac.compute={amount}"])
    assert parse_prices(["intmac.compute=1e12"]) == {"intmac": {"compute": 1e12}}


def test_a_layer_whose_designs_price_all_is_not_warned_of() -> None:
    layer = loas_tl.generate_network("V-L8").layers[0]
    text = loas_tl.design("LoAS").spec(layer).model_spec
    notes = evaluate(parse_spec(text), prices={}).notes
    assert not [note for note in notes if "metadata (" in note or "computes cost" in note]
