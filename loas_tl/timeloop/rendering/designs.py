"""The accelerators that have templates, and how each sees its operands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from loas_tl.ground.errors import InputError

Operand = Literal["packed", "spikes", "activations"]
"""P[M,K], words of T bits; X[T,M,K], bits; or A[M,K] of an ANN."""


@dataclass(frozen=True)
class Design:
    """An accelerator with a template in ``arch_specs/`` and one in ``mappings/``.

    Attributes:
        name: what it is called in ``loas-tl compare``, where it is there.
        template: name of its templates, and of its parameters in ``parameters.csv``.
        operand: what its first operand is.
        dense_weights: whether it runs on unpruned weights.
        fine_tuned: whether neurons that fire once count as silent.
        about: one line.
    """

    name: str
    template: str
    operand: Operand
    about: str
    dense_weights: bool = False
    fine_tuned: bool = False


DESIGNS = (
    Design("LoAS", "loas", "packed", "packed spikes, timesteps in space, rows on the PEs"),
    Design(
        "LoAS-FT",
        "loas",
        "packed",
        "LoAS on a network where a neuron firing once counts as silent",
        fine_tuned=True,
    ),
    Design("SparTen-SNN", "sparten_snn", "spikes", "inner join, timesteps in sequence"),
    Design("GoSPA-SNN", "gospa_snn", "spikes", "K outermost, timesteps in sequence"),
    Design("Gamma-SNN", "gamma_snn", "spikes", "row-wise products, timesteps in sequence"),
    Design("PTB", "ptb", "spikes", "dense array, pixels by timesteps, nothing skipped", True),
    Design(
        "Stellar", "stellar", "packed", "dense weights, spikes skipped, timesteps in space", True
    ),
    Design("SparTen", "sparten_ann", "activations", "SparTen for ANNs: 8-bit activations, no time"),
    Design("Gamma", "gamma_ann", "activations", "Gamma for ANNs: 8-bit activations, no time"),
)


def find_design(name: str) -> Design:
    """The design of that name or template; case, spaces and dashes do not matter.

    Raises:
        InputError: where there is none; the message lists those there are.
    """
    for design in DESIGNS:
        if _key(name) in (_key(design.name), _key(design.template)):
            return design
    listed = ", ".join(design.name for design in DESIGNS)
    raise InputError(f"no Timeloop spec of an accelerator {name!r}; expected one of {listed}")


def _key(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())
