"""What an evaluation from Python says of prices: of those that are lacking, and of placeholders."""

from __future__ import annotations

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.prices import prices
from loas_tl.timeloop.spec import parse_spec
from tests.engine.native.examples import partly_used

TEXT = partly_used(2, 4, 4, 4).replace(
    "class: intmac", "class: intmac\n    attributes: {datawidth: 8}"
)
KNOWN = parse_spec(TEXT)
STRANGE = parse_spec(TEXT.replace("class: regfile", "class: magic_storage"))


def test_without_prices_placeholders_are_said() -> None:
    bare = evaluate(KNOWN)
    assert bare.ert["OffChip"]["read"] == 1
    assert "placeholders" in str(bare.placeholders)
    asked = parse_spec(TEXT.replace('"32nm"', "-1"))
    assert evaluate(asked).placeholders is None


def test_with_prices_the_component_models_count_and_what_has_none_is_said() -> None:
    result = evaluate(STRANGE, prices={})
    assert [each.component for each in result.unpriced] == ["Reg"]
    assert "magic_storage" in result.unpriced[0].reason
    assert result.to_dict()["levels"]["Reg"]["unpriced"] == result.unpriced[0].reason
    assert result.placeholders is None
    assert result == evaluate(STRANGE, prices=prices(STRANGE))
    given = evaluate(STRANGE, prices={"magic_storage": {"read": 1.0, "write": 2.0, "leak": 0.0}})
    assert given.unpriced == ()
    assert given.energy_pj > result.energy_pj


def test_what_a_table_leaves_out_is_said() -> None:
    table = prices(KNOWN).energies
    assert table is not None
    assert evaluate(KNOWN, table).notes == ()
    part = {name: actions for name, actions in table.items() if name != "Reg"}
    [note] = evaluate(KNOWN, {**part, "Rag": {}}).notes[:1]
    assert note.startswith("energies given: Rag: no component is called so")
    assert any(
        note.startswith("Reg: read, fill, update not in the energies given")
        for note in evaluate(KNOWN, part).notes
    )


def test_a_table_and_prices_are_refused() -> None:
    with pytest.raises(InputError, match="expected one of the two"):
        evaluate(KNOWN, {}, prices={})
