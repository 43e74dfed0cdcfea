"""What the texts and numbers in a store must be: anyone may have made the file."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from loas_tl.models.dataflow import Kind, Memory

Count = Annotated[int, Field(ge=0)] | Annotated[float, Field(ge=0, allow_inf_nan=False)]
Amount = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Texts = tuple[str, ...]

Traffic = tuple[tuple[Memory, Kind, Count], ...]
Recipes = Annotated[tuple[str, ...], Field(min_length=1)]
Samples = Annotated[tuple[Recipes, ...], Field(min_length=1)]
Layers = tuple[tuple[str, str, Samples], ...]
Parameters = dict[str, int | float | str | bool | None]

Point = tuple[int, str, str, str, str, str, str | None]
"""Number, accelerator, label, parameters, design, layers and error."""

Result = tuple[
    Count,
    Count,
    Count,
    Amount | None,
    Amount | None,
    Amount | None,
    Amount | None,
    str | None,
    Annotated[float, Field(ge=0)],
    Positive,
    str,
    None,
]
"""Cycles, computes and PE cycles, energies, traffic, area, clock, notes; no error."""


class _Varied(BaseModel):
    vary: dict[str, Any]


class Asked(BaseModel):
    """What was asked of a space, as far as it is read again."""

    model_config = ConfigDict(strict=True, extra="allow")

    space: list[_Varied]
    networks: list[str]
    objectives: list[str]
    constraints: list[str]
    model: Annotated[str, Field(pattern=r"\S")]
    version: str
    sampler: str
    seed: int | None
    notes: list[str]


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def value(kind: Any, given: object) -> Any:
    """The value, if it is one of this type; raises ValueError."""
    return _adapter(kind).validate_python(given, strict=True)


def parsed(kind: Any, text: str) -> Any:
    """The value of a JSON text, if it is one of this type; raises ValueError."""
    return _adapter(kind).validate_json(text, strict=True)
