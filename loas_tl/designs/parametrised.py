"""What has a name and parameters, and can be had with others."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from inspect import get_annotations
from typing import Any, TypeVar

from loas_tl.designs.parameter import Parameter, Value, parameters_of, plain
from loas_tl.ground.errors import InputError
from loas_tl.ground.nearest import unknown

P = TypeVar("P", bound="Parametrised")


@dataclass(frozen=True, kw_only=True)
class Parametrised:
    """A name, and fields made by :func:`~loas_tl.designs.parameter.parameter`.

    Attributes:
        name: what it is called.
        about: one line.
        origin: what it was derived from by :meth:`with_`, under whose name it goes.

    Raises:
        InputError: naming it and the parameter, where a value is out of range.
    """

    name: str = ""
    about: str = ""
    origin: Any = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        kind = type(self)
        if "__dataclass_fields__" not in vars(kind):
            raise InputError(
                f"{kind.__name__} is no dataclass; expected @dataclass(frozen=True, kw_only=True) "
                "above it"
            )
        if not isinstance(self.name, str) or not isinstance(self.about, str):
            raise InputError(
                f"{kind.__name__}: name and about are texts; expected no {self.name!r}"
            )
        for name in parameters_of(self):
            if name in vars(kind) and name not in get_annotations(kind):
                raise InputError(
                    f"{kind.__name__}: {name} has no type and so is no field of its own; expected "
                    f"{name}: TYPE = parameter(...)"
                )
        for name, one in parameters_of(self).items():
            object.__setattr__(self, name, one.read(getattr(self, name), self.name))

    @property
    def parameters(self) -> dict[str, Parameter]:
        """Its parameters by name."""
        return parameters_of(self)

    @property
    def changed(self) -> dict[str, Value]:
        """The parameters that differ from those of the design whose name it has: the label's."""
        declared = self.parameters
        if self.origin is not None:
            usual = {name: getattr(self.origin, name) for name in declared}
        elif self.name == type(self).name:
            usual = {name: one.default for name, one in declared.items()}
        else:
            return {}
        return {
            name: value
            for name, default in usual.items()
            if (value := getattr(self, name)) != default
        }

    @property
    def set_(self) -> dict[str, Value]:
        """The parameters that differ from what its class declares, each in its unit."""
        return {
            name: value
            for name, one in self.parameters.items()
            if (value := getattr(self, name)) != one.default
        }

    @property
    def label(self) -> str:
        """What tables call it: the name, and what differs."""
        return " ".join([self.name, *(f"{key}={plain(v)}" for key, v in self.changed.items())])

    def with_(self: P, **values: Any) -> P:
        """The same with other parameters, or under another name.

        Args:
            values: of parameters, as numbers or texts; ``name`` makes a design of its own of it,
                ``about`` says what it is.

        Returns:
            Another one; this one stays as it is.

        Raises:
            InputError: for a parameter it does not have, naming the nearest, or a bad value.
        """
        known = list(self.parameters)
        for key in values:
            if key not in (*known, "name", "about"):
                raise unknown(key, known, f"{self.name} has no")
        origin: P | None
        if values.get("name", self.name) != self.name:
            origin = None
        elif self.origin is None and self.changed:
            # Of a class with parameters of one's own, the class's are the usual ones.
            usual: dict[str, Any] = {name: one.default for name, one in self.parameters.items()}
            origin = replace(self, **usual)
        else:
            origin = self.origin or self
        return replace(self, origin=origin, **values)
