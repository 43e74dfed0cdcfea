"""What a mapping says and what constrains a search: by node, or by target."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, ClassVar

from loas_tl.timeloopfe.common.nodes import (
    CombinableListNode,
    DictNode,
    Field,
    ListNode,
    ParseError,
)
from loas_tl.timeloopfe.v4.problem import Instance, Problem
from loas_tl.timeloopfe.v4.version import VERSION_FIELD

_FACTOR = re.compile(r"\s*(\w+)\s*(<=|>=|=)\s*(-?\d+)\s*\Z")


class Factor(str):
    """A loop's bound: ``M=4``, ``M<=4`` or ``M>=4``."""

    __slots__ = ()


def _factor(item: Any) -> Any:
    if isinstance(item, list | tuple):
        item = "".join(str(part) for part in item)
    return Factor(item) if isinstance(item, str) else item


def _is_open(factor: Any) -> bool:
    """Whether a factor is an expression, whose dimension is not known before a call."""
    return isinstance(factor, str) and factor.strip().startswith("(")


class Factors(CombinableListNode):
    """Loop bounds."""

    fields: ClassVar[dict[str, Field]] = {"": Field(Factor, cast=_factor)}

    @staticmethod
    def factory(x: str | Iterable[Any]) -> Factors:
        """Of a list, of text such as ``"M=4 N=2"``, or of an expression in parentheses."""
        if not isinstance(x, str):
            return Factors(x)
        return Factors([x] if x.strip().startswith("(") else re.split(r"[,\s]+", x.strip()))

    @staticmethod
    def splitfactor(x: str) -> tuple[str, str, int]:
        """Dimension, relation and bound.

        Raises:
            ValueError: it is no factor.
        """
        found = _FACTOR.match(x) if isinstance(x, str) else None
        if found is None:
            raise ParseError(f"{x!r} is no factor; expected M=4, M<=4 or M>=4")
        return found[1], found[2], int(found[3])

    def get_split_factors(self) -> list[tuple[str, str, int]]:
        """Each factor in its parts."""
        return [self.splitfactor(factor) for factor in self]

    def get_factor_names(self) -> list[str]:
        """The dimensions."""
        return [name for name, _, _ in self.get_split_factors()]

    def remove_factor(self, name: str) -> None:
        """Takes all bounds of a dimension away; what is still an expression stays."""
        self[:] = [each for each in self if _is_open(each) or self.splitfactor(each)[0] != name]

    def add_eq_factor(self, name: str, value: int, overwrite: bool = False) -> None:
        """Adds ``name=value``."""
        self._add(name, "=", value, overwrite)

    def add_leq_factor(self, name: str, value: int, overwrite: bool = False) -> None:
        """Adds ``name<=value``."""
        self._add(name, "<=", value, overwrite)

    def add_geq_factor(self, name: str, value: int, overwrite: bool = False) -> None:
        """Adds ``name>=value``."""
        self._add(name, ">=", value, overwrite)

    def add_eq_factor_iff_not_exists(self, name: str, value: int) -> bool:
        """Adds ``name=value`` unless the dimension has a bound; says whether it did."""
        if name in self.get_factor_names():
            return False
        self.add_eq_factor(name, value)
        return True

    def add_leq_factor_iff_not_exists(self, name: str, value: int) -> bool:
        """Adds ``name<=value`` unless the dimension has a bound; says whether it did."""
        if name in self.get_factor_names():
            return False
        self.add_leq_factor(name, value)
        return True

    def name2factor(self, name: str) -> str:
        """The dimension's bound; ``ValueError`` where it has none."""
        for factor in self:
            if self.splitfactor(factor)[0] == name:
                return str(factor)
        raise ParseError(f"{name!r} has no factor here; there are {', '.join(self) or 'none'}")

    def get_minimum_product(self, problem_instance: Instance) -> int:
        """Product of the ``=`` bounds, a 0 taken for the whole dimension."""
        product = 1
        for name, relation, bound in self.get_split_factors():
            if relation == "=":
                product *= bound or problem_instance[name]
        return product

    def _add(self, name: str, relation: str, value: int, overwrite: bool) -> None:
        if overwrite:
            self.remove_factor(name)
        added = f"{name}{relation}{value}"
        for factor in self:
            if _is_open(factor) or factor == added:
                continue
            if self.splitfactor(factor)[:2] == (name, relation):
                raise ParseError(f"{added} contradicts {factor}")
        if added not in self:
            self.append(added)


class Permutation(ListNode):
    """Dimensions from the innermost loop outwards."""

    @staticmethod
    def factory(x: str | Iterable[Any]) -> Permutation:
        """Of a list, or of text such as ``"MNK"`` or ``"M, N, K"``."""
        if not isinstance(x, str):
            return Permutation(x)
        parts = [word for word in re.split(r"[,\s]+", x) if word]
        return Permutation(parts if len(parts) > 1 else list(x.strip()))


