"""The section ``variables``."""

from __future__ import annotations

from typing import ClassVar

from loas_tl.timeloopfe.common.nodes import DictNode, Field
from loas_tl.timeloopfe.v4.version import VERSION_FIELD


class Variables(DictNode):
    """The section ``variables``: what expressions may name."""

    _open = True
    fields: ClassVar[dict[str, Field]] = {"version": VERSION_FIELD}
