"""What cannot be compared is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from loas_tl import Design, InputError, Network, compare
from loas_tl.designs.dense import PTB
from loas_tl.designs.loas import LOAS, Loas
from tests.comparison.examples import FIRST
from tests.workload.examples import one_layer

REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "networks and tensors": (
        lambda path: compare("alexnet", tensors=path),
        "only one of networks, tensors and spikes",
    ),
    "tensors and spikes": (
        lambda path: compare(tensors=path, spikes=path, layers=path),
        "only one of networks, tensors and spikes",
    ),
    "networks and spikes": (
        lambda path: compare(FIRST, spikes=path, layers=path),
        "only one of networks, tensors and spikes",
    ),
    "spikes without layers": (lambda path: compare(spikes=path), "need both"),
    "layers without spikes": (lambda path: compare(layers=path), "need both"),
    "layers with networks": (lambda path: compare("alexnet", layers=path), "need both"),
    "an unknown network": (lambda _: compare("lenet"), "'lenet'; expected one of alexnet"),
    "an unknown network among known": (lambda _: compare(["alexnet", "lenet"]), "'lenet'"),
    "an unknown accelerator": (
        lambda path: compare(tensors=path, accelerators=["TPU"]),
        "'TPU'; expected one of LoAS",
    ),
    "an unknown parameter": (
        lambda path: compare(tensors=path, accelerators=["LoAS:pse=8"]),
        "LoAS has no 'pse'; did you mean 'pes'?",
    ),
    "a bare dataflow": (
        lambda path: compare(tensors=path, accelerators=[LOAS.dataflow()]),  # type: ignore[list-item]
        "is no accelerator; expected a name or a loas_tl.Design",
    ),
    "a bare array": (
        lambda path: compare(tensors=path, accelerators=["LoAS", PTB.dataflow()]),  # type: ignore[list-item]
        "is no accelerator; expected a name or a loas_tl.Design",
    ),
    "a class of designs": (
        lambda path: compare(tensors=path, accelerators=[Loas]),  # type: ignore[list-item]
        "is no accelerator; expected a name or a loas_tl.Design",
    ),
    "a design without a dataflow": (
        lambda path: compare(tensors=path, accelerators=[Design(name="Bare")]),
        "Bare has no published model; it declares no dataflow",
    ),
    "a design without a name": (
        lambda path: compare(tensors=path, accelerators=[Design()]),
        "the design has no name",
    ),
    "placeholders, which have no area": (
        lambda path: compare(tensors=path, accelerators=["LoAS:technology=-1"]),
        "LoAS.technology: is -1, placeholders that have no area",
    ),
    "an unknown model": (
        lambda path: compare(tensors=path, model="rough"),  # type: ignore[arg-type]
        "unknown model 'rough'; expected one of published, detailed, both",
    ),
    "no accelerators": (lambda path: compare(tensors=path, accelerators=[]), "at least one"),
    "no networks": (lambda _: compare([]), "at least one"),
    "a negative seed": (lambda _: compare("alexnet", seed=-1), "expected 0 or more"),
    "a seed that is no number": (
        lambda _: compare("V-L8", seed="a"),  # type: ignore[arg-type]
        "seed is 'a'; expected a whole number",
    ),
    "a layer for a network": (
        lambda _: compare(FIRST.layers[0]),
        "networks: Layer objects; expected names",
    ),
    "a number for a network": (
        lambda _: compare(5),  # type: ignore[arg-type]
        "networks: int objects; expected names",
    ),
    "a layer for layers": (
        lambda _: Network("mine", FIRST.layers[0]),
        "mine: layers are of type Layer; expected a list",
    ),
    "settings without keys": (
        lambda path: compare(tensors=path, settings=8),  # type: ignore[arg-type]
        "settings: is of type int; expected values by key",
    ),
    "a workload without keys": (
        lambda _: compare("V-L8", workload=8),  # type: ignore[arg-type]
        "workload: is of type int; expected values by key",
    ),
    "a missing file": (lambda path: compare(tensors=path.with_name("no")), "no such file"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_compared_is_refused_in_one_line(what: str, tmp_path: Path) -> None:
    call, mention = REFUSED[what]
    path = one_layer(tmp_path / "good.npz")
    with pytest.raises(InputError, match=re.escape(mention)) as refused:
        call(path)
    assert len(str(refused.value).splitlines()) == 1
    assert isinstance(refused.value, ValueError)


def test_accelerators_of_one_name_are_refused() -> None:
    mine = [LOAS.with_(name="mine", pes=rows) for rows in (8, 4)]
    with pytest.raises(InputError, match="two accelerators are called 'mine'"):
        compare(FIRST, accelerators=mine)


def test_networks_of_one_name_are_refused_and_the_same_one_twice_is_once() -> None:
    with pytest.raises(InputError, match="two networks are called 'alexnet'"):
        compare(["alexnet", Network("alexnet", FIRST.layers)], accelerators=["PTB"])
    assert len(compare(["alexnet", "AlexNet"], accelerators=["PTB"]).totals) == 1
