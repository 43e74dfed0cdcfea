"""Accelergy's tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.real.tables import read_art, read_ert

ERT = """
ERT:
  version: 0.4
  tables:
  - name: top.Cache[1..1]
    actions:
    - {name: read, arguments: {zeros: 0}, energy: 2}
    - {name: read, arguments: {zeros: 1}, energy: 1}
    - {name: leak, energy: 0.25}
  - name: top.PE[0..3].Buffer[1..2]
    actions: [{name: leak, energy: 0.5}]
  - name: top.PE.mac
    actions: [{name: compute, energy: 1e-3}]
"""


def test_components_have_energies_and_instances(tmp_path: Path) -> None:
    path = tmp_path / "ERT.yaml"
    path.write_text(ERT)
    energies, instances = read_ert(path)
    assert energies == {
        "Cache": {"read": 2.0, "leak": 0.25},
        "Buffer": {"leak": 0.5},
        "mac": {"compute": 0.001},
    }
    # The last says nothing of its number.
    assert instances == {"Cache": 1, "Buffer": 8}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "ERT: {}",
        "ERT: {tables: [{name: x}]}",
        "a: [",
        "\x00",
        "ERT: {tables: 1}",
        "ERT: {tables: [{name: x, actions: 1}]}",
        "ERT: {tables: [{name: [x], actions: []}]}",
        "ERT: {tables: [{name: x, actions: [{name: read, energy: dear}]}]}",
        "x: " + "[" * 9000,
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ERT.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"ERT\.yaml"):
        read_ert(path)
    with pytest.raises(InputError, match="is not there"):
        read_art(tmp_path / "absent.yaml")
