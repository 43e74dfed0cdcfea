"""The section ``problem``: the layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, overload

from loas_tl.timeloopfe.common.nodes import DictNode, Field, ListNode, ParseError
from loas_tl.timeloopfe.v4.version import VERSION_FIELD


class DataSpace(DictNode):
    """A tensor."""

    fields: ClassVar[dict[str, Field]] = {
        "name": Field(str),
        "projection": Field(list),
        "read_write": Field((str, bool, int), False),
    }

    @property
    def factors(self) -> list[str]:
        """All words of the projection: dimensions and coefficients."""
        found: list[str] = []
        pending = list(self["projection"])
        while pending:
            item = pending.pop(0)
            if isinstance(item, list):
                pending += item
            else:
                found.append(item)
        return found


class ProblemDataspaceList(ListNode):
    """Tensors."""

    fields: ClassVar[dict[str, Field]] = {"": Field(DataSpace)}


class Shape(DictNode):
    """Dimensions and tensors."""

    fields: ClassVar[dict[str, Field]] = {
        "name": Field(str, ""),
        "dimensions": Field(ListNode),
        "data_spaces": Field(ProblemDataspaceList),
        "coefficients": Field(ListNode, []),
    }

    @overload
    def name2dataspace(self, name: str | DataSpace) -> DataSpace: ...
    @overload
    def name2dataspace(self, name: list[Any]) -> list[DataSpace]: ...
    def name2dataspace(self, name: Any) -> Any:
        """A tensor by name, or several."""
        if isinstance(name, list):
            return [self.name2dataspace(each) for each in name]
        if isinstance(name, DataSpace):
            return name
        for data_space in self["data_spaces"]:
            if data_space["name"] == name:
                return data_space
        known = ", ".join(data_space["name"] for data_space in self["data_spaces"])
        raise ParseError(f"{name!r} is no data space; they are {known}")

    def dataspace2dims(self, name: Any) -> list[str]:
        """The dimensions that a tensor, or any of several, depends on."""
        found = self.name2dataspace(name)
        each: Sequence[DataSpace] = found if isinstance(found, list) else [found]
        used = {word for data_space in each for word in data_space.factors}
        return [dimension for dimension in self["dimensions"] if dimension in used]

    def dataspace2unique_dims(self, name: Any) -> list[str]:
        """Those that no other tensor depends on."""
        found = self.name2dataspace(name)
        own = found if isinstance(found, list) else [found]
        others = [d for d in self["data_spaces"] if not any(d is each for each in own)]
        taken = self.dataspace2dims(others)
        return [dimension for dimension in self.dataspace2dims(own) if dimension not in taken]


class Density(DictNode):
    """How a tensor's values that are not zero are spread."""

    fields: ClassVar[dict[str, Field]] = {
        "density": Field((float, str), None),
        "distribution": Field(str, None),
        "band_width": Field(int, 0),
        "workload_tensor_size": Field(int, 0),
    }


class DensityList(DictNode):
    """Densities by tensor."""

    _open = True
    fields: ClassVar[dict[str, Field]] = {"": Field(Density, partial=True)}


class Instance(DictNode):
    """Sizes by dimension, coefficients, densities."""

    _open = True
    fields: ClassVar[dict[str, Field]] = {"densities": Field(DensityList, {})}


class Problem(DictNode):
    """The section."""

    fields: ClassVar[dict[str, Field]] = {
        "version": VERSION_FIELD,
        "instance": Field(Instance),
        "shape": Field(Shape),
    }
