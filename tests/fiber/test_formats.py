from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from loas_tl import InputError, Layer, Network, measure_formats
from loas_tl.fiber.encoding import encode, encode_weights
from loas_tl.fiber.formats import FORMATS, OPERANDS
from tests.workload.examples import W, X, spikes, weights

NETWORK = Network("mine", (Layer("a", X, W), Layer("b", spikes(2, 5, 200), weights(200, 3))))


def test_each_layer_operand_and_format_has_a_size_and_totals_add_them_up() -> None:
    formats = measure_formats(NETWORK)
    frame, totals = formats.to_frame(), formats.to_frame(totals=True)
    assert len(frame) == 2 * len(OPERANDS) * len(FORMATS)
    assert len(totals) == len(OPERANDS) * len(FORMATS)
    for total in totals.to_dict("records"):
        rows = frame[(frame.operand == total["operand"]) & (frame.format == total["format"])]
        for column in ("size_bits", "value_bits", "metadata_bits", "padding_bits", "coordinates"):
            assert total[column] == rows[column].sum()
        assert total["size_KiB"] == pytest.approx(rows.size_bits.sum() / 8192)
        assert total["nonzeros"] == rows.nonzeros.sum()


def test_sizes_are_compared_with_the_fibers() -> None:
    formats = measure_formats(NETWORK)
    for size in (*formats.layers, *formats.totals):
        record = size.record()
        parts = record["value_bits"] + record["metadata_bits"] + record["padding_bits"]
        assert record["size_bits"] == parts
        if size.format == "fiber":
            assert record["over_fiber"] == 1
    csr, fiber = (formats.total("mine", "spikes", name) for name in ("csr", "fiber"))
    assert csr.over_fiber == pytest.approx(csr.size.bits / fiber.size.bits)


def test_csr_stores_one_column_a_spike_and_shares_its_pointers_and_coo_two_coordinates() -> None:
    formats = measure_formats("vgg16")
    for size in formats.layers:
        if size.operand == "spikes" and size.format in ("csr", "coo"):
            each = size.coordinates_per_nonzero
            assert each is not None
            low, high = (1.0, 1.02) if size.format == "csr" else (2.0, 2.001)
            assert low < each < high


def test_without_a_single_spike_there_are_no_coordinates_a_spike() -> None:
    silent = Network("silent", (Layer("a", X & False, W),))
    formats = measure_formats(silent)
    assert formats.total("silent", "spikes", "csr").coordinates_per_nonzero is None
    rows: list[dict[str, Any]] = json.loads(formats.to_json())["layers"]
    assert {row["coordinates_per_nonzero"] for row in rows if row["operand"] == "spikes"} == {None}


def test_a_total_is_found_by_names_in_any_case() -> None:
    formats = measure_formats(NETWORK)
    assert formats.total("Mine", "spikes", "csr") is formats.total("mine", "spikes", "csr")
    for asked, said in (
        (("minee", "spikes", "csr"), "no network here is called 'minee'; did you mean 'mine'"),
        (("mine", "spike", "csr"), "no operand is called 'spike'; did you mean 'spikes'"),
        (("mine", "spikes", "scr"), "no format is called 'scr'; did you mean 'csr'"),
    ):
        with pytest.raises(InputError, match=re.escape(said)):
            formats.total(*asked)  # type: ignore[arg-type]


def test_only_the_layers_asked_for_are_measured() -> None:
    formats = measure_formats(NETWORK, layer=["b"])
    assert {size.layer for size in formats.layers} == {"b"}
    with pytest.raises(InputError, match="no layer 'c'; expected one of a, b"):
        measure_formats(NETWORK, layer=["a", "c"])


def test_wider_pointers_and_lines_are_counted() -> None:
    narrow, wide = (measure_formats(NETWORK, pointer_bits=bits) for bits in (16, 48))
    lines = [measure_formats(NETWORK, line_bytes=size) for size in (1, 64)]
    for operand, fibers in (("spikes", 20 + 5), ("weights", 8 + 3)):
        sizes = [f.total("mine", operand, "fiber").size.bits for f in (narrow, wide)]  # type: ignore[arg-type]
        assert sizes[1] - sizes[0] == 32 * fibers
        padding = [f.total("mine", operand, "fiber-lines").size.padding for f in lines]  # type: ignore[arg-type]
        assert padding[0] < 8 * 2 * fibers < padding[1]


def refused(encoded: Callable[..., object], tensor: object, bits: int) -> bool:
    try:
        encoded(tensor, pointer_bits=bits)
    except InputError:
        return True
    return False


def test_pointers_too_narrow_for_the_lines_are_said_where_encoding_refuses_them() -> None:
    seen = set()
    for bits in (1, 3, 4, 5, 6, 32):
        said = measure_formats(NETWORK, pointer_bits=bits).notes
        for layer in NETWORK.layers:
            for operand, encoded, tensor in (
                ("spikes", encode, layer.spikes),
                ("weights", encode_weights, layer.weights),
            ):
                noted = any(f"{layer.name}: the {operand} lie in" in line for line in said)
                wrong = refused(encoded, tensor, bits)
                assert noted or not wrong
                seen.add((noted, wrong))
    assert {(True, True), (False, False)} <= seen
    assert measure_formats(NETWORK).notes == ()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"line_bytes": 0}, "line_bytes: is 0"),
        ({"pointer_bits": 64}, "pointer_bits: is 64; expected a whole number, 1 to 63"),
        ({"seed": -1}, "seed is -1; expected 0 or more"),
        ({"layer": []}, "layer: no layers given; expected at least one"),
    ],
)
def test_nonsense_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as refused:
        measure_formats(NETWORK, **options)
    assert str(refused.value).startswith(message)


def test_the_sizes_do_not_depend_on_how_spikes_are_stored() -> None:
    strided = Layer("a", np.asfortranarray(X), W[::-1][::-1])
    assert measure_formats(Network("n", (strided,))) == measure_formats(
        Network("n", (Layer("a", X, W),))
    )
