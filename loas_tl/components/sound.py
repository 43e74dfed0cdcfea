"""What a component declares, held to what can be priced: finite numbers, and parts that are there.

Anyone may declare components. A cost that is not a number, or one below 0, would win every search;
so it is refused by name before it is added to anything.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loas_tl.ground.errors import InputError
from loas_tl.ground.nearest import listed

if TYPE_CHECKING:
    from loas_tl.components.component import Act, Component, Own, Part


def sound_own(component: Component) -> Own:
    """What a component costs apart from its parts.

    Raises:
        InputError: naming component and figure, where one is no finite number of 0 or more.
    """
    own = component.own()
    _hold(own.area, component, "area", "square metres")
    _hold(own.leakage, component, "leakage", "watts")
    for action, energy in own.energy.items():
        _hold(energy, component, f"energy of {action}", "joules")
    return own


def sound_parts(component: Component) -> tuple[Part, ...]:
    """What a component is made of.

    Raises:
        InputError: naming component and part, where there is less than none of one, or two have one
            name.
    """
    parts = component.parts()
    for part in parts:
        _hold(part.count, component, f"count of part {part.name}", "instances")
    twice = [name for name, times in Counter(part.name for part in parts).items() if times > 1]
    if twice:
        raise InputError(
            f"two parts are called {twice[0]!r}; expected a name for each",
            key=_name(component),
            file=_file(component),
        )
    return parts


def sound_actions(component: Component) -> Mapping[str, tuple[Act, ...]]:
    """What each action makes the parts do.

    Raises:
        InputError: naming component and action, where one is of a part that is not there, or
            happens less than never.
    """
    doings = component.actions()
    names = [part.name for part in component.parts()]
    for action, acts in doings.items():
        for act in acts:
            if act.part not in names:
                raise InputError(
                    f"action {action!r} is of a part {act.part!r}; expected one of its parts, "
                    f"{listed(names, 200) or 'of which it has none'}",
                    key=_name(component),
                    file=_file(component),
                )
            _hold(act.times, component, f"times of {action} ({act.part}.{act.action})", "")
    return doings


def _hold(value: Any, component: Component, what: str, unit: str) -> None:
    if isinstance(value, (int, float)) and isfinite(value) and value >= 0:
        return
    expected = f"a finite number of 0 or more {unit}".rstrip()
    shown = f"{value:g}" if isinstance(value, (int, float)) else repr(value)
    raise InputError(
        f"{what} is {shown}; expected {expected}", key=_name(component), file=_file(component)
    )


def _name(component: Component) -> str:
    return component.kind or type(component).__name__


def _file(component: Component) -> str | None:
    """Where its class is declared, if that is not in this package."""
    try:
        declared = Path(inspect.getfile(type(component))).resolve()
    except (OSError, TypeError):  # typed at a prompt
        return None
    if declared.is_relative_to(Path(__file__).resolve().parents[1]):
        return None
    here = Path.cwd()
    return str(declared.relative_to(here) if declared.is_relative_to(here) else declared)
