"""What is attacked: every command and every reader, each with inputs that are right until damaged.

An attack is a function of random numbers and of a folder, into which it puts files; it answers
with the command's arguments, in which names are relative to that folder.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from loas_tl.workload.archive import SAVED
from tests.hardening import hostile, trained_targets
from tests.hardening.readers import reader
from tests.mapper.examples import matmul
from tests.timeloop_runs import reference_runs
from tests.workload.examples import spikes, weights

Attack = Callable[[random.Random, Path], list[str]]

TENSORS = {
    "fc/x": spikes(4, 6, 20),
    "fc/w": weights(20, 8),
    "a/x": spikes(2, 3, 9),
    "a/w": weights(9, 5),
}
MAPS = {"conv": spikes(4, 3, 6, 6), "fc": spikes(4, 12)}
LAYERS = """network: mine
layers:
  conv: {kernel: 3, padding: 1, output_channels: 8, weight_sparsity: 0.5}
  fc: {output_channels: 4, weight_sparsity: 0.25, unevenness: 0.5}
"""
WEIGHTS = {"conv": weights(27, 8), "fc": weights(12, 4)}
CONFIGURATION = """version: 0.4
estimator_plug_ins: [/mine]
primitive_components:
- /a
- 'b c'
"""
TEMPLATE = """{% set width = 16 %}
{% from "macros.jinja" import level with context %}
architecture:
  version: 0.4
  nodes:
  - !Component {name: DRAM, class: DRAM, attributes: {width: 64, datawidth: 8}}
  {{ level("Cache", width) }}
  - !Component {name: mac, class: compute, attributes: {width: 8, datawidth: 8}}
{{ include("problem.yaml") }}
mapping: {{ mapping }}
"""
MACROS = """{% macro level(name, width) -%}
- !Component
    name: {{ name }}
    class: storage
    attributes: {depth: 64, width: {{ width }}, datawidth: 8}
{%- endmacro %}
"""
PROBLEM = """problem:
  version: 0.4
  instance: {M: 4, N: 4, K: 4}
  shape:
    name: matmul
    dimensions: [M, N, K]
    data_spaces:
    - {name: A, projection: [[[M]], [[K]]]}
    - {name: B, projection: [[[K]], [[N]]]}
    - {name: Z, projection: [[[M]], [[N]]], read_write: true}
"""
DATA = """mapping:
- {target: DRAM, type: temporal, factors: [M=4, N=4, K=4], permutation: [K, N, M]}
- {target: Cache, type: temporal, factors: [M=1, N=1, K=1], permutation: [K, N, M]}
"""
PRICED = """ERT:
  version: 0.4
  tables:
  - {name: top.DRAM, actions: [{name: read, arguments: {}, energy: 1}, {name: write, energy: 2}]}
"""


@dataclass(frozen=True)
class Target:
    """A command or a reader behind one.

    Attributes:
        name: of it.
        attack: puts files into a folder; the command's arguments.
        needs: packages that read what is attacked.
    """

    name: str
    attack: Attack
    needs: tuple[str, ...] = ()

    @property
    def missing(self) -> list[str]:
        """Those of them that are not installed."""
        return [package for package in self.needs if find_spec(package) is None]


@cache
def checkpoint() -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of a search's checkpoint, and under ``spec`` the text of its specification."""
    from tempfile import TemporaryDirectory

    from loas_tl.timeloop.mapper import search
    from loas_tl.timeloop.spec import parse_spec

    text = matmul(m=16, n=12, k=8)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "c"
        search(parse_spec(text), max_mappings=60, jobs=1, allow_unpriced=True, checkpoint=path)
        with np.load(path) as kept:
            return dict(kept) | {"spec": np.array(text)}


@cache
def store() -> bytes:
    """An exploration's store."""
    from tempfile import TemporaryDirectory

    from loas_tl import explore
    from tests.exploration.spaces import small

    with TemporaryDirectory() as folder:
        path = Path(folder) / "s.db"
        explore(["LoAS"], small(layers=1), vary={"pes": [8, 16]}, store=path, jobs=1)
        return path.read_bytes()


