"""The section ``mapspace``."""

from __future__ import annotations

from typing import ClassVar

from loas_tl.timeloopfe.common.nodes import DictNode, Field
from loas_tl.timeloopfe.v4.version import VERSION_FIELD


class Mapspace(DictNode):
    """The section ``mapspace``."""

    fields: ClassVar[dict[str, Field]] = {"version": VERSION_FIELD, "template": Field(str, "uber")}
