"""Find an accelerator by name, and add one."""

from __future__ import annotations

from loas_tl.designs.gamma import GAMMA_SNN
from loas_tl.designs.gospa import GOSPA_SNN
from loas_tl.designs.loas import LOAS, LOAS_FT, LOAS_N_MAJOR
from loas_tl.designs.ptb import PTB
from loas_tl.designs.sparten import SPARTEN_SNN
from loas_tl.designs.stellar import STELLAR
from loas_tl.ground.errors import InputError
from loas_tl.models.declaration import Accelerator

_registered: dict[str, Accelerator] = {}


def register(accelerator: Accelerator) -> Accelerator:
    """Make a declaration available by name to :func:`loas_tl.compare`, and return it.

    Raises:
        InputError: where another declaration already has that name.
    """
    _registered[_key(accelerator.name)] = check(accelerator)
    return accelerator


def check(accelerator: Accelerator) -> Accelerator:
    """Return the declaration unless it would pass for a registered one that differs.

    Raises:
        InputError: where another declaration already has that name.
    """
    known = _registered.get(_key(accelerator.name), accelerator)
    if known != accelerator:
        raise InputError(
            f"there already is an accelerator {known.name!r}; give this one another name"
        )
    return accelerator


def find(name: str) -> Accelerator:
    """The accelerator of that name; case, spaces and dashes do not matter.

    Raises:
        InputError: where there is none; the message lists those there are.
    """
    found = _registered.get(_key(name))
    if found is None:
        raise InputError(f"unknown accelerator {name!r}; expected one of {', '.join(names())}")
    return found


def names() -> list[str]:
    """Names of all accelerators, in the order they were registered."""
    return [accelerator.name for accelerator in _registered.values()]


def _key(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


for _published in (LOAS, LOAS_FT, LOAS_N_MAJOR, SPARTEN_SNN, GOSPA_SNN, GAMMA_SNN, PTB, STELLAR):
    register(_published)
