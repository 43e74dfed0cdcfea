"""Between and beyond the numbers of ports and banks that CACTI was asked for: power laws."""

from __future__ import annotations

import math

import pytest

from loas_tl.components import registry
from loas_tl.components.usual.sram_table import Query, look_up


def values(node: int, ports: int, banks: int) -> tuple[float, ...]:
    return look_up(Query(node=node, ports=ports, banks=banks, width=16, depth=4096))


def along(one: tuple[float, ...], other: tuple[float, ...], share: float) -> tuple[float, ...]:
    return tuple(a * (b / a) ** share for a, b in zip(one, other, strict=True))


def test_eight_banks_lie_halfway_between_four_and_sixteen() -> None:
    expected = along(values(22, 1, 4), values(22, 1, 16), 0.5)
    assert values(22, 1, 8) == pytest.approx(expected)


def test_more_banks_than_asked_for_go_on_as_the_last_two() -> None:
    assert values(22, 2, 4) == pytest.approx(along(values(22, 2, 1), values(22, 2, 2), 2))
    assert values(45, 1, 64) == pytest.approx(along(values(45, 1, 8), values(45, 1, 16), 3))
    assert values(45, 4, 8) == pytest.approx(along(values(45, 4, 1), values(45, 4, 2), 3))


@pytest.mark.parametrize("ports", [3, 8])
def test_other_numbers_of_ports_follow_the_two_next_to_them(ports: int) -> None:
    share = math.log(ports / 2) / math.log(2)
    assert values(45, ports, 1) == pytest.approx(along(values(45, 2, 1), values(45, 4, 1), share))
    # At other nodes by the ratio to one port.
    ratios = [a / b for a, b in zip(values(45, ports, 1), values(45, 1, 1), strict=True)]
    expected = [one * ratio for one, ratio in zip(values(65, 1, 1), ratios, strict=True)]
    assert values(65, ports, 1) == pytest.approx(expected)


@pytest.mark.parametrize("banks", [1, 4])
def test_a_bank_has_64_entries_at_least_and_fewer_cost_their_part(banks: int) -> None:
    def sram(entries: int) -> tuple[float, float, float]:
        attributes = {"technology": 45, "width": 64, "depth": entries * banks, "n_banks": banks}
        one = registry.component("SRAM", attributes)
        return float(one.energy("read")), float(one.leakage), float(one.area)

    read, leakage, area = sram(64)
    of_table = look_up(Query(node=45, ports=1, banks=banks, width=8, depth=64 * banks))
    assert (read, area) == pytest.approx((of_table[0] * 1e-12, of_table[3] * 1e-6))
    fewer = sram(16)
    assert fewer[0] == pytest.approx(read * 0.25**0.78)
    assert fewer[1:] == pytest.approx((leakage / 4, area / 4))
    assert sram(65)[2] > area
