"""What the plug-ins use of Accelergy v0.4's interface, so that they run where it is not installed.

The tests marked ``accelergy`` run the real one.
"""

from __future__ import annotations

import logging
from types import ModuleType
from typing import Any


class Query:
    """A query for a class, perhaps for one of its actions."""

    def __init__(
        self,
        class_name: str,
        class_attrs: dict[str, Any],
        action_name: str | None = None,
        action_args: dict[str, Any] | None = None,
    ) -> None:
        self.class_name = class_name
        self.class_attrs = class_attrs
        self.action_name = action_name
        self.action_args = action_args


class Estimation:
    """A value in SI units."""

    def __init__(self, value: float) -> None:
        self.value = value


class AccuracyEstimation(Estimation):
    """An accuracy in percent; 0 is unsupported."""


class PlugIn:
    """A plug-in has a name and a logger."""

    def __init__(self) -> None:
        self.logger = logging.getLogger(self.get_name())

    def get_name(self) -> str:
        """The plug-in's name."""
        raise NotImplementedError


class Listed:
    """A line of ``accelergy --list-components``, and what is in it."""

    def __init__(self, *parts: Any) -> None:
        self.parts = parts


def modules() -> dict[str, ModuleType]:
    """The modules that the plug-ins import."""
    content: dict[str, dict[str, Any]] = {
        "accelergy": {},
        "accelergy.plug_in_interface": {},
        "accelergy.plug_in_interface.interface": {
            "AccelergyPlugIn": PlugIn,
            "AccelergyQuery": Query,
            "AccuracyEstimation": AccuracyEstimation,
            "Estimation": Estimation,
        },
        "accelergy.plug_in_interface.estimator_wrapper": {
            "PrintableCall": Listed,
            "SupportedComponent": Listed,
        },
    }
    made = {name: ModuleType(name) for name in content}
    for name, module in made.items():
        vars(module).update(content[name])
    return made
