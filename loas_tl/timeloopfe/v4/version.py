"""The version of documents."""

from __future__ import annotations

from loas_tl.timeloopfe.common.nodes import Field

VERSION = "0.4"
VERSION_FIELD = Field(str, VERSION)
