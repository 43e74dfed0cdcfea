"""Texts that anyone may have made: YAML, expressions, names."""

from __future__ import annotations

import xml.dom.minidom
from pathlib import Path

import pytest
from rich.text import Text

from loas_tl.ground import yaml_tree
from loas_tl.ground.errors import InputError
from loas_tl.report.table import PlainConsole
from loas_tl.timeloop.spec.expressions import ExpressionError, evaluate
from loas_tl.workload.description import read_recording
from tests.cli.outcome import Run
from tests.workload.examples import one_layer


def test_many_layers_are_read(tmp_path: Path) -> None:
    path = tmp_path / "l.yaml"
    layer = "{output_channels: 8, weight_sparsity: 0.5}"
    path.write_text("layers:\n" + "".join(f"  l{n}: {layer}\n" for n in range(20_000)))
    assert len(read_recording(path).layers) == 20_000


@pytest.mark.parametrize(
    "text",
    [
        "network: !!int ''\n",
        "network: !!timestamp x\n",
        "network: !!python/object:os.system x\n",
        "network: " + "[" * 5000,
        "a: &a [x, x]\n" + "".join(f"a{n}: [*a, *a]\n" for n in range(250_000)),
        "- [\x00]",
    ],
)
def test_nonsense_in_a_description_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "l.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as refused:
        read_recording(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert len(str(refused.value)) <= 500


def test_a_description_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "l.yaml"
    with path.open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(InputError, match="larger than 8 MiB"):
        read_recording(path)


def test_tags_of_scalars_say_what_they_are() -> None:
    tree = yaml_tree.read_text("{a: !!int '5', b: !!float 1, c: !!str 5, d: !!null ''}")
    assert dict(tree) == {"a": 5, "b": 1, "c": "5", "d": None}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("text", ["0x1for x in", "1if 2else 3in", "'\\d' +"])
def test_python_says_nothing_of_what_is_no_expression(text: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(text, {})


def test_no_name_gives_orders_to_a_terminal() -> None:
    to = PlainConsole(force_terminal=True, color_system=None, width=80)
    with to.capture() as printed:
        to.print(Text("a\x1b]0;title\x07\x9b31mb\x00"))
        to.print("c\x1b[31md", markup=False)
    assert printed.get() == "a]0;title31mb\nc[31md\n"


def test_any_name_is_drawn(run: Run, tmp_path: Path) -> None:
    tensors = one_layer(tmp_path / "t.npz", name="a\x1b[31mb 層 --> <g>")
    outcome = run("innerjoin", "--tensors", tensors, "--out", tmp_path / "o")
    assert (outcome.code, outcome.err) == (0, "")
    assert "\x1b" not in outcome.out
    xml.dom.minidom.parse(str(tmp_path / "o" / "laggy_cost.svg"))  # noqa: S318 - it is ours
