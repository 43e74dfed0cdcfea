"""Read ``stats.txt``, timeloop-model's report, into a :class:`Result`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from loas_tl.ground.errors import InputError
from loas_tl.ground.sums import in_order
from loas_tl.timeloop.real import lines
from loas_tl.timeloop.result import (
    Accesses,
    ComputeStats,
    FormatAccesses,
    LevelStats,
    Metadata,
    Number,
    Rank,
    Result,
    TensorStats,
)

_SUMMARY_STEP_UM2 = 1e4
"""The summary's area is in mm² with two decimals."""


@dataclass
class _Block:
    """A level or a network as printed: keys and values, not yet interpreted."""

    name: str
    specs: dict[str, str] = field(default_factory=dict)
    stats: dict[str, str] = field(default_factory=dict)
    tensors: dict[str, dict[str, str]] = field(default_factory=dict)
    ranks: dict[tuple[str, str], list[Rank]] = field(default_factory=dict)


class _Lines:
    """The lines that are not blank and not a rule, with a look at the next one."""

    def __init__(self, text: str, file: object) -> None:
        self.file = file
        self._lines = [
            (number, line.rstrip())
            for number, line in enumerate(text.splitlines(), 1)
            if line.strip(" -")
        ]
        self._at = 0

    def peek(self) -> str | None:
        return self._lines[self._at][1] if self._at < len(self._lines) else None

    def take(self) -> str:
        line = self.peek()
        if line is None:
            raise InputError("ends too early; expected the whole of stats.txt", file=self.file)
        self._at += 1
        return line

    def expect(self, wanted: str) -> None:
        if self.take().strip() != wanted:
            raise self.unknown(f"expected {wanted!r}")

    def take_while_indented(self) -> Iterator[str]:
        while (line := self.peek()) is not None and line.startswith(" "):
            yield self.take()

    def unknown(self, expected: str) -> InputError:
        """About the line taken last."""
        number, line = self._lines[self._at - 1]
        return InputError(
            f"unknown line {line.strip()!r}; {expected}", file=self.file, key=f"line {number}"
        )


def parse_stats(text: str, file: object = "stats.txt") -> Result:
    """Interpret a report of timeloop-model or timeloop-mapper.

    A level that nothing is kept in or that is never accessed does not appear in the report, nor
    then in the result. Energies are summed from the levels' (printed to 0.01 pJ), since the
    report's own total is rounded to 0.01 uJ.

    Args:
        text: all of ``stats.txt``, of a dense or a sparse run.
        file: named in errors.

    Raises:
        InputError: at a line that is not known, naming it, or where something is missing.
    """
    source = _Lines(text, file)
    source.expect("Buffer and Arithmetic Levels")
    blocks = [*_level_blocks(source)]
    networks = [*_network_blocks(source)]
    _skip_intensity(source)
    summary = _key_values(source, "Summary Stats", lines.SUMMARY)
    _skip_energy_per_compute(source)
    if not blocks:
        raise InputError("has no levels", file=file)
    try:
        return _result(blocks, networks, summary)
    except KeyError as missing:
        raise InputError(f"has no line {missing}", file=file) from None
    except ValueError as error:
        raise InputError(str(error), file=file) from None


def read_stats(path: Path) -> Result:
    """Interpret a ``stats.txt``.

    Raises:
        InputError: as :func:`parse_stats`, and where the file cannot be read.
    """
    try:
        return parse_stats(path.read_text("utf-8"), path)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read ({error})", file=path) from None


def _level_blocks(source: _Lines) -> Iterator[_Block]:
    while source.peek() != "Networks":
        if not source.take().startswith("Level "):
            raise source.unknown("expected a level or the networks")
        title = lines.LEVEL_TITLE.fullmatch(source.take())
        if title is None:
            raise source.unknown("expected the name of a level")
        block = _Block(title["name"])
        source.expect("SPECS")
        first = source.peek() or ""
        # The compute level's lines are indented less than a storage level's.
        compute = not first.startswith(" " * 8)
        known_specs = lines.COMPUTE_SPECS if compute else lines.LEVEL_SPECS
        known_stats = lines.COMPUTE_STATS if compute else lines.LEVEL_STATS
        _fill(source, block, known_specs, known_stats, lines.TENSOR)
        yield block


