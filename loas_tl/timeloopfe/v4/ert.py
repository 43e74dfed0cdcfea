"""The section ``ERT``: energies of actions."""

from __future__ import annotations

from typing import ClassVar

from loas_tl.timeloopfe.common.nodes import CombinableListNode, DictNode, Field
from loas_tl.timeloopfe.v4.version import VERSION_FIELD


class Table(DictNode):
    """Of one component."""

    _open = True
    fields: ClassVar[dict[str, Field]] = {"name": Field(str)}


class Tables(CombinableListNode):
    """Of the components."""

    fields: ClassVar[dict[str, Field]] = {"": Field(Table)}


class Ert(DictNode):
    """The section ``ERT``: energies in pJ."""

    fields: ClassVar[dict[str, Field]] = {"version": VERSION_FIELD, "tables": Field(Tables, [])}
