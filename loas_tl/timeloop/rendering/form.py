"""What Timeloop is told of an accelerator: its two templates, and how it sees its operands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from loas_tl.ground.data import shipped_folder
from loas_tl.ground.errors import InputError

Operand = Literal["packed", "spikes", "activations"]
"""P[M,K], words of T bits; X[T,M,K], bits; or A[M,K] of an ANN."""

Value = int | float | bool


@dataclass(frozen=True)
class TimeloopForm:
    """An accelerator with a template of its architecture and one of its mapping.

    Attributes:
        name: what the accelerator is called.
        about: one line.
        architecture: ``NAME.yaml.jinja``.
        mapping: ``NAME_mapping.yaml.jinja``.
        operand: what its first operand is.
        values: of its parameters, each in its unit, for the templates; one that is None is left to
            the layer.
        typical: stands in for what a layer would say, where there is none, in the same unit.
        dense_weights: whether it runs on unpruned weights.
        fine_tuned: whether neurons that fire once count as silent.
        remarks: written at the top of the architecture, a line each.

    Raises:
        InputError: where the operand is none, or a template is missing.
    """

    name: str
    about: str
    architecture: Path
    mapping: Path
    operand: Operand
    values: Mapping[str, Value | None] = field(default_factory=dict)
    typical: Mapping[str, Value] = field(default_factory=dict)
    dense_weights: bool = False
    fine_tuned: bool = False
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.operand not in get_args(Operand):
            raise InputError(
                f"{self.name}: operand is {self.operand!r}; "
                f"expected one of {', '.join(get_args(Operand))}"
            )
        for path in (self.architecture, self.mapping):
            if not path.is_file():
                raise InputError(
                    f"no such template, nor beside the file that declares {self.name}; "
                    "expected one of the two",
                    file=path,
                )


def find_templates(name: str, beside: Path) -> tuple[Path, Path]:
    """The templates of that name: beside a file of one's own, or those that come with us.

    Args:
        name: ``NAME`` of ``NAME.yaml.jinja`` and ``NAME_mapping.yaml.jinja``.
        beside: the folder that is looked through first.
    """
    found = []
    for file, folder in (
        (f"{name}.yaml.jinja", "arch_specs"),
        (f"{name}_mapping.yaml.jinja", "mappings"),
    ):
        own = beside / file
        found.append(own if own.is_file() else shipped_folder(folder) / file)
    architecture, mapping = found
    return architecture, mapping