def _network_blocks(source: _Lines) -> Iterator[_Block]:
    source.expect("Networks")
    while (line := source.peek()) is not None and line.startswith("Network "):
        source.take()
        block = _Block(source.take())
        source.expect("SPECS")
        _fill(source, block, lines.NETWORK_SPECS, frozenset(), lines.NETWORK_TENSOR)
        yield block


def _fill(
    source: _Lines,
    block: _Block,
    known_specs: frozenset[str],
    known_stats: frozenset[str],
    known_tensor: frozenset[str],
) -> None:
    """Take a block's SPECS and STATS, in which lines of ``NAME:`` open a tensor."""
    into, known = block.specs, known_specs
    tensor = key = ""
    for line in source.take_while_indented():
        if line.strip() == "STATS":
            into, known = block.stats, known_stats
            continue
        if rank := lines.RANK.fullmatch(line):
            if key not in lines.RANKED:
                raise source.unknown("no metadata is expected there")
            found = Rank(_number(rank["metadata"]), _number(rank["payload"]))
            block.ranks.setdefault((tensor, key), []).append(found)
            continue
        if lines.BREAKDOWN.fullmatch(line) and key in lines.BANDWIDTHS:
            continue
        if lines.INGRESS.fullmatch(line) and key.startswith("Ingresses"):
            continue
        if line.startswith("    ") and line[4] != " " and line.endswith(":"):
            tensor = line.strip()[:-1]
            into, known = block.tensors.setdefault(tensor, {}), known_tensor
            continue
        key, value = line.strip(), ""
        if key not in lines.RANKED:
            pair = lines.KEY_VALUE.fullmatch(line)
            if pair is None:
                raise source.unknown("expected a key and a value")
            key, value = pair["key"], pair["value"]
        if key not in known:
            raise source.unknown("this version of Timeloop prints something new")
        into[key] = value


def _skip_intensity(source: _Lines) -> None:
    """Operational intensity follows from the accesses; only check that the lines are known."""
    source.expect("Operational Intensity Stats")
    while source.peek() != "Summary Stats":
        line = source.take()
        pair = lines.KEY_VALUE.fullmatch(line)
        if lines.LEVEL_TITLE.fullmatch(line) is None and (
            pair is None or pair["key"] not in lines.INTENSITY
        ):
            raise source.unknown("expected operational intensity")


def _key_values(source: _Lines, title: str, known: frozenset[str]) -> dict[str, str]:
    source.expect(title)
    values: dict[str, str] = {}
    while (line := source.peek()) is not None and ":" in line:
        pair = lines.KEY_VALUE.fullmatch(source.take())
        if pair is None or pair["key"] not in known:
            raise source.unknown(f"expected {title}")
        values[pair["key"]] = pair["value"]
    return values


def _skip_energy_per_compute(source: _Lines) -> None:
    """The last part repeats energies in other units; only check that the lines are known."""
    titles = ("Computes", "Algorithmic Computes", "Actual Computes")
    units = ("fJ/Compute", "fJ/Algorithmic-Compute")
    while (line := source.peek()) is not None:
        source.take()
        name, equals, value = line.rpartition("=")
        is_share = line.startswith("    ") and bool(equals)
        if is_share or line in units or name.strip() in titles:
            if equals and lines.NUMBER.fullmatch(value.strip().lstrip("-")) is None:
                raise source.unknown("expected a number")
            continue
        raise source.unknown("expected energies per compute")


def _number(text: str) -> Number:
    """The number at the start of a value; its unit is part of what the key means."""
    word = text.split()[0].rstrip("%") if text.strip() else ""
    if lines.NUMBER.fullmatch(word) is None:
        raise ValueError(f"{text!r} is not a number")
    return int(word) if word.lstrip("+-").isdigit() else float(word)


def _optional(text: str) -> Number | None:
    return None if text == "-" else _number(text)


def _result(blocks: list[_Block], networks: list[_Block], summary: dict[str, str]) -> Result:
    inner, *storage = blocks
    compute, computes = _compute(inner)
    levels = {block.name: _level(block) for block in reversed(storage)}
    network_energy = {block.name: _network_energy(block) for block in networks}
    energy = in_order(network_energy.values(), compute.energy_pj)
    area = compute.area_um2
    for level in levels.values():
        energy += level.energy_pj
        area += level.area_um2
    # A level that is never accessed has area but no block. (The summary is of no use where
    # Accelergy gave the areas: Timeloop adds it up before it reads them.)
    area = max(area, _number(summary["Area"]) * 1e6 - _SUMMARY_STEP_UM2)
    return Result(
        engine="timeloop",
        cycles=_number(summary["Cycles"]),
        computes=computes,
        energy_pj=energy,
        area_um2=area,
        levels=levels,
        compute=compute,
        networks=network_energy,
    )


