"""Every design by name, and designs of one's own among them."""

from __future__ import annotations

from loas_tl.designs.dense import PTB, STELLAR
from loas_tl.designs.design import Design
from loas_tl.designs.eyeriss_snn import EYERISS_SNN
from loas_tl.designs.gamma import GAMMA_ANN, GAMMA_SNN
from loas_tl.designs.gospa import GOSPA_SNN
from loas_tl.designs.gustav_snn import GUSTAV_SNN
from loas_tl.designs.loas import LOAS, LOAS_FT, LOAS_N_MAJOR
from loas_tl.designs.mint import MINT
from loas_tl.designs.phi import PHI
from loas_tl.designs.prosperity import PROSPERITY
from loas_tl.designs.ptb_stsap import PTB_STSAP
from loas_tl.designs.sato import SATO
from loas_tl.designs.sparten import SPARTEN_ANN, SPARTEN_SNN
from loas_tl.ground.errors import InputError
from loas_tl.ground.nearest import nearest

_registered: dict[str, Design] = {}

UNNAMEABLE = ":,=/\\"
"""What a name cannot have, since ``NAME:key=value`` and ``FILE.py:NAME`` could not name it."""


def register(design: Design) -> Design:
    """Make a design available by name, in Python and on the command line.

    Args:
        design: the design.

    Returns:
        The same.

    Raises:
        InputError: where another design already has that name.

    >>> import loas_tl
    >>> wide = loas_tl.design("LoAS", pes=64).with_(name="LoAS-wide")
    >>> _ = loas_tl.register(wide)
    >>> loas_tl.design("loas wide") is wide
    True
    """
    _registered[key_of(design.label)] = check(design)
    return design


def check(design: Design) -> Design:
    """Return the design unless it would pass for a registered one that differs.

    Raises:
        InputError: where it is no design, or another one already has that name.
    """
    if not isinstance(design, Design):
        raise InputError(
            f"{type(design).__name__} is no accelerator; expected a name or a loas_tl.Design "
            "(say, loas_tl.design('LoAS', pes=32))"
        )
    if not key_of(design.name):
        raise InputError("the design has no name; expected one with a letter or a digit")
    if any(one in UNNAMEABLE or not one.isprintable() for one in design.name):
        raise InputError(
            f"a design cannot be called {design.name!r}; expected a name without "
            f"{' '.join(UNNAMEABLE)}"
        )
    known = _registered.get(key_of(design.label), design)
    if known != design or known.label != design.label:
        raise InputError(
            f"there already is an accelerator {known.label!r}; give this one another name"
        )
    return design


def find(name: str) -> Design:
    """The design of that name; case, spaces and dashes do not matter.

    Also by the name of its templates (``sparten_snn``).

    Raises:
        InputError: where there is none; the message lists those there are.
    """
    key = key_of(name)
    found = _registered.get(key)
    if found is not None:
        return found
    for design in _registered.values():
        if design.templates is not None and key_of(design.templates) == key:
            return design
    raise InputError(
        f"unknown accelerator {name!r}; {nearest(name, names())}expected one of "
        f"{', '.join(names())}, or FILE.py:NAME"
    )


def designs() -> list[Design]:
    """All registered designs, in the order they were registered."""
    return list(_registered.values())


def names() -> list[str]:
    """Names of all registered designs, in order."""
    return [design.label for design in _registered.values()]


def compared() -> list[Design]:
    """Those that run where none is named: spiking accelerators, not their ANN twins."""
    return [design for design in _registered.values() if design.compared]


def with_timeloop() -> list[Design]:
    """Those that have a Timeloop spec."""
    return [design for design in _registered.values() if design.templates is not None]


def key_of(name: str) -> str:
    """What names are told apart by; of numbers in them every digit and point counts."""
    return "".join(one for one in name.lower() if one.isalnum() or one in "=.")


for _design in (
    *(LOAS, LOAS_FT, LOAS_N_MAJOR),
    *(SPARTEN_SNN, GOSPA_SNN, GAMMA_SNN, PTB, STELLAR),
    *(SPARTEN_ANN, GAMMA_ANN),
    *(PROSPERITY, MINT, SATO, PTB_STSAP, EYERISS_SNN, PHI, GUSTAV_SNN),
):
    register(_design)
