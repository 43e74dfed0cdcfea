"""``sparse_optimizations``: formats, skipping and gating, of one node."""

from __future__ import annotations

from dataclasses import dataclass, field

from loas_tl.timeloop.spec.problem import Problem
from loas_tl.timeloop.spec.section import MISSING, Section, describe

FORMATS = ("UOP", "CP", "B", "UB", "RLE")


@dataclass(frozen=True)
class RankFormat:
    """How one rank of a tensor is stored.

    Attributes:
        format: One of :data:`FORMATS`.
        metadata_word_bits: Bits of a metadata word, None for the buffer's own.
        payload_word_bits: Bits of a payload word, None for the buffer's own.
        flattened: Groups of dimensions any subset of which this rank may flatten.
    """

    format: str
    metadata_word_bits: int | None = None
    payload_word_bits: int | None = None
    flattened: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class TensorFormat:
    """How a tensor is stored.

    Attributes:
        name: of the tensor.
        ranks: outermost first.
        tile_partition: ``tile_partition`` as it stands there; None where it does not.
    """

    name: str
    ranks: tuple[RankFormat, ...]
    tile_partition: bool | None = None


@dataclass(frozen=True)
class ActionOption:
    """A tensor that is skipped or gated, and where.

    Attributes:
        target: name of the tensor.
        condition_on: names of those that have to be zero.
    """

    target: str
    condition_on: tuple[str, ...]


@dataclass(frozen=True)
class ActionOptimization:
    """One group of storage skipping or gating.

    Attributes:
        type: ``skipping``, ``spatial_skipping`` or ``gating``.
        options: of which the one that saves most is taken.
    """

    type: str
    options: tuple[ActionOption, ...]


@dataclass(frozen=True)
class SparseOptimization:
    """All that a node does about zeros.

    Attributes:
        formats: of tensors that are stored otherwise than as they are.
        actions: skipping and gating of accesses.
        compute: what is done at the compute units, ``gating`` or ``skipping``.
        unused: paths of keys that Timeloop takes and does not read.
    """

    formats: tuple[TensorFormat, ...] = ()
    actions: tuple[ActionOptimization, ...] = ()
    compute: tuple[str, ...] = ()
    unused: tuple[str, ...] = field(default=(), compare=False)

    def __bool__(self) -> bool:
        return bool(self.formats or self.actions or self.compute)


@dataclass(frozen=True)
class SparseTarget:
    """One entry of ``sparse_optimizations.targets``.

    Attributes:
        target: name of the node.
        optimization: what is said of it.
        path: where it stands, for messages.
        file: its file.
    """

    target: str
    optimization: SparseOptimization
    path: str
    file: str | None


def parse_sparse(section: Section, problem: Problem) -> SparseOptimization:
    """Reads one node's ``sparse_optimizations``, or one target's."""
    section.raw("target", None)
    formats = section.section("representation_format")
    tensors = tuple(_tensor(entry, problem) for entry in formats.sections("data_spaces"))
    formats.done()
    names = [tensor.name for tensor in tensors]
    for name in names:
        if names.count(name) > 1:
            raise formats.fail("data_spaces", f"{name} is given twice")
    actions = tuple(_action(entry, problem) for entry in section.sections("action_optimization"))
    entries = section.sections("compute_optimization")
    compute = tuple(kind for entry in entries for kind in _compute(entry))
    unused = tuple(entry.at("options") for entry in entries if "options" in entry)
    section.done()
    return SparseOptimization(tensors, actions, compute, unused)


def parse_targets(section: Section, problem: Problem) -> tuple[SparseTarget, ...]:
    """Reads the top-level ``sparse_optimizations``."""
    section.version()
    targets = tuple(
        SparseTarget(entry.name("target"), parse_sparse(entry, problem), entry.path, entry.file)
        for entry in section.sections("targets")
    )
    section.done()
    return targets


def _tensor_name(section: Section, key: str, problem: Problem) -> str:
    name = str(section.name(key))
    known = [d.name for d in problem.data_spaces]
    if name not in known:
        raise section.fail(key, f"{name!r} is no data space; they are {', '.join(known)}")
    return name


def _tensor(section: Section, problem: Problem) -> TensorFormat:
    name = _tensor_name(section, "name", problem)
    ranks = tuple(_rank(entry, problem) for entry in section.sections("ranks"))
    if not ranks:
        raise section.fail("ranks", "expected at least one rank")
    section.done()
    return TensorFormat(name, ranks)


def _rank(section: Section, problem: Problem) -> RankFormat:
    kind = section.choice("format", (*FORMATS, *(f.lower() for f in FORMATS))).upper()
    metadata = section.integer("metadata_word_bits", None, least=0)
    payload = section.integer("payload_word_bits", None, least=0)
    groups = section.items("flattened_rankIDs", None)
    if groups and all(isinstance(item, str) for item in groups):
        raise section.fail("flattened_rankIDs", "expected a list of lists, such as [[M, K]]")
    flattened = []
    for group in groups:
        if not isinstance(group, list):
            raise section.fail(
                "flattened_rankIDs", f"expected a list of lists, got {describe(group)} in it"
            )
        for dimension in group:
            if not isinstance(dimension, str) or dimension not in problem.dimensions:
                raise section.fail(
                    "flattened_rankIDs",
                    f"{describe(dimension)} is no dimension; "
                    f"they are {', '.join(problem.dimensions)}",
                )
        flattened.append(tuple(str(dimension) for dimension in group))
    section.done()
    return RankFormat(kind, metadata, payload, tuple(flattened))


def _action(section: Section, problem: Problem) -> ActionOptimization:
    kind = section.choice("type", ("skipping", "gating", "spatial_skipping"))
    options = []
    for entry in section.sections("options"):
        target = _tensor_name(entry, "target", problem)
        conditions = entry.names_of("condition_on", MISSING)
        if not conditions:
            raise entry.fail("condition_on", "expected at least one data space")
        known = [d.name for d in problem.data_spaces]
        for name in conditions:
            if name not in known:
                raise entry.fail("condition_on", f"{name!r} is no data space")
        if len(set(conditions)) != len(conditions):
            raise entry.fail("condition_on", "a data space is given twice")
        entry.done()
        options.append(ActionOption(target, conditions))
    if not options:
        raise section.fail("options", "expected at least one option")
    section.done()
    return ActionOptimization(kind, tuple(options))


def _compute(section: Section) -> tuple[str, ...]:
    value = section.raw("type")
    kinds = value if isinstance(value, list) else [value]
    for kind in kinds:
        if not isinstance(kind, str) or kind not in ("gating", "skipping"):
            raise section.fail("type", f"expected gating or skipping, got {describe(kind)}")
    section.items("options", None)
    section.done()
    return tuple(str(kind) for kind in kinds)
