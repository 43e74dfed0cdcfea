"""The section ``components``: classes for the energy models."""

from __future__ import annotations

from typing import ClassVar

from loas_tl.timeloopfe.common.nodes import DictNode, Field, FlatteningListNode, ListNode
from loas_tl.timeloopfe.v4.version import VERSION_FIELD


class ComponentAttributes(DictNode):
    """What a class is like."""

    _open = True


class SubcomponentAction(DictNode):
    """What a part does."""

    fields: ClassVar[dict[str, Field]] = {
        "name": Field(str),
        "arguments": Field(None, {}),
        "energy_scale": Field((str, float), 1),
    }


class SubcomponentActionList(ListNode):
    """What a part does."""

    fields: ClassVar[dict[str, Field]] = {"": Field(SubcomponentAction)}


class SubcomponentActionGroup(DictNode):
    """What one of the parts does."""

    fields: ClassVar[dict[str, Field]] = {
        "name": Field(str),
        "actions": Field(SubcomponentActionList, []),
    }


class ActionSubcomponentsList(ListNode):
    """What the parts do."""

    fields: ClassVar[dict[str, Field]] = {"": Field(SubcomponentActionGroup)}


class Action(DictNode):
    """What a class can do."""

    fields: ClassVar[dict[str, Field]] = {
        "name": Field(str),
        "arguments": Field(None, {}),
        "subcomponents": Field(ActionSubcomponentsList, []),
    }


class ActionsList(ListNode):
    """What a class can do."""

    fields: ClassVar[dict[str, Field]] = {"": Field(Action)}


class Subcomponent(DictNode):
    """A part of a class."""

    _open = True
    fields: ClassVar[dict[str, Field]] = {
        "name": Field(str),
        "attributes": Field(ComponentAttributes, {}),
        "area_scale": Field((str, float), 1),
        "energy_scale": Field((str, float), 1),
    }


class SubcomponentList(ListNode):
    """Parts of a class."""

    fields: ClassVar[dict[str, Field]] = {"": Field(Subcomponent)}


class CompoundComponent(DictNode):
    """A class for the energy models."""

    _open = True
    fields: ClassVar[dict[str, Field]] = {
        "name": Field(str),
        "attributes": Field(ComponentAttributes, {}),
        "subcomponents": Field(SubcomponentList, []),
        "actions": Field(ActionsList, []),
    }


class ComponentsList(FlatteningListNode):
    """Classes for the energy models."""

    fields: ClassVar[dict[str, Field]] = {"": Field(CompoundComponent)}


class Components(DictNode):
    """The section ``components``."""

    fields: ClassVar[dict[str, Field]] = {
        "version": VERSION_FIELD,
        "classes": Field(ComponentsList, []),
    }