@cache
def saved() -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of a saved network."""
    from tempfile import TemporaryDirectory

    from loas_tl.workload.recordings import load_spikes

    with TemporaryDirectory() as name:
        folder = Path(name)
        _npz(folder / "s.npz", MAPS)
        _text(folder / "l.yaml", LAYERS)
        load_spikes(folder / "s.npz", folder / "l.yaml").save(folder / "n.npz")
        with np.load(folder / "n.npz") as arrays:
            return dict(arrays)


DATA_FOLDER = Path(__file__).parents[1] / "data"


def _npz(path: Path, arrays: dict[str, Any]) -> str:
    np.savez(path, **arrays)
    return path.name


def _text(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    return path.name


def tensors(rng: random.Random, folder: Path) -> list[str]:
    """A damaged file of tensors."""
    (folder / "t.npz").write_bytes(hostile.archive(rng, TENSORS))
    return reader(rng, "--tensors", "t.npz")


def network(rng: random.Random, folder: Path) -> list[str]:
    """A damaged network that was saved."""
    arrays = dict(saved())
    if rng.random() < 0.5:
        key = SAVED
        arrays[key] = np.array(hostile.text(rng, str(arrays[key]))[:50_000].replace("\x00", ""))
        _npz(folder / "t.npz", arrays)
    else:
        (folder / "t.npz").write_bytes(hostile.archive(rng, arrays))
    return reader(rng, "--tensors", "t.npz")


def recording(rng: random.Random, folder: Path) -> list[str]:
    """Damaged maps, description or weights."""
    wrong = rng.choice(("maps", "layers", "layers", "layers", "weights"))
    layers = LAYERS + ("weights: w.npz\n" if wrong == "weights" or rng.random() < 0.2 else "")
    (folder / "w.npz").write_bytes(
        hostile.archive(rng, WEIGHTS) if wrong == "weights" else _packed(WEIGHTS)
    )
    (folder / "s.npz").write_bytes(hostile.archive(rng, MAPS) if wrong == "maps" else _packed(MAPS))
    _text(folder / "l.yaml", hostile.text(rng, layers) if wrong == "layers" else layers)
    command = reader(rng, "--spikes", "s.npz")
    if command[0] == "summary":
        command = ["formats", "--spikes", "s.npz"]
    return [*command, "--layers", "l.yaml"]


def _packed(arrays: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def spec(rng: random.Random, folder: Path) -> list[str]:
    """A damaged specification."""
    runs = reference_runs()
    text = runs[rng.choice(sorted(runs))].spec
    if rng.random() < 0.1:
        text = (DATA_FOLDER / "priced_spec.yaml").read_text()
    if rng.random() < 0.1:
        (folder / "spec.yaml").write_bytes(hostile.damaged(rng, text.encode()))
    else:
        _text(folder / "spec.yaml", hostile.text(rng, text))
    return ["model", "spec.yaml", "--engine", "native"]


def searched(rng: random.Random, folder: Path) -> list[str]:
    """A damaged specification that is searched."""
    _text(folder / "spec.yaml", hostile.text(rng, matmul(sparse=rng.random() < 0.3)))
    limit = ("--max-mappings", "60", "--time-limit", "5", "--jobs", "1", "--allow-unpriced")
    return ["map", "spec.yaml", "--engine", "native", *limit]


def top(rng: random.Random, folder: Path) -> list[str]:
    """Damaged templates and what they take from outside."""
    files = {
        "top.yaml.jinja2": TEMPLATE,
        "macros.jinja": MACROS,
        "problem.yaml": PROBLEM,
        "data.yaml": DATA,
    }
    wrong = rng.choice([*files])
    for name, text in files.items():
        changed = hostile.text(rng, text, templates=name != "data.yaml") if name == wrong else text
        _text(folder / name, changed)
    more = ["--set", f"width={hostile.word(rng)}"] if rng.random() < 0.2 else []
    return ["model", "top.yaml.jinja2", "--engine", "native", "--data", "data.yaml", *more]


def priced(rng: random.Random, folder: Path) -> list[str]:
    """A damaged table of energies, or prices by option, beside a specification."""
    text = (
        PROBLEM
        + DATA
        + re.sub(r"(?s)^.*?architecture:", "architecture:", TEMPLATE).partition("{{ include")[0]
    )
    text = text.replace('{{ level("Cache", width) }}', "- !Component {name: Cache, class: storage, "
                        "attributes: {depth: 64, width: 16, datawidth: 8}}")  # fmt: skip
    _text(folder / "spec.yaml", text)
    ert = (
        PRICED.replace("ERT", "ART").replace("actions: [", "area: 1, x: [")
        if rng.random() < 0.2
        else PRICED
    )
    _text(folder / "ert.yaml", hostile.text(rng, ert))
    more = ["--price", f"DRAM.read={hostile.word(rng)}"] if rng.random() < 0.2 else []
    return ["model", "spec.yaml", "ert.yaml", "--engine", "native", *more]


def resumed(rng: random.Random, folder: Path) -> list[str]:
    """A damaged checkpoint."""
    arrays = dict(checkpoint())
    _text(folder / "spec.yaml", str(arrays.pop("spec")))
    if rng.random() < 0.3:
        facts = json.loads(arrays["facts"].tobytes())
        key = rng.choice([key for key in facts if key != "search"])
        facts[key] = hostile._changed(rng, facts[key])
        try:
            arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
        except (TypeError, UnicodeEncodeError):
            arrays["facts"] = np.frombuffer(b"{}", np.uint8)
        _npz(folder / "c.npz", arrays)
    else:
        (folder / "c.npz").write_bytes(hostile.archive(rng, arrays))
    limit = ("--max-mappings", "80", "--jobs", "1", "--allow-unpriced")
    return ["map", "spec.yaml", "--engine", "native", *limit, "--checkpoint", "c.npz"]


def explored(rng: random.Random, folder: Path) -> list[str]:
    """A damaged store of an exploration."""
    data = store()
    path = folder / "s.db"
    if rng.random() < 0.5:
        path.write_bytes(hostile.damaged(rng, data))
    else:
        path.write_bytes(data)
        _edited(rng, path)
    _npz(folder / "t.npz", TENSORS)
    shown = (
        ["--show"]
        if rng.random() < 0.6
        else ["LoAS", "--tensors", "t.npz", "--vary", "pes=8,16", "--jobs", "1"]
    )
    return ["explore", *shown, "--store", "s.db"]


def _edited(rng: random.Random, path: Path) -> None:
    import sqlite3

    table, columns = rng.choice(
        [("points", ("parameters", "layers", "design", "number", "label")), ("spaces", ("asked",
        "began")),
         ("results", ("bits", "cycles", "area_mm2", "notes", "leakage_pJ")), ("layers", ("layer",))]
    )  # fmt: skip
    values: tuple[Any, ...] = (
        None, -1, 2**62, 1e308, "x", "[]", "{}", "[1]", '{"a": ' * 900, "NaN", b"\xff",
        hostile.word(rng),
    )  # fmt: skip
    connection = sqlite3.connect(path)
    try:
        change = rng.random()
        if change < 0.7:
            statement = f"UPDATE OR REPLACE {table} SET {rng.choice(columns)} = ?"  # noqa: S608
            connection.execute(statement, (rng.choice(values),))
        elif change < 0.8:
            connection.execute(f"DELETE FROM {table}")  # noqa: S608
        elif change < 0.9:
            connection.execute(f"DROP TABLE {table}")
        else:
            connection.execute(f"PRAGMA user_version = {rng.choice((0, 2, 99, -1))}")
        connection.commit()
    except (sqlite3.Error, OverflowError, UnicodeEncodeError):
        pass
    finally:
        connection.close()


def configured(rng: random.Random, folder: Path) -> list[str]:
    """A damaged configuration of Accelergy."""
    text = hostile.text(rng, CONFIGURATION)
    if rng.random() < 0.3:
        (folder / "c.yaml").write_bytes(hostile.damaged(rng, text.encode("utf-8", "replace")))
    else:
        _text(folder / "c.yaml", text)
    return ["plugins", rng.choice(("install", "uninstall", "where")), "--config", "c.yaml"]


def own(rng: random.Random, folder: Path) -> list[str]:
    """Damaged tensors of a specification that is validated."""
    _text(folder / "spec.yaml", PROBLEM + DATA + """architecture:
  version: 0.4
  nodes:
  - !Component {name: DRAM, class: DRAM, attributes: {width: 64, datawidth: 8}}
  - !Component {name: Cache, class: storage, attributes: {depth: 64, width: 16, datawidth: 8}}
  - !Component {name: mac, class: compute, attributes: {width: 8, datawidth: 8}}
