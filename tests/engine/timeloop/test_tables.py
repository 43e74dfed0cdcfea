"""Accelergy's tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.real.tables import read_art, read_ert


@pytest.mark.parametrize(
    "text", ["", "[]", "ERT: {}", "ERT: {tables: [{name: x}]}", "a: [", "\x00"]
)
def test_what_is_no_table_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ERT.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"ERT\.yaml"):
        read_ert(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_art(tmp_path / "absent.yaml")
