"""The templates' parameters: defaults and ranges, all in ``arch_specs/parameters.csv``."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from loas_tl.ground.data import shipped_folder
from loas_tl.ground.errors import InputError

Value = int | float

EVERY = "all"
"""In the table: parameters that every accelerator has."""


class Parameter(BaseModel):
    """One row of the table.

    Attributes:
        accelerator: template that has it, or ``all``.
        name: as in the template and behind ``--set``.
        default, minimum, maximum: whole numbers unless the default has a decimal point.
        unit, about: for people.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    accelerator: str
    name: str
    default: int | float
    minimum: int | float
    maximum: int | float
    unit: str
    about: str

    @model_validator(mode="after")
    def _default_in_range(self) -> Parameter:
        if not self.minimum <= self.default <= self.maximum:
            raise ValueError(f"default {self.default} is out of range")
        return self

    @property
    def whole(self) -> bool:
        """Whether only whole numbers will do."""
        return isinstance(self.default, int)

    def parse(self, text: str) -> Value:
        """The value in a ``--set``.

        Raises:
            InputError: where it is no number of the right kind and range.
        """
        try:
            value: Value = int(text) if self.whole else float(text)
        except ValueError:
            kind = "a whole number" if self.whole else "a number"
            raise InputError(f"{text!r} is not {kind}; {self._expected()}", key=self.name) from None
        return self.check(value)

    def check(self, value: Value) -> Value:
        """The value, unless it is out of range (InputError)."""
        if not self.minimum <= value <= self.maximum:
            raise InputError(f"{value} is out of range; {self._expected()}", key=self.name)
        return value

    def _expected(self) -> str:
        return f"expected {self.minimum} to {self.maximum} {self.unit} ({self.about})"


@cache
def read_parameters() -> tuple[Parameter, ...]:
    """Every row of the table, in order.

    Raises:
        InputError: where the table is not as it should be.
    """
    path = shipped_folder("arch_specs") / "parameters.csv"
    try:
        rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
        return tuple(Parameter.model_validate(_numbers(row)) for row in rows)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=path) from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InputError(first["msg"], file=path, key=key or None) from None


def parameters_of(template: str) -> dict[str, Parameter]:
    """The parameters of one template, by name."""
    return {
        parameter.name: parameter
        for parameter in read_parameters()
        if parameter.accelerator in (EVERY, template)
    }


def resolve(template: str, settings: Mapping[str, Value | str]) -> dict[str, Value]:
    """Every parameter of a template: as set, or else its default.

    Args:
        template: name of the accelerator's template.
        settings: values, or texts of values as from ``--set``.

    Raises:
        InputError: for a name the template does not have, a value out of range, or cache
            partitions that do not fit in the cache.
    """
    parameters = parameters_of(template)
    for name in settings:
        if name not in parameters:
            listed = ", ".join(parameters)
            raise InputError(
                f"{template} has no such parameter; expected one of {listed}", key=name
            )
    values = {name: parameter.default for name, parameter in parameters.items()}
    for name, value in settings.items():
        parameter = parameters[name]
        values[name] = parameter.parse(value) if isinstance(value, str) else parameter.check(value)
    partitions = [name for name in values if name.endswith("_cache_KiB")]
    needed = sum(values[name] for name in partitions)
    if needed > values["cache_KiB"]:
        raise InputError(
            f"is {values['cache_KiB']}, but its partitions {', '.join(partitions)} "
            f"take {needed} KiB; expected room for them",
            key="cache_KiB",
        )
    return values


def parse_settings(texts: Iterable[str]) -> dict[str, str]:
    """``key=value`` texts as a mapping.

    Raises:
        InputError: for a text without ``=`` or a key that comes twice.
    """
    settings: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise InputError(f"--set {text!r}; expected key=value")
        if name.strip() in settings:
            raise InputError(f"--set {name.strip()} comes twice")
        settings[name.strip()] = value.strip()
    return settings


def _numbers(row: Mapping[str, str | None]) -> dict[str, object]:
    """A row with its numbers read: whole unless the default has a decimal point.

    What is no number stays a text, for the model to refuse.
    """
    kind = float if "." in (row.get("default") or "") else int

    def read(name: str) -> object:
        try:
            return kind(row.get(name) or "")
        except ValueError:
            return row.get(name)

    return {**row, **{name: read(name) for name in ("default", "minimum", "maximum")}}
