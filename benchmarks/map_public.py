"""Search public Timeloop specs with the real timeloop-mapper and with ours, in the same time.

    python benchmarks/map_public.py CHECKOUT... [--seconds S] [--csv FILE]

Checkouts are those of ``public_specs.py``; of their specs, those for a search are taken. Both
engines have one thread and the same table of prices (our models', 1 pJ where they have none). The
real one ends as the spec's own ``mapper`` section says, or after so many seconds of search, and
ours after as many seconds as the real one took. ``results/map_public.csv`` keeps the energy-delay
products of the best mappings, in J cycles, and their ratio: ours over the real one's.
"""

from __future__ import annotations

import argparse
import csv
import re
import time
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

from public_specs import REPOSITORIES, Public, mapping_is_free, priced

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.errors import MappingError
from loas_tl.timeloop.mapper import search
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.prices import prices
from loas_tl.timeloop.running import run_mapper
from loas_tl.timeloop.spec import Spec
from loas_tl.timeloop.spec.loading import load

SECONDS = 5.0


@dataclass(frozen=True)
class Row:
    """A spec and the best mappings of both."""

    repository: str
    name: str
    real_joule_cycles: float | None = None
    our_joule_cycles: float | None = None
    ratio: float | None = None
    seconds: float | None = None
    said: str = ""


def for_a_search(public: Public) -> Spec | None:
    """The spec with prices of its own; None if it cannot be read or has a mapping."""
    try:
        spec = load(public.files, data=public.data, include=public.include).spec()
    except InputError:
        return None
    try:
        evaluate(spec)
    except MappingError:
        return None
    except InputError as given:
        if not mapping_is_free(given):
            return None
    else:
        return None
    table = priced(spec)
    if spec.energies is not None:
        return replace(table, energies=spec.energies)
    try:
        ours = prices(spec).energies or {}
    except InputError:
        ours = {}
    ones = table.energies or {}
    energies = {name: {**actions, **ours.get(name, {})} for name, actions in ones.items()}
    return replace(table, energies=energies)


def row(repository: str, name: str, spec: Spec, seconds: float) -> Row:
    """Searches with both."""
    try:
        real, found = run_mapper(spec, time_limit=seconds, jobs=1, timeout=60 + 4 * seconds)
    except InputError as error:
        return Row(repository, name, said=f"Timeloop: {_said(error)}")
    took = min(found["seconds"], seconds)
    try:
        ours = search(spec, metric="edp", time_limit=took, jobs=1, seed=0, allow_unpriced=True)
    except InputError as error:
        return Row(repository, name, said=_said(error))
    theirs = real.energy_pj * 1e-12 * real.cycles
    own = ours.result.energy_pj * 1e-12 * ours.result.cycles
    return Row(repository, name, theirs, own, own / theirs, round(took, 2))


def _said(error: InputError) -> str:
    """Without the folder of a file."""
    return re.sub(r"\S*/", "", str(error))[:100]


def rows(checkouts: list[Path], seconds: float) -> Iterator[Row]:
    """One for each spec that is for a search."""
    for folder in checkouts:
        repository = folder.name.rsplit("+", 1)[-1]
        for public in REPOSITORIES[repository](folder.absolute()):
            spec = for_a_search(public)
            if spec is not None:
                yield row(repository, public.name, spec, seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", nargs="+", type=Path)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--csv", type=Path)
    arguments = parser.parse_args()
    kept = []
    began = time.monotonic()
    for one in rows(arguments.checkout, arguments.seconds):
        kept.append(one)
        print(f"{time.monotonic() - began:.0f} s", *astuple(one), sep=" | ", flush=True)
        if arguments.csv:
            with arguments.csv.open("w", newline="") as file:
                names = [each.name for each in fields(Row)]
                csv.writer(file).writerows([names, *(astuple(each) for each in kept)])
    ratios = sorted(one.ratio for one in kept if one.ratio is not None)
    above = sum(ratio > 1.0005 for ratio in ratios)
    print(f"{len(ratios)} of {len(kept)} answered by both; ours is above in {above}")


if __name__ == "__main__":
    main()