def _compute(block: _Block) -> tuple[ComputeStats, Accesses]:
    stats = block.stats
    if "Computes (total)" in stats:
        computes = Accesses.dense(_number(stats["Computes (total)"]))
        used = _number(stats["Utilized instances"])
        average = float(used)
    else:
        computes = Accesses(*(_number(stats[f"{kind} Computes (total)"]) for kind in lines.KINDS))
        used = _number(stats["Utilized instances (max)"])
        average = float(_number(stats["Utilized instances (average)"]))
    level = ComputeStats(
        name=block.name,
        cycles=_number(stats["Cycles"]),
        instances=int(_number(block.specs["Instances"])),
        instances_used=used,
        instances_used_average=average,
        energy_pj=_number(stats["Energy (total)"]),
        area_um2=_number(stats["Area (total)"]),
    )
    return level, computes


def _level(block: _Block) -> LevelStats:
    specs = block.specs
    instances = int(_number(specs["Instances"]))
    sparse = "Data storage size" in specs
    return LevelStats(
        cycles=_number(block.stats["Cycles"]),
        instances=instances,
        tensors={name: _tensor(block, name, sparse) for name in block.tensors},
        throttling=_number(block.stats["Bandwidth throttling"]),
        leakage_pj=_number(specs["Leakage energy (total)"]),
        area_um2=_number(specs["Area"]) * instances,
        capacity=_optional(specs["Effective data storage size" if sparse else "Effective size"]),
    )


def _tensor(block: _Block, name: str, sparse: bool) -> TensorStats:
    values = block.tensors[name]

    def accesses(event: str) -> Accesses:
        if not sparse:
            return Accesses.dense(_number(values[f"Scalar {event} (per-instance)"]))
        keys = (f"{kind} scalar {event} (per-instance)" for kind in lines.KINDS)
        return Accesses(*(_number(values[key]) for key in keys))

    used = _number(values["Utilized instances (max)"])
    average = _number(values["Utilized instances (average)"]) if sparse else used
    capacity = "Max utilized data storage capacity" if sparse else "Utilized capacity"
    return TensorStats(
        reads=accesses("reads"),
        fills=accesses("fills"),
        updates=accesses("updates"),
        capacity=_number(values[capacity]),
        energy_pj=_number(values["Energy (total)"]),
        energy_per_instance_pj=_number(values["Energy (per-instance)"]),
        temporal_reductions=_number(values["Temporal reductions (per-instance)"]),
        address_generations=_number(values["Address generations (per-cluster)"]),
        reduction_energy_pj=_number(values["Temporal Reduction Energy (total)"]),
        address_energy_pj=_number(values["Address Generation Energy (total)"]),
        partition=_number(values["Partition size"]),
        tile_shape=_number(values["Data tile shape"]) if sparse else None,
        density=values["Tile density distribution"] if sparse else None,
        instances_used=used,
        instances_used_average=float(average),
        metadata=_metadata(block, name) if sparse else None,
    )


def _metadata(block: _Block, name: str) -> Metadata | None:
    ranks = block.tensors[name]["Representation format"].split()
    if ranks == ["none"]:
        return None

    def by_rank(key: str) -> tuple[Rank, ...]:
        if key not in block.tensors[name]:
            raise KeyError(key)
        return tuple(block.ranks.get((name, key), ()))

    def accesses(event: str) -> FormatAccesses:
        keys = (f"{kind} scalar format {event} (per-instance)" for kind in lines.KINDS[1:])
        return FormatAccesses(*(by_rank(key) for key in keys))

    return Metadata(
        ranks=tuple(ranks),
        capacity=by_rank("Max utilized Repr format storage capacity"),
        reads=accesses("reads"),
        fills=accesses("fills"),
        updates=accesses("updates"),
    )


def _network_energy(block: _Block) -> float:
    """Of links, routers and spatial reductions, over all tensors."""
    keys = (
        "Energy (total)",
        "Link transfer energy (total)",
        "Spatial Reduction Energy (total)",
    )
    return in_order(
        _number(values[key]) for values in block.tensors.values() for key in keys if key in values
    )
