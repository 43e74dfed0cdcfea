"""Each figure in data has its unit in its name, or is one of those that need none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import loas_tl

FOLDER = Path(loas_tl.__file__).parent / "schemas"
UNIT = re.compile(
    r"(^|_)(pJ|KiB|bits|bytes|mm2|um2|mW|MHz|GBps|seconds|cycles|timesteps"
    r"|share|density|percent)\$?$"
)
COUNTS = {
    *("T", "M", "N", "K", "layers", "network_layers", "layers_missing", "parts", "samples"),
    *("operations", "operations_missing", "rounded_to_zero", "sample", "computes", "neurons"),
    *("spikes", "ones", "product", "pattern", "difference", "active", "firing_again", "nonzeros"),
    *("packed_product", "transposed_product", "coordinates", "tile_rows", "tile_inputs"),
    *("chunks", "matches", "discarded", "outputs", "adders", "adders_needed", "fifo_depth"),
    *("offset_buffers", "count", "mappings", "valid_mappings", "instances", "instances_used"),
    *("instances_used_average", "actual", "algorithmic", "gated", "skipped", "predicted", "exact"),
    *("predicted_per_instance", "exact_per_instance", "_(hits|misses)$"),
    "capacity",  # words
}
RATIOS = {
    *("utilization", "over_fiber", "coordinates_per_nonzero", "overhead", "limit", "more_area"),
    *("more_power", "^cost_", "weight_density_before"),
}
OF_ANOTHER = {
    *("mean", "std", "min", "max"),  # of the figure above them
    *("value", "default", "minimum", "maximum", "ours", "published"),  # their row has a unit
}
KEPT = {
    "chunk",  # bits, as --chunk
    "energy_published",  # the published formula's terms share no unit
    "^(cycles|seconds|energy_pJ|edp|area_mm2|power_mW|dram_KiB|sram_KiB|utilisation)$",
}
"""Names that are older than the rule."""


def numbers(schema: Any, name: str = "") -> Iterator[str]:
    """Names of all that is a number."""
    if not isinstance(schema, dict):
        return
    kinds = schema.get("type")
    if name and {"number", "integer"} & set(kinds if isinstance(kinds, list) else [kinds]):
        yield name
    for group in ("properties", "patternProperties"):
        for key, one in schema.get(group, {}).items():
            yield from numbers(one, key)
    for one in (schema.get("items"), schema.get("additionalProperties")):
        yield from numbers(one)
    for one in schema.get("anyOf", []):
        yield from numbers(one, name)
    for one in schema.get("$defs", {}).values():
        yield from numbers(one)


def test_every_number_has_a_unit_or_needs_none() -> None:
    needless = COUNTS | RATIOS | OF_ANOTHER | KEPT
    for path in FOLDER.glob("*.json"):
        found = set(numbers(json.loads(path.read_text(encoding="utf-8"))))
        assert found
        without = {name for name in found if not UNIT.search(name)} - needless
        assert without == set(), path.name


def test_a_name_without_a_unit_is_seen() -> None:
    schema = {"properties": {"rows": {"items": {"properties": {"energy": {"type": "number"}}}}}}
    assert [name for name in numbers(schema) if not UNIT.search(name)] == ["energy"]
