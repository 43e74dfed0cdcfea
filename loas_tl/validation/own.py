"""Validate a specification of one's own on tensors of one's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.spec import Spec, load_spec
from loas_tl.timeloop.spec.problem import Problem
from loas_tl.validation.records import SPEC_NAMES, Validation
from loas_tl.validation.side_by_side import predictor, validate_spec

Source = Spec | str | Path | Iterable[str | Path]
"""A specification, or its files."""

Data = Mapping[str, npt.NDArray[Any]]
"""Of each data space its values, or where they are not zero."""

_SUFFIXES = (".yaml", ".yml", ".jinja", ".jinja2", ".j2")
DENSITY_APART = 0.005
"""How far a density may be from that of the data without a word, relative."""


def names_a_spec(source: object) -> bool:
    """Whether something is a specification or names its files, by their suffix."""
    if isinstance(source, list | tuple):
        return bool(source) and all(names_a_spec(one) for one in source)
    return isinstance(source, Spec) or (
        isinstance(source, str | Path) and Path(source).suffix in _SUFFIXES
    )


def validate_data(
    source: Source, data: Data, *, name: str | None = None, engine: str = "native"
) -> Validation:
    """Predict every count of a specification, count it exactly on data, side by side.

    Args:
        source: the specification; with its mapping.
        data: arrays by the names of the problem's data spaces; one axis a rank, in the order of
            the projection. The output may be left out.
        name: of the specification; by default its file's.
        engine: ``native`` or ``timeloop``: who predicts, from the densities of the specification.

    Raises:
        InputError: an array is missing, unknown, of the wrong shape or of no numbers; or the
            exact count does not cover what the specification asks for, by name.
        MissingEngineError: where Timeloop was asked for and is not installed.
    """
    predict = predictor(engine)
    spec = source if isinstance(source, Spec) else load_spec(source)
    names = [space.name for space in spec.problem.data_spaces]
    masks = {tensor: _mask(tensor, values) for tensor, values in data.items()}
    missing = [
        space.name
        for space in spec.problem.data_spaces
        if not space.read_write and space.name not in data
    ]
    if missing:
        raise InputError(
            f"no data for {', '.join(missing)}; the data spaces are {', '.join(names)}",
            file=_file(spec),
        )
    called = name or _name(spec)
    found = validate_spec(spec, masks, called, "", predict)
    notes = [*_densities(spec.problem, masks), *found.notes]
    return Validation(
        engine,
        tuple(found.counts),
        tuple(found.cycles),
        {called: notes} if notes else {},
        names=SPEC_NAMES,
    )


def joined(validations: Iterable[Validation]) -> Validation:
    """Several specifications' validations as one; those of the same name are numbered."""
    several = list(validations)
    counts, cycles = [], []
    notes: dict[str, list[str]] = {}
    seen: dict[str, int] = {}
    for validation in several:
        name = validation.cycles[0].accelerator
        seen[name] = seen.get(name, 0) + 1
        called = name if seen[name] == 1 else f"{name} ({seen[name]})"
        counts += [replace(one, accelerator=called) for one in validation.counts]
        cycles += [replace(one, accelerator=called) for one in validation.cycles]
        if validation.notes:
            notes[called] = [line for lines in validation.notes.values() for line in lines]
    return replace(several[0], counts=tuple(counts), cycles=tuple(cycles), notes=notes)


def _name(spec: Spec) -> str:
    """Of a specification's first file, unless it is a text."""
    file = _file(spec)
    return "spec" if file is None or file.startswith("<") else Path(file).stem


def _file(spec: Spec) -> str | None:
    return spec.files[0] if spec.files else None


def _mask(tensor: str, values: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    array = np.asarray(values)
    if array.dtype.kind not in "biufc":
        raise InputError(f"data of {tensor} is {array.dtype}; expected numbers")
    if array.dtype.kind in "fc" and np.isnan(array).any():
        raise InputError(f"data of {tensor} holds NaN; expected numbers")
    mask: npt.NDArray[np.bool_] = array if array.dtype == np.bool_ else array != 0
    return mask


def _densities(problem: Problem, masks: Mapping[str, npt.NDArray[np.bool_]]) -> Iterator[str]:
    """Where the density that the prediction rests on is not that of the data."""
    for tensor, mask in masks.items():
        space = next(space for space in problem.data_spaces if space.name == tensor)
        if space.read_write or not mask.size:
            continue
        predicted, measured = problem.densities[tensor].density, float(mask.mean())
        if abs(predicted - measured) > DENSITY_APART * measured:
            yield f"{tensor}: the spec has density {predicted:.4g} and the data {measured:.4g}"