""")  # fmt: skip
    a, b = spikes(4, 4).astype(np.int8), weights(4, 4)
    (folder / "b.npy").write_bytes(hostile.npy(b))
    if rng.random() < 0.4:
        (folder / "a.npz").write_bytes(hostile.archive(rng, {"A": a, "B": b}))
        name = "a.npz" + rng.choice(("", ":A", ":nothing", "::"))
    else:
        plain = hostile.npy(hostile.other_values(rng, a) if rng.random() < 0.5 else a)
        change = rng.choice((hostile.lying, hostile.damaged))
        (folder / "a.npy").write_bytes(change(rng, plain))
        name = "a.npy"
    return ["validate", "spec.yaml", "--data", f"A={name}", "B=b.npy"]


@cache
def _options() -> dict[str, list[argparse.Action]]:
    from loas_tl.cli.commands import parser

    [commands] = [a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return {
        name: [
            a for a in command._actions if a.option_strings and a.dest not in ("help", "scheduler")
        ]
        for name, command in commands.choices.items()
    }


BASES: dict[str, tuple[str, ...]] = {
    "capture": ("m.py:net", "--inputs", "t.npz", "--out", "n.npz"),
    "summary": ("t.npz",),
    "compare": ("--tensors", "t.npz", "--accelerator", "LoAS", "SparTen-SNN"),
    "explore": ("LoAS", "--tensors", "t.npz", "--vary", "pes=8,16", "--points", "2", "--jobs", "1"),
    "reproduce": ("nothing",),
    "innerjoin": ("--tensors", "t.npz"),
    "formats": ("--tensors", "t.npz"),
    "sparsity": ("--tensors", "t.npz"),
    "render": ("LoAS", "--tensors", "t.npz"),
    "model": ("spec.yaml", "--engine", "native"),
    "map": (
        "spec.yaml",
        "--engine",
        "native",
        "--max-mappings",
        "40",
        "--jobs",
        "1",
        "--allow-unpriced",
    ),
    "validate": ("--tensors", "t.npz", "--accelerator", "PTB"),
    "energy": ("LoAS",),
    "plugins": ("where", "--config", "c.yaml"),
    "doctor": (),
    "networks": (),
    "designs": ("LoAS",),
    "completion": ("bash",),
}
LIKELY = {
    "set": ("pes=8", "pes", "=", "pes=", "pes=1,2", "LoAS:pes=4", "cache_KiB=1e9", "nothing=1",
    "pes=0x8"),
    "vary": ("pes=1..1000000000", "pes=1..8:0", "pes=8..1", "pes=1..64*2", "pes=1..64*1", "pes=,",
    "pes=nan..8",
             "workload.seed=0..3", "workload.timesteps=1..99", "x=1", "pes=1..1e30",
             "cache_KiB=1..512*1.0000001"),
    "accelerator": ("LoAS", "all", "LoAS:pes=8", "LoAS:", ":pes=8", "LoAS:pes=1e9",
    "nothing.py:X", "LoAS:pes=8,pes=9"),
    "constraint": ("cycles<=1", "cycles<1", "area_mm2>=nan", "cycles<=", "<=1", "nothing<=1",
    "cycles<=1e999"),
    "objective": ("cycles", "edp", "vgg16.cycles", "cycles.cycles", "."),
    "workload_set": ("timesteps=1048576", "timesteps=0", "weight_density=2", "weight_density=nan",
    "x=1", "timesteps=1e3"),
    "price": ("DRAM.read=1", "DRAM=1", "DRAM.read=nan", "DRAM.read=-1", "a.b=1", ".=",
    "DRAM.read=1e400"),
    "max_memory": ("0.000001", "8", "1e300", "-1"),
    "layer": ("fc", "a", "nothing"),
    "network": ("alexnet-nothing", "V-L8"),
}  # fmt: skip


def options(rng: random.Random, folder: Path) -> list[str]:
    """Options with values that are none, of any command."""
    name = rng.choice([*BASES])
    _npz(folder / "t.npz", TENSORS)
    if name in ("model", "map"):
        _text(folder / "spec.yaml", PROBLEM + DATA + matmul().partition("problem:")[0])
    if name == "plugins":
        _text(folder / "c.yaml", CONFIGURATION)
    arguments = [*BASES[name]]
    known = _options()[name]
    for _ in range(rng.choice((1, 1, 2, 3))):
        if not known or rng.random() < 0.08:
            arguments.append(rng.choice(("--nothing", "--", "-x", word_of(rng, "set"))))
            continue
        action = rng.choice(known)
        option = rng.choice(action.option_strings)
        if action.nargs == 0:
            arguments.append(option)
        elif rng.random() < 0.7:
            arguments.append(f"{option}={word_of(rng, action.dest, action.choices)}")
        else:
            arguments += [option, word_of(rng, action.dest, action.choices)]
    if rng.random() < 0.05:
        arguments = [
            word_of(rng, "accelerator") if rng.random() < 0.3 else one for one in arguments
        ]
    return [argument.replace("\x00", "0") for argument in (name, *arguments)]


def word_of(rng: random.Random, dest: str, choices: Any = None) -> str:
    """A value of an option: likely, one of its choices, or nonsense."""
    if choices and rng.random() < 0.5:
        return str(rng.choice([*choices]))
    if dest in LIKELY and rng.random() < 0.7:
        return rng.choice(LIKELY[dest])
    if dest in ("out", "json", "csv", "store", "checkpoint") and rng.random() < 0.6:
        return rng.choice(
            ("o", "o/p", "t.npz", "t.npz/x", ".", "-", "/dev/null", "spec.yaml", "a" * 300)
        )
    return hostile.word(rng)


TARGETS = (
    *(
        Target(attack.__name__, attack)
        for attack in (
            tensors, network, recording, spec, searched, top, priced, resumed, explored,
            configured, own, options, trained_targets.capture,
        )
    ),
    Target("graph", trained_targets.graph, ("nir",)),
    Target("weights", trained_targets.weights, ("torch", "safetensors")),
    Target("inputs", trained_targets.inputs, ("torch",)),
)  # fmt: skip
