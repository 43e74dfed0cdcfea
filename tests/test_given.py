"""What Python callers give by mistake ends in one line, not inside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import loas_tl
from loas_tl.studies.sparsity import measure_sparsity
from tests.report import layer

Call = Callable[[Any], object]

NETWORK = loas_tl.Network("n", (layer(),))
LOAS = ["LoAS"]
VARY = {"pes": [4, 8]}

OF_PATHS: dict[str, Call] = {
    "load_tensors": loas_tl.load_tensors,
    "load_spikes": lambda v: loas_tl.load_spikes(v, "layers.yaml"),
    "load_spikes, layers": lambda v: loas_tl.load_spikes("spikes.npz", v),
    "compare, tensors": lambda v: loas_tl.compare(tensors=v),
    "compare, spikes": lambda v: loas_tl.compare(spikes=v, layers="layers.yaml"),
    "validate, tensors": lambda v: loas_tl.validate(tensors=v),
    "explore, tensors": lambda v: loas_tl.explore("LoAS", vary=VARY, tensors=v),
    "measure_formats, tensors": lambda v: loas_tl.measure_formats(tensors=v),
    "measure_sparsity, tensors": lambda v: measure_sparsity(tensors=v),
    "read_space": loas_tl.read_space,
    "load_spec": loas_tl.spec.load_spec,
    "run_model": loas_tl.timeloop.run_model,
    "run_mapper": loas_tl.timeloop.run_mapper,
}
"""Functions that read files, of one argument."""

OF_NAMES: dict[str, Call] = {
    "Network": lambda v: loas_tl.Network(v, (layer(),)),
    "Network, layers": lambda v: loas_tl.Network("n", v),
    "Network, uncovered": lambda v: loas_tl.Network("n", (layer(),), uncovered=v),
    "generate_network": loas_tl.generate_network,
    "generate_network, timesteps": lambda v: loas_tl.generate_network("V-L8", timesteps=v),
    "generate_network, density": lambda v: loas_tl.generate_network("V-L8", weight_density=v),
    "compare": lambda v: loas_tl.compare(v, accelerators=LOAS),
    "compare, accelerators": lambda v: loas_tl.compare(NETWORK, accelerators=v),
    "compare, baseline": lambda v: loas_tl.compare(NETWORK, accelerators=LOAS, baseline=v),
    "validate": lambda v: loas_tl.validate(v, accelerators=LOAS),
    "validate, accelerators": lambda v: loas_tl.validate(NETWORK, accelerators=v),
    "validate, layer": lambda v: loas_tl.validate(NETWORK, accelerators=LOAS, layer=v),
    "explore": lambda v: loas_tl.explore(v, NETWORK, vary=VARY),
    "explore, networks": lambda v: loas_tl.explore("LoAS", v, vary=VARY),
    "explore, objectives": lambda v: loas_tl.explore("LoAS", NETWORK, vary=VARY, objectives=v),
    "explore, constraints": lambda v: loas_tl.explore("LoAS", NETWORK, vary=VARY, constraints=v),
    "explore, points": lambda v: loas_tl.explore("LoAS", NETWORK, vary=VARY, points=v),
    "explore, store": lambda v: loas_tl.explore("LoAS", NETWORK, vary=VARY, store=v),
    "explore, key": lambda v: loas_tl.explore("LoAS", NETWORK, vary={len: v}),  # type: ignore[dict-item]
    "compare, timesteps": lambda v: loas_tl.compare("V-L8", workload={"timesteps": v}),
    "from_nir, inputs": lambda v: loas_tl.from_nir("x.nir", v),
    "from_nir, dt": lambda v: loas_tl.from_nir("x.nir", [[[1.0]]], dt=v),
    "from_nir, timesteps": lambda v: loas_tl.from_nir("x.nir", [[[1.0]]], timesteps=v),
    "measure_formats": loas_tl.measure_formats,
    "measure_formats, layer": lambda v: loas_tl.measure_formats(NETWORK, layer=v),
    "measure_sparsity": lambda v: measure_sparsity(networks=v),
    "design": loas_tl.design,
    "parse_spec": loas_tl.spec.parse_spec,
    "evaluate": loas_tl.native.evaluate,
    "execute": lambda v: loas_tl.exact.execute(v, {}),
    "run_models": loas_tl.timeloop.run_models,
    "available": loas_tl.timeloop.available,
    "round_weights": loas_tl.round_weights,
}
"""Functions that take names, networks, layers, specs or arrays."""

BAD: list[Any] = [5j, object(), [object()], b"x"]
"""Of kinds that nothing takes."""


def refused(call: Call, value: object) -> None:
    with pytest.raises(loas_tl.InputError) as error:
        call(value)
    said = str(error.value)
    assert said
    assert "\n" not in said
    assert "--" not in said


@pytest.mark.parametrize("name", [*OF_PATHS, *OF_NAMES])
def test_things_of_another_kind_are_refused(name: str) -> None:
    for value in BAD:
        refused((OF_PATHS | OF_NAMES)[name], value)


@pytest.mark.parametrize("name", OF_PATHS)
def test_numbers_folders_and_what_is_missing_are_refused(name: str, tmp_path: Path) -> None:
    paths = (tmp_path, tmp_path / "missing.npz", tmp_path / "a\0b")
    wrong: list[Any] = [5, 1.5, [], "", *paths]
    for value in wrong:
        refused(OF_PATHS[name], value)


@pytest.mark.parametrize("timesteps", ["inf", "nan", 2.5])
def test_timesteps_of_a_workload_are_whole(timesteps: object) -> None:
    with pytest.raises(loas_tl.InputError, match=r"timesteps: is .*; expected a whole number"):
        loas_tl.compare("V-L8", accelerators=LOAS, workload={"timesteps": timesteps})