class ProblemDataspaceList(ListNode):
    """Names of tensors; ``*`` stands for all of them."""

    def __contains__(self, item: object) -> bool:
        return super().__contains__(item) or super().__contains__("*")


def _named(default: Any = ()) -> Field:
    return Field(ProblemDataspaceList, list(default))


class Constraint(DictNode):
    """What is said of a node in one respect.

    Attributes:
        type: which respect; target: the node, where it does not stand in one.
    """

    _kind: ClassVar[str] = ""
    fields: ClassVar[dict[str, Field]] = {"type": Field(str, ""), "target": Field(str, "")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self["type"]:
            dict.__setitem__(self, "type", self._kind)

    def isempty(self) -> bool:
        """Whether it says nothing."""
        return not any(
            value not in (None, [], {}) for key, value in self.items() if key not in _OF_TARGETS
        )


_OF_TARGETS = ("type", "target")


class Iteration(Constraint):
    """Loops."""

    fields: ClassVar[dict[str, Field]] = {
        "factors": Field(
            Factors, [], lambda x: x if isinstance(x, Factors) else Factors.factory(x)
        ),
        "permutation": Field(
            Permutation, [], lambda x: x if isinstance(x, Permutation) else Permutation.factory(x)
        ),
        "default_max_factor": Field(int, None),
        "default_min_factor": Field(int, None),
        "remainders": Field(int, None),
        "no_reuse": _named(),
        # What stands for factors.
        "factors_only": Field(Factors, None, lambda x: Factors.factory(x)),
        "no_iteration_over_dataspaces": Field(ProblemDataspaceList, None),
        "must_iterate_over_dataspaces": Field(ProblemDataspaceList, None),
        "maximize_dims": Field(ListNode, None),
        "maximize_dims_capacity": Field(int, None),
    }


class Spatial(Iteration):
    """Loops over the instances of a node."""

    _kind = "spatial"
    fields: ClassVar[dict[str, Field]] = {"no_link_transfer": _named(), "split": Field(int, None)}


class Temporal(Iteration):
    """Loops in time."""

    _kind = "temporal"
    fields: ClassVar[dict[str, Field]] = {"rmw_first_update": _named()}


class Dataspace(Constraint):
    """What a node keeps."""

    _kind = "dataspace"
    fields: ClassVar[dict[str, Field]] = {
        "bypass": _named(),
        "keep": _named(),
        "no_coalesce": _named(),
        "keep_only": Field(ProblemDataspaceList, None),
        "bypass_only": Field(ProblemDataspaceList, None),
    }


class MaxOverbookedProportion(Constraint):
    """How often a tile may be larger than its buffer."""

    _kind = "max_overbooked_proportion"
    fields: ClassVar[dict[str, Field]] = {"proportion": Field(float, None)}


class Utilization(Constraint):
    """How full a node must be."""

    _kind = "utilization"
    fields: ClassVar[dict[str, Field]] = {"min": Field((float, str), None)}


_KINDS: dict[str, type[Constraint]] = {
    cls._kind: cls for cls in (Spatial, Temporal, Dataspace, MaxOverbookedProportion, Utilization)
}


def constraint_factory(constraint: dict[str, Any]) -> Constraint:
    """A constraint of the class that its ``type`` names."""
    if isinstance(constraint, Constraint):
        return constraint
    kind = str(constraint.get("type"))
    # Words of older Timeloops for the same thing.
    return _KINDS.get({"bypass": "dataspace", "datatype": "dataspace"}.get(kind, kind), Constraint)(
        constraint
    )


class ConstraintGroup(DictNode):
    """All that a node says of itself."""

    fields: ClassVar[dict[str, Field]] = {
        "spatial": Field(Spatial, {}),
        "temporal": Field(Temporal, {}),
        "dataspace": Field(Dataspace, {}),
        "max_overbooked_proportion": Field(MaxOverbookedProportion, {}),
    }


class ConstraintsList(CombinableListNode):
    """Constraints with their targets."""

    fields: ClassVar[dict[str, Field]] = {"": Field(Constraint, cast=constraint_factory)}

    def _make(self, item: Any) -> Any:
        made = super()._make(item)
        if isinstance(made, Constraint):
            made["type"] = made["type"]  # which a node's own constraint need not say
        return made


class Constraints(DictNode):
    """The section ``constraints``."""

    fields: ClassVar[dict[str, Field]] = {
        "version": VERSION_FIELD,
        "targets": Field(ConstraintsList, []),
    }


def dummy_constraints(prob: Problem, create_spatial_constraint: bool = False) -> ConstraintGroup:
    """Constraints that keep nothing and leave no loop."""
    dimensions = list(prob.shape.dimensions)
    loops = {"factors": [f"{d}=1" for d in dimensions], "permutation": dimensions}
    group = ConstraintGroup(
        temporal=Temporal(**loops),
        dataspace=Dataspace(bypass=[d.name for d in prob.shape.data_spaces]),
    )
    if create_spatial_constraint:
        group.spatial = Spatial(**loops)
    return group
