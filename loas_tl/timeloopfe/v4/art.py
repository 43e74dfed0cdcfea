"""The section ``ART``: areas."""

from __future__ import annotations

from typing import ClassVar

from loas_tl.timeloopfe.common.nodes import DictNode, Field
from loas_tl.timeloopfe.v4.ert import Tables
from loas_tl.timeloopfe.v4.version import VERSION_FIELD


class Art(DictNode):
    """The section ``ART``: areas in µm²."""

    fields: ClassVar[dict[str, Field]] = {"version": VERSION_FIELD, "tables": Field(Tables, [])}
